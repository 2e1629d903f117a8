"""How quickly models answer, as a table. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui_sessions.model.display import UNKNOWN, shown_amount, shown_count, shown_duration
from tui_sessions.model.statistics import Pace
from tui_sessions.model.statistics_words import shown_error_rate, shown_key, shown_rate
from tui_sessions.tui.widgets.statistics.page import Column, Row, Table

ORDERS = ("latency", "first", "rate", "errors", "price", "answers")
"""What the table can be ordered by, the quickest, fewest or cheapest first; answers: the most used."""
_HEADINGS = {
    "latency": "median",
    "first": "first token",
    "rate": "tokens/s",
    "errors": "errors",
    "price": "$ / 1k tok",
    "answers": "answers",
}
_UNKNOWN_LAST = float("inf")


def performance_table(paces: Sequence[Pace], order: str, *, empty: str, by: str = "model") -> Table:
    """A row for each model, ordered by one of its columns; what is unknown stands last."""
    ordered = sorted(paces, key=lambda pace: (_measure(pace, order), -pace.answers, pace.key))
    columns = tuple(
        Column(heading, is_chosen=heading == _HEADINGS[order]) for heading, _ in COLUMNS
    )
    rows = tuple(
        Row(
            key=pace.key,
            label=shown_key(by, pace.key),
            cells=tuple(shown(pace) for _, shown in COLUMNS),
            spoken=_spoken(shown_key(by, pace.key), pace),
        )
        for pace in ordered
    )
    return Table(by, columns, rows, bar_after=len(columns), empty=empty)


def _measure(pace: Pace, order: str) -> float:
    values: dict[str, float | None] = {
        "latency": pace.median_ms,
        "first": pace.first_median_ms,
        "rate": None if pace.rate_median is None else -pace.rate_median,
        "errors": pace.error_rate,
        "price": pace.cost_per_ktok,
        "answers": -pace.answers,
    }
    value = values[order]
    return _UNKNOWN_LAST if value is None else value


def shown_price(pace: Pace) -> str:
    """What a thousand tokens cost."""
    return UNKNOWN if pace.cost_per_ktok is None else shown_amount(pace.cost_per_ktok)


COLUMNS: tuple[tuple[str, Callable[[Pace], str]], ...] = (
    ("median", lambda pace: shown_duration(pace.median_ms)),
    ("p95", lambda pace: shown_duration(pace.p95_ms)),
    ("first token", lambda pace: shown_duration(pace.first_median_ms)),
    ("tokens/s", lambda pace: shown_rate(pace.rate_median)),
    ("errors", lambda pace: shown_error_rate(pace.error_rate)),
    ("$ / 1k tok", shown_price),
    ("answers", lambda pace: shown_count(pace.answers)),
    ("first p95", lambda pace: shown_duration(pace.first_p95_ms)),
    ("tok/s p95", lambda pace: shown_rate(pace.rate_p95)),
)
"""The most looked at first: the last ones go where there is no room."""


def _spoken(label: str, pace: Pace) -> str:
    return (
        f"{label}: answers in {shown_duration(pace.median_ms)}, 95 % within {shown_duration(pace.p95_ms)}; "
        f"first token after {shown_duration(pace.first_median_ms)}; "
        f"{shown_rate(pace.rate_median).replace('/s', ' tokens a second')}; "
        f"{shown_error_rate(pace.error_rate)} errors; {shown_price(pace)} for 1,000 tokens; "
        f"{shown_count(pace.answers)} answers"
    )
