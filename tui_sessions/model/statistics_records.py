"""Statistics as records for programs: the same columns in json, jsonl and csv, on the screen and off it."""

from __future__ import annotations

from typing import Any

from tui_sessions.model.money import dollars, known_dollars
from tui_sessions.model.statistics import Amount, Pace, Slice, Sum


def sum_record(sum: Sum) -> dict[str, Any]:
    """A sum; cost in dollars, None where none of it is known."""
    return {
        "answers": sum.answers,
        "sessions": sum.sessions,
        "errors": sum.errors,
        "prompt_tokens": sum.prompt_tokens,
        "completion_tokens": sum.completion_tokens,
        "cached_tokens": sum.cached_tokens,
        "reasoning_tokens": sum.reasoning_tokens,
        "tokens": sum.tokens,
        "unknown_tokens": sum.unknown_tokens,
        "cost": known_dollars(sum.cost),
        "unknown_costs": sum.cost.unknown,
    }


def slice_record(dimension: str, slice: Slice) -> dict[str, Any]:
    """A bar: its key under the name of the dimension, and its sum."""
    return {dimension.replace("-", "_"): slice.key, **sum_record(slice.sum)}


def amount_record(amount: Amount) -> dict[str, Any]:
    """A session's share."""
    return {"session": amount.session_id, "title": amount.title, **sum_record(amount.sum)}


def pace_record(by: str, pace: Pace) -> dict[str, Any]:
    """How quickly answers come; None is unknown."""
    return {
        by: pace.key,
        "answers": pace.answers,
        "errors": pace.errors,
        "error_rate": _rounded(pace.error_rate, 4),
        "latency_median_ms": _rounded(pace.median_ms, 1),
        "latency_p95_ms": _rounded(pace.p95_ms, 1),
        "first_token_median_ms": _rounded(pace.first_median_ms, 1),
        "first_token_p95_ms": _rounded(pace.first_p95_ms, 1),
        "tokens_per_s_median": _rounded(pace.rate_median, 2),
        "tokens_per_s_p95": _rounded(pace.rate_p95, 2),
        "cost_per_1k_tokens": None if pace.cost_per_ktok is None else dollars(pace.cost_per_ktok),
    }


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)
