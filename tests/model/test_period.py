"""Stretches of time in whole local days, and what of a filter is one."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from tui_sessions.model.period import (
    BY_NAME,
    bounds,
    days_back,
    first_day,
    is_dated,
    keys_between,
    scope_of,
    step_of,
)
from tui_sessions.model.query import parse_query
from tui_sessions.model.statistics import Scope

NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def scope(text: str, period: str = "7d") -> Scope:
    return scope_of(parse_query(text, NOW), BY_NAME[period], NOW)


def test_the_last_seven_days_begin_at_a_local_midnight_across_summer_time():
    # The clocks went forward on the 29th.
    assert scope("").since == datetime(2026, 3, 23, 23, 0, tzinfo=UTC)
    assert scope("", "today").since == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert scope("", "month").since == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert scope("", "all") == Scope()


def test_dates_of_the_filter_mean_the_answers_and_take_the_place_of_the_period():
    found = scope("tag:python since:2026-01-05 until:2026-01-31")
    assert found.since == datetime(2026, 1, 4, 23, 0, tzinfo=UTC)
    assert found.until == datetime(2026, 1, 31, 23, 0, tzinfo=UTC)
    assert found.query == parse_query("tag:python")
    assert is_dated(parse_query("since:7d", NOW))


def test_only_an_end_leaves_the_beginning_open():
    found = scope("until:2026-01-31", "30d")
    assert found.since is None
    assert found.until is not None


def test_of_two_beginnings_the_later_counts():
    assert scope("since:2026-01-05 since:2026-02-01") == scope("since:2026-02-01")


def test_dates_in_an_or_or_a_not_say_of_which_sessions():
    for text in ("since:7d OR tag:x", "-since:7d"):
        found = scope(text)
        assert not is_dated(parse_query(text, NOW))
        assert len(found.query.groups) == 1
        assert found.since == scope("").since


def test_the_steps_fit_the_time_and_the_room():
    assert step_of(scope("", "today"), None, NOW, 60) == "hour"
    assert step_of(scope("", "30d"), None, NOW, 60) == "day"
    assert step_of(scope("", "30d"), None, NOW, 20) == "week"
    assert step_of(scope("", "90d"), None, NOW, 60) == "week"
    assert step_of(scope("", "90d"), None, NOW, 120) == "day"
    assert step_of(scope("", "year"), None, NOW, 60) == "week"
    span = (datetime(2019, 1, 1, tzinfo=UTC), NOW)
    assert step_of(Scope(), span, NOW, 60) == "month"


def test_all_of_the_time_goes_from_the_first_answer_to_today():
    span = (datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 4, 12, tzinfo=UTC))
    assert bounds(Scope(), span, NOW) == (date(2026, 3, 1), date(2026, 3, 30))
    assert bounds(Scope(), None, NOW) == (date(2026, 3, 30), date(2026, 3, 30))


def test_days_weeks_and_months_are_told_without_a_gap():
    first, last = date(2026, 12, 30), date(2027, 1, 5)
    assert keys_between("day", first, last, 60) == (
        *("2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"),
        *("2027-01-03", "2027-01-04", "2027-01-05"),
    )
    assert keys_between("week", first, last, 60) == ("2026-W53", "2027-W01")
    assert keys_between("month", first, last, 60) == ("2026-12", "2027-01")
    assert len(keys_between("hour", first, last, 60)) == 24


def test_where_there_is_no_room_the_last_ones_are_told():
    keys = keys_between("day", date(2026, 1, 1), date(2026, 3, 30), 3)
    assert keys == ("2026-03-28", "2026-03-29", "2026-03-30")


def test_days_before_all_calendars_are_no_error():
    assert days_back(date(2026, 3, 30), 10**9) == date(1971, 1, 2)
    assert first_day(BY_NAME["all"], date(2026, 3, 30)) is None
