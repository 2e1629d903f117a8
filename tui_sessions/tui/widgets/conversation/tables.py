"""Tables that fit: cells wrap; where columns would become too narrow to read, each row is shown as a
record, one line for each cell. No text is ever cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation.lines import (
    EMPTY,
    TEXT,
    Line,
    Look,
    line_cells,
    line_text,
    padded,
)
from tui_sessions.tui.widgets.conversation.markdown import Table
from tui_sessions.tui.widgets.conversation.wrap import longest_piece, steady, wrapped

GRID = Look("grid")
HEAD = Look("head")
_BETWEEN = 3
_NARROW = 12
"""A word up to this long is not broken to make a column fit: then records read better."""
_INDENT = 2


def table_rows(table: Table, width: int) -> list[list[Line]]:
    """The lines of each row of `table`, none wider than `width`; the first holds the head."""
    widths = _widths(table, width)
    if widths is None:
        return _records(table, width)
    rows = [list(_row(row, widths, table.aligns)) for row in table.rows]
    rows[0].append((("─┼─".join("─" * column for column in widths), GRID),))
    return rows


def _widths(table: Table, width: int) -> list[int] | None:
    """A width for each column: what it wants, or a fair share; None where there is too little room."""
    columns = range(len(table.aligns))
    cells = [
        [_text(row[column]) for row in table.rows if column < len(row)] or [""]
        for column in columns
    ]
    wanted = [
        max(1, *(cell_len(part) for cell in column for part in cell.split("\n")))
        for column in cells
    ]
    room = width - _BETWEEN * (len(columns) - 1)
    if sum(wanted) <= room:
        return wanted
    least = [max(1, min(_NARROW, max(map(longest_piece, column)))) for column in cells]
    if sum(least) > room:
        return None
    return _shared(wanted, least, room)


def _shared(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """`room` shared out: nobody gets less than the least or more than is wanted, the rest evenly."""
    low, high = 0, room
    while low < high:
        level = (low + high + 1) // 2
        given = sum(min(w, max(least[at], level)) for at, w in enumerate(wanted))
        low, high = (level, high) if given <= room else (low, level - 1)
    widths = [min(w, max(least[at], low)) for at, w in enumerate(wanted)]
    for at, wish in enumerate(wanted):
        if sum(widths) < room and widths[at] < wish:
            widths[at] += 1
    return widths


def _text(cell: Line) -> str:
    return steady(line_text(cell))


def _row(row: Sequence[Line], widths: Sequence[int], aligns: Sequence[str]) -> Iterator[Line]:
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
        yield tuple(line)


def _aligned(part: Line, width: int, align: str) -> Line:
    missing = width - line_cells(part)
    if missing <= 0 or align not in ("right", "center"):
        return padded(part, width, TEXT)
    before = missing if align == "right" else missing // 2
    return padded(((" " * before, TEXT), *part), width, TEXT)


def _records(table: Table, width: int) -> list[list[Line]]:
    """A line `head: value` for each cell, a rule between the rows."""
    heads = table.rows[0]
    if len(table.rows) == 1:
        return [[line for head in heads for line in wrapped(head, width)]]
    rule: Line = (("─" * width, GRID),)
    rows = []
    for number, row in enumerate(table.rows[1:]):
        lines: list[Line] = [rule] if number else []
        for column, cell in enumerate(row):
            lines.extend(_entry(heads[column] if column < len(heads) else EMPTY, cell, width))
        rows.append(lines or [EMPTY])
    return rows


def _entry(head: Line, cell: Line, width: int) -> list[Line]:
    """The lines of a cell behind its head; those that follow are set in."""
    named = tuple((text.replace("\n", " "), HEAD._replace(url=look.url)) for text, look in head)
    runs = (*named, (": ", HEAD), *cell) if named else cell
    if width <= 4 * _INDENT:
        return wrapped(runs, width)
    first, *_ = wrapped(runs, width)
    lines = wrapped(runs, width - _INDENT)
    if len(lines) == 1 or line_cells(first) == line_cells(_joined(runs)):
        return [first]
    return [lines[0], *(((" " * _INDENT, TEXT), *line) for line in lines[1:])]


def _joined(runs: Line) -> Line:
    return tuple((steady(text), look) for text, look in runs)
