"""`interrupted list|keep|continue|drop`: the answers that a crash cut off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, CommandGroup, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.display import shown_number, shown_time
from tui_sessions.model.dropping import Cut, drop, is_standing
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.store.interrupted import Aside

    Found = Cut | Aside


@click.group("interrupted", cls=CommandGroup, invoke_without_command=True)
@format_option
@click.pass_context
def interrupted_command(context: click.Context, format: str | None) -> int | None:
    """The answers that a crash cut off, until somebody decides about them; alone it lists them."""
    if context.invoked_subcommand is not None:
        return None
    return _print(context.ensure_object(Call), format)


@interrupted_command.command("list", cls=Command, examples="tui-sessions interrupted list")
@format_option
@click.pass_obj
def interrupted_list_command(call: Call, format: str | None) -> int:
    """List them, the last first. What came of each stands in its session already; what has no session
    any more is listed by the name of its journal."""
    return _print(call, format)


NOTHING = "No answer was cut off by a crash, or all are decided."
_WHICH = click.argument("refs", metavar="[S...]", nargs=-1)
_ALL = click.option("--all", "is_all", is_flag=True, help="All that `list` shows.")


@interrupted_command.command(
    "keep",
    cls=Command,
    examples="""
tui-sessions interrupted keep k3v9
tui-sessions interrupted keep --all
""",
)
@_WHICH
@_ALL
@click.pass_obj
def interrupted_keep_command(call: Call, refs: tuple[str, ...], is_all: bool) -> int:
    """Keep them as they are; what has no session becomes one, whose id is printed."""
    interrupted = call.library.interrupted
    for found in _chosen(call, refs, is_all=is_all):
        if isinstance(found, Cut):
            interrupted.decided([found])
            call.console.say(f"Kept in session {found.session_id}.")
        else:
            call.console.line(interrupted.keep_aside(found.name).session_id)
    return 0


@interrupted_command.command(
    "drop",
    cls=Command,
    examples="tui-sessions interrupted drop k3v9",
)
@_WHICH
@_ALL
@click.pass_obj
def interrupted_drop_command(call: Call, refs: tuple[str, ...], is_all: bool) -> int:
    """Take them out again; `tui-sessions undo` brings them back."""
    library, code = call.library, 0
    for found in _chosen(call, refs, is_all=is_all):
        if isinstance(found, Cut):
            title = clean_line(library.row(found.session_id).title)
            label = f"dropping of a cut answer of “{title}”"
            outcome = library.history.edit((found.session_id,), drop(found), label)
            for problem in outcome.problems:
                call.console.say(problem)
            code = code or outcome.exit_code
            if outcome.error is None:
                library.interrupted.decided([found])
                call.console.say(f"Dropped in session {found.session_id}; undo brings it back.")
        else:
            kept = library.interrupted.drop_aside(found.name)
            words = "it is in the trash" if kept else "it held no text"
            call.console.say(f"{clean_line(found.name)} is dropped; {words}.")
    return code


@interrupted_command.command(
    "continue", cls=Command, examples="tui-sessions interrupted continue k3v9"
)
@click.argument("ref", metavar="S")
@click.pass_obj
def interrupted_continue_command(call: Call, ref: str) -> int:
    """Ask for the rest of the answer that was cut off in S, and print it."""
    from tui_sessions.cli.answering import go_on

    (found, *_) = _chosen(call, (ref,), is_all=False)
    if not isinstance(found, Cut):
        raise UsageError("That answer has no session to go on in. Keep it first.")
    session = call.library.load(found.session_id)
    if not is_standing(session, found):
        raise UsageError("Another answer is chosen in that turn; only the one that is can go on.")
    code = go_on(call, session, found.turn_id)
    call.library.interrupted.decided([found])
    return code


def _chosen(call: Call, refs: tuple[str, ...], *, is_all: bool) -> list[Found]:
    if bool(refs) == is_all:
        raise UsageError("Name the sessions, or say --all.")
    every = _every(call)
    if is_all:
        if not every:
            call.console.say(NOTHING)
        return every
    found: list[Found] = []
    for ref in refs:
        fitting = list(_fitting(call, ref, every))
        if not fitting:
            raise NotFoundError(f"No answer that a crash cut off waits in {clean_line(ref)!r}.")
        found += fitting
    return found


def _fitting(call: Call, ref: str, every: Iterable[Found]) -> Iterable[Found]:
    every = list(every)
    named = [found for found in every if not isinstance(found, Cut) and found.name.startswith(ref)]
    if named:
        return named
    session_id = call.library.resolve(ref)
    return [found for found in every if isinstance(found, Cut) and found.session_id == session_id]


def _every(call: Call) -> list[Found]:
    interrupted = call.library.interrupted
    return [*interrupted.waiting(), *interrupted.aside()]


def _print(call: Call, format: str | None) -> int:
    rows = [_row(call, found) for found in _every(call)]
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say(NOTHING)
        return NotFoundError.exit_code
    call.console.say("Decide with: tui-sessions interrupted keep|continue|drop ID")
    return 0


class _Row(NamedTuple):
    id: str
    at: datetime | None
    characters: int
    text: str


def _row(call: Call, found: Found) -> _Row:
    if isinstance(found, Cut):
        came = found.characters - found.before - found.before_reasoning
        return _Row(found.session_id, found.moment, came, call.library.row(found.session_id).title)
    said = found.said
    return _Row(found.name, said.at, len(said.text) + len(said.reasoning), found.words)


def _listing() -> Listing[_Row]:
    columns: tuple[Column[_Row], ...] = (
        Column(Heading("ID"), lambda row: row.id),
        Column(Heading("CUT"), lambda row: "?" if row.at is None else shown_time(row.at)),
        Column(
            Heading("KEPT"),
            lambda row: shown_number(row.characters, "character"),
            lambda row: str(row.characters),
        ),
        Column(Heading("TITLE", is_flexible=True), lambda row: row.text),
    )
    return Listing(columns, _record, lambda row: row.id)


def _record(row: _Row) -> dict[str, object]:
    return {
        "id": row.id,
        "at": None if row.at is None else format_time(row.at),
        "characters": row.characters,
        "title": row.text,
    }
