"""Lines of text before they have colours: runs of text, each with the look it will be given.

Looks are names, not styles: what is laid out stays valid when the theme changes. Knows no Textual.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

BOLD, ITALIC, STRIKE, UNDERLINE = 1, 2, 4, 8


class Look(NamedTuple):
    """How a run of text will be drawn."""

    name: str = "text"
    """Which of the palette's styles."""
    marks: int = 0
    """`BOLD` | `ITALIC` | `STRIKE` | `UNDERLINE`."""
    url: str = ""
    """Where a click on it leads; never sent to the terminal."""
    ink: int | None = None
    """Its colour as 0xrrggbb, where it is a piece of a picture and not of the theme."""
    paper: int | None = None
    """What is behind it, likewise."""


Run = tuple[str, Look]
Line = tuple[Run, ...]

TEXT = Look()
MUTED = Look("muted")
EMPTY: Line = ()
TAB = 4
"""Columns a tab moves to a multiple of."""


def line_cells(line: Iterable[Run]) -> int:
    """The width of a line in cells."""
    return sum(cell_len(text) for text, _ in line)


def line_text(line: Iterable[Run]) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def padded(line: Line, width: int, look: Look) -> Line:
    """`line` filled with blanks of `look` up to `width` cells."""
    missing = width - line_cells(line)
    return (*line, (" " * missing, look)) if missing > 0 else line


def cropped(line: Line, width: int, *, ellipsis: bool = False) -> Line:
    """`line` cut to `width` cells, with `…` for what is gone if wanted."""
    if line_cells(line) <= width:
        return line
    room = width - 1 if ellipsis else width
    kept: list[Run] = []
    for text, look in line:
        cells = cell_len(text)
        if cells > room:
            text = set_cell_size(text, room) if room > 0 else ""
            cells = room
        if text:
            kept.append((text, look))
        room -= cells
        if room <= 0:
            break
    return (*kept, ("…", MUTED)) if ellipsis and width > 0 else tuple(kept)


def chopped(text: str, width: int) -> list[str]:
    """`text` in pieces of at most `width` cells; at least one piece."""
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    return chop_cells(text, width) or [text]
