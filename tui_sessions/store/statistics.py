"""Sums of what answers cost, used and took, by day, model, tag …: out of the index, no file is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, TypeVar

from tui_sessions.model.money import Cost
from tui_sessions.model.statistics import Amount, Pace, Scope, Slice, Sum
from tui_sessions.model.term import folded
from tui_sessions.store.index import rows, sums
from tui_sessions.store.index.charges import moment_of, provider_of, unpacked
from tui_sessions.store.index.dimensions import OF_TIME, Dimension, check, dimension
from tui_sessions.store.index.ordering import of_one_moment
from tui_sessions.store.index.schema import storable
from tui_sessions.store.index.sums import Bounds, Condition
from tui_sessions.store.paces import paces_of

if TYPE_CHECKING:
    from tui_sessions.store.index.index import Index

EVERYTHING = Scope()
PACED = ("model", "provider", "persona")
"""Who is told apart by how quickly they answer."""
_Answer = TypeVar("_Answer")


class Statistics:
    """Exact sums over the library. Blocking; any method may be called from any thread."""

    def __init__(self, index: Index, zone: tzinfo | None = None) -> None:
        self._index = index
        self.zone = zone
        """Whose calendar days count; None: the machine's."""
        self._spent: tuple[object, dict[object, Cost]] = ((), {})
        """What was asked of `spent` since anything changed: the screen asks with every session it opens."""

    def total(self, scope: Scope = EVERYTHING) -> Sum:
        """All of it."""
        period, conditions = self._scope(scope)

        def ask(reading: sqlite3.Connection) -> Sum:
            return sums.total(reading, sums.counted(reading, period, conditions))

        return self._ask(ask)

    def by(self, dimension: str, scope: Scope = EVERYTHING) -> tuple[Slice, ...]:
        """The sums of each key of a dimension: dearest first; days, hours … in order of time.

        Raises `UsageError` for a dimension that there is not.
        """
        found = self._broken_down((dimension,), scope)
        return tuple(Slice(key=key, sum=total) for (key,), total in found)

    def by_two(
        self, first: str, second: str, scope: Scope = EVERYTHING
    ) -> tuple[tuple[str, Slice], ...]:
        """Each key of `first` with the sums of each key of `second` in it. Raises `UsageError`."""
        found = self._broken_down((first, second), scope)
        return tuple((one, Slice(key=other, sum=total)) for (one, other), total in found)

    def paces(self, by: str = "model", scope: Scope = EVERYTHING) -> tuple[Pace, ...]:
        """How quickly models (or providers, or personas) answer, the most used first. Raises `UsageError`."""
        check(by, PACED)
        period, conditions = self._scope(scope)

        def ask(reading: sqlite3.Connection) -> tuple[Pace, ...]:
            files = sums.answers_of(reading, period, conditions)
            if by == "provider":
                files = (([provider_of(word) for word in words], told) for words, told in files)
            return paces_of(files, by_persona=by == "persona")

        return self._ask(ask)

    def sessions(
        self, dimension: str, key: str, scope: Scope = EVERYTHING, limit: int = 200
    ) -> tuple[Amount, ...]:
        """The sessions behind one bar, dearest first; with "" for the dimension: of all. Raises `UsageError`."""
        period, conditions = self._scope(scope)
        if dimension:
            check(dimension)

        def ask(reading: sqlite3.Connection) -> tuple[Amount, ...]:
            join, chosen = "", list(conditions)
            if dimension:
                told = self._dimension(reading, dimension, period)
                group, join = told.group(key), told.join
                if group is None:
                    return ()
                chosen.append((f"{told.sql} = ?", [group]))
            fids = sums.dearest(reading, sums.counted(reading, period, chosen), join, limit)
            chosen.append((f"c.fid IN ({', '.join(map(str, fids))})", []))
            charges = sums.counted(reading, period, chosen)
            found = [
                (fid, total)
                for (fid,), total in sums.added(reading, charges, "c.fid", join, "GROUP BY c.fid")
            ]
            found.sort(key=lambda item: (*_dearest(item[1]), item[0]))
            return _amounts(reading, found)

        return self._ask(ask)

    def spent(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        provider: str | None = None,
        tag: str | None = None,
        project: str | None = None,
        folder: str | None = None,
    ) -> Cost:
        """What answers cost together: a folder with those below it; case does not count in the words that
        people write."""
        stamp, wanted = self._index.stamp(), (since, until, provider, tag, project, folder)
        if self._spent[0] != stamp:
            self._spent = (stamp, {})
        known = self._spent[1]
        cost = known.get(wanted)
        if cost is None:
            cost = known[wanted] = self._added_up(*wanted)
        return cost

    def _added_up(
        self,
        since: datetime | None,
        until: datetime | None,
        provider: str | None,
        tag: str | None,
        project: str | None,
        folder: str | None,
    ) -> Cost:
        period = sums.bounds(since, until)
        conditions: list[Condition] = []
        if tag is not None:
            conditions.append(("c.fid IN (SELECT fid FROM tags WHERE tag = ?)", [folded(tag)]))
        if project is not None:
            of_project = "c.fid IN (SELECT fid FROM sessions WHERE project = ?)"
            conditions.append((of_project, [folded(project)]))
        if folder:
            conditions.append(_within(folder))

        def ask(reading: sqlite3.Connection) -> Cost:
            also = [] if provider is None else [_answered_by(reading, provider)]
            charges = sums.counted(reading, period, [*conditions, *also])
            return sums.cost(reading, charges)

        # Quick, and the screen asks: it is not to wait for what takes long.
        return self._ask(ask, self._index.ask)

    def span(self) -> tuple[datetime, datetime] | None:
        """The first and the last moment at which anything is counted; None where nothing is."""

        def ask(reading: sqlite3.Connection) -> tuple[datetime, datetime] | None:
            ends = [
                reading.execute(f"SELECT {end}(quarter) FROM charges").fetchone()[0]
                for end in ("min", "max")
            ]
            if None in ends:
                return None
            first, last = (_moments(reading, quarter) for quarter in ends)
            return moment_of(min(first)), moment_of(max(last))

        return self._ask(ask)

    def _scope(self, scope: Scope) -> tuple[Bounds, list[Condition]]:
        period = sums.bounds(scope.since, scope.until)
        if scope.query.is_empty:
            return period, []
        where, values = self._index.condition(scope.query)
        return period, [(f"c.fid IN (SELECT s.fid FROM sessions s WHERE {where})", values)]

    def _broken_down(
        self, names: tuple[str, ...], scope: Scope
    ) -> list[tuple[tuple[str, ...], Sum]]:
        for name in names:
            check(name)
        period, conditions = self._scope(scope)

        def ask(reading: sqlite3.Connection) -> list[tuple[tuple[str, ...], Sum]]:
            told = [self._dimension(reading, name, period) for name in names]
            charges = sums.counted(reading, period, conditions)
            keys = ", ".join(one.sql for one in told)
            join = " ".join(dict.fromkeys(one.join for one in told if one.join))
            end = f"GROUP BY {', '.join(str(n + 1) for n in range(len(told)))}"
            return _named(told, list(sums.added(reading, charges, keys, join, end)))

        return _in_order(names, self._ask(ask))

    def _dimension(self, reading: sqlite3.Connection, name: str, period: Bounds) -> Dimension:
        return dimension(reading, name, period, self.zone)

    def _ask(
        self,
        ask: Callable[[sqlite3.Connection], _Answer],
        of: Callable[[Callable[[sqlite3.Connection], _Answer]], _Answer] | None = None,
    ) -> _Answer:
        def at_once(reading: sqlite3.Connection) -> _Answer:
            with of_one_moment(reading):
                return ask(reading)

        return (of or self._index.ask_long)(at_once)


def _named(
    told: list[Dimension], found: list[tuple[tuple[Any, ...], Sum]]
) -> list[tuple[tuple[str, ...], Sum]]:
    keys = [one.keys({groups[n] for groups, _ in found}) for n, one in enumerate(told)]
    return [
        (tuple(keys[n].get(group, "") for n, group in enumerate(groups)), total)
        for groups, total in found
    ]


def _in_order(
    names: tuple[str, ...], found: list[tuple[tuple[str, ...], Sum]]
) -> list[tuple[tuple[str, ...], Sum]]:
    """By the first dimension, then by the second: in order of time, or the dearest first."""
    costs: dict[str, int] = {}
    for keys, total in found:
        costs[keys[0]] = costs.get(keys[0], 0) + total.cost.nanousd

    def place(item: tuple[tuple[str, ...], Sum]) -> tuple[Any, ...]:
        keys, total = item
        if len(keys) == 1:
            return (keys[0],) if names[0] in OF_TIME else (*_dearest(total), keys[0])
        first = (keys[0],) if names[0] in OF_TIME else (-costs[keys[0]], keys[0])
        return (*first, *((keys[1],) if names[1] in OF_TIME else (*_dearest(total), keys[1])))

    return sorted(found, key=place)


def _dearest(total: Sum) -> tuple[int, int, int]:
    return -total.cost.nanousd, -total.tokens, -total.answers


def _amounts(reading: sqlite3.Connection, found: list[tuple[int, Sum]]) -> tuple[Amount, ...]:
    known = rows.rows_of(reading, [fid for fid, _ in found])
    return tuple(
        Amount(session_id=known[fid].id, title=known[fid].title, sum=total)
        for fid, total in found
        if fid in known
    )


def _within(folder: str) -> Condition:
    path = os.fsencode(folder.strip("/"))
    inside = "SELECT folder FROM folders WHERE path = ? OR (path > ? AND path < ?)"
    sql = f"c.fid IN (SELECT fid FROM sessions WHERE folder IN ({inside}))"
    return sql, [path, path + b"/", path + b"0"]  # 0 is what follows the slash.


def _answered_by(reading: sqlite3.Connection, provider: str) -> Condition:
    found = reading.execute("SELECT number, provider FROM words").fetchall()
    wanted = folded(storable(provider))
    numbers = [str(number) for number, name in found if name and folded(name) == wanted]
    return f"c.model IN ({', '.join(numbers)})", []


def _moments(reading: sqlite3.Connection, quarter: int) -> list[int]:
    sql = "SELECT packed FROM answers WHERE fid IN (SELECT fid FROM charges WHERE quarter = ?)"
    found = reading.execute(sql, (quarter,)).fetchall()
    return [one.at for (data,) in found for one in unpacked(data)[1] if one.quarter == quarter]
