"""The vocabulary of the store's tests: a library, a clock that ticks, sessions and their files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store.library import Library

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Ticking:
    """A clock that moves on by a second each time it is asked."""

    def __init__(self) -> None:
        self._now = START

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def opened(root: Path, audit: Path | None = None) -> Library:
    return Library.open(root, now=Ticking(), audit=audit)


def turn(turn_id: str, prompt: str = "why?", answer: str | None = "because") -> Turn:
    said = [Message(role="user", content=prompt)]
    if answer is not None:
        said.append(Message(role="assistant", content=answer))
    return Turn(id=turn_id, messages=tuple(said))


def session(session_id: str, *turns: Turn, **fields: Any) -> Session:
    return Session(id=session_id, turns=turns, **fields)


def put(root: Path, path: str, **fields: Any) -> Path:
    """A file that another program wrote."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"turns": [], **fields}))
    return file


def names(root: Path) -> set[str]:
    """All that lies in the library but for its own folder."""
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if ".tui-sessions" not in path.relative_to(root).parts
    }


def stocked(root: Path, count: int = 3) -> Library:
    """Sessions s0, s1, … of two turns in files f0, f1, …"""
    library = opened(root)
    for number in range(count):
        made = session(f"s{number}", turn("t1"), turn("t2"), title=f"T{number}")
        library.create(made, name=f"f{number}")
    return library


def titles(library: Library) -> list[str]:
    return sorted(row.title for row in library.rows())
