"""Matrices, cases and aligned lines of a formula. In the text round them one character stands for each."""

from __future__ import annotations

import re

from rich.cells import cell_len

FIRST = 0xE000
"""The character that stands for the first grid."""
STAND_INS = re.compile("[\ue000-\uf8ff]")
_TALL = {"(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "|": "│││", "‖": "‖‖‖"}
_BRACES = {"{": "⎧⎨⎩⎪", "}": "⎫⎬⎭⎪"}


class Grid:
    """A matrix, cases, or aligned lines."""

    def __init__(self, rows: list[list[str]], left: str, right: str, is_aligned: bool) -> None:
        self._rows = rows
        self._left, self._right = left, right
        self._is_aligned = is_aligned

    @property
    def flat(self) -> str:
        """All on one line."""
        between = " " if self._is_aligned else ", "
        rows = [between.join(cell for cell in row if cell) for row in self._rows]
        if self._left == "{" or self._is_aligned:
            return f"{self._left} " * bool(self._left) + "; ".join(rows)
        return (self._left or "[") + "; ".join(rows) + (self._right or "]")

    def rows(self, grids: list[Grid]) -> list[str]:
        """One row below the other, each equally wide."""
        count = max(map(len, self._rows))
        cells = [[*row, *[""] * (count - len(row))] for row in self._rows]
        cells = [[flattened(cell, grids) for cell in row] for row in cells]
        widths = [max(cell_len(row[column]) for row in cells) for column in range(count)]
        lines = []
        for row in cells:
            padded = [self._padded(cell, widths[at], at) for at, cell in enumerate(row)]
            lines.append((" " if self._is_aligned else "  ").join(padded))
        left, right = _tall(self._left, len(lines)), _tall(self._right, len(lines))
        return [a + line + b for a, line, b in zip(left, lines, right, strict=True)]

    def _padded(self, cell: str, width: int, column: int) -> str:
        missing = " " * (width - cell_len(cell))
        return missing + cell if self._is_aligned and column % 2 == 0 else cell + missing


def flattened(text: str, grids: list[Grid]) -> str:
    """`text` with its grids on one line."""
    for _ in range(len(grids) + 1):
        text = STAND_INS.sub(lambda found: grids[ord(found[0]) - FIRST].flat, text)
    return text


def _tall(sign: str, height: int) -> list[str]:
    """A bracket that is `height` rows tall."""
    if height == 1 or not sign:
        return [sign] * height
    if sign in _BRACES:
        first, middle, last, bar = tuple(_BRACES[sign])
        if height == 2:
            return ["⎰ ", "⎱ "] if sign == "{" else [" ⎱", " ⎰"]
        rows = [first, *[bar] * (height - 2), last]
        rows[height // 2] = middle
        return [f"{row} " if sign == "{" else f" {row}" for row in rows]
    first, middle, last = tuple(_TALL[sign])
    return [first, *[middle] * (height - 2), last]


def stacked(text: str, grids: list[Grid]) -> list[str]:
    """A line with its grids as tall as they are; what stands beside them is level with their middle."""
    pieces: list[list[str]] = []
    at = 0
    for found in STAND_INS.finditer(text):
        pieces += [[text[at : found.start()]], grids[ord(found[0]) - FIRST].rows(grids)]
        at = found.end()
    pieces.append([text[at:]])
    height = max(map(len, pieces))
    rows = [""] * height
    for piece in pieces:
        first = (height - len(piece)) // 2
        width = max(map(cell_len, piece))
        for row in range(height):
            inside = piece[row - first] if 0 <= row - first < len(piece) else ""
            rows[row] += inside + " " * (width - cell_len(inside))
    return [row.rstrip() for row in rows]
