"""`versions`: what a session held before it was overwritten, looked at and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from tui_sessions.cli.call import Call
from tui_sessions.cli.completing import complete_sessions
from tui_sessions.cli.layout import Heading
from tui_sessions.cli.options import Command, format_option
from tui_sessions.cli.records import Column, Listing, print_listing
from tui_sessions.errors import NotFoundError, TuiSessionsError, UsageError
from tui_sessions.model.display import shown_size, shown_time
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import format_time

if TYPE_CHECKING:
    from tui_sessions.model.session import Session
    from tui_sessions.model.version import VersionRow

_EXAMPLES = """
tui-sessions versions @last
tui-sessions versions k3v9 diff 12
tui-sessions versions k3v9 show 12 > before.md
tui-sessions versions k3v9 restore 12
"""
ACTIONS = ("show", "diff", "restore")


@click.command("versions", cls=Command, examples=_EXAMPLES)
@click.argument("session", metavar="S", shell_complete=complete_sessions)
@click.argument("action", metavar="[show|diff|restore]", required=False, type=click.Choice(ACTIONS))
@click.argument("number", metavar="[N]", required=False, type=click.IntRange(min=1))
@format_option
@click.pass_obj
def versions_command(
    call: Call, session: str, action: str | None, number: int | None, format: str | None
) -> int:
    """List the last five states that the session S had before it was overwritten, whoever wrote it.

    `show` prints the state number N, `diff` what is otherwise now, `restore` makes the session that again;
    `undo` takes a restoring back."""
    library = call.library
    session_id = _resolved(call, session)
    if action is None:
        return _print_list(call, session_id, format)
    if number is None:
        raise UsageError(f"Say which one: tui-sessions versions {clean_line(session)} {action} N")
    if format is not None:
        raise UsageError("--format is for the list; leave it out.")
    version = library.versions.session(session_id, number)
    if action == "show":
        for line in _lines(version):
            call.console.line(line)
    elif action == "diff":
        return _print_difference(call, version, library.load(session_id), number)
    else:
        _restore(call, session_id, number)
    return 0


def _resolved(call: Call, session: str) -> str:
    """Its id; also of one whose file cannot be read any more, where that is given whole."""
    try:
        return call.library.resolve(session)
    except TuiSessionsError:
        if not call.library.versions.kept.of(session):
            raise
        return session


def _print_list(call: Call, session_id: str, format: str | None) -> int:
    rows = call.library.versions.rows(session_id)
    if rows or format in ("json", "csv"):
        print_listing(call.console, _listing(), rows, format)
    call.console.flush()
    if not rows:
        call.console.say("This session was never overwritten with anything else.")
        return NotFoundError.exit_code
    call.console.tell(f"Bring one back: tui-sessions versions {session_id} restore N")
    return 0


def _print_difference(call: Call, version: Session, now: Session, number: int) -> int:
    lines = list(
        unified_diff(_lines(version), _lines(now), f"version {number}", "now", lineterm="")
    )
    for line in lines:
        call.console.line(line)
    if not lines:
        from tui_sessions.model.version import differences

        what = ", ".join(differences(version, now))
        call.console.say(f"Every text of it is the same now. Compared with now it has {what}.")
    return 0


def _restore(call: Call, session_id: str, number: int) -> None:
    if session_id in {other.session_id for other in call.library.answered_elsewhere()}:
        raise UsageError("The session is being answered just now. Wait for its end.")
    step = call.library.versions.restore(session_id, number)
    if step is None:
        call.console.say(f"The session is what version {number} holds already.")
    else:
        call.console.say(f"Restored: {clean_line(step.label)}. `undo` takes that back.")


def _lines(session: Session) -> list[str]:
    """What a session says, for people and for comparing."""
    return list(_all_lines(session))


def _all_lines(session: Session) -> Iterator[str]:
    from tui_sessions.exchange.text import turn_lines

    meta = session.meta
    facts = {
        "Title": session.title,
        "Model": session.model,
        "Status": session.status,
        "Tags": ", ".join(meta.tags),
        "Project": meta.project,
        "System": session.system,
        "Notes": meta.notes,
    }
    for name, value in facts.items():
        if value:
            yield from f"{name}: {value}".split("\n")
    for number, turn in enumerate(session.turns, 1):
        yield ""
        for line in turn_lines(number, turn):
            yield from line.split("\n")


def _listing() -> Listing[VersionRow]:
    columns: tuple[Column[VersionRow], ...] = (
        Column(Heading("N", is_number=True), lambda row: str(row.number)),
        Column(Heading("WHEN"), lambda row: shown_time(row.at)),
        Column(
            Heading("SIZE", is_number=True),
            lambda row: shown_size(row.size),
            lambda row: str(row.size),
        ),
        Column(Heading("TURNS", is_number=True), lambda row: str(row.turns)),
        Column(Heading("AGAINST NOW", is_flexible=True), lambda row: ", ".join(row.differs)),
        Column(Heading("TITLE", is_flexible=True), lambda row: row.title),
    )
    return Listing(columns, _record, lambda row: str(row.number))


def _record(row: VersionRow) -> dict[str, object]:
    return {
        "number": row.number,
        "at": format_time(row.at),
        "size": row.size,
        "turns": row.turns,
        "title": row.title,
        "differs": list(row.differs),
        "path": row.path,
    }
