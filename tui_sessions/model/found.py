"""What a search finds, as it arrives: hits in batches, grouped by session. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest

import msgspec

from tui_sessions.model.query import Query

MOST_HITS = 100
"""How many hits of one session are kept; all are counted."""
_PREFIX_FROM = 2
"""Letters; what one letter begins is nearly everything."""


class Hit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One place where it was found."""

    session_id: str
    turn: int | None = None
    """Its place in the session's turns; None: title, tags or notes."""
    place: str
    """`title` (tags as well), `notes`, `prompt` or `answer` (all that is no prompt)."""
    score: float = 0.0
    """Bigger is better."""


class SearchBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What one part of the library holds, best first. Newer parts come first."""

    hits: tuple[Hit, ...]
    found: int
    """All hits of the part; only the best are in `hits`."""
    done: int
    """Parts that were looked through."""
    total: int
    is_partial: bool = False
    """Not all conversations are indexed yet, so there may be more."""


class FoundSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its hits, the best first."""

    session_id: str
    score: float
    hits: tuple[Hit, ...]
    count: int
    """Of all its hits that came, those included that were not kept."""


class Findings:
    """The hits of one search by session."""

    def __init__(self, batches: Iterable[SearchBatch] = ()) -> None:
        self.done = 0
        self.total = 0
        self.hits = 0
        """All that were found, shown or not."""
        self.is_partial = False
        self._sessions: dict[str, _Gathered] = {}
        for batch in batches:
            self.add(batch)

    @property
    def sessions(self) -> int:
        """In how many sessions."""
        return len(self._sessions)

    @property
    def is_done(self) -> bool:
        """Whether every part was looked through."""
        return self.done >= self.total

    def add(self, batch: SearchBatch) -> None:
        """Takes in what arrived."""
        self.done, self.total = batch.done, batch.total
        self.hits += batch.found
        self.is_partial = self.is_partial or batch.is_partial
        for hit in batch.hits:
            gathered = self._sessions.get(hit.session_id)
            if gathered is None:
                gathered = self._sessions[hit.session_id] = _Gathered(len(self._sessions))
            gathered.add(hit)

    def top(self, limit: int) -> tuple[FoundSession, ...]:
        """The best sessions; of equals the newer one first, which is the one that came first."""
        best = nsmallest(
            limit, self._sessions.items(), key=lambda item: (-item[1].score, item[1].order)
        )
        return tuple(gathered.as_found(session_id) for session_id, gathered in best)

    def session(self, session_id: str) -> FoundSession | None:
        """What was found in that session."""
        gathered = self._sessions.get(session_id)
        return None if gathered is None else gathered.as_found(session_id)


def as_typed(query: Query) -> Query:
    """`query` while its last word is still being typed: any word that begins so is meant."""
    if not query.groups:
        return query
    *groups, last = query.groups
    *terms, term = last
    is_begun = len(term.value) >= _PREFIX_FROM or not term.value.isascii()
    if term.key not in ("", "text") or term.is_negated or term.is_phrase or not is_begun:
        return query
    return Query((*groups, (*terms, msgspec.structs.replace(term, is_prefix=True))))


class _Gathered:
    """The hits of one session so far."""

    __slots__ = ("_hits", "count", "order", "score")

    def __init__(self, order: int) -> None:
        self.order = order
        self.count = 0
        self.score = float("-inf")
        self._hits: list[Hit] = []

    def add(self, hit: Hit) -> None:
        self.count += 1
        self.score = max(self.score, hit.score)
        self._hits.append(hit)
        if len(self._hits) >= 2 * MOST_HITS:
            self._hits = self._best()

    def as_found(self, session_id: str) -> FoundSession:
        return FoundSession(
            session_id=session_id, score=self.score, hits=tuple(self._best()), count=self.count
        )

    def _best(self) -> list[Hit]:
        return sorted(self._hits, key=lambda hit: -hit.score)[:MOST_HITS]
