"""The prompts that wait until an answer has ended: a muted line each above the one being written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.choice_list import cropped

GLYPH = "⋯"
SHOWN_OF_A_PROMPT = 400
"""Characters; no line is longer."""


def written(texts: Sequence[str], most_lines: int, *, note: str = "", more: str = "") -> list[str]:
    """The lines: how the queue stands, where that is to be said, and the first words of each prompt;
    the last line counts those that have no place."""
    lines = [f"{GLYPH} {note}"] if note else []
    room = max(1, most_lines - len(lines))
    shown = texts if len(texts) <= room else texts[: max(0, room - 1)]
    for number, text in enumerate(shown, start=1):
        word = "next: " if number == 1 else ""
        lines.append(f"{GLYPH} {number} {word}{clean_line(text[:SHOWN_OF_A_PROMPT])}")
    if left := len(texts) - len(shown):
        word = f"{left} more" if shown else f"{left} waiting"
        lines.append(f"{GLYPH} {word}{more}")
    return lines[:most_lines] if note and most_lines == 1 else lines


class QueuedLines(Widget, can_focus=False):
    """Takes no room where nothing waits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"queued--text", "queued--held"}
    DEFAULT_CSS = """
    QueuedLines { height: auto; padding: 0 1; display: none; }
    QueuedLines > .queued--text { color: $text-muted; }
    QueuedLines > .queued--held { color: $text-warning; }
    """

    class Clicked(Message):
        """The lines were clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: tuple[str, ...] = ()
        self._note = ""
        self._more = ""
        self.most_lines = 3

    @property
    def lines(self) -> list[str]:
        """What is shown."""
        if not self._texts:
            return []
        return written(self._texts, self.most_lines, note=self._note, more=self._more)

    def show(self, texts: Sequence[str], *, note: str = "", more: str = "") -> None:
        """Show these. `note` says why none of them is sent; `more` follows the count of those that have
        no place, to say where they are."""
        self._texts, self._note, self._more = tuple(texts), note, more
        self.display = bool(texts)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line each."""
        return len(self.lines)

    def render_line(self, y: int) -> Strip:
        """One prompt."""
        lines, width = self.lines, self.content_size.width
        if y >= len(lines):
            return Strip.blank(width, self.rich_style)
        kind = "held" if self._note and y == 0 else "text"
        style = self.get_component_rich_style(f"queued--{kind}")
        return Strip([Segment(cropped(clean_line(lines[y]), width), style)]).adjust_cell_length(
            width, self.rich_style
        )

    def on_click(self, event: events.Click) -> None:
        """Show all of them."""
        event.stop()
        self.post_message(self.Clicked())
