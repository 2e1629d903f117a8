"""Dates as people type them in filters: ISO, `today`, `yesterday`, `7d`, `2w`, `3mo`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from tui_sessions.errors import UsageError
from tui_sessions.model.times import midnight

_AGO = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>h|d|w|mo|y)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}
_MONTHS = {"mo": 1, "y": 12}


def parse_since(text: str, now: datetime) -> datetime:
    """The first moment that `text` means, local days. Raises `UsageError`."""
    return _moment(text, now, is_end=False)


def parse_until(text: str, now: datetime) -> datetime:
    """The moment up to which `text` reaches (not included): a day reaches to its end."""
    return _moment(text, now, is_end=True)


def _moment(text: str, now: datetime, *, is_end: bool) -> datetime:
    wanted = text.strip()
    try:
        ago = _AGO.fullmatch(wanted)
        if ago is not None:
            return _back(now, int(ago["number"]), ago["unit"].lower())
        day = _day(wanted.lower(), now)
        if day is not None:
            return midnight(day + timedelta(days=1) if is_end else day)
        return datetime.fromisoformat(wanted).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"{text!r} is no date. Write 2026-01-31, today, yesterday, 7d, 2w or 3mo."
        ) from error


def _day(word: str, now: datetime) -> date | None:
    today = now.astimezone().date()
    if word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    return date.fromisoformat(word) if _DAY.fullmatch(word) else None


def _back(now: datetime, number: int, unit: str) -> datetime:
    if unit in _HOURS:
        return now - timedelta(hours=number * _HOURS[unit])
    months = now.year * 12 + now.month - 1 - number * _MONTHS[unit]
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return now.replace(year=year, month=month + 1, day=min(now.day, last))
