"""Families for the tests of the map: rows with links, and the files of a small one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from tui_sessions.model.family import Family, family_of
from tui_sessions.model.message import Message
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store.library import Library

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
HOSTILE = "[/b]\x1b[31m\n\u202e" + "w京\u200d🏽" * 40


def row(
    id: str, turns: int = 5, parent: str | None = None, at: int | None = None, title: str = ""
) -> SessionRow:
    """What lists know of a session."""
    return SessionRow(
        id=id,
        path=f"{id}.json",
        title=title or id.upper(),
        turns=turns,
        parent_id=parent,
        parent_turn=at,
        created_at=BEGAN + timedelta(seconds=sum(map(ord, id))),
    )


def family(*rows: SessionRow) -> Family:
    return family_of(rows)


def paid(turn_id: str, prompt: str) -> Turn:
    return Turn(
        id=turn_id,
        messages=(
            Message(role="user", content=prompt),
            Message(role="assistant", content=f"about {prompt}"),
        ),
        usage=Usage(total_tokens=10),
        cost=1_000_000,
        finish="stop",
    )


def stock(library: Library) -> None:
    """`trunk` of four turns; `left` and `right` leave it after two, `early` after one."""
    turns = tuple(paid(f"t{number}", f"trunk {number}") for number in range(1, 5))
    library.create(Session(id="trunk", title="Trunk").with_turns(turns))
    for id, at in (("left", 2), ("right", 2), ("early", 1)):
        library.branch("trunk", at, title=id.capitalize(), new_id=id)
        for number in (1, 2):
            grow(library, id, f"{id}{number}", f"{id} {number}")


def grow(library: Library, session_id: str, turn_id: str, prompt: str) -> None:
    """One more turn."""
    library.update(session_id, lambda now: now.with_turn(paid(turn_id, prompt)))


def without_turn(session: Session, turn_id: str) -> Session:
    return session.with_turns(tuple(turn for turn in session.turns if turn.id != turn_id))


def renamed(session: Session, title: str) -> Session:
    return msgspec.structs.replace(session, title=title)
