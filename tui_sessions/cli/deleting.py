"""`delete`, `undelete`: into the trash and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tui_sessions.cli.bulk import Deed, run_deed
from tui_sessions.cli.call import Call
from tui_sessions.cli.choosing import Choice, choice_from, choice_options, index_texts
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.trashing import print_trash, restore
from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.cli.progress import Report, Stop
    from tui_sessions.model.steps import Outcome

_NAMED = 10
"""Each of so many is told with its title; more only by their number."""


@click.command(
    "delete",
    cls=Command,
    examples="""
tui-sessions delete k3v9
tui-sessions delete k3v9 h2c7 --yes
tui-sessions delete --until 2026-01-01 --dry-run
tui-sessions delete --older-than 6mo --tag draft --yes
tui-sessions delete --all
tui-sessions delete broken.json
""",
)
@click.argument("sessions", metavar="S...", nargs=-1, shell_complete=complete_sessions)
@click.option("--older-than", metavar="AGE", help="Not changed for this long: 30d, 8w, 6mo.")
@click.option("--force", "is_forced", is_flag=True, help="The same as --yes.")
@click.option("--confirm", "is_asked", is_flag=True, help="Ask, even with --yes.")
@choice_options
@click.pass_obj
def delete_command(
    call: Call,
    /,
    sessions: tuple[str, ...],
    older_than: str | None,
    is_forced: bool,
    is_asked: bool,
    **given: Any,
) -> int:
    """Put the named sessions, or those that the filters choose, into the trash; `undo` and `undelete`
    take them back. A damaged file is named by its path. Asks on a terminal, needs --yes elsewhere."""
    given["is_sure"] = (given["is_sure"] or is_forced) and not is_asked
    choice = choice_from(call, given)
    damaged = tuple(path for path in sessions if _is_damaged(call, path))
    sessions = tuple(session for session in sessions if session not in damaged)
    if damaged:
        return _delete_damaged(call, choice, sessions, damaged)
    ids = None if older_than is None else _old_enough(call, choice, sessions, older_than)
    return run_deed(call, choice, sessions, _deed(call), ids=ids)


@click.command(
    "undelete",
    cls=Command,
    examples="""
tui-sessions undelete
tui-sessions undelete k3v9
""",
)
@click.argument("entries", metavar="[S]...", nargs=-1)
@format_option
@click.pass_obj
def undelete_command(call: Call, entries: tuple[str, ...], format: str | None) -> int:
    """Take sessions out of the trash and print their ids; without S, list what is in the trash."""
    return restore(call, entries) if entries else print_trash(call, format)


def _deed(call: Call) -> Deed:
    titles: dict[str, str] = {}

    def work(ids: tuple[str, ...], label: str, report: Report | None, stop: Stop) -> Outcome:
        library = call.library
        if len(ids) <= _NAMED:
            titles.update((one, clean_line(library.row(one).title)) for one in ids)
        return library.history.delete(ids, label, progress=report, stop=stop)

    def told(ids: tuple[str, ...]) -> str:
        if not titles:
            return ""
        lines = [f"Deleted {titles[i]!r}. Take it back: tui-sessions undelete {i}" for i in ids]
        return "\n".join(lines)

    return Deed(
        question=lambda what: f"Delete {what}?",
        done="deleted",
        noun="deletion",
        work=work,
        told=told,
        is_asked_always=True,
    )


def _old_enough(call: Call, choice: Choice, sessions: tuple[str, ...], age: str) -> tuple[str, ...]:
    """Those of the choice (of all, where there is none) that were not changed since then."""
    from tui_sessions.model.dates import parse_since

    if sessions:
        raise UsageError("Name the sessions, or choose them by --older-than, not both.")
    moment = parse_since(age, call.now())
    index_texts(call, choice.query)
    rows = call.library.rows(choice.query, sort="updated", reverse=True)
    old = tuple(row.id for row in rows if row.updated_at is not None and row.updated_at < moment)
    if not old:
        raise NotFoundError("No session is as old as that, so nothing was changed.")
    return old


def _is_damaged(call: Call, path: str) -> bool:
    return any(row.path == path for row in call.library.damaged())


def _delete_damaged(
    call: Call, choice: Choice, sessions: tuple[str, ...], paths: tuple[str, ...]
) -> int:
    if sessions or choice.is_by_filter:
        raise UsageError("Delete damaged files and sessions in two calls.")
    shown = ", ".join(map(clean_line, paths))
    if choice.is_dry:
        call.console.say(f"{shown} would be deleted. Nothing was changed.")
        return 0
    if not choice.is_sure:
        if not call.console.can_ask:
            raise UsageError("Nobody can be asked here: add --yes to delete.")
        if not call.console.confirm(f"Delete {shown}?"):
            call.console.say("Nothing was changed.")
            return 1
    for path in paths:
        call.library.history.delete_damaged(path)
        call.console.say(f"Deleted {clean_line(path)}. Take it back: tui-sessions undo")
    return 0
