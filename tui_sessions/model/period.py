"""The stretches of time that statistics are asked for, in whole local days, and the scope they make."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from tui_sessions.model.display import shown_time
from tui_sessions.model.query import Query
from tui_sessions.model.statistics import Scope
from tui_sessions.model.term import Term
from tui_sessions.model.times import midnight

_EPOCH_MICROS = 1_000_000
_LONGEST_BY_DAY = 92
_LONGEST_BY_WEEK = 400
_NEVER_FARTHER = date(1971, 1, 1)


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time that ends now."""

    name: str
    label: str
    """As the line of ranges shows it."""
    words: str
    """As a sentence says it."""
    days: int | None = None
    """Local days, today included; None for one that begins with the month, or with the first answer."""


PERIODS = (
    Period(name="today", label="today", words="today", days=1),
    Period(name="7d", label="7 d", words="in the last 7 days", days=7),
    Period(name="month", label="month", words="this month"),
    Period(name="30d", label="30 d", words="in the last 30 days", days=30),
    Period(name="90d", label="90 d", words="in the last 90 days", days=90),
    Period(name="year", label="year", words="in the last 365 days", days=365),
    Period(name="all", label="all", words="ever"),
)
"""From the shortest to the longest."""
BY_NAME = {period.name: period for period in PERIODS}


def first_day(period: Period, today: date) -> date | None:
    """The first day of a period; None where it has no beginning."""
    if period.name == "month":
        return today.replace(day=1)
    return None if period.days is None else days_back(today, period.days)


def days_back(today: date, days: int) -> date:
    """The first of the last `days` days, today included; long ago where that is before all calendars."""
    most = (today - _NEVER_FARTHER).days
    return today - timedelta(days=min(days, most) - 1)


def scope_of(query: Query, period: Period, now: datetime) -> Scope:
    """What is counted. `since:` and `until:` of the query mean the answers, and take the place of the
    period; everything else says of which sessions."""
    rest, since, until = _taken_out(query)
    if since is None and until is None:
        first = first_day(period, now.astimezone().date())
        since = None if first is None else midnight(first)
    return Scope(since=since, until=until, query=rest)


def is_dated(query: Query) -> bool:
    """Whether the query names dates itself."""
    return any(map(_is_date, query.groups))


def typed_words(scope: Scope) -> str:
    """The ends of a scope in words, for one that was typed: `since 2026-01-05 until 2026-02-01`."""
    ends = (("since", scope.since), ("until", scope.until))
    return " ".join(
        f"{word} {shown_time(moment).removesuffix(' 00:00')}" for word, moment in ends if moment
    )


def _taken_out(query: Query) -> tuple[Query, datetime | None, datetime | None]:
    since: datetime | None = None
    until: datetime | None = None
    rest = []
    for group in query.groups:
        if not _is_date(group):
            rest.append(group)
            continue
        moment = _moment(group[0])
        if group[0].key == "since":
            since = moment if since is None else max(since, moment)
        else:
            until = moment if until is None else min(until, moment)
    return Query(tuple(rest)), since, until


def _is_date(group: tuple[Term, ...]) -> bool:
    """Either, or, and not, stay with the sessions: they are no stretch of time."""
    first = group[0]
    return (
        len(group) == 1
        and first.key in ("since", "until")
        and not first.is_negated
        and first.number is not None
    )


def _moment(term: Term) -> datetime:
    seconds, rest = divmod(term.number or 0, _EPOCH_MICROS)
    return (datetime.fromtimestamp(seconds).astimezone()) + timedelta(microseconds=rest)


def step_of(scope: Scope, span: tuple[datetime, datetime] | None, now: datetime, most: int) -> str:
    """By what a picture over time goes, for at most `most` bars: `hour` within one day, else `day`,
    `week` or `month`. `span` is when anything is counted at all."""
    first, last = bounds(scope, span, now)
    days = (last - first).days + 1
    if days <= 1:
        return "hour"
    if days <= min(most, _LONGEST_BY_DAY):
        return "day"
    return "week" if days / 7 <= most and days <= _LONGEST_BY_WEEK else "month"


def bounds(
    scope: Scope, span: tuple[datetime, datetime] | None, now: datetime
) -> tuple[date, date]:
    """The first and the last local day of a scope; where it has no beginning, that of what is counted."""
    today = now.astimezone().date()
    first = _day(scope.since) or (_day(span[0]) if span else None) or today
    last = _last_day(scope.until)
    if last is None:
        last = max(today, _day(span[1]) or today) if span else today
    return min(first, last), last


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone().date()


def _last_day(until: datetime | None) -> date | None:
    return None if until is None else (until.astimezone() - timedelta(microseconds=1)).date()


def keys_between(step: str, first: date, last: date, most: int) -> tuple[str, ...]:
    """The keys of all hours, days, weeks or months from the first to the last day, in order; the last
    `most` of them."""
    if step == "hour":
        return tuple(f"{hour:02}" for hour in range(24))
    keys: dict[str, None] = {}
    day = last
    while day >= first and len(keys) < most:
        keys[key_of(step, day)] = None
        day = _before(step, day)
    return tuple(reversed(keys))


def _before(step: str, day: date) -> date:
    """A day of the step before."""
    if step == "day":
        return day - timedelta(days=1)
    if step == "week":
        return day - timedelta(days=day.isoweekday())
    return day.replace(day=1) - timedelta(days=1)


def key_of(step: str, day: date) -> str:
    """The key of the day, week or month a day is in."""
    if step == "day":
        return day.isoformat()
    if step == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"
