"""What the statistics screen asks of whoever opens it, and what it leaves there to come back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tui_sessions.model.times import Clock
from tui_sessions.tui.statistics.reading import Behind
from tui_sessions.tui.statistics.work import StatisticsWork
from tui_sessions.tui.widgets.filter_box import Completions


@dataclass(frozen=True, slots=True)
class Standing:
    """How the screen was left, or is to be opened."""

    view: str = "overview"
    period: str = "30d"
    measure: str = "cost"
    order: str = "latency"
    filter: str = ""
    behind: Behind | None = None
    key: str = ""
    """The row or bar that the cursor was on."""


class StatisticsOwner(Protocol):
    """What the screen asks of whoever opens it."""

    work: StatisticsWork
    standing: Standing
    now: Clock

    def complete(self, text: str, cursor: int) -> Completions:
        """What may stand in the filter where the cursor is."""

    def learn(self, then: Callable[[], object]) -> None:
        """Look up which words are in use, for the filter; `then` they are known."""

    def earlier_filters(self) -> Sequence[str]:
        """The filters that were used last."""

    def export(self, name: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records as CSV and tell where."""

    def help(self) -> None:
        """Explain what there is, and the keys."""
