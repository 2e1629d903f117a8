"""Sessions in order, and the words in use by how often."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import islice

from tui_sessions.errors import UsageError
from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.results import Totals
from tui_sessions.store.index.schema import LIST_COLUMNS, direction

SUMMED = (
    "SELECT count(*), sum(cost / 1000000000), sum(cost % 1000000000), sum(cost_known), "
    "sum(cost_unknown) FROM sessions s"
)
"""Dollars and the rest apart, as with tokens: together they might be more than SQLite adds up."""


def cost_of(dollars: int | None, nano: int | None, known: int | None, unknown: int | None) -> Cost:
    """The cost out of a row of `SUMMED`."""
    return Cost((dollars or 0) * NANO + (nano or 0), known or 0, unknown or 0)


def order_by(sort: str, reverse: bool) -> str:
    """What follows ORDER BY: unknown ones last, whichever way. Raises `UsageError`."""
    column = column_of(sort)
    way = direction(sort, reverse=reverse)
    # Descending, NULL comes last by itself, and an index can serve.
    unknown_last = f"{column} IS NULL, " if way == "ASC" else ""
    return f"{unknown_last}{column} {way}, path"


def end(limit: int | None) -> str:
    """What follows the order: only the first so many."""
    return "" if limit is None else f" LIMIT {int(limit)}"


def column_of(sort: str) -> str:
    """The column that holds what is sorted by. Raises `UsageError`, with the nearest that is there."""
    column = LIST_COLUMNS.get(sort)
    if column is None:
        near = get_close_matches(sort, LIST_COLUMNS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(LIST_COLUMNS)}."
        raise UsageError(f"Sessions cannot be sorted by {sort!r}. {hint}")
    return column


def by_folder(reading: sqlite3.Connection, sort: str) -> dict[int, array[int]]:
    """The numbers of the sessions in each folder, in order. Written for 100,000 in a blink."""
    order = f"folder, {column_of(sort)} {direction(sort)}, path"
    with of_one_moment(reading):
        counts = reading.execute(
            "SELECT folder, count(*) FROM sessions GROUP BY folder ORDER BY folder"
        ).fetchall()
        fids = (fid for (fid,) in reading.execute(f"SELECT fid FROM sessions ORDER BY {order}"))
        return {folder: array("q", islice(fids, count)) for folder, count in counts}


@contextmanager
def of_one_moment(reading: sqlite3.Connection) -> Iterator[None]:
    """All that is read in here is of the same moment, whatever others write."""
    reading.execute("BEGIN")
    try:
        yield
    finally:
        reading.execute("COMMIT")


def titled(reading: sqlite3.Connection, wanted: str) -> tuple[frozenset[int], frozenset[int]]:
    """The sessions whose titles begin with the folded text, and those whose titles hold it."""
    found = reading.execute(
        "SELECT fid, instr(title, ?1) FROM sessions NOT INDEXED WHERE instr(title, ?1) > 0",
        (wanted,),
    ).fetchall()
    return frozenset(fid for fid, at in found if at == 1), frozenset(fid for fid, _ in found)


def tags(reading: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """The tags with how many sessions have them."""
    return counted(reading.execute("SELECT tag, written, count(*) FROM tags GROUP BY tag, written"))


def projects(reading: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """The projects with how many sessions they have."""
    return counted(
        reading.execute(
            "SELECT project, project_written, count(*) FROM sessions WHERE project <> '' "
            "GROUP BY project, project_written"
        )
    )


def models(reading: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """The models with how many sessions they have; casefolded."""
    return counted(
        reading.execute(
            "SELECT model, model, count(*) FROM sessions WHERE model <> '' GROUP BY model"
        )
    )


def counted(found: Iterable[tuple[str, str, int]]) -> tuple[tuple[str, int], ...]:
    """Words with how often they are used in any spelling, in the one that most use; most used first."""
    total: Counter[str] = Counter()
    spellings: dict[str, tuple[int, str]] = {}
    for word, written, count in found:
        total[word] += count
        spellings[word] = max(spellings.get(word, (0, "")), (count, written))
    counts = ((spellings[word][1], count) for word, count in total.items())
    return tuple(sorted(counts, key=lambda item: (-item[1], item[0].casefold(), item[0])))


def totals(reading: sqlite3.Connection) -> Totals:
    """What is in the library, added up."""
    with of_one_moment(reading):
        found = reading.execute(
            "SELECT count(*), sum(turns), sum(messages), sum(tokens IS NULL), "
            "sum(tokens / 1000000000), sum(tokens % 1000000000) FROM sessions"
        ).fetchone()
        cost = reading.execute(SUMMED).fetchone()
        size = reading.execute("SELECT sum(size) FROM files").fetchone()[0]
    sessions, turns, messages, unknown, billions, tokens = (number or 0 for number in found)
    return Totals(
        sessions=sessions,
        turns=turns,
        messages=messages,
        tokens=billions * NANO + tokens,
        unknown_tokens=unknown,
        cost=cost_of(*cost[1:]),
        size=size or 0,
    )
