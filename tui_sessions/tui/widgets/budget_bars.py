"""Budgets as bars, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui_sessions.model.budget import Standing
from tui_sessions.tui.widgets.budget_lines import BarLine, budget_lines


class BudgetBars(Widget):
    """Names, amounts and bars; amber from 80 %, red over the limit."""

    COMPONENT_CLASSES = {  # noqa: RUF012
        f"budget--{kind}" for kind in ("text", "label", "bar", "rest", "full", "over")
    }
    DEFAULT_CSS = """
    BudgetBars { height: auto; margin-bottom: 1; }
    BudgetBars > .budget--label { color: $text-muted; }
    BudgetBars > .budget--bar { color: $text-secondary; }
    BudgetBars > .budget--rest { color: $foreground 25%; }
    BudgetBars > .budget--full { color: $text-warning; }
    BudgetBars > .budget--over { color: $text-error; }
    """

    def __init__(self, standings: Sequence[Standing]) -> None:
        super().__init__()
        self._standings = tuple(standings)
        self._laid_out: tuple[int, list[BarLine]] = (0, [])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as they need in that width."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """One of the lines."""
        lines = self._lines(self.size.width)
        pieces = lines[y] if y < len(lines) else ()
        segments = [
            Segment(text, self.get_component_rich_style(f"budget--{kind}")) for text, kind in pieces
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _lines(self, width: int) -> list[BarLine]:
        if self._laid_out[0] != width:
            self._laid_out = (width, budget_lines(self._standings, width))
        return self._laid_out[1]
