"""A piece of the session file round what was found; files that were just decoded are kept for the next."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tui_sessions.codec.texts import said
from tui_sessions.model.excerpts import Excerpt, excerpt_of, marks_in
from tui_sessions.model.found import Hit
from tui_sessions.model.message import Message
from tui_sessions.model.query import Query
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store import files

_KEPT = 40
"""Sessions: those of a screen of results."""
_LARGE = 2_000
"""Turns; a larger one would hold much memory."""


class Shelf(Protocol):
    """Where sessions are got from: the library."""

    def path(self, session_id: str) -> Path:
        """The file of a session. Raises `NotFoundError`."""
        ...

    def load(self, session_id: str) -> Session:
        """The session as its file stands now. Raises `NotFoundError`, `DamagedFileError`."""
        ...


class Showing:
    """Excerpts of what was found."""

    def __init__(self, library: Shelf) -> None:
        self._library = library
        self._kept: OrderedDict[str, tuple[files.Stamp | None, Session]] = OrderedDict()
        self._lock = threading.Lock()

    def excerpt(self, hit: Hit, query: Query, width: int) -> Excerpt:
        """About `width` characters round the hit. Raises `NotFoundError`, `DamagedFileError`, `StoreError`."""
        session = self._session(hit.session_id)
        texts = list(_texts(session, hit))
        if not texts:
            return Excerpt(text="")
        return excerpt_of(_best(texts, query), query, width)

    def _session(self, session_id: str) -> Session:
        stamp = _stamp(self._library.path(session_id))
        with self._lock:
            known = self._kept.get(session_id)
            if known is not None and known[0] == stamp:
                self._kept.move_to_end(session_id)
                return known[1]
        session = self._library.load(session_id)
        if len(session.turns) <= _LARGE:
            with self._lock:
                self._kept[session_id] = stamp, session
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return session


def _stamp(path: Path) -> files.Stamp | None:
    try:
        return files.stamp_of(os.stat(path))
    except OSError:
        return None


def _best(texts: list[str], query: Query) -> str:
    """The first text that holds most of the words that are looked for."""
    each = [Query.of(term) for term in query.terms]
    return max(texts, key=lambda text: sum(bool(marks_in(text, one, 1)) for one in each))


def _texts(session: Session, hit: Hit) -> Iterator[str]:
    """The texts that the hit may mean, likeliest first; blank ones left out."""
    if hit.turn is None:
        tags = " · ".join(session.meta.tags)
        notes = session.meta.notes or ""
        heads = (session.shown_title, tags, notes)
        texts = iter(heads if hit.place == "title" else (notes, session.shown_title, tags))
    elif hit.turn < len(session.turns):
        texts = (message.text for message in _in_order(session.turns[hit.turn], hit.place))
    else:
        texts = iter(())  # The file lost that turn meanwhile.
    return (text for text in texts if text.strip())


def _in_order(turn: Turn, place: str) -> list[Message]:
    return sorted(said(turn), key=lambda message: (message.role == "user") != (place == "prompt"))
