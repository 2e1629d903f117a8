"""Titles, tags and notes against a query: which sessions they alone answer, and which groups of it they meet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import msgspec

from tui_sessions.model.query import Query, Term
from tui_sessions.store.texts.source import Source
from tui_sessions.store.texts.wanted import Group, Wanted, expression

MOST_HEADS = 500
"""A word in more titles than this counts, together with others, only where it stands itself."""
MOST_RANKED = 2_000
"""Hits of one part; words that more of them have tell nothing apart, and ranking them takes longest."""
_WEIGHTS = "10.0, 6.0, 3.0"
"""Of title, tags and notes."""
HEAD_BONUS = 50.0
"""A title that has it all comes before everything that was said."""


class Met(msgspec.Struct):
    """What is known of sessions before their conversations are looked into."""

    allowed: set[int] | None
    """Only these; None is all."""
    refused: set[int]
    """Not these: their heads hold what is unwanted."""
    groups: dict[int, int]
    """The groups that sessions meet without a word said: a bit for each."""

    @property
    def is_open(self) -> bool:
        """Whether any session may be found."""
        return self.allowed is None and not self.refused

    def admits(self, fid: int) -> bool:
        """Whether the session may be found at all."""
        return fid not in self.refused and (self.allowed is None or fid in self.allowed)


class Heads:
    """One search's look at the heads."""

    def __init__(
        self,
        reading: sqlite3.Connection,
        source: Source,
        wanted: Wanted,
        silent: Callable[[tuple[Term, ...]], set[int]],
    ) -> None:
        self._reading = reading
        self._source = source
        self._wanted = wanted
        self._silent = silent
        """The sessions in which one of the words stands nowhere."""
        self._is_pure = not any(group.rows or group.unsaid for group in wanted.groups)

    def met(self) -> Met:
        """What heads and rows say about the sessions."""
        wanted = self._wanted
        allowed = self._source.fids(wanted.rows) if wanted.rows.groups else None
        refused: set[int] = set()
        if wanted.unwanted and not wanted.roles:
            refused = self._holding(expression(wanted.unwanted), None)
        groups: dict[int, int] = {}
        if len(wanted.groups) > 1 or not self._is_pure:
            for number, group in enumerate(wanted.groups):
                for fid in self._meeting(group):
                    groups[fid] = groups.get(fid, 0) | 1 << number
        return Met(allowed, refused, groups)

    def hits(self, met: Met) -> list[tuple[int, str, float]]:
        """The sessions that are found without a word said: fid, place, score; the best first."""
        if not self._is_pure:
            every = (1 << len(self._wanted.groups)) - 1
            return [
                (fid, "title", 0.0)
                for fid, groups in met.groups.items()
                if groups == every and met.admits(fid)
            ]
        if self._wanted.roles:
            return []
        expressed = " AND ".join(f"({expression(group.said)})" for group in self._wanted.groups)
        fids = [fid for fid in self._holding(expressed, None) if met.admits(fid)]
        if not fids:
            return []
        words = expression(tuple(term for group in self._wanted.groups for term in group.said))
        titled = self._holding(f"{{title tags}} : ({words})", None)
        fids.sort(reverse=True)
        scores = {}
        if len(fids) <= MOST_RANKED:
            scores = self._scores(expressed)
            fids.sort(key=lambda fid: scores.get(fid, 0.0), reverse=True)
        return [
            (fid, "title" if fid in titled else "notes", HEAD_BONUS + scores.get(fid, 0.0))
            for fid in fids
        ]

    def _scores(self, expressed: str) -> dict[int, float]:
        sql = f"SELECT rowid, -bm25(heads, {_WEIGHTS}) FROM heads WHERE heads MATCH ?"
        return dict(self._reading.execute(sql, (expressed,)).fetchall())

    def _meeting(self, group: Group) -> set[int]:
        """The sessions that meet a group whatever was said in them."""
        found: set[int] = set()
        if group.said and not self._wanted.roles:
            limit = MOST_HEADS if self._is_pure else None
            found = self._holding(expression(group.said), limit)
        if group.rows:
            fitting = self._source.fids(Query((group.rows,)))
            found |= self._everyone() if fitting is None else fitting
        if group.unsaid:
            found |= self._silent(group.unsaid)
        return found

    def _holding(self, expressed: str, limit: int | None) -> set[int]:
        """The sessions whose heads match; none where there are more than `limit`."""
        found = self._reading.execute(
            "SELECT rowid FROM heads WHERE heads MATCH ? LIMIT ?",
            (expressed, -1 if limit is None else limit + 1),
        ).fetchall()
        return set() if limit is not None and len(found) > limit else {fid for (fid,) in found}

    def _everyone(self) -> set[int]:
        return {fid for (fid,) in self._reading.execute("SELECT fid FROM sessions")}
