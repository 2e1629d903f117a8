"""What sums are broken down by, as SQL: how groups are told apart, and by which keys people know them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from datetime import tzinfo
from difflib import get_close_matches
from typing import Any, NamedTuple

from tui_sessions.errors import UsageError
from tui_sessions.model.statistics import DIMENSIONS
from tui_sessions.model.term import folded
from tui_sessions.store.index import calendar, rows, sums
from tui_sessions.store.index.sums import Bounds

OF_TIME = frozenset({"day", "week", "month", "hour", "weekday-hour"})
"""Those that are shown in order of time."""


class Dimension(NamedTuple):
    """One way to tell charges `c` apart."""

    sql: str
    """By what."""
    join: str
    keys: Callable[[Iterable[Any]], dict[Any, str]]
    """The keys of these groups."""
    group: Callable[[str], Any]
    """The group of a key; None where there is none."""


def check(name: str, known: tuple[str, ...] = DIMENSIONS) -> None:
    """Raises `UsageError` for a dimension that there is not."""
    if name in known:
        return
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Choose one of {', '.join(known)}."
    raise UsageError(f"Sums cannot be broken down by {name!r}. {hint}")


def dimension(
    reading: sqlite3.Connection, name: str, period: Bounds, zone: tzinfo | None
) -> Dimension:
    """A dimension over the charges of a period. Raises `UsageError`."""
    check(name)
    if name in OF_TIME:
        return _of_time(reading, name, period, zone)
    match name:
        case "model" | "persona":
            return _of_words(reading, name)
        case "provider":
            join = "LEFT JOIN words w ON w.number = c.model"
            return Dimension("coalesce(w.provider, '')", join, _same, _itself)
        case "tag":
            keys = _spellings(reading, "tag", "written", "tags")
            join = "LEFT JOIN tags t ON t.fid = c.fid"
            return Dimension("coalesce(t.tag, '')", join, keys, folded)
        case "project":
            keys = _spellings(reading, "project", "project_written", "sessions")
            return Dimension("p.project", _sessions("p"), keys, folded)
        case "status":
            return Dimension("u.status", _sessions("u"), _same, folded)
        case "folder":
            return _of_folders(reading)
    return _of_sessions(reading)


def _of_time(
    reading: sqlite3.Connection, name: str, period: Bounds, zone: tzinfo | None
) -> Dimension:
    first = min((period.first, *period.edges))
    last = max((period.last, *(edge + 1 for edge in period.edges)))
    seconds = calendar.local_seconds(calendar.spans(reading, first, last, zone))

    def group(key: str) -> Any:
        try:
            return calendar.number_of(name, key)
        except ValueError:
            return None

    return Dimension(
        calendar.number(name, seconds),
        "",
        lambda found: {number: calendar.key_of(name, number) for number in found},
        group,
    )


def _of_words(reading: sqlite3.Connection, name: str) -> Dimension:
    words = dict(reading.execute("SELECT number, written FROM words").fetchall())
    return Dimension(
        f"c.{name}",
        "",
        lambda found: {number: words.get(number, "") for number in found},
        lambda key: sums.number_of(reading, key),
    )


def _of_folders(reading: sqlite3.Connection) -> Dimension:
    paths = dict(reading.execute("SELECT folder, path FROM folders").fetchall())
    numbers = {path: folder for folder, path in paths.items()}
    return Dimension(
        "o.folder",
        _sessions("o"),
        lambda found: {folder: os.fsdecode(paths.get(folder, b"")) for folder in found},
        lambda key: numbers.get(os.fsencode(key)),
    )


def _of_sessions(reading: sqlite3.Connection) -> Dimension:
    def group(key: str) -> Any:
        found = reading.execute("SELECT fid FROM sessions WHERE id = ?", (key,)).fetchone()
        return None if found is None else found[0]

    return Dimension("c.fid", "", lambda found: rows.ids_of(reading, list(found)), group)


def _sessions(alias: str) -> str:
    return f"JOIN sessions {alias} ON {alias}.fid = c.fid"


def _same(found: Iterable[Any]) -> dict[Any, str]:
    return {key: key for key in found}


def _itself(key: str) -> str:
    return key


def _spellings(
    reading: sqlite3.Connection, folded: str, written: str, table: str
) -> Callable[[Iterable[Any]], dict[Any, str]]:
    """Words as most write them."""
    most: dict[str, tuple[int, str]] = {}
    sql = f"SELECT {folded}, {written}, count(*) FROM {table} WHERE {folded} <> '' GROUP BY 1, 2"
    for word, spelling, count in reading.execute(sql):
        most[word] = max(most.get(word, (0, "")), (count, spelling))
    return lambda found: {word: most.get(word, (0, word))[1] for word in found}
