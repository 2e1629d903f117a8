"""How rows with bars and figures are laid out in cells; pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from tui_sessions.tui.widgets.statistics.bars import bar
from tui_sessions.tui.widgets.statistics.page import Column, Row, Table
from tui_sessions.tui.widgets.text_lines import fitted

Piece = tuple[str, str]
"""A text and what it is: `label`, `figure`, `chosen`, `bar`, `head`, `muted`, `warning`."""
GAP = 2
_SHORT_LABEL, _LEAST_LABEL, _MOST_LABEL = 8, 24, 44
_LEAST_BAR, _MOST_BAR = 6, 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns have room, and how wide everything is."""

    label: int
    bar: int
    """0 where there is none."""
    columns: tuple[int, ...]
    """Cells of each of the columns that are shown; the others are left out."""
    bar_after: int


def laid_out(table: Table, width: int) -> Layout:
    """The layout for `width` cells: the last columns give way first, then the label, at last the bar."""
    sizes = [
        max(cell_len(column.heading), *(cell_len(row.cells[index]) for row in table.rows if row.cells))
        if table.rows
        else cell_len(column.heading)
        for index, column in enumerate(table.columns)
    ]  # fmt: skip
    labels = (cell_len(row.label) for row in table.rows if not row.is_heading)
    longest = max([cell_len(table.label), *labels], default=0)
    wanted = min(max(longest, 1), _MOST_LABEL)
    has_bars = any(row.share is not None for row in table.rows)
    bar_room = _LEAST_BAR + GAP if has_bars else 0
    shown = _that_fit(sizes, table, width - bar_room, min(wanted, _LEAST_LABEL))
    figures = sum(size + GAP for size, is_shown in zip(sizes, shown, strict=True) if is_shown)
    label = max(1, min(wanted, width - figures - bar_room))
    rest = width - label - figures - GAP
    cells = min(_MOST_BAR, rest) if has_bars and rest >= _LEAST_BAR else 0
    if not has_bars:
        # The figures stand beside their labels, not at the other end of a wide screen.
        label = min(max(label, wanted), width - figures) if width > figures else label
    columns = tuple(size if is_shown else 0 for size, is_shown in zip(sizes, shown, strict=True))
    return Layout(label, cells, columns, table.bar_after)


def _that_fit(sizes: list[int], table: Table, width: int, label: int) -> list[bool]:
    """Those that must be there, and of the others the first that fit beside a whole label."""
    columns = table.columns
    needed = [column.is_chosen or column.is_needed for column in columns]
    shown = [False] * len(sizes)
    room = width
    for index in sorted(range(len(sizes)), key=lambda index: (not needed[index], index)):
        cost = sizes[index] + GAP
        if cost > room - (min(label, _SHORT_LABEL) if needed[index] else label):
            break
        shown[index], room = True, room - cost
    return shown


def head_pieces(table: Table, layout: Layout) -> list[Piece]:
    """The names of the columns."""
    pieces: list[Piece] = [(fitted(table.label, layout.label), "head")]
    for index, column in enumerate(table.columns):
        if index == layout.bar_after and layout.bar:
            pieces.append((" " * (GAP + layout.bar), "head"))
        size = layout.columns[index]
        if size:
            name = _aligned(column.heading, size, column)
            air = name[: len(name) - len(name.lstrip())]
            pieces += [(air, "head"), (name.lstrip(), _head_kind(column))]
    return pieces


def _head_kind(column: Column) -> str:
    return "chosen-head" if column.is_chosen else "head"


def row_pieces(table: Table, row: Row, layout: Layout) -> list[Piece]:
    """One row."""
    if row.is_heading:
        return [(row.label, "head")]
    kind = "warning" if row.is_warning else "label"
    pieces: list[Piece] = [(fitted(row.label, layout.label), kind)]
    for index, column in enumerate(table.columns):
        if index == layout.bar_after:
            pieces += _bar(row, layout)
        size = layout.columns[index]
        if size and row.cells:
            figure = _aligned(row.cells[index], size, column)
            pieces.append((figure, "chosen" if column.is_chosen else "figure"))
    if layout.bar_after >= len(table.columns):
        pieces += _bar(row, layout)
    return pieces


def _aligned(text: str, size: int, column: Column) -> str:
    room = " " * max(0, size - cell_len(text))
    return " " * GAP + (text + room if column.is_words else room + text)


def _bar(row: Row, layout: Layout) -> list[Piece]:
    if not layout.bar:
        return []
    drawn = bar(row.share or 0.0, layout.bar)
    return [(" " * GAP, "figure"), (drawn, "bar"), (" " * (layout.bar - len(drawn)), "figure")]
