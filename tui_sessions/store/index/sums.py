"""Charges added up in SQL: which rows of the table count, and their exact sums."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.statistics import Sum
from tui_sessions.store.index.charges import (
    SUMMED,
    Answer,
    quarter_of,
    rows_of,
    ticks,
    unpacked,
)

Condition = tuple[str, list[Any]]
"""SQL on a row `c` of charges, with its parameters."""
_COLUMNS = ("quarter", "fid", "model", "persona", *SUMMED)
_OF_EDGES = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(len(_COLUMNS)))
_BOUNDED = "SELECT * FROM charges WHERE quarter >= ? AND quarter < ?"
_LAST = 2**62


class Bounds(NamedTuple):
    """A period as ticks, and the whole quarters of an hour in it."""

    begin: int
    end: int
    first: int
    last: int
    """Not in it any more."""
    edges: tuple[int, ...]
    """The quarters of an hour that are in it in part."""

    @property
    def is_open(self) -> bool:
        """Whether all times are in it."""
        return self.begin < 0 and self.end >= _LAST


class Counted(NamedTuple):
    """What stands after FROM for the charges `c` that count, and after WHERE."""

    table: str
    values: list[Any]
    where: str
    condition_values: list[Any]

    def sql(self, what: str, join: str = "", end: str = "") -> tuple[str, list[Any]]:
        """A query for `what` of these charges."""
        sql = f"SELECT {what} FROM {self.table} {join} WHERE {self.where} {end}"
        return sql, [*self.values, *self.condition_values]


def bounds(since: datetime | None, until: datetime | None) -> Bounds:
    """The period from `since` (included) to `until` (not)."""
    begin = -1 if since is None else ticks(since)
    end = _LAST if until is None else ticks(until)
    first, is_whole = (0, True) if since is None else quarter_of(begin)
    last, is_end_whole = (_LAST, True) if until is None else quarter_of(end)
    edges = {*(() if is_whole else (first,)), *(() if is_end_whole else (last,))}
    return Bounds(begin, end, first + (not is_whole), last, tuple(sorted(edges)))


def counted(
    reading: sqlite3.Connection, period: Bounds, conditions: Sequence[Condition]
) -> Counted:
    """The charges of a period that meet all conditions."""
    where = " AND ".join(sql for sql, _ in conditions) or "1"
    values = [value for _, given in conditions for value in given]
    edges = _edges(reading, period)
    if edges:
        table = f"({_BOUNDED} UNION ALL SELECT {_OF_EDGES} FROM json_each(?)) c"
        return Counted(table, [period.first, period.last, json.dumps(edges)], where, values)
    if period.is_open:
        return Counted("charges c", [], where, values)
    where = f"c.quarter >= ? AND c.quarter < ? AND {where}"
    return Counted("charges c", [], where, [period.first, period.last, *values])


def answers_of(
    reading: sqlite3.Connection, period: Bounds, conditions: Sequence[Condition]
) -> Iterator[tuple[list[str], list[Answer]]]:
    """The single answers of a period in the files of which a charge meets all conditions, file by file,
    after the words of the file."""
    where = " AND ".join(["c.quarter >= ?", "c.quarter <= ?", *(sql for sql, _ in conditions)])
    values = [min((period.first, *period.edges)), period.last]
    values += [value for _, given in conditions for value in given]
    sql = f"SELECT packed FROM answers WHERE fid IN (SELECT c.fid FROM charges c WHERE {where})"
    for (data,) in reading.execute(sql, values):
        words, answers = unpacked(data)
        if not period.is_open:
            answers = [one for one in answers if period.begin <= one.at < period.end]
        yield words, answers


def total(reading: sqlite3.Connection, charges: Counted) -> Sum:
    """The sum of them all."""
    ((_, whole),) = added(reading, charges, "")
    # Apart, because an index can serve: among the sums it takes as long as all of them.
    sql, values = charges.sql("DISTINCT c.fid")
    sessions = reading.execute(f"SELECT count(*) FROM ({sql})", values).fetchone()[0]
    return msgspec.structs.replace(whole, sessions=sessions)


def dearest(reading: sqlite3.Connection, charges: Counted, join: str, limit: int) -> list[int]:
    """The files of which most was paid for these charges."""
    # As floats, which never are too large to be added: only who comes first is asked.
    order = ", ".join(f"total(c.{name}) DESC" for name in ("cost", "tokens", "answers"))
    end = f"GROUP BY c.fid ORDER BY {order}, c.fid LIMIT {int(limit)}"
    return [fid for (fid,) in reading.execute(*charges.sql("c.fid", join, end))]


def added(
    reading: sqlite3.Connection, charges: Counted, keys: str, join: str = "", end: str = ""
) -> Iterator[tuple[tuple[Any, ...], Sum]]:
    """The sums of groups: `keys` is what they are told apart by, `end` what follows the conditions.
    Without keys there is one, of which the sessions are not counted."""
    first = f"{keys}, count(DISTINCT c.fid)" if keys else "0"
    try:
        found = reading.execute(*charges.sql(f"{first}, {_SUMS}", join, end)).fetchall()
    except sqlite3.OperationalError as error:
        if "overflow" not in str(error):
            raise
        # More than SQLite adds up: thousands of millions and the rest apart.
        found = []
        for row in reading.execute(*charges.sql(f"{first}, {_WIDE_SUMS}", join, end)):
            pairs = row[-2 * len(SUMMED) :]
            whole = [
                (big or 0) * NANO + (rest or 0)
                for big, rest in zip(pairs[::2], pairs[1::2], strict=True)
            ]
            found.append((*row[: -2 * len(SUMMED)], *whole))
    for row in found:
        *key, sessions = row[: -len(SUMMED)]
        yield tuple(key), _sum(sessions, row[-len(SUMMED) :])


def cost(reading: sqlite3.Connection, charges: Counted) -> Cost:
    """What they cost together."""
    # Dollars and the rest apart: together they might be more than SQLite adds up.
    what = f"sum(c.cost / {NANO}), sum(c.cost % {NANO}), sum(c.answers), sum(c.unknown)"
    found = reading.execute(*charges.sql(what)).fetchone()
    dollars, nano, answers, unknown = (number or 0 for number in found)
    return Cost(dollars * NANO + nano, answers - unknown, unknown)


def _sum(sessions: int, numbers: Sequence[int | None]) -> Sum:
    held = dict(zip(SUMMED, (number or 0 for number in numbers), strict=True))
    cost, unknown = held.pop("cost"), held.pop("unknown")
    return Sum(sessions=sessions, cost=Cost(cost, held["answers"] - unknown, unknown), **held)


def _edges(reading: sqlite3.Connection, period: Bounds) -> list[tuple[int, ...]]:
    """Rows as in the table, of the answers that fall into the period's first and last quarter of an hour."""
    rows: list[tuple[int, ...]] = []
    for quarter in period.edges:
        files = reading.execute(
            "SELECT fid, packed FROM answers WHERE fid IN "
            "(SELECT fid FROM charges WHERE quarter = ?)",
            (quarter,),
        ).fetchall()
        for fid, data in files:
            words, answers = unpacked(data)
            inside = (
                one
                for one in answers
                if one.quarter == quarter and period.begin <= one.at < period.end
            )
            numbers = [number_of(reading, word) or 0 for word in words]
            rows += rows_of(fid, inside, numbers)
    return rows


def number_of(reading: sqlite3.Connection, word: str) -> int | None:
    """The number of a model or persona; None where no answer has it."""
    if not word:
        return 0
    sql = "SELECT number FROM words WHERE written = ?"
    found = reading.execute(sql, (word,)).fetchone()
    return None if found is None else int(found[0])


_SUMS = ", ".join(f"sum(c.{name})" for name in SUMMED)
_WIDE_SUMS = ", ".join(f"sum(c.{name} / {NANO}), sum(c.{name} % {NANO})" for name in SUMMED)
