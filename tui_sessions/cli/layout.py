"""Columns of text for a terminal: how wide, how aligned, where cut. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

GAP = "  "
_LEAST = 8
"""A flexible column is not cut below this, however narrow the terminal."""
_READABLE = 16
"""Before the flexible columns are cut below this, the optional ones go."""


class Heading(NamedTuple):
    """A column's head and manner."""

    text: str
    is_number: bool = False
    is_flexible: bool = False
    """Whether it gives way where the terminal is narrow."""
    is_optional: bool = False
    """Whether it is left out where there is no room for it."""


def table_lines(
    headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int
) -> list[str]:
    """The head line and the rows; cells are to be clean and on one line each."""
    headings, rows = _fitting(headings, rows, width)
    widths = _widths(headings, rows, width)
    cells = [tuple(heading.text for heading in headings), *rows]
    return [_line(headings, row, widths) for row in cells]


def cell_width(text: str) -> int:
    """How many columns a terminal needs for `text`."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` columns, `…` where something is left out."""
    if cell_width(text) <= width:
        return text
    room, kept = width - 1, []
    for char in text:
        room -= _char_width(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _fitting(
    headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int
) -> tuple[Sequence[Heading], Sequence[Sequence[str]]]:
    widths = [
        min(size, _READABLE) if heading.is_flexible else size
        for heading, size in zip(headings, _full_widths(headings, rows), strict=True)
    ]
    if sum(widths) + len(GAP) * (len(widths) - 1) <= width:
        return headings, rows
    kept = [index for index, heading in enumerate(headings) if not heading.is_optional]
    return [headings[index] for index in kept], [[row[index] for index in kept] for row in rows]


def _full_widths(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        max([cell_width(heading.text), *(cell_width(row[index]) for row in rows)])
        for index, heading in enumerate(headings)
    ]


def _widths(headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    # No column is wider than the terminal; else megabytes would be taken off a cell at a time.
    widths = [min(size, width) for size in _full_widths(headings, rows)]
    flexible = [index for index, heading in enumerate(headings) if heading.is_flexible]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while excess > 0 and flexible:
        widest = max(flexible, key=lambda index: widths[index])
        if widths[widest] <= _LEAST:
            break
        others = [widths[index] for index in flexible if index != widest]
        step = max(1, min(excess, widths[widest] - max([_LEAST, *others])))
        widths[widest] -= step
        excess -= step
    return widths


def _line(headings: Sequence[Heading], row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for heading, text, width in zip(headings, row, widths, strict=True):
        shown = cut(text, width)
        pad = " " * (width - cell_width(shown))
        cells.append(pad + shown if heading.is_number else shown + pad)
    return GAP.join(cells).rstrip()


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
