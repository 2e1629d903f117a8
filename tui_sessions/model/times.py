"""Times as aware UTC values; text in and out. The clock itself is passed in by who needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time

Clock = Callable[[], datetime]
"""Gives the current time, aware, UTC."""

_MILLISECONDS_FROM = 100_000_000_000


def parse_time(value: object) -> datetime | None:
    """A file's time: ISO text (naive means local) or seconds or milliseconds since 1970.

    None where it cannot be understood.
    """
    try:
        if isinstance(value, str):
            return _aware(datetime.fromisoformat(value.strip()))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        seconds = value / 1000 if abs(value) > _MILLISECONDS_FROM else value
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def format_time(moment: datetime) -> str:
    """ISO in UTC with microseconds, as session files hold it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def midnight(day: date) -> datetime:
    """When a local day begins; at one o'clock where the clocks go forward at midnight."""
    # Not `astimezone` alone, which gives an hour too early then.
    return datetime.fromtimestamp(datetime.combine(day, time.min).timestamp(), UTC).astimezone()
