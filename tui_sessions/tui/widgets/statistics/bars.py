"""Bars, axes and shades as characters and numbers; pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import NamedTuple

from rich.cells import cell_len

SHADES = 5
"""Steps of the map of the week above nothing."""
_WHOLE, _HALF = "━", "╸"
_NICE = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100)
"""Tenths."""
_WIDEST_BAR = 8
_LABEL_GAP = 2


def bar(share: float, cells: int) -> str:
    """A line of at most `cells`, in halves of a cell; what is more than nothing is seen."""
    if cells <= 0 or share <= 0:
        return ""
    halves = max(1, round(min(share, 1.0) * cells * 2))
    return _WHOLE * (halves // 2) + _HALF * (halves % 2)


def nice_top(highest: int, steps: int = 2, least: int = 1) -> int:
    """A round number that is at least `highest` and divides into `steps` round ones, none below `least`."""
    if highest <= 0:
        return steps * least
    # In whole numbers: sums of nano-dollars are longer than the digits of a float.
    step = max(-(-highest // steps), least)
    scale = int("1" + "0" * (len(str(step)) - 1))
    nice = next(up for tenths in _NICE if (up := -(-tenths * scale // 10)) >= step)
    return steps * nice


def shade(value: int, top: int) -> int:
    """Which of the shades a value has: 0 for nothing, `SHADES` for the top. Small values can be told apart:
    the steps go by the square root."""
    if value <= 0 or top <= 0:
        return 0
    return max(1, min(SHADES, ceil(sqrt(value / top) * SHADES)))


def slot_cells(count: int, width: int) -> int:
    """How many cells each of `count` bars has, its gap included; 0 where there is no room for them."""
    return min(width // count, _WIDEST_BAR * 2) if count else 0


def bar_cells(slot: int) -> int:
    """How many cells of its slot a bar fills; the rest is air."""
    if slot < 2:
        return slot
    return min(_WIDEST_BAR, max(1, round(slot * 0.7), slot - 1 if slot <= 4 else 1))


class AxisLabel(NamedTuple):
    """A label of the axis: which bar's, the cell it begins at, its words."""

    place: int
    start: int
    words: str


def axis_labels(
    labels: Sequence[str], slot: int, width: int, bar: int = 1, chosen: int | None = None
) -> list[AxisLabel]:
    """The labels below their bars, as many as can be read: evenly chosen, none cut, none touching. That of
    the chosen bar is one of them, and those in its way are not."""
    if not labels or slot <= 0 or width <= 0:
        return []
    widest = max(map(cell_len, labels))
    every = max(1, ceil((widest + _LABEL_GAP) / slot))
    placed: list[AxisLabel] = []

    def place(index: int, least: int) -> AxisLabel | None:
        cells = cell_len(labels[index])
        start = max(index * slot + max(0, (bar - cells) // 2), least)
        start = min(start, width - cells)
        return None if start < least else AxisLabel(index, start, labels[index])

    own = None if chosen is None or not labels[chosen] else place(chosen, 0)
    free = 0
    for index in range(0, len(labels), every):
        label = place(index, free)
        if label is None:
            break
        end = label.start + cell_len(label.words)
        if own is None or (index != own.place and not _touch(label.start, end, own)):
            placed.append(label)
        free = end + 1
    return sorted((*placed, *([own] if own else ())), key=lambda label: label.start)


def _touch(start: int, end: int, other: AxisLabel) -> bool:
    return start <= other.start + cell_len(other.words) and other.start <= end


def slot_at(column: int, slot: int, count: int) -> int | None:
    """Which bar stands in a column."""
    index = column // slot if slot > 0 and column >= 0 else count
    return index if index < count else None
