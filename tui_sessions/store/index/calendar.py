"""Local calendars over quarters of an hour: which offset from UTC holds when, as SQL; keys and their numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from tui_sessions.store.index.charges import FIRST, QUARTER_S

DAY_S = 86_400
_STEP = 14 * DAY_S // QUARTER_S
"""No zone changes its offset twice within a fortnight: the shortest time between is that of Ramadan."""
_UNIX_S = 62_135_596_800
"""Of 1970, since `FIRST`."""

Span = tuple[int, int]
"""A quarter of an hour, and the seconds that local time is ahead of UTC from then on."""


def offset_at(quarter: int, zone: tzinfo | None) -> int:
    """How many seconds local time is ahead of UTC at the beginning of a quarter of an hour."""
    try:
        moment = FIRST + timedelta(seconds=quarter * QUARTER_S)
        local = moment.astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return 0  # At the ends of the calendar, where the machine counts no local time.
    offset = local.utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def spans(reading: sqlite3.Connection, first: int, last: int, zone: tzinfo | None) -> list[Span]:
    """The offsets that hold from `first` to `last`, as far as anything was charged there."""
    found: list[Span] = []
    quarter = _next(reading, first)
    while quarter is not None and quarter < last:
        offset = offset_at(quarter, zone)
        if not found or found[-1][1] != offset:
            found.append((quarter, offset))
        if offset_at(quarter + _STEP, zone) == offset:
            quarter = _next(reading, quarter + _STEP)
            continue
        quarter = _next(reading, _change(quarter, quarter + _STEP, zone))
    return found


def local_seconds(spans: Sequence[Span]) -> str:
    """SQL for the local seconds since `FIRST` of the row `c`."""
    return f"(c.quarter * {QUARTER_S} + {_offset(spans)})"


def number(name: str, seconds: str) -> str:
    """SQL for the number of a day, hour … that so many local seconds fall into."""
    match name:
        case "day":
            return f"{seconds} / {DAY_S}"
        case "week":
            return f"{seconds} / {7 * DAY_S}"
        case "month":
            return f"strftime('%Y-%m', {seconds} - {_UNIX_S}, 'unixepoch')"
        case "hour":
            return f"{seconds} / 3600 % 24"
    return f"{seconds} / 3600 % 168"


def key_of(name: str, number: int | str) -> str:
    """The key of a day, hour … by its number."""
    match name:
        case "day":
            return _date(int(number)).isoformat()
        case "week":
            year, week, _ = _date(7 * int(number)).isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return str(number)
        case "hour":
            return f"{number:02}"
    day, hour = divmod(int(number), 24)
    return f"{day}-{hour:02}"


def number_of(name: str, key: str) -> int | str:
    """The number of a key. Raises `ValueError` where it is none."""
    match name:
        case "day":
            return date.fromisoformat(key).toordinal() - 1
        case "week":
            year, _, week = key.partition("-W")
            return (date.fromisocalendar(int(year), int(week), 1).toordinal() - 1) // 7
        case "month":
            return key
        case "hour":
            return int(key)
    day, _, hour = key.partition("-")
    return int(day) * 24 + int(hour)


def _date(days: int) -> date:
    return date.fromordinal(max(1, min(days + 1, date.max.toordinal())))


def _next(reading: sqlite3.Connection, quarter: int) -> int | None:
    found = reading.execute("SELECT min(quarter) FROM charges WHERE quarter >= ?", (quarter,))
    number: int | None = found.fetchone()[0]
    return number


def _change(before: int, after: int, zone: tzinfo | None) -> int:
    """The first quarter of an hour between with another offset than that of `before`."""
    offset = offset_at(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(spans: Sequence[Span]) -> str:
    # By halves: a library of centuries has hundreds of them.
    if len(spans) < 2:
        return str(spans[0][1]) if spans else "0"
    middle = len(spans) // 2
    before, after = _offset(spans[:middle]), _offset(spans[middle:])
    return f"CASE WHEN c.quarter < {spans[middle][0]} THEN {before} ELSE {after} END"
