"""`delete`, `undelete`, `trash`: into the trash and back."""

from __future__ import annotations

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_time
from tui_sessions.model.results import TrashRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

_SHOWN = 10


@click.command(
    "delete",
    cls=Command,
    examples="""
tui-sessions delete k3v9
tui-sessions delete k3v9 h2c7 --yes
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, required=True)
@click.option("-y", "--yes", "--force", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--confirm", "is_asked", is_flag=True, help="Ask, even with --yes.")
@click.pass_obj
def delete_command(call: Call, sessions: tuple[str, ...], is_sure: bool, is_asked: bool) -> int:
    """Put sessions into the trash; `undelete` takes them back. Asks on a terminal, needs --yes
    elsewhere."""
    library = call.library
    ids = list(dict.fromkeys(library.resolve(session) for session in sessions))
    if not is_sure or is_asked:
        if not call.console.can_ask:
            raise UsageError("Nobody can be asked here: add --yes to delete.")
        titles = [clean_line(library.row(session_id).title) for session_id in ids]
        if not call.console.confirm(_question(titles)):
            call.console.say("Nothing was deleted.")
            return 1
    for session_id in ids:
        gone = library.delete(session_id)
        title = clean_line(gone.title)
        call.console.say(f"Deleted {title!r}. Take it back: tui-sessions undelete {gone.id}")
    return 0


@click.command(
    "undelete",
    cls=Command,
    examples="""
tui-sessions undelete
tui-sessions undelete k3v9
""",
)
@click.argument("entry", metavar="[S]", required=False)
@format_option
@click.pass_obj
def undelete_command(call: Call, entry: str | None, format: str | None) -> int:
    """Take the session S out of the trash and print its id; without S, list what is in the trash."""
    if entry is None:
        return _print_trash(call, format)
    session_id = call.library.undelete(entry)
    call.console.line(session_id)
    call.console.tell(f"It is back: {call.library.path(session_id)}")
    return 0


@click.group("trash", cls=CommandGroup, invoke_without_command=True)
@click.pass_context
def trash_command(context: click.Context) -> int | None:
    """What was deleted and can be taken back; alone it lists that."""
    if context.invoked_subcommand is not None:
        return None
    return _print_trash(context.ensure_object(Call), None)


@trash_command.command("list", cls=Command, examples="tui-sessions trash list")
@format_option
@click.pass_obj
def trash_list_command(call: Call, format: str | None) -> int:
    """List what is in the trash, the last deleted first."""
    return _print_trash(call, format)


def _print_trash(call: Call, format: str | None) -> int:
    rows = call.library.trash()
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say("The trash is empty.")
        return 1
    call.console.say(f"{len(rows)} in the trash. Take one back: tui-sessions undelete ID")
    return 0


def _listing() -> Listing[TrashRow]:
    columns: tuple[Column[TrashRow], ...] = (
        Column(Heading("ID"), lambda row: row.id),
        Column(Heading("DELETED"), lambda row: shown_time(row.deleted_at)),
        Column(Heading("TITLE", is_flexible=True), lambda row: row.title),
        Column(Heading("FILE", is_flexible=True, is_optional=True), lambda row: row.path),
        Column(Heading("ENTRY", is_flexible=True, is_optional=True), lambda row: row.entry),
    )
    return Listing(columns, _record, lambda row: row.id)


def _record(row: TrashRow) -> dict[str, object]:
    return {
        "id": row.id,
        "title": row.title,
        "path": row.path,
        "entry": row.entry,
        "deleted_at": format_time(row.deleted_at),
    }


def _question(titles: list[str]) -> str:
    if len(titles) == 1:
        return f"Delete {titles[0]!r}?"
    shown = "\n".join(f"  {title}" for title in titles[:_SHOWN])
    more = f"\n  and {len(titles) - _SHOWN} more" if len(titles) > _SHOWN else ""
    return f"{shown}{more}\nDelete these {len(titles)} sessions?"
