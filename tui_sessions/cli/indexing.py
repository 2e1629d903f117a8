"""`index status|rebuild|vacuum`: the disposable index of the library."""

from __future__ import annotations

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.facts import FACT_FORMATS, print_facts
from tui_sessions.cli.options import Command, CommandGroup
from tui_sessions.cli.progress import progress
from tui_sessions.errors import StoreError
from tui_sessions.model.display import shown_number, shown_size


@click.group("index", cls=CommandGroup)
def index_command() -> None:
    """The index makes lists and searches quick. It holds nothing that is not in the files, and may be
    deleted at any time."""


@index_command.command("status", cls=Command, examples="tui-sessions index status --format json")
@click.option("--format", type=click.Choice(FACT_FORMATS), default="text")
@click.pass_obj
def index_status_command(call: Call, format: str) -> int:
    """Say where the index is, what it holds, and whether it is up to date with the conversations."""
    status = call.library.index_status()
    print_facts(
        call.console,
        {
            "path": status.path,
            "size": status.size,
            "version": status.version,
            "sessions": status.sessions,
            "damaged": status.damaged,
            "turns": status.turns,
            "texts_done": status.texts_done,
            "texts_total": status.texts_total,
            "problem": status.problem or None,
        },
        format,
        sizes=("size",),
    )
    return StoreError.exit_code if status.problem else 0


@index_command.command("rebuild", cls=Command, examples="tui-sessions index rebuild")
@click.pass_obj
def index_rebuild_command(call: Call) -> int:
    """Make the index anew from the files, the full text of the conversations as well."""
    call.is_refreshed = False
    library = call.library
    with progress(call.console, "Reading the library") as report:
        library.rebuild_index(report)
    with progress(call.console, "Reading the conversations") as report:
        library.index_texts(report)
    status = library.index_status()
    call.tell_problem(library)
    if status.problem:
        return StoreError.exit_code
    call.console.say(f"The index is made anew: {shown_number(status.sessions, 'session')}.")
    return 0


@index_command.command("vacuum", cls=Command, examples="tui-sessions index vacuum")
@click.pass_obj
def index_vacuum_command(call: Call) -> int:
    """Give back the disk space that the index no longer needs."""
    library = call.library
    freed = library.vacuum_index()
    call.tell_problem(library)
    if library.index_problem:
        return StoreError.exit_code
    call.console.say(f"{shown_size(max(0, freed))} given back.")
    return 0
