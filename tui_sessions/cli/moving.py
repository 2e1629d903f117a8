"""`move`, `folder`: sessions into folders, and the folders themselves."""

from __future__ import annotations

from typing import Any

import click

from tui_sessions.cli.bulk import Deed, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, choice_options, refresh_option
from tui_sessions.cli.completing import complete_folders, complete_sessions
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.display import shown_number
from tui_sessions.model.text import clean_line

_TOP = ("", ".", "/")
_EXAMPLES = """
tui-sessions move k3v9 work/api
tui-sessions move k3v9 h2c7 --to work/api
tui-sessions move --tag done --until 2026-01-01 archive --yes
tui-sessions move k3v9 /
"""


@click.command("move", cls=Command, examples=_EXAMPLES)
@click.argument("words", metavar="S... FOLDER", nargs=-1, shell_complete=complete_sessions)
@click.option(
    "--to",
    "target",
    metavar="FOLDER",
    help="The folder, where every word is a session.",
    shell_complete=complete_folders,
)
@choice_options
@click.pass_obj
def move_command(call: Call, /, words: tuple[str, ...], target: str | None, **given: Any) -> int:
    """Move the named sessions, or those that the filters choose, to a folder of the library; it is
    made where it is missing, and / is the top. The last word is the folder, unless --to says it."""
    choice = choice_from(call, given)
    sessions, folder = _split_words(choice, words, target)
    where = clean_line(folder) or "the top"
    deed = Deed(
        question=lambda what: f"Move {what} to {where}?",
        done=f"moved to {where}",
        told=lambda ids: f"It is now {call.library.path(ids[0])}" if len(ids) == 1 else "",
        noun="move",
        where=f"to {where}",
        work=lambda ids, label, report, stop: call.library.history.move(
            ids, folder, label, progress=report, stop=stop
        ),
    )
    return run_deed(call, choice, sessions, deed)


@click.group("folder", cls=CommandGroup, invoke_without_command=True)
@refresh_option
@format_option
@click.pass_context
def folder_command(context: click.Context, format: str | None) -> int | None:
    """The folders of the library; alone it lists them."""
    if context.invoked_subcommand is not None:
        return None
    return _print_folders(context.ensure_object(Call), format)


@folder_command.command("list", cls=Command, examples="tui-sessions folder list")
@refresh_option
@format_option
@click.pass_obj
def folder_list_command(call: Call, format: str | None) -> int:
    """List the folders with the number of sessions in each and below."""
    return _print_folders(call, format)


@folder_command.command("make", cls=Command, examples="tui-sessions folder make work/api")
@click.argument("folder", shell_complete=complete_folders)
@click.pass_obj
def folder_make_command(call: Call, folder: str) -> None:
    """Make a folder, and those above it that are missing."""
    call.library.history.make_folder(folder)
    call.console.tell(f"There is a folder {clean_line(folder)} now.")


@folder_command.command("rename", cls=Command, examples="tui-sessions folder rename wrk work")
@click.argument("folder", shell_complete=complete_folders)
@click.argument("new", metavar="NEW")
@click.pass_obj
def folder_rename_command(call: Call, folder: str, new: str) -> None:
    """Call a folder otherwise, or put it elsewhere: NEW is its whole path."""
    call.library.history.rename_folder(folder, new)
    call.console.tell(f"{clean_line(folder)} is now {clean_line(new)}.")


@folder_command.command("remove", cls=Command, examples="tui-sessions folder remove old")
@click.argument("folder", shell_complete=complete_folders)
@click.pass_obj
def folder_remove_command(call: Call, folder: str) -> None:
    """Remove an empty folder. Move or delete what is in it first."""
    call.library.history.remove_folder(folder)
    call.console.tell(f"The folder {clean_line(folder)} is gone.")


def _split_words(
    choice: Choice, words: tuple[str, ...], target: str | None
) -> tuple[tuple[str, ...], str]:
    """The sessions and the folder. Raises `UsageError`."""
    if target is None:
        if not words or (len(words) == 1 and not choice.is_by_filter):
            raise UsageError("Say the sessions and the folder: tui-sessions move S FOLDER")
        words, target = words[:-1], words[-1]
    folder = "" if target.strip() in _TOP else target.strip().strip("/")
    return words, folder


def _print_folders(call: Call, format: str | None) -> int:
    from tui_sessions.model.query import Query, Term
    from tui_sessions.model.term import folded

    library = call.library
    names = library.folders()
    counts = [library.count(Query(((Term("folder", folded(name)),),))) for name in names]
    rows = list(zip(names, counts, strict=True))
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say("There are no folders. Make one: tui-sessions folder make FOLDER")
        return NotFoundError.exit_code
    call.console.say(f"{shown_number(len(rows), 'folder')}.")
    return 0


def _listing() -> Listing[tuple[str, int]]:
    columns: tuple[Column[tuple[str, int]], ...] = (
        Column(Heading("FOLDER", is_flexible=True), lambda row: row[0]),
        Column(Heading("SESSIONS", is_number=True), lambda row: f"{row[1]:,}", lambda r: str(r[1])),
    )
    return Listing(columns, lambda row: {"folder": row[0], "sessions": row[1]}, lambda row: row[0])
