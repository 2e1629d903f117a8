"""F14: what answers cost, added up over a whole library."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from benchmarks.figure import Figure
from benchmarks.indexed import now
from benchmarks.rig import Rig
from tui_sessions.model.statistics import Scope
from tui_sessions.store.statistics import Statistics

_GOAL_MS = {100_000: 300}
_LATER = 5


def statistics(rig: Rig) -> Iterator[Figure]:
    """F14: the whole, by day and by model, as the statistics screen asks first; the index is there."""
    for size in rig.sizes:
        library = rig.opened(size)
        library.refresh()
        sums = library.statistics
        what = f"total, days and models of {size:,} sessions"
        first = _took(partial(_asked, sums))
        yield Figure("F14", f"{what}, first", "ms", (first,), goal=_GOAL_MS.get(size))
        later = tuple(_took(partial(_asked, sums)) for _ in range(_LATER))
        name = "total, days and models"
        yield Figure("F14", what, "ms", later, goal=_GOAL_MS.get(size), series=name, size=size)
        yield from _others(sums, size)


def _asked(sums: Statistics) -> None:
    assert sums.total().answers
    assert sums.by("day")
    assert sums.by("model")


def _others(sums: Statistics, size: int) -> Iterator[Figure]:
    span = sums.span()
    assert span is not None
    month = Scope(since=span[1] - timedelta(days=30))
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("days and models of a month", lambda: sums.by_two("day", "model", month)),
        ("tags", lambda: sums.by("tag")),
        ("hours of the week", lambda: sums.by("weekday-hour")),
        ("the dearest sessions", lambda: sums.sessions("", "")),
        ("medians by model", sums.paces),
        ("spent this month", lambda: sums.spent(since=month.since, until=now())),
    )
    for name, ask in asked:
        times = tuple(_took(ask) for _ in range(3))
        yield Figure("F14", f"{name}, {size:,} sessions", "ms", times, series=name, size=size)


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
