"""`export`: sessions into files or to standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.damage import tell_damaged
from tui_sessions.cli.options import Command, filter_options, filters_from
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
"""


@click.command("export", cls=Command, examples=_EXAMPLES)
@click.argument("sessions", metavar="S...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every session.")
@click.option("-o", "--output", metavar="FILE|DIR|-", help="Where to; - is standard output.")
@click.option(
    "--format", metavar="|".join(FORMATS), help="Without it: as FILE ends, else as configured."
)
@click.option("--force", is_flag=True, help="Write over FILE if it exists.")
@filter_options
@click.pass_obj
def export_command(
    call: Call,
    /,
    sessions: tuple[str, ...],
    is_all: bool,
    output: str | None,
    format: str | None,
    force: bool,
    **given: Any,
) -> int:
    """Write the named sessions, or those that the filters choose, and print the paths. Several go into
    one file, or with a folder as -o each into its own. With damaged files in the library --all writes
    the others, names the damaged ones and ends with 3."""
    if output == "":
        raise UsageError("-o names no file. Leave it out, or write - for standard output.")
    chosen = format or _format_for(call, output)
    exporter(chosen)
    found, are_all_there = _chosen(call, sessions, is_all, given)
    code = 0 if are_all_there or not is_all else DamagedFileError.exit_code
    if output == STDOUT:
        call.console.write_bytes(exporter(chosen).export(found))
        return code
    for path in _written(found, chosen, output, force):
        call.console.line(str(path))
    call.console.tell(
        f"{shown_number(len(found), 'session')} exported as {exporter(chosen).label}."
    )
    return code


def _chosen(
    call: Call, sessions: tuple[str, ...], is_all: bool, given: dict[str, Any]
) -> tuple[list[Session], bool]:
    """The sessions, and whether no file of the library was left out because it is damaged."""
    library = call.library
    filters = filters_from(call, given)
    if sessions and (is_all or not filters.is_empty):
        raise UsageError("Name the sessions, or choose them by filters or --all, not both.")
    if sessions:
        ids = dict.fromkeys(library.resolve(session) for session in sessions)
        return [library.load(session_id) for session_id in ids], True
    if not is_all and filters.is_empty:
        raise UsageError("Say which sessions: their ids, filters, or --all.")
    are_all_there = not tell_damaged(call, "left out", is_all=True)
    found = []
    for row in library.rows(filters.query):
        if not filters.matches(row):
            continue
        try:
            found.append(library.load(row.id))
        except (NotFoundError, DamagedFileError) as error:
            # Gone or broken since the directory was read: no reason to lose the others.
            call.console.say(f"Left out: {error}")
            are_all_there = False
    if not found:
        raise NotFoundError("No session matches, so nothing was exported.")
    return found, are_all_there


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
