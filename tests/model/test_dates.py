"""Dates as people type them."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import UsageError
from tui_sessions.model.dates import parse_since, parse_until

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


def local(*parts: int) -> datetime:
    return datetime(*parts).astimezone()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-08", local(2024, 1, 8)),
        ("20240108", local(2024, 1, 8)),
        ("2024-01-08T10:30", local(2024, 1, 8, 10, 30)),
        ("2024-01-08T10:30:00Z", datetime(2024, 1, 8, 10, 30, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
        ("12h", NOW - timedelta(hours=12)),
        (" 7D ", NOW - timedelta(days=7)),
    ],
)
def test_since_understands(text: str, moment: datetime) -> None:
    assert parse_since(text, NOW) == moment


def test_months_end_where_the_shorter_month_ends() -> None:
    assert parse_since("1mo", NOW) == NOW.replace(month=2, day=28)
    assert parse_since("3mo", NOW) == NOW.replace(year=2025, month=12)
    assert parse_since("1y", NOW) == NOW.replace(year=2025)


def test_today_and_yesterday_are_local_days() -> None:
    today = NOW.astimezone().date()
    assert parse_since("today", NOW).astimezone().date() == today
    assert parse_until("yesterday", NOW) == parse_since("today", NOW)


def test_until_a_day_reaches_to_its_end() -> None:
    assert parse_until("2024-01-31", NOW) == local(2024, 2, 1)
    assert parse_until("7d", NOW) == NOW - timedelta(days=7)


@pytest.mark.parametrize("text", ["", "soon", "2024-13-01", "7x", "999999y", "-3d", "9999-12-31x"])
def test_what_is_no_date_is_told_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no date\. Write"):
        parse_since(text, NOW)


@given(st.text(max_size=12))
def test_any_text_is_a_moment_or_a_sentence(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert parse_until(text, NOW).tzinfo is not None
