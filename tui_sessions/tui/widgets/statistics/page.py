"""What the widgets of the statistics are given: clean words and shares. No dimension, no sum, no colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures, right of the labels."""

    heading: str
    is_chosen: bool = False
    """Whether the rows are ordered by it."""
    is_needed: bool = False
    """Whether it stays when there is little room, because the chosen one would say something else alone."""
    is_words: bool = False
    """Whether its cells are words, which begin at the left."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is about, a bar, figures."""

    key: str
    """What it leads to."""
    label: str
    cells: tuple[str, ...] = ()
    share: float | None = None
    """How long the bar is, 0 to 1; None for a table without bars."""
    spoken: str = ""
    """The whole of it as a sentence, for calm mode."""
    is_heading: bool = False
    """A line that divides; the cursor does not stop on it."""
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the names of their columns."""

    label: str = ""
    """The heading of the labels."""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    bar_after: int = 0
    """So many columns stand between label and bar."""
    empty: str = ""
    """What stands there where there are no rows."""
    leads: bool = True
    """Whether enter goes on from a row."""


@dataclass(frozen=True, slots=True)
class Series:
    """Bars over time."""

    keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    """Short ones, for the axis."""
    values: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    """What is said of a bar when the cursor is on it."""
    ticks: tuple[str, ...] = ("0",)
    """The labels of the axis of values, from zero to the top in even steps."""
    top: int = 1
    """The value at the upper end."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A week by hours: weekday by weekday, each hour by hour."""

    values: tuple[tuple[int, ...], ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    """Of the weekdays."""
    sums: tuple[str, ...] = ()
    """Of each weekday."""


@dataclass(frozen=True, slots=True)
class Page:
    """All of one view."""

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    series: Series | None = None
    grid: Grid | None = None
    table: Table | None = None
    beside: Table | None = None
    """A second table, where there is room for it."""
    note: str = ""
    """A sentence below."""
