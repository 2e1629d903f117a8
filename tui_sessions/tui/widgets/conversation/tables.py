"""Tables that fit: cells wrap, columns that find no room at all are cut with an ellipsis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation.lines import (
    EMPTY,
    MUTED,
    TEXT,
    Line,
    Look,
    cropped,
    line_cells,
    line_text,
    padded,
)
from tui_sessions.tui.widgets.conversation.markdown import Table
from tui_sessions.tui.widgets.conversation.wrap import wrapped

GRID = Look("grid")
_BETWEEN = 3
_NARROWEST = 3


def table_lines(table: Table, width: int) -> list[Line]:
    """The lines of `table`, none wider than `width`."""
    widths = _widths(table, width)
    is_cut = len(widths) < len(table.aligns)
    lines: list[Line] = []
    for number, row in enumerate(table.rows):
        lines.extend(_row(row, widths, table.aligns, is_cut=is_cut))
        if number == 0:
            lines.append(((("─┼─".join("─" * column for column in widths)), GRID),))
    return [cropped(line, width) for line in lines]


def _widths(table: Table, width: int) -> list[int]:
    """A width for each column that is shown: what it wants, or a fair share of what there is."""
    count = max(1, len(table.aligns))
    shown = max(1, min(count, (width + _BETWEEN) // (_NARROWEST + _BETWEEN)))
    if shown < count:
        shown = max(1, (width - 2 + _BETWEEN) // (_NARROWEST + _BETWEEN))
    room = max(1, width - (shown - 1) * _BETWEEN - (2 if shown < count else 0))
    wanted = [
        max((_natural(row[column]) for row in table.rows if column < len(row)), default=1)
        for column in range(shown)
    ]
    widths = [0] * shown
    left = room
    for taken, column in enumerate(sorted(range(shown), key=wanted.__getitem__)):
        widths[column] = max(1, min(wanted[column], left // (shown - taken)))
        left -= widths[column]
    return widths


def _natural(cell: Line) -> int:
    """The width of a cell's longest line, at least 1."""
    return max(1, max(cell_len(part) for part in line_text(cell).split("\n")))


def _row(
    row: Sequence[Line], widths: Sequence[int], aligns: Sequence[str], *, is_cut: bool
) -> Iterator[Line]:
    """The lines of one row, as many as its highest cell has."""
    cells = [
        wrapped(row[column], width) if column < len(row) else [EMPTY]
        for column, width in enumerate(widths)
    ]
    for height in range(max(len(cell) for cell in cells)):
        line: list[tuple[str, Look]] = []
        for column, cell in enumerate(cells):
            if column:
                line.append((" │ ", GRID))
            part = cell[height] if height < len(cell) else EMPTY
            line.extend(_aligned(part, widths[column], aligns[column]))
        if is_cut:
            line.append((" …", MUTED))
        yield tuple(line)


def _aligned(part: Line, width: int, align: str) -> Line:
    missing = width - line_cells(part)
    if missing <= 0 or align not in ("right", "center"):
        return padded(part, width, TEXT)
    before = missing if align == "right" else missing // 2
    return padded(((" " * before, TEXT), *part), width, TEXT)
