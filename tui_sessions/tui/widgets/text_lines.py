"""Plain text cut or folded into lines of cells, for widgets that draw their own."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells, set_cell_size

from tui_sessions.model.text import clean_line

_READ_CHARACTERS = 400
"""More of a title is never looked at: it cannot fit, and titles may be of any length."""


def fitted(text: str, width: int) -> str:
    """`text`, cleaned, in exactly `width` cells: cut with `…` or filled with spaces."""
    # A joiner or selector at an end would take a neighbouring piece into its own width.
    if width <= 0:
        return ""
    text = clean_line(text[:_READ_CHARACTERS]).lstrip("\u200d\ufe0f").rstrip("\u200d")
    cells = cell_len(text)
    if cells <= width:
        return text + " " * (width - cells)
    kept = set_cell_size(text, width - 1).rstrip(" \u200d") + "…"
    return kept + " " * (width - cell_len(kept))


def wrapped(text: str, width: int) -> list[str]:
    """`text`, cleaned, in lines of at most `width` cells, broken between words where it can be."""
    if width < 1:
        return []
    lines = [""]
    for word in clean_line(text).split():
        if lines[-1] and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        if lines[-1]:
            lines.append("")
        *full, rest = chop_cells(word, width) or [""]
        lines[-1:] = [*full, rest]
    return lines
