"""What there is to know in a few words: labels and values, in as many columns as have room."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from tui_sessions.tui.widgets.text_lines import fitted

Facts = tuple[tuple[str, str], ...]
_GAP = 4
_LEAST = 46
"""Cells of a column."""


class FactLines(Widget):
    """Labels in the colour of what stands back, values beside them."""

    DEFAULT_CSS = """
    FactLines { height: auto; padding: 0 1; margin: 0 0 1 0; }
    """
    facts: reactive[Facts] = reactive((), layout=True)
    most: reactive[int] = reactive(8, layout=True)
    """Lines there are at most."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes."""
        return len(lines_of(self.facts, width, self.most))

    def render(self) -> Content:
        """The lines."""
        lines = []
        for line in lines_of(self.facts, self.content_size.width, self.most):
            parts = []
            for label, value in line:
                parts.append(Content.assemble((label, "$text-muted"), value))
            lines.append(Content("").join(parts))
        return Content("\n").join(lines)


def lines_of(facts: Facts, width: int, most: int) -> list[list[tuple[str, str]]]:
    """Label and value as they stand beside each other, padded; at most so many lines, the first facts."""
    if not facts or width <= 0:
        return []
    labels = max(cell_len(label) for label, _ in facts) + 2
    values = max(cell_len(value) for _, value in facts)
    column = max(_LEAST, labels + values + _GAP)
    columns = max(1, min(len(facts), width // column))
    column = min(column, width)
    rows = min(most, -(-len(facts) // columns))
    lines = []
    for row in range(rows):
        entries = facts[row::rows] if rows * columns >= len(facts) else facts[row::rows][:columns]
        lines.append(
            [(fitted(label, labels), fitted(value, column - labels)) for label, value in entries]
        )
    return lines
