"""Budgets as values: what scopes and amounts say, whom they concern, when days and months begin."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import ConfigError
from tui_sessions.model.budget import (
    Budget,
    Standing,
    amount,
    limits,
    own_budget,
    own_value,
    parse,
    period_of,
)
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Meta, Session

USD = 10**9


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Makes another time zone that of the machine."""

    def make(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield make
    monkeypatch.undo()
    time.tzset()


def session(**meta: object) -> Session:
    return Session(id="s", meta=Meta(**meta))


@pytest.mark.parametrize(
    ("scope", "kind", "name", "period", "label"),
    [
        ("session", "session", "", "", "this session"),
        ("session/day", "session", "", "day", "this session today"),
        ("day", "all", "", "day", "today"),
        ("Month", "all", "", "month", "this month"),
        ("provider:openai", "provider", "openai", "", "openai"),
        ("tag:research/month", "tag", "research", "month", "#research this month"),
        ("tag:#research", "tag", "research", "", "#research"),
        ("project: Big Book /day", "project", "Big Book", "day", "Big Book today"),
        ("folder:work/api", "folder", "work/api", "", "work/api/"),
        ("folder:/work/day", "folder", "work", "day", "work/ today"),
        ("folder:work/day/", "folder", "work/day", "", "work/day/"),
        ("folder:work/day/month", "folder", "work/day", "month", "work/day/ this month"),
        ("tag:a/b", "tag", "a/b", "", "#a/b"),
        ("tag:a:b", "tag", "a:b", "", "#a:b"),
    ],
)
def test_a_scope_says_what_is_counted(scope, kind, name, period, label) -> None:
    budget = parse(scope, "20")
    assert (budget.kind, budget.name, budget.period) == (kind, name, period)
    assert (budget.label, budget.hard, budget.soft) == (label, 20 * USD, None)
    assert parse(budget.scope, "20").kind == kind


@pytest.mark.parametrize(
    ("text", "soft", "hard"),
    [
        ("20", None, 20 * USD),
        ("$20", None, 20 * USD),
        (" 2.50 $ ", None, 2_500_000_000),
        ("20, soft 15", 15 * USD, 20 * USD),
        ("soft 15, 20", 15 * USD, 20 * USD),
        ("hard: 20, Soft: $15", 15 * USD, 20 * USD),
        ("soft .5", USD // 2, None),
        ("0", None, 0),
        ("0.000000001", None, 1),
        ("20, soft 20", 20 * USD, 20 * USD),
    ],
)
def test_a_text_says_the_limits(text: str, soft: int | None, hard: int | None) -> None:
    assert limits(text) == (soft, hard)


@pytest.mark.parametrize(
    "text",
    [
        *("", "much", "-1", "1,000", "20, 30", "soft", "soft 1, soft 2", "20 €", "nan", "inf"),
        *("1e13", "soft 30, 20", "9" * 5_000),
    ],
)
def test_what_is_no_budget_is_said_with_its_key_and_what_is_wanted(text: str) -> None:
    with pytest.raises(ConfigError, match=r'^budgets\."month" is .*(write an amount|exchange)'):
        parse("month", text)


@pytest.mark.parametrize(
    ("scope", "hint"),
    [
        ("moth", 'the nearest is "month"'),
        ("tags:research", 'the nearest is "tag:research"'),
        ("folder", 'the nearest is "folder:NAME"'),
        ("day/month", 'the nearest is "day"'),
        ("tag:", "tag"),
        ("session:x", "write one of session, day, month, provider:NAME"),
        ("zzz", "write one of session, day, month, provider:NAME"),
    ],
)
def test_a_scope_that_is_none_is_said_with_the_nearest(scope: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=hint) as told:
        parse(scope, "20")
    assert str(told.value).startswith(f'budgets."{scope}" is no scope')


@pytest.mark.parametrize(
    ("scope", "is_concerned"),
    [
        ("tag:RESEARCH", True),
        ("tag:stra\u00dfe", True),
        ("tag:search", False),
        ("project:big book", True),
        ("project:big", False),
        ("folder:work", True),
        ("folder:WORK/api", True),
        ("folder:work/ap", False),
        ("folder:wor", False),
        ("provider:OpenAI", True),
        ("provider:open", False),
        ("month", True),
        ("session", True),
    ],
)
def test_names_are_matched_as_the_filters_match_them(scope: str, is_concerned: bool) -> None:
    here = session(tags=("Research", "STRASSE"), project="Big Book")
    budget = parse(scope, "1")
    assert budget.concerns(here, folder="Work/Api", provider="openai") is is_concerned


@pytest.mark.parametrize(
    ("value", "soft", "hard"),
    [
        (2.5, None, 2_500_000_000),
        (0, None, 0),
        ("$2.50", None, 2_500_000_000),
        ("3, soft 2", 2 * USD, 3 * USD),
    ],
)
def test_a_session_has_a_budget_of_its_own(value, soft, hard) -> None:
    own = own_budget(session(extra={"budget": value}))
    assert own is not None
    assert (own.kind, own.soft, own.hard, own.is_own) == ("session", soft, hard, True)


@pytest.mark.parametrize("value", [None, True, "much", "", -1, [2], {"usd": 2}, "1e999999999"])
def test_what_others_keep_there_is_no_budget(value: object) -> None:
    assert own_budget(session(extra={"budget": value})) is None


@given(st.integers(min_value=0, max_value=10**15))
def test_an_amount_that_is_written_is_read_as_the_same(nano: int) -> None:
    written = Budget(kind="all", period="day", hard=nano).written
    assert limits(written) == (None, nano)
    assert amount(own_value(written)) == nano


@pytest.mark.parametrize(
    ("text", "value"), [("2.50", 2.5), ("off", None), ("$3, soft 2", "3, soft 2")]
)
def test_what_is_entered_for_a_session_becomes_a_value_of_its_file(text, value) -> None:
    assert own_value(text) == value


@pytest.mark.parametrize(
    ("spent", "soft", "hard", "state"),
    [
        (0, None, 10, "fine"),
        (79, None, 100, "fine"),
        (80, None, 100, "near"),
        (99, None, 100, "near"),
        (100, None, 100, "over"),
        (0, None, 0, "fine"),
        (1, None, 0, "over"),
        (11, 10, 100, "near"),
        (10, 10, 100, "fine"),
        (500, 100, None, "near"),
    ],
)
def test_a_standing_is_amber_from_80_percent_and_red_over_its_hard_limit(
    spent, soft, hard, state
) -> None:
    budget = Budget(kind="all", period="day", soft=soft, hard=hard)
    assert Standing(budget=budget, spent=Cost(spent, 1)).state == state


def test_a_month_ends_where_the_next_begins_in_the_local_calendar(zone) -> None:
    zone("Europe/Berlin")
    last = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    begin, end = period_of("month", last)
    assert begin is not None
    assert end is not None
    assert begin.astimezone(UTC) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert period_of("month", end)[0] == end


@pytest.mark.parametrize(
    ("place", "noon", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        ("Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
        ("Europe/Berlin", datetime(2026, 10, 26, 12, tzinfo=UTC), 24),
        # There the clocks go at midnight, so that the day has none.
        ("Africa/Cairo", datetime(2026, 4, 24, 12, tzinfo=UTC), 23),
        ("Atlantic/Azores", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
    ],
)
def test_a_day_is_as_long_as_summer_time_makes_it(zone, place, noon, hours) -> None:
    zone(place)
    begin, end = period_of("day", noon)
    assert begin is not None
    assert end is not None
    assert (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds() == hours * 3600
    assert period_of("day", begin) == (begin, end)
    assert period_of("day", end)[0] == end


def test_what_is_not_counted_by_time_has_no_beginning() -> None:
    assert period_of("", datetime(2026, 1, 1, tzinfo=UTC)) == (None, None)
