"""One immutable view of the library's rows: ids made unique, rows sorted, tags counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.ids import derived_id
from tui_sessions.model.query import Query
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.store.scan import Entry
from tui_sessions.store.tree import Forest, Tree

_NEVER = datetime.max.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[SessionRow], Any]] = {
    "updated": lambda row: row.updated_at,
    "created": lambda row: row.created_at,
    "title": lambda row: row.title.casefold(),
    "cost": lambda row: row.cost.nanousd if row.cost.known else None,
    "tokens": lambda row: row.tokens,
    "turns": lambda row: row.turns,
}
"""What rows are sorted by: newest and biggest first, titles A-Z; unknown ones always last."""


class Listing:
    """The rows of all files as they stood at one moment. Safe to read from any thread."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries, key=lambda entry: entry.path)
        self.damaged: tuple[DamagedRow, ...] = tuple(
            entry.damaged for entry in ordered if entry.damaged is not None
        )
        self._by_id = _by_unique_id([entry.row for entry in ordered if entry.row is not None])
        self._by_path = {row.path: row for row in self._by_id.values()}
        self._sorted: dict[tuple[str, bool], tuple[SessionRow, ...]] = {}
        self._forests: dict[str, Forest] = {}

    def by_id(self, session_id: str) -> SessionRow | None:
        """The row of that id."""
        return self._by_id.get(session_id)

    def by_path(self, path: str) -> SessionRow | None:
        """The row of that file."""
        return self._by_path.get(path)

    def ids(self) -> Iterable[str]:
        """Every id."""
        return self._by_id

    def rows(self, query: Query, sort: str, reverse: bool) -> tuple[SessionRow, ...]:
        """The rows that match, in order. Raises `UsageError` for an unknown sort."""
        rows = self._sorted.get((sort, reverse))
        if rows is None:
            rows = self._sorted[sort, reverse] = _sorted(self._by_path.values(), sort, reverse)
        return tuple(filter(query.matches, rows)) if query.terms else rows

    def tree(self, query: Query, sort: str, closed: frozenset[str]) -> Tree:
        """The rows as a tree; with a query only those that match, and nothing folded."""
        if query.terms:
            return Forest(self.rows(query, sort, False), ()).tree(frozenset())
        forest = self._forests.get(sort)
        if forest is None:
            forest = self._forests[sort] = Forest(self.rows(query, sort, False), self.damaged)
        return forest.tree(closed)

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The tags in use with how many sessions have them, most used first."""
        return _counted(tag for row in self._by_id.values() for tag in set(row.tags))

    def projects(self) -> tuple[tuple[str, int], ...]:
        """The projects in use, most used first."""
        return _counted(row.project for row in self._by_id.values() if row.project)


def _by_unique_id(rows: list[SessionRow]) -> dict[str, SessionRow]:
    """Of files with one id the oldest keeps it; the others get ids derived from their paths."""
    keepers: dict[str, SessionRow] = {}
    others: list[SessionRow] = []
    for row in rows:
        keeper = keepers.setdefault(row.id, row)
        if keeper is row:
            continue
        if (row.created_at or _NEVER) < (keeper.created_at or _NEVER):
            keepers[row.id], row = row, keeper
        others.append(row)
    for row in others:
        replaced, count = derived_id(row.path), 1
        while replaced in keepers:
            count += 1
            replaced = derived_id(row.path, str(count))
        keepers[replaced] = msgspec.structs.replace(row, id=replaced)
    return keepers


def _sorted(rows: Iterable[SessionRow], sort: str, reverse: bool) -> tuple[SessionRow, ...]:
    key = SORTS.get(sort)
    if key is None:
        near = get_close_matches(sort, SORTS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(SORTS)}."
        raise UsageError(f"Sessions cannot be sorted by {sort!r}. {hint}")
    known: list[SessionRow] = []
    unknown: list[SessionRow] = []
    for row in sorted(rows, key=lambda row: row.path):
        (unknown if key(row) is None else known).append(row)
    known.sort(key=key, reverse=(sort != "title") != reverse)
    return (*known, *unknown)


def _counted(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0].casefold())))
