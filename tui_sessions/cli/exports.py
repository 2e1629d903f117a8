"""`export`: sessions into files or to standard output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.options import Command, filter_options, filters_from
from tui_sessions.errors import ConflictError, NotFoundError, UsageError
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
) -> None:
    """Write the named sessions, or those that the filters choose, and print the paths. Several go into
    one file, or with a folder as -o each into its own."""
    chosen = format or _format_for(call, output)
    exporter(chosen)
    found = _chosen(call, sessions, is_all, given)
    if output == STDOUT:
        call.console.write_bytes(exporter(chosen).export(found))
        return
    for path in _written(found, chosen, output, force):
        call.console.line(str(path))
    call.console.tell(
        f"{shown_number(len(found), 'session')} exported as {exporter(chosen).label}."
    )


def _chosen(
    call: Call, sessions: tuple[str, ...], is_all: bool, given: dict[str, Any]
) -> list[Session]:
    library = call.library
    filters = filters_from(call, given)
    if sessions and (is_all or not filters.is_empty):
        raise UsageError("Name the sessions, or choose them by filters or --all, not both.")
    if sessions:
        ids = [library.resolve(session) for session in sessions]
    elif is_all or not filters.is_empty:
        ids = [row.id for row in library.rows(filters.query) if filters.matches(row)]
        if not ids:
            raise NotFoundError("No session matches, so nothing was exported.")
        if damaged := library.damaged():
            call.console.say(
                f"{shown_number(len(damaged), 'damaged file')} left out; tui-sessions list names them."
            )
    else:
        raise UsageError("Say which sessions: their ids, filters, or --all.")
    return [library.load(session_id) for session_id in dict.fromkeys(ids)]


def _format_for(call: Call, output: str | None) -> str:
    by_name = format_of_suffix(Path(output).suffix) if output not in (None, STDOUT) else None
    if by_name:
        return by_name
    # A pipe is read by programs, as a saved session is.
    return "json" if output == STDOUT else call.services.config.export.format


def _written(found: list[Session], format: str, output: str | None, force: bool) -> list[Path]:
    from tui_sessions.engine.exporting import export_to

    if output is None:
        return [export_to(found, format, folder=Path.cwd(), name=_name(found, format))]
    path = Path(output).expanduser()
    if output.endswith(("/", "\\")) or path.is_dir():
        return [
            export_to([one], format, folder=path, name=_name([one], format), overwrite=force)
            for one in found
        ]
    if path.exists() and not force:
        raise ConflictError(f"{path} exists. Choose another name, or add --force to write over it.")
    return [export_to(found, format, folder=path.parent, name=path.name, overwrite=force)]


def _name(found: list[Session], format: str) -> str | None:
    """JSON files are called after the id, so that a script knows the name; others after the title."""
    is_json = format.startswith("json")
    return f"session-{found[0].id}.json" if is_json and len(found) == 1 else None
