"""`export`: sessions into files or to standard output."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import index_texts, query_from
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.damage import tell_damaged
from tui_sessions.cli.options import Command, filter_options
from tui_sessions.cli.progress import progress
from tui_sessions.cli.salvaging import named_or_salvaged, readable_parts
from tui_sessions.errors import DamagedFileError, NotFoundError, UsageError
from tui_sessions.exchange.registry import FORMATS, exporter, format_of_suffix
from tui_sessions.model.display import shown_number
from tui_sessions.model.session import Session

STDOUT = "-"
_EXAMPLES = """
tui-sessions export k3v9
tui-sessions export k3v9 --format markdown -o notes.md
tui-sessions export k3v9 -o - | jq .title
tui-sessions export --all --format json -o backup.json
tui-sessions export --since 2026-01-01 -o january/
tui-sessions export -q 'is:starred OR tag:keep' -o kept/
tui-sessions export damaged.json --skip-corrupted
"""


@click.command("export", cls=Command, examples=_EXAMPLES)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@click.option(
    "-q",
    "--query",
    "query_text",
    metavar="QUERY",
    help="Filters as one string: 'tag:x is:pinned -draft'.",
)
@click.option("--all", "is_all", is_flag=True, help="Every session.")
@click.option("-o", "--output", metavar="FILE|DIR|-", help="Where to; - is standard output.")
@click.option(
    "--format", metavar="|".join(FORMATS), help="Without it: as FILE ends, else as configured."
)
@click.option("--force", is_flag=True, help="Write over FILE if it exists.")
@click.option(
    "--skip-corrupted",
    "is_salvaging",
    is_flag=True,
    help="Of damaged files (with --all, or named by their path) write what can be read.",
)
@filter_options
@click.pass_obj
def export_command(
    call: Call,
    /,
    sessions: tuple[str, ...],
    query_text: str | None,
    is_all: bool,
    output: str | None,
    format: str | None,
    force: bool,
    is_salvaging: bool,
    **given: Any,
) -> int:
    """Write the named sessions, or those that the filters choose, and print the paths. Several go into
    one file, or with a folder as -o each into its own. With damaged files in the library --all writes
    the others, names the damaged ones and ends with 3; with --skip-corrupted it writes what can be read of
    them as well."""
    chosen = format_for(call, format, output)
    found, are_all_there = _chosen(call, sessions, query_text, is_all, given, is_salvaging)
    write_out(call, found, chosen, output, force=force)
    return 0 if are_all_there or not is_all else DamagedFileError.exit_code


def format_for(call: Call, format: str | None, output: str | None) -> str:
    """The format that is said, else that of the file's ending, else the configured one.

    Raises `UsageError` for one that is not known, and where `output` is no name.
    """
    if output == "":
        raise UsageError(
            "The file has no name. Leave the option out, or write - for standard output."
        )
    chosen = format or _format_for(call, output)
    exporter(chosen)
    return chosen


def write_out(
    call: Call, found: list[Session], format: str, output: str | None, *, force: bool
) -> None:
    """Writes `found` to the file, into the folder or to standard output, and prints the paths."""
    if output == STDOUT:
        call.console.write_bytes(exporter(format).export(found))
        call.library.audit.record_each("export", (session.id for session in found))
        return
    for path in _written(found, format, output, force):
        call.console.line(str(path))
    call.library.audit.record_each("export", (session.id for session in found))
    call.console.tell(
        f"{shown_number(len(found), 'session')} exported as {exporter(format).label}."
    )


def loaded(call: Call, ids: Sequence[str]) -> tuple[list[Session], bool]:
    """The sessions, and whether none was left out because it is gone or broken since the listing."""
    found, lost = [], []
    with progress(call.console, "Reading the sessions") as report:
        for number, session_id in enumerate(ids, 1):
            try:
                found.append(call.library.load(session_id))
            except (NotFoundError, DamagedFileError) as error:
                # No reason to lose the others.
                lost.append(f"Left out: {error}")
            if report is not None:
                report(number, len(ids))
    for sentence in lost:
        call.console.say(sentence)
    return found, not lost


def _chosen(
    call: Call,
    sessions: tuple[str, ...],
    words: str | None,
    is_all: bool,
    given: dict[str, Any],
    is_salvaging: bool,
) -> tuple[list[Session], bool]:
    """The sessions, and whether no file of the library was left out because it is damaged."""
    library = call.library
    wanted = query_from(call, given, words or "")
    if sessions and (is_all or not wanted.is_empty):
        raise UsageError("Name the sessions, or choose them by filters or --all, not both.")
    if sessions and is_salvaging:
        return [named_or_salvaged(call, session) for session in dict.fromkeys(sessions)], True
    if sessions:
        ids = dict.fromkeys(library.resolve(session) for session in sessions)
        return [library.load(session_id) for session_id in ids], True
    if not is_all and wanted.is_empty:
        raise UsageError("Say which sessions: their ids, filters, or --all.")
    is_salvaging = is_salvaging and is_all
    are_all_there = is_salvaging or not tell_damaged(call, "left out", is_all=True)
    index_texts(call, wanted)
    found, are_still_there = loaded(call, library.ids(wanted))
    if is_salvaging:
        found += readable_parts(call)
    if not found:
        raise NotFoundError("No session matches, so nothing was exported.")
    return found, are_all_there and are_still_there


def _format_for(call: Call, output: str | None) -> str:
    by_name = format_of_suffix(Path(output).suffix) if output not in (None, STDOUT) else None
    if by_name:
        return by_name
    # A pipe is read by programs, as a saved session is.
    return "json" if output == STDOUT else call.services.config.export.format


def _written(found: list[Session], format: str, output: str | None, force: bool) -> list[Path]:
    from tui_sessions.engine.exporting import export_as, export_to

    if output is None:
        return [export_to(found, format, folder=Path.cwd(), name=_name(found, format))]
    path = Path(output).expanduser()
    if output.endswith(("/", "\\")) or path.is_dir():
        return [
            export_to([one], format, folder=path, name=_name([one], format), overwrite=force)
            for one in found
        ]
    export_as(found, format, path, overwrite=force)
    return [path]


def _name(found: list[Session], format: str) -> str | None:
    """JSON files are called after the id, so that a script knows the name; others after the title."""
    is_json = format.startswith("json")
    return f"session-{found[0].id}.json" if is_json and len(found) == 1 else None
