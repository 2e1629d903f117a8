"""Statistics in words: keys, shares, sums with what they do not hold."""

from __future__ import annotations

import pytest

from tui_sessions.model.money import NANO, Cost
from tui_sessions.model.statistics import Sum
from tui_sessions.model.statistics_words import (
    mean_prompt_tokens,
    mean_session_tokens,
    share_of,
    short_key,
    shown_column,
    shown_error_rate,
    shown_key,
    shown_rate,
    shown_share,
    shown_tokens,
    shown_unpriced,
    spoken_sum,
)


@pytest.mark.parametrize(
    ("dimension", "key", "shown", "short"),
    [
        ("day", "2026-11-20", "Fri 20 Nov 2026", "20 Nov"),
        ("week", "2026-W47", "week 47, 16 Nov – 22 Nov 2026", "16 Nov"),
        ("month", "2026-11", "Nov 2026", "Nov 26"),
        ("hour", "09", "09–10 h", "09"),
        ("weekday-hour", "1-14", "Tuesday 14–15 h", "1-14"),
        ("tag", "python", "#python", "python"),
        ("project", "", "no project", ""),
        ("folder", "", "(top folder)", ""),
        ("model", "a\x1bb", "a␛b", "a\x1bb"),
        ("day", "nonsense", "nonsense", "nonsense"),
        ("weekday-hour", "9-99", "9-99", "9-99"),
    ],
)
def test_keys_are_read(dimension, key, shown, short):
    assert shown_key(dimension, key) == shown
    assert short_key(dimension, key) == short


def test_costs_of_a_column_have_their_points_in_line():
    assert shown_column([Cost(12 * NANO, 1), Cost(NANO // 100, 1)]) == ["$12.00", "$0.01"]
    assert shown_column([Cost(NANO // 2, 1), Cost(NANO // 1000, 1)]) == ["$0.5000", "$0.0010"]
    assert shown_column([Cost(2 * NANO, 1), Cost(1, 1), Cost(0, 0, 2)]) == ["$2.00", "<$0.01", "?"]
    assert shown_column([]) == []


def test_what_is_unknown_is_never_nothing():
    unknown = Sum(answers=3, unknown_tokens=3, cost=Cost(0, 0, 3))
    assert shown_tokens(unknown) == "?"
    assert shown_tokens(Sum(answers=3, unknown_tokens=1, tokens=50)) == "≥50"
    assert shown_unpriced(unknown.cost) == "+3"
    assert share_of(unknown, Sum(cost=Cost(NANO, 1, 3)), "cost") == ""
    assert spoken_sum(unknown) == "3 unpriced, unknown tokens, 3 answers, 0 sessions"
    assert mean_prompt_tokens(unknown) is None
    # One was stopped after its prompt was counted, one was refused.
    assert (
        mean_prompt_tokens(Sum(answers=3, unknown_tokens=1, prompt_tokens=2_000, prompted=2))
        == 1_000
    )
    assert mean_session_tokens(unknown) is None
    assert shown_rate(None) == shown_error_rate(None) == "?"


def test_shares_and_rates_do_not_round_to_nothing():
    assert shown_share(1, 1000) == "<1%"
    assert shown_share(10, 2000) == "1%"
    assert shown_share(0, 1000) == "0%"
    assert shown_share(45, 100) == "45%"
    assert shown_share(1, 0) == ""
    assert shown_error_rate(0.001) == "<1%"
    assert shown_rate(3.26) == "3.3/s"
    assert shown_rate(61.7) == "62/s"
