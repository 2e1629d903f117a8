"""Figures as Markdown tables."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.figure import Figure, growth

_HEAD = """# Measured

`make bench` on {when}: {machine}; Python {python}, Textual {textual}. Times are net of waiting for a core.
*measured* is the median of *n*, or the percentile that is named; *÷ floor* compares with what was measured in the
same run: a bare Textual program; `python -c pass`; SQLite's full text alone, of the same conversations; the name
and stamp of every file. **no** marks a goal that is missed.
"""
_COLUMNS = ("id", "what", "goal", "measured", "worst", "n", "floor", "÷ floor", "met")
_GROWTH_COLUMNS = ("id", "what", "by size", "exponent")
_MET = {True: "yes", False: "**no**", None: ""}


def report(figures: Sequence[Figure], when: datetime) -> str:
    """Everything that was measured, then how it grows."""
    ordered = sorted(figures, key=lambda figure: int(figure.id[1:]))
    parts = [head(when), table(_COLUMNS, map(_row, ordered))]
    growths = [row for row in map(_growth_row, _series(ordered)) if row]
    if growths:
        parts += ["Growth, between the two largest sizes: 0 is flat, 1 in proportion.\n"]
        parts += [table(_GROWTH_COLUMNS, growths)]
    return "\n".join(parts)


def head(when: datetime) -> str:
    """What was measured on what."""
    return _HEAD.format(
        when=f"{when:%Y-%m-%d}",
        machine=f"{os.cpu_count()} cores, {_processor()}",
        python=platform.python_version(),
        textual=version("textual"),
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned for the eye."""
    cells = [columns, *rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    ruled = [cells[0], ["-" * width for width in widths], *cells[1:]]
    lines = (
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in ruled
    )
    return "".join(f"| {line} |\n" for line in lines)


def _row(figure: Figure) -> tuple[str, ...]:
    what = figure.what if figure.held_to == "median" else f"{figure.what}: {figure.held_to}"
    return (
        figure.id,
        what,
        _goals(figure),
        _amount(figure.measured, figure.unit),
        _amount(figure.worst, figure.unit),
        str(len(figure.samples)),
        "" if figure.floor is None else _amount(figure.floor, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        _MET[figure.is_met],
    )


def _goals(figure: Figure) -> str:
    goals = []
    if figure.goal is not None:
        goals.append(f"≤ {figure.goal:g} {figure.unit}")
    if figure.ratio_goal is not None:
        goals.append(f"≤ {figure.ratio_goal:g} × floor")
    return ", ".join(goals)


def _amount(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def _series(figures: Sequence[Figure]) -> Iterable[list[Figure]]:
    names = dict.fromkeys(figure.series for figure in figures if figure.series)
    for name in names:
        yield [figure for figure in figures if figure.series == name]


def _growth_row(figures: list[Figure]) -> tuple[str, ...] | None:
    exponent = growth(figures)
    if exponent is None:
        return None
    by_size = (f"{figure.size:,}: {_amount(figure.measured, figure.unit)}" for figure in figures)
    return figures[0].id, figures[0].series, " · ".join(by_size), f"{exponent:.2f}"


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()
