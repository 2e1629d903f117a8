"""`doctor`: looks the whole library over, mends it, brings old files into today's form."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.bulk import INTERRUPTED
from tui_sessions.cli.call import Call
from tui_sessions.cli.facts import FACT_FORMATS
from tui_sessions.cli.options import Command
from tui_sessions.cli.progress import progress, stoppable
from tui_sessions.cli.records import print_object
from tui_sessions.errors import ConfigError, DamagedFileError
from tui_sessions.model.findings import Finding, Mended, Report, kind_words, summary
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.wiring import Services

_EXAMPLES = """
tui-sessions doctor
tui-sessions doctor --repair --dry-run
tui-sessions doctor --repair
tui-sessions doctor --migrate
tui-sessions doctor --format json | jq '.findings[] | .path'
"""
SHOWN = 10


@click.command("doctor", cls=Command, examples=_EXAMPLES)
@click.option(
    "--repair",
    "is_repair",
    is_flag=True,
    help="Mend what can be mended. What can be read of a damaged file is written beside it, as "
    "NAME.recovered.json; the file itself stays as it is. Nothing is deleted.",
)
@click.option(
    "--migrate",
    "is_migrate",
    is_flag=True,
    help="Write files of older and other forms in today's; what they were is kept in "
    ".tui-sessions/migrated.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would be done.")
@click.option("--all", "is_all", is_flag=True, help=f"Name everything, not only {SHOWN} a kind.")
@click.option("--format", type=click.Choice(FACT_FORMATS), default="text", show_default=True)
@click.pass_obj
def doctor_command(
    call: Call, is_repair: bool, is_migrate: bool, is_dry: bool, is_all: bool, format: str
) -> int:
    """Read every file of the library anew and say what is wrong: damaged files, modes, links, ids used
    twice, missing parents and attachments, the trash, the index, the configuration. Ends with 3 where
    something is wrong, or is left wrong after --repair."""
    settings, services = _settings(call)
    from tui_sessions.engine.checkup import places_of_drafts
    from tui_sessions.store.doctor.doctor import left

    doctor = call.library.doctor
    doctor.also = places_of_drafts(services.paths.state_dir)
    with progress(call.console, "Looking over") as report, stoppable() as stop:
        found = doctor.check(report, stop)
        is_stopped = stop()
    found = _with(found, settings)
    done: list[Mended] = []
    if not is_stopped:
        for by in [*(["repair"] if is_repair else []), *(["migrate"] if is_migrate else [])]:
            with progress(call.console, "Mending") as report, stoppable() as stop:
                done += (
                    doctor.plan(found.findings, by=by)
                    if is_dry
                    else doctor.mend(found.findings, by=by, progress=report, stop=stop)
                )
    rest = left(found, [] if is_dry else done)
    if format == "json":
        print_object(call.console, _record(call, found, done, rest, is_dry=is_dry))
    else:
        _print(call, found, done, is_all=is_all, is_dry=is_dry)
    if is_stopped:
        return INTERRUPTED
    return DamagedFileError.exit_code if rest else 0


def _settings(call: Call) -> tuple[list[Finding], Services]:
    """What is wrong with the configuration, and the parts of the program: where the configuration cannot
    be read, they are built without it."""
    from tui_sessions.engine.checkup import setting_findings, wrong_setting

    found = []
    try:
        services = call.services
    except ConfigError as error:
        from tui_sessions.config.paths import paths

        where = paths(os.environ, dir=call.dir, config=call.config)
        found.append(wrong_setting(where.config_file, error))
        call.config, call.settings = os.devnull, []
        services = call.services
    personas = services.personas
    found += setting_findings(personas.all, services.paths.prices_file, personas.path)
    return found, services


def _with(report: Report, settings: list[Finding]) -> Report:
    import msgspec

    from tui_sessions.model.findings import in_order

    return msgspec.structs.replace(report, findings=in_order((*report.findings, *settings)))


def _print(call: Call, found: Report, done: list[Mended], *, is_all: bool, is_dry: bool) -> None:
    console = call.console
    ends = {one.finding: one for one in done}
    for kind, group in groupby(found.findings, key=lambda finding: finding.kind):
        findings = list(group)
        console.heading(f"{_capital(kind_words(kind, len(findings)))}:")
        shown = findings if is_all else findings[:SHOWN]
        for line in _lines(shown, ends, hidden=len(findings) - len(shown), is_dry=is_dry):
            console.line(line)
    console.line(summary(found))
    if end := _end(found, done, is_dry=is_dry):
        console.line(end)


def _lines(
    findings: list[Finding], ends: dict[Finding, Mended], *, hidden: int, is_dry: bool
) -> Iterable[str]:
    """What was found of one kind; what mends several of them in the same way stands once, below them."""
    by_end: dict[str, list[Finding]] = {}
    for finding in findings:
        end = _end_of(finding, ends.get(finding), is_dry=is_dry)
        by_end.setdefault(end, []).append(finding)
    more = [f"  and {hidden:,} more: --all names them."] if hidden else []
    for end, alike in by_end.items():
        for finding in alike:
            place = clean_line(finding.path) or "the library itself"
            yield f"  {place}: {clean_line(finding.what)}"
        if len(by_end) == 1:
            yield from more
        if end:
            yield f"  {end}" if len(alike) > 1 else f"    {end}"
    if len(by_end) > 1:
        yield from more


def _end_of(finding: Finding, end: Mended | None, *, is_dry: bool) -> str:
    """What mends it, or what became of it."""
    if end is None:
        return f"→ {clean_line(finding.cure)}" if finding.cure else ""
    if end.problem:
        return f"Not mended: {clean_line(end.problem)}"
    return f"{'To be done' if is_dry else 'Mended'}: {clean_line(end.done)}"


def _end(found: Report, done: list[Mended], *, is_dry: bool) -> str:
    if done:
        mended = sum(not one.problem for one in done)
        if is_dry:
            return f"{mended:,} would be mended. Nothing was changed."
        refused = len(done) - mended
        return f"{mended:,} mended." + (f" {refused:,} could not be." if refused else "")
    ways = ("repair", "can be mended"), ("migrate", "can be brought into today's form")
    counts = [(by, what, sum(f.by == by for f in found.findings)) for by, what in ways]
    return "\n".join(
        f"{count:,} {what}: tui-sessions doctor --{by}" for by, what, count in counts if count
    )


def _record(
    call: Call, found: Report, done: list[Mended], rest: tuple[Finding, ...], *, is_dry: bool
) -> dict[str, Any]:
    import msgspec

    ends = {one.finding: one for one in done}
    record: dict[str, Any] = {
        "library": str(call.library.root),
        "files": found.files,
        "folders": found.folders,
        "size": found.size,
        "attachments": found.attachments,
        "is_stopped": found.is_stopped,
        "is_dry": is_dry,
        "left": len(rest),
        "findings": [],
    }
    for finding in found.findings:
        end = ends.get(finding)
        record["findings"].append(
            {
                **msgspec.to_builtins(finding),
                "done": end.done or None if end else None,
                "problem": end.problem or None if end else None,
            }
        )
    return record


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
