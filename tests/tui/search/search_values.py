"""Hits out of thin air, and a library that answers a search at once, or when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tui_sessions.errors import NotFoundError
from tui_sessions.model.excerpts import Excerpt
from tui_sessions.model.found import FoundSession, Hit, SearchBatch
from tui_sessions.model.message import Message
from tui_sessions.model.query import Query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def now() -> datetime:
    """A clock that stands."""
    return NOW


def hit(session_id: str, turn: int | None = 0, place: str = "prompt", score: float = 1.0) -> Hit:
    """A hit."""
    return Hit(session_id=session_id, turn=turn, place=place, score=score)


def found(session_id: str, turns: int = 1, *, title: bool = False) -> FoundSession:
    """A session with a hit in each of its first turns, and perhaps one in its title."""
    hits = [hit(session_id, turn, score=turns - turn) for turn in range(turns)]
    if title:
        hits.insert(0, hit(session_id, None, "title", 99.0))
    return FoundSession(session_id=session_id, score=1.0, hits=tuple(hits), count=len(hits))


def row(session_id: str, **facts: Any) -> SessionRow:
    """A session as lists know it."""
    given = {"path": f"work/{session_id}.json", "updated_at": NOW - timedelta(hours=2), **facts}
    return SessionRow(id=session_id, title=given.pop("title", f"About {session_id}"), **given)


def session(session_id: str, turns: int = 3, word: str = "needle") -> Session:
    """A session that says the word in every prompt."""
    return Session(
        id=session_id,
        title=f"About {session_id}",
        turns=tuple(
            Turn(
                id=f"{session_id}-{number}",
                messages=(
                    Message(role="user", content=f"Prompt {number} with a {word}"),
                    Message(role="assistant", content=f"Answer {number}\n\n" + "text\n\n" * 12),
                ),
            )
            for number in range(turns)
        ),
    )


class FakeLibrary:
    """Answers what `batches` gives for a query."""

    def __init__(self, batches: Callable[[Query], Iterator[SearchBatch]]) -> None:
        self._batches = batches
        self.index_problem = ""
        self.progress = (10, 10)
        self.asked: list[Query] = []
        self.excerpts_asked: list[Hit] = []
        self.stopped = 0

    def search(self, query: Query, stop: Callable[[], bool] | None = None) -> Iterator[SearchBatch]:
        """Part by part, until it is stopped."""
        self.asked.append(query)
        for batch in self._batches(query):
            if stop is not None and stop():
                self.stopped += 1
                return
            yield batch

    def excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        """Says which hit it belongs to."""
        self.excerpts_asked.append(hit)
        text = f"{hit.place} {hit.turn} of {hit.session_id}"
        return Excerpt(text=text, marks=((0, len(hit.place)),))

    def texts_progress(self) -> tuple[int, int]:
        """As it was set."""
        return self.progress

    def row(self, session_id: str) -> SessionRow:
        """Of every session but those that are gone."""
        if session_id.startswith("gone"):
            raise NotFoundError(f"There is no session {session_id}.")
        return row(session_id)

    def load(self, session_id: str) -> Session:
        """Of every session but those that are gone."""
        if session_id.startswith("gone"):
            raise NotFoundError(f"There is no session {session_id}.")
        return session(session_id)


def batch(
    hits: list[Hit], done: int = 1, total: int = 1, *, is_partial: bool = False
) -> SearchBatch:
    """One part."""
    return SearchBatch(
        hits=tuple(hits), found=len(hits), done=done, total=total, is_partial=is_partial
    )
