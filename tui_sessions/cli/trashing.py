"""`trash list|restore|empty`: what was deleted, back or gone for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.progress import progress
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.display import shown_number, shown_size, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.model.results import TrashRow


@click.group("trash", cls=CommandGroup, invoke_without_command=True)
@format_option
@click.pass_context
def trash_command(context: click.Context, format: str | None) -> int | None:
    """What was deleted and can be taken back; alone it lists that."""
    if context.invoked_subcommand is not None:
        return None
    return print_trash(context.ensure_object(Call), format)


@trash_command.command("list", cls=Command, examples="tui-sessions trash list --format json")
@format_option
@click.pass_obj
def trash_list_command(call: Call, format: str | None) -> int:
    """List what is in the trash, the last deleted first."""
    return print_trash(call, format)


@trash_command.command(
    "restore",
    cls=Command,
    examples="""
tui-sessions trash restore k3v9
tui-sessions trash restore --all
""",
)
@click.argument("entries", metavar="S...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Everything that is in the trash.")
@click.pass_obj
def trash_restore_command(call: Call, entries: tuple[str, ...], is_all: bool) -> int:
    """Take sessions (by id, or the entry that `list` shows) out of the trash and print their ids."""
    if bool(entries) == is_all:
        raise UsageError("Name what is to come back, or say --all.")
    return restore(call, tuple(row.entry for row in call.library.trash()) if is_all else entries)


@trash_command.command(
    "empty",
    cls=Command,
    examples="""
tui-sessions trash empty --older-than 30d
tui-sessions trash empty --yes
""",
)
@click.option("--older-than", metavar="AGE", help="Only what was deleted so long ago: 30d, 6mo.")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Only say what would go.")
@click.pass_obj
def trash_empty_command(call: Call, older_than: str | None, is_sure: bool, is_dry: bool) -> int:
    """Delete what is in the trash for good. Nothing takes that back."""
    rows = _older(call, older_than)
    if not rows:
        call.console.say("The trash is empty." if older_than is None else "Nothing is that old.")
        return 1
    what = f"{shown_number(len(rows), 'file')} ({shown_size(call.library.trash_size(rows))})"
    if is_dry:
        call.console.say(f"{what} would be deleted for good. Nothing was changed.")
        return 0
    if not is_sure:
        if not call.console.can_ask:
            raise UsageError("Nobody can be asked here: add --yes to delete for good.")
        if not call.console.confirm(f"Delete {what} for good?"):
            call.console.say("Nothing was changed.")
            return 1
    with progress(call.console, "Emptying the trash") as report:
        entries = tuple(row.entry for row in rows)
        gone = call.library.history.empty_trash(entries=entries, progress=report)
    freed = what if gone == len(rows) else f"{gone:,} of {what}"
    call.console.say(f"{freed} deleted for good.")
    return 0


def restore(call: Call, refs: tuple[str, ...]) -> int:
    """Takes back what is named and prints the ids that it has now."""
    library = call.library
    entries = tuple(dict.fromkeys(library.in_trash(ref).entry for ref in refs))
    before = set(library.ids())
    with progress(call.console, "Taking back") as report:
        outcome = library.history.restore(entries, progress=report)
    for problem in outcome.problems:
        call.console.say(problem)
    for session_id in library.ids():
        if session_id not in before:
            call.console.line(session_id)
            call.console.tell(f"It is back: {clean_line(str(library.path(session_id)))}")
    return outcome.exit_code


def print_trash(call: Call, format: str | None) -> int:
    """The trash as a listing; the exit code."""
    rows = call.library.trash()
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say("The trash is empty.")
        return NotFoundError.exit_code
    call.console.say(f"{len(rows):,} in the trash. Take one back: tui-sessions undelete ID")
    return 0


def _older(call: Call, age: str | None) -> tuple[TrashRow, ...]:
    from tui_sessions.model.dates import parse_since

    rows = call.library.trash()
    if age is None:
        return rows
    moment = parse_since(age, call.now())
    return tuple(row for row in rows if row.deleted_at < moment)


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
