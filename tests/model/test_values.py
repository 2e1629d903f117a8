"""Money, usage, times, ids, tags: small values that everything counts on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.display import (
    shown_age,
    shown_cost,
    shown_duration,
    shown_short_count,
)
from tui_sessions.model.ids import derived_id, is_valid_id, new_id
from tui_sessions.model.money import Cost, dollars, nanousd
from tui_sessions.model.tags import split_tags, unique_tags
from tui_sessions.model.times import format_time, parse_time
from tui_sessions.model.usage import Usage


@given(st.integers(0, 10**15))
def test_money_survives_a_file_to_the_last_nano_dollar(nano):
    assert nanousd(json.loads(json.dumps(dollars(nano)))) == nano


def test_an_unknown_cost_is_never_counted_as_zero():
    assert shown_cost(None) == "?"
    assert shown_cost(Cost.total([None, None])) == "?"
    assert shown_cost(Cost.total([nanousd(0.5), None])) == "≥$0.50"
    assert shown_cost(Cost.total([nanousd(0.0034)])) == "$0.0034"
    assert shown_cost(Cost.total([])) == "$0"


def test_unknown_usage_stays_unknown_in_sums():
    total = Usage().plus(Usage(prompt_tokens=3)).plus(None).plus(Usage(prompt_tokens=4))
    assert (total.prompt_tokens, total.completion_tokens, total.total) == (7, None, None)
    assert Usage(prompt_tokens=5, completion_tokens=2).total == 7
    assert Usage().plus(Usage(prompt_tokens=3), sign=-1).prompt_tokens is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_survive_a_file(moment):
    assert parse_time(format_time(moment)) == moment


def test_naive_times_are_local_and_numbers_are_seconds_or_milliseconds():
    assert parse_time("2024-01-08T14:30:22") == datetime(2024, 1, 8, 14, 30, 22).astimezone(UTC)
    assert parse_time(1767323045) == parse_time(1767323045000)
    assert parse_time("yesterday") is None
    assert parse_time(True) is None
    assert parse_time(1e300) is None


def test_ids_are_twelve_lower_case_characters_and_derived_ones_are_stable():
    assert len({new_id() for _ in range(200)}) == 200
    assert all(len(new_id()) == 12 and new_id().isalnum() for _ in range(50))
    assert derived_id("a", "b") == derived_id("a", "b") != derived_id("ab", "")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a b", "é", "x" * 65, "a\n"])
def test_names_that_could_leave_the_library_are_no_ids(name):
    assert not is_valid_id(name)


def test_tags_are_tidied_and_kept_once():
    assert split_tags(" #python,  web  api ,python,, ") == ("python", "web api")
    assert unique_tags(["a\x1b[31m"]) == ("a␛[31m",)


NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [(5, "now"), (300, "5m"), (7200, "2h"), (3 * 86400, "3d"), (400 * 86400, "2025")],
)
def test_ages_are_short(ago, shown):
    assert shown_age(NOW - timedelta(seconds=ago), NOW) == shown


def test_numbers_as_people_read_them():
    assert [shown_short_count(n) for n in (None, 950, 1200, 3_400_000)] == [
        "?",
        "950",
        "1.2k",
        "3.4M",
    ]
    assert [shown_duration(ms) for ms in (310, 1450.2, 125_000, 11_400_000, 1e308 * 10)] == [
        "310 ms",
        "1.5 s",
        "2 min 5 s",
        "3 h 10 min",
        "?",
    ]
