"""Libraries of answers that were charged, for the tests of sums over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from shelves import opened, put

from tui_sessions.store.statistics import Statistics

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = tuple(
    ZoneInfo(name)
    for name in ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Africa/Cairo")
)


def charged(root: Path, *moments: str, **fields: Any) -> Statistics:
    """Answers of a dollar each at these moments, in a library whose people live in Berlin."""
    turns = [
        {"messages": [{"role": "assistant", "content": "x", "timestamp": at}], "cost_estimate": 1}
        for at in moments
    ]
    put(root, "a.json", id="a", turns=turns, **fields)
    return Statistics(opened(root)._index, BERLIN)


def bars(statistics: Statistics, dimension: str) -> dict[str, int]:
    return {one.key: one.sum.answers for one in statistics.by(dimension)}
