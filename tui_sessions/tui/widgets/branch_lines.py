"""A line of the map of branches as pieces of text with a role each, exactly as wide as it is told. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from rich.cells import cell_len

from tui_sessions.model.display import shown_age, shown_cost
from tui_sessions.model.family import Path
from tui_sessions.tui.widgets.branch_shape import Cell, Role, Shape
from tui_sessions.tui.widgets.text_lines import fitted

MARKED, OPEN_BAR = "◆", "▎"
GLYPHS = (MARKED, OPEN_BAR)
GUTTER_CELLS, FROM_CELLS, TURNS_CELLS, COST_CELLS, AGE_CELLS, MODEL_CELLS = 2, 6, 7, 10, 8, 20
MODEL_FROM_CELLS = 110
"""From this width on a line also names its model."""
AGE_FROM_CELLS = 62
LEAST_TEXT = 16
LEAST_BOTH = 28
"""In less room the title has it alone: of two that are cut short nobody would know either."""
TITLE_SHARE = 0.5
"""So much of the text is title; behind it stands what was asked first."""
NOT_THERE = "not here any more"


class State(NamedTuple):
    """What a line shows besides the row of its session."""

    words: str = ""
    """What was asked first after the fork, raw."""
    turn: int | None = None
    """The turn under the cursor, where the line is."""
    is_open: bool = False
    is_marked: bool = False


def graph_cells(width: int) -> int:
    """How many cells of a line the drawing may take."""
    return max(10, min(width * 2 // 5, width - GUTTER_CELLS - LEAST_TEXT - right_cells(width)))


def right_cells(width: int) -> int:
    """How many cells of a line the columns take."""
    age = AGE_CELLS if width >= AGE_FROM_CELLS else 0
    return (
        FROM_CELLS
        + TURNS_CELLS
        + COST_CELLS
        + age
        + (MODEL_CELLS if width >= MODEL_FROM_CELLS else 0)
    )


def heads(shape: Shape, width: int) -> tuple[Cell, ...]:
    """The line above: the numbers of the turns, and what the columns are."""
    right = f"{'from':>{FROM_CELLS}}{'turns':>{TURNS_CELLS}}{'cost':>{COST_CELLS}}"
    if width >= AGE_FROM_CELLS:
        right += f"{'used':>{AGE_CELLS}}"
    if width >= MODEL_FROM_CELLS:
        right = f"  {'model':<{MODEL_CELLS - 2}}{right}"
    left = " " * GUTTER_CELLS + shape.ruler().ljust(shape.cells)
    return cropped(
        ((left, Role.MUTED), (_gap(left, right, width), Role.MUTED), (right, Role.MUTED)), width
    )


def drawn(
    number: int, path: Path, shape: Shape, state: State, width: int, now: datetime
) -> tuple[Cell, ...]:
    """The pieces of a path's line, `width` cells together."""
    gutter = (
        (MARKED if state.is_marked else OPEN_BAR if state.is_open else " "),
        Role.ACCENT,
    )
    graph = shape.line(number, turn=state.turn, is_open=state.is_open)
    right = _right(path, width, now)
    taken = GUTTER_CELLS + shape.cells + 1 + cell_len(right)
    room = max(0, width - taken)
    text = _text(path, state, room)
    return cropped(
        (gutter, (" ", Role.TEXT), *_joined(graph), (" ", Role.TEXT), *text, (right, Role.MUTED)),
        width,
    )


def _text(path: Path, state: State, room: int) -> tuple[Cell, ...]:
    """The title, and behind it the words with which it leaves the other path."""
    if path.row is None:
        return ((fitted(NOT_THERE, room), Role.MUTED),)
    role = Role.OPEN if state.is_open else Role.TITLE
    words = state.words if path.leaves is not None else ""
    if not words or room < LEAST_BOTH:
        return ((fitted(path.row.title, room), role),)
    title = int(room * TITLE_SHARE)
    return (
        (fitted(path.row.title, title), role),
        ("  ", role),
        (fitted(words, room - title - 2), Role.MUTED),
    )


def _right(path: Path, width: int, now: datetime) -> str:
    row = path.row
    if row is None:
        return " " * right_cells(width)
    cost = shown_cost(row.cost) if row.cost.known or row.cost.unknown else ""
    begins = f"{path.shared + 1:,}" if path.leaves is not None else ""
    text = f"{begins:>{FROM_CELLS}}{path.own_turns:>{TURNS_CELLS},}{cost:>{COST_CELLS}}"
    if width >= AGE_FROM_CELLS:
        text += _aligned(shown_age(row.updated_at, now), AGE_CELLS)
    if width >= MODEL_FROM_CELLS:
        model = (row.model or "").rpartition("/")[2]
        text = f"  {fitted(model, MODEL_CELLS - 2)}{text}"
    return text


def _aligned(text: str, cells: int) -> str:
    """At the right; months have names of any length in some languages."""
    return fitted(text, cells - 1).strip().rjust(cells) if cell_len(text) < cells else f" {text}"


def _joined(cells: list[Cell]) -> list[Cell]:
    """Cells of one role as one piece."""
    pieces: list[Cell] = []
    for text, role in cells:
        if pieces and pieces[-1][1] is role:
            pieces[-1] = (pieces[-1][0] + text, role)
        else:
            pieces.append((text, role))
    return pieces


def _gap(left: str, right: str, width: int) -> str:
    return " " * max(1, width - cell_len(left) - cell_len(right))


def cropped(pieces: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """The pieces in exactly `width` cells."""
    kept: list[Cell] = []
    left = width
    for text, role in pieces:
        cells = cell_len(text)
        if cells > left:
            text, cells = fitted(text, left), left
        if text:
            kept.append((text, role))
        left -= cells
    return (*kept, (" " * left, Role.TEXT)) if left > 0 else tuple(kept)
