"""The figures below an answer: how soon, how long, how many tokens, how much, how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_sessions.model.comparisons import Figures
from tui_sessions.model.display import shown_cost, shown_count, shown_duration, shown_short_count
from tui_sessions.tui.widgets.choice_list import cropped

ENDS = {
    "stop": "complete",
    "length": "■ length limit",
    "pause": "■ paused",
    "cancelled": "■ stopped",
    "interrupted": "■ interrupted",
    "filter": "■ withheld",
    "tool": "■ tool call",
    "error": "✗ failed",
}
"""How an answer ended, in the fewest words."""
COLUMNS = 3
_ROOMY = 24
"""So wide at least, the figures stand in lines of three."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its name, its value, and whether it is the best of all answers."""

    name: str
    value: str
    is_best: bool = False
    look: str = "$text-muted"


def cells_of(figures: Figures, finish: str | None, best: frozenset[str]) -> tuple[Cell, ...]:
    """The figures of an answer that has ended."""
    speed = figures.tokens_per_s
    known = "?" if speed is None else f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
    ended = ENDS.get(finish or "", "■ ended" if finish else "")
    look = "$text-error" if finish == "error" else "$text-warning"
    return (
        Cell("first", shown_duration(figures.first_token_ms), "first_token_ms" in best),
        Cell("time", shown_duration(figures.latency_ms), "latency_ms" in best),
        Cell("cost", shown_cost(figures.cost), "cost" in best),
        Cell("tokens", shown_count(figures.tokens)),
        Cell("tok/s", known, "tokens_per_s" in best),
        Cell("", ended, look="$text-muted" if finish == "stop" else look),
    )


def progress_cells(
    first_token_ms: float | None, elapsed_ms: float | None, characters: int, *, is_waiting: bool
) -> tuple[Cell, ...]:
    """The figures of an answer that arrives; a token is about four characters."""
    tokens = characters // 4
    return (
        Cell("first", "…" if first_token_ms is None else shown_duration(first_token_ms)),
        Cell("time", "…" if elapsed_ms is None else shown_duration(elapsed_ms)),
        Cell("cost", "…"),
        Cell("tokens", f"≈{shown_short_count(tokens)}"),
        Cell("tok/s", _speed(tokens, first_token_ms, elapsed_ms)),
        Cell("", "waiting" if is_waiting else "answering", look="$foreground"),
    )


def _speed(tokens: int, first_ms: float | None, elapsed_ms: float | None) -> str:
    if not tokens or first_ms is None or elapsed_ms is None or elapsed_ms - first_ms < 500:
        return "…"
    return f"≈{tokens * 1000 / (elapsed_ms - first_ms):,.0f}"


class AnswerFigures(Widget):
    """Two lines of three figures, in every column at the same places; in a low window one line."""

    DEFAULT_CSS = """
    AnswerFigures { height: 2; padding: 0 1 0 2; color: $text-muted; }
    """
    cells: reactive[tuple[Cell, ...]] = reactive(())

    def render(self) -> Content:
        """The figures that fit."""
        width, height = self.content_size
        if width < _ROOMY or height < 2:
            return _in_a_row(self.cells, width)
        room = width // COLUMNS
        rows = (self.cells[:COLUMNS], self.cells[COLUMNS:])
        return Content("\n").join(
            Content.assemble(*(_padded(cell, room) for cell in row)) for row in rows
        )


def _padded(cell: Cell, room: int) -> Content:
    named = f"{cell.name} " if cell.name else ""
    if cell_len(named) + cell_len(cell.value) >= room:
        named = ""
    value = cropped(cell.value, room - 1)
    blank = " " * max(0, room - cell_len(named) - cell_len(value))
    return Content.assemble((named, "$text-muted"), (value, _style(cell)), blank)


def _in_a_row(cells: tuple[Cell, ...], width: int) -> Content:
    """How it ended, time and cost, as much as there is room for."""
    if not cells:
        return Content("")
    parts: list[Content] = []
    for cell in (cells[5], cells[1], cells[2], cells[3]):
        named = f"{cell.name} " if cell.name == "tokens" else ""
        part = Content.assemble((named, "$text-muted"), (cell.value, _style(cell)))
        used = sum(other.cell_length + 3 for other in parts)
        if cell.value not in ("", "…", "?") and used + part.cell_length <= width:
            parts.append(part)
    return Content(" · ").join(parts)


def _style(cell: Cell) -> str:
    return "bold $foreground" if cell.is_best else cell.look
