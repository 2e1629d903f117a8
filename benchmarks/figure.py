"""What one measurement says: values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """The samples of one thing, and what is wanted of them."""

    id: str
    """`F1` and so on: the line of the table of goals that it belongs to."""
    what: str
    unit: str
    samples: tuple[float, ...]
    goal: float | None = None
    """At most this, in `unit`."""
    ratio_goal: float | None = None
    """At most this many times the floor."""
    floor: float | None = None
    """Measured in the same run, in `unit`: what nobody could do without."""
    held_to: Literal["median", "p95", "worst"] = "median"
    """What of the samples the goals are for."""
    series: str = ""
    """Figures of one series differ in `size` only."""
    size: int = 0

    @property
    def measured(self) -> float:
        """The number that counts."""
        ordered = sorted(self.samples)
        match self.held_to:
            case "median":
                return median(ordered)
            case "p95":
                return ordered[ceil(0.95 * len(ordered)) - 1]
            case "worst":
                return ordered[-1]

    @property
    def worst(self) -> float:
        """The largest sample."""
        return max(self.samples)

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return self.measured / self.floor if self.floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether every goal is; None without one."""
        met = []
        if self.goal is not None:
            met.append(self.measured <= self.goal)
        if self.ratio_goal is not None and self.ratio is not None:
            met.append(self.ratio <= self.ratio_goal)
        return all(met) if met else None


def growth(figures: Sequence[Figure]) -> float | None:
    """The exponent between the two largest sizes: 0 is flat, 1 is in proportion."""
    by_size = {figure.size: figure.measured for figure in figures if figure.size}
    sizes = sorted(by_size)[-2:]
    if len(sizes) < 2 or min(by_size[size] for size in sizes) <= 0:
        return None
    small, large = sizes
    return log(by_size[large] / by_size[small]) / log(large / small)
