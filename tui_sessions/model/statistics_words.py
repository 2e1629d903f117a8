"""Statistics in words: the same on the screen, for a reader in calm mode and on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tui_sessions.model.display import (
    UNKNOWN,
    shown_count,
    shown_number,
    shown_priced,
)
from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.statistics import Sum
from tui_sessions.model.text import clean_line

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MEASURES = ("cost", "tokens", "answers")
_NONE = {
    "model": "unknown model",
    "provider": "unknown provider",
    "persona": "no persona",
    "tag": "no tag",
    "project": "no project",
    "folder": "(top folder)",
    "status": "no status",
    "session": "(a session that has gone)",
}


def shown_column(costs: Sequence[Cost]) -> list[str]:
    """The priced parts one below the other: with as many digits each, so that their points stand in line;
    `?` where nothing is priced."""
    digits = 2 if max((cost.nanousd for cost in costs), default=0) >= NANO else 4
    return [_digits(cost, digits) for cost in costs]


def _digits(cost: Cost, digits: int) -> str:
    if cost.unknown and not cost.known:
        return UNKNOWN
    least = 10.0**-digits
    dollars = cost.nanousd / NANO
    if 0 < dollars < least / 2:
        return f"<${least:.{digits}f}"
    return f"${dollars:,.{digits}f}"


def shown_unpriced(cost: Cost) -> str:
    """What is missing from a sum: `+3`, "" where nothing is."""
    return f"+{cost.unknown:,}" if cost.unknown else ""


def measured(sum: Sum, measure: str) -> int:
    """The known part of a measure, as a number that bars are drawn of."""
    match measure:
        case "cost":
            return sum.cost.nanousd
        case "tokens":
            return sum.tokens
    return sum.answers


def shown_measure(sum: Sum, measure: str) -> str:
    """A measure as people read it."""
    match measure:
        case "cost":
            return shown_priced(sum.cost)
        case "tokens":
            return shown_tokens(sum)
    return shown_count(sum.answers)


def shown_tokens(sum: Sum) -> str:
    """The tokens that are known; `?` where those of no answer are, `≥` where those of some are not."""
    if sum.answers and sum.unknown_tokens >= sum.answers:
        return UNKNOWN
    return ("≥" if sum.unknown_tokens else "") + shown_count(sum.tokens)


def shown_key(dimension: str, key: str) -> str:
    """A key as people read it, clean; a tag with its sign, a day with its weekday."""
    if not key:
        return _NONE.get(dimension, UNKNOWN)
    try:
        match dimension:
            case "day":
                return _shown_day(date.fromisoformat(key))
            case "week":
                year, week = key.split("-W")
                return _shown_week(int(year), int(week))
            case "month":
                return f"{_MONTHS[int(key[5:7]) - 1]} {key[:4]}"
            case "hour":
                return shown_hour(int(key))
            case "weekday-hour":
                weekday, hour = key.split("-")
                return f"{_LONG_WEEKDAYS[int(weekday)]} {shown_hour(int(hour))}"
    except (ValueError, IndexError):
        return clean_line(key)
    return f"#{clean_line(key)}" if dimension == "tag" else clean_line(key)


def shown_hour(hour: int) -> str:
    """An hour of the day: `14–15 h`."""
    return f"{hour:02}–{hour + 1:02} h"


def short_key(dimension: str, key: str) -> str:
    """A key of time as an axis has room for it."""
    try:
        match dimension:
            case "day":
                day = date.fromisoformat(key)
                return f"{day.day} {_MONTHS[day.month - 1]}"
            case "week":
                year, week = key.split("-W")
                monday = date.fromisocalendar(int(year), int(week), 1)
                return f"{monday.day} {_MONTHS[monday.month - 1]}"
            case "month":
                month = _MONTHS[int(key[5:7]) - 1]
                return f"{month} {key[2:4]}"
    except (ValueError, IndexError):
        pass
    return key


def _shown_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _shown_week(year: int, week: int) -> str:
    monday = date.fromisocalendar(year, week, 1)
    sunday = monday + timedelta(days=6)
    first = f"{monday.day} {_MONTHS[monday.month - 1]}"
    return f"week {week}, {first} – {sunday.day} {_MONTHS[sunday.month - 1]} {sunday.year}"


def shown_share(part: int, whole: int) -> str:
    """A share in per cent: `45%`, `<1%`."""
    if whole <= 0:
        return ""
    share = part / whole
    if 0 < share < 0.005:
        return "<1%"
    return (
        f"{max(share, 0.01) if part > 0 else share:.0%}"  # Just a half is rounded down to nothing.
    )


def share_of(sum: Sum, total: Sum, measure: str) -> str:
    """The share of a measure; "" where nothing of it is known."""
    is_unknown = measure == "cost" and sum.cost.unknown and not sum.cost.known
    return "" if is_unknown else shown_share(measured(sum, measure), measured(total, measure))


def shown_rate(tokens_per_s: float | None) -> str:
    """How quickly an answer comes: `62/s`."""
    if tokens_per_s is None:
        return UNKNOWN
    return f"{tokens_per_s:.0f}/s" if tokens_per_s >= 10 else f"{tokens_per_s:.1f}/s"


def shown_error_rate(rate: float | None) -> str:
    """`0%`, `<1%`, `3%`."""
    if rate is None:
        return UNKNOWN
    return "<1%" if 0 < rate < 0.01 else f"{rate:.0%}"


def spoken_sum(sum: Sum) -> str:
    """A sum as a sentence has it: cost, tokens, answers, sessions."""
    tokens = shown_tokens(sum)
    words = [
        shown_priced(sum.cost).replace(" + ", " and "),
        "unknown tokens" if tokens == UNKNOWN else f"{tokens.replace('≥', 'at least ')} tokens",
        shown_number(sum.answers, "answer"),
        shown_number(sum.sessions, "session"),
    ]
    if sum.errors:
        words.append(shown_number(sum.errors, "error"))
    return ", ".join(words)


def mean_prompt_tokens(sum: Sum) -> int | None:
    """How long the context of an answer is, in tokens; None where that of none is known."""
    return round(sum.prompt_tokens / sum.prompted) if sum.prompted else None


def mean_session_tokens(sum: Sum) -> int | None:
    """Tokens that a session used in the mean, as far as they are known."""
    if not sum.sessions or sum.unknown_tokens >= sum.answers:
        return None
    return round(sum.tokens / sum.sessions)
