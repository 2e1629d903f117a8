"""What is due in a library: empty, old, idle sessions, and what lies in the trash for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tui_sessions.model.query import Query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.term import Term
from tui_sessions.model.times import Clock
from tui_sessions.model.upkeep import EMPTY_FOR, Due, Plan, Wanted, is_in_archive, is_spared

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

_AT_ONCE = 500
_ACTIVE = Term("status", "active")
_EMPTY = Term("turns", "0", op="=", number=0)
_ALL = Query()


class Looking:
    """Finds it; changes nothing."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made: list[str] = []

    def plan(
        self,
        wanted: Wanted,
        *,
        now: Clock,
        query: Query = _ALL,
        busy: frozenset[str] = frozenset(),
    ) -> Plan:
        """What is due among the sessions that match. Those that are pinned, starred, or `busy` are spared, as
        are those that other programs are answering."""
        busy |= {each.session_id for each in self._library.answered_elsewhere()}
        look = _Look(self._library, query, busy)
        due: list[Due] = []
        if wanted.empty:
            due.append(look.empty(now() - EMPTY_FOR))
        if wanted.unused_since is not None:
            due.append(look.old(wanted.unused_since, wanted))
        if wanted.idle_since is not None:
            due.append(look.idle(wanted.idle_since))
        if wanted.max_active:
            due.append(look.too_many(wanted.max_active))
        purged = tuple(
            row
            for row in (self._library.trash() if wanted.trashed_before else ())
            if wanted.trashed_before is not None and row.deleted_at < wanted.trashed_before
        )
        return Plan(
            due=tuple(each for each in due if each.count),
            purged=purged,
            purged_size=self._library.trash_size(purged),
            spared=len(look.spared),
        )

    def largest(self, count: int, query: Query = _ALL) -> tuple[SessionRow, ...]:
        """The sessions whose files are the largest."""
        rows = sorted(self._library.rows(query), key=lambda row: row.size, reverse=True)
        return tuple(rows[:count])


class _Look:
    """One look at the library; no session is due twice."""

    def __init__(self, library: Library, query: Query, busy: frozenset[str]) -> None:
        self._library = library
        self._query = query
        self._busy = busy
        self._taken: set[str] = set()
        self.spared: set[str] = set()

    def empty(self, before: datetime) -> Due:
        """Without a turn, and without anything else that somebody may have put there to use it later."""
        rows = [
            row
            for row in self._old(before, _EMPTY)
            if not (row.has_notes or row.system or row.tags or row.project)
        ]
        damaged = tuple(
            row.path for row in self._library.damaged() if row.size == 0 and self._query.is_empty
        )
        return Due(deed="trash", why="without a turn", rows=self._take(rows), damaged=damaged)

    def old(self, before: datetime, wanted: Wanted) -> Due:
        """Not used since then; what is in the archive is not archived again."""
        is_archiving = wanted.old_go_to == "archive"
        rows = [row for row in self._old(before) if not (is_archiving and is_in_archive(row.path))]
        why = f"not used since {before.astimezone():%Y-%m-%d}"
        return Due(deed=wanted.old_go_to, why=why, rows=self._take(rows))

    def idle(self, before: datetime) -> Due:
        """Active, and not used since then."""
        rows = self._take(list(self._old(before, _ACTIVE)))
        return Due(
            deed="pause", why=f"idle since {before.astimezone():%H:%M on %Y-%m-%d}", rows=rows
        )

    def too_many(self, most: int) -> Due:
        """The active ones beyond that many, the least recently used."""
        query = self._query.and_also(_ACTIVE)
        gone = sum(1 for session_id in self._taken if self._is_active(session_id))
        excess = max(0, self._library.count(query) - gone - most)
        rows = []
        for row in self._from_oldest(query) if excess else ():
            if row.id not in self._taken and not self._is_spared(row):
                rows.append(row)
            if len(rows) == excess:
                break
        return Due(
            deed="pause", why=f"beyond the {most:,} that may be active", rows=self._take(rows)
        )

    def _old(self, before: datetime, *terms: Term) -> Iterator[SessionRow]:
        for row in self._from_oldest(self._query.and_also(*terms)):
            if row.updated_at is None:
                continue
            if row.updated_at >= before:
                return
            if row.id not in self._taken and not self._is_spared(row):
                yield row

    def _from_oldest(self, query: Query) -> Iterator[SessionRow]:
        """The least recently used first, without reading the rows of all where few are wanted."""
        seen, limit = 0, _AT_ONCE
        while True:
            rows = self._library.rows(query, sort="updated", reverse=True, limit=limit)
            yield from rows[seen:]
            if len(rows) < limit:
                return
            seen, limit = len(rows), limit * 4

    def _is_spared(self, row: SessionRow) -> bool:
        if is_spared(row) or row.id in self._busy:
            self.spared.add(row.id)
            return True
        return False

    def _take(self, rows: list[SessionRow]) -> tuple[SessionRow, ...]:
        self._taken |= {row.id for row in rows}
        return tuple(rows)

    def _is_active(self, session_id: str) -> bool:
        return self._library.row(session_id).status == "active"
