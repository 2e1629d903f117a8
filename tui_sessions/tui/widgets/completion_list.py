"""The small list of what could complete a command; whoever owns it moves the cursor and takes the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.tui.widgets.completion import Completion
from tui_sessions.tui.widgets.text_lines import fitted

MOST_LINES = 8
WIDEST_HEAD = 28


def row(offer: Completion, head_cells: int, width: int) -> list[tuple[str, str]]:
    """Pieces of text with a role each, `width` cells together: name and hint, then help."""
    pieces: list[tuple[str, str]] = []
    room = width
    head_cells = max(0, min(head_cells, width - 2))
    name_cells = min(cell_len(offer.label), head_cells)
    for text, cells, role in (
        ("", 1, "text"),
        (offer.label, name_cells, "text"),
        ("", 1, "text"),
        (offer.hint, head_cells - name_cells - 1, "muted"),
        ("", 2, "text"),
        (offer.help, room, "muted"),
    ):
        cells = min(max(0, cells), room)
        pieces.append((fitted(text, cells), role))
        room -= cells
    return pieces


class CompletionList(ScrollView, can_focus=False, inherit_bindings=False):
    """Offers, one a line, with the chosen one lit; hidden when there are none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "completion-list--text",
        "completion-list--muted",
        "completion-list--cursor",
    }

    DEFAULT_CSS = """
    CompletionList {
        display: none;
        height: auto;
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .completion-list--muted { color: $text-muted; }
        & > .completion-list--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
    }
    """

    @dataclass
    class Clicked(Message):
        """An offer was chosen with the mouse."""

        completion: Completion

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[Completion, ...] = ()
        self._cursor = 0
        self._head_cells = 0
        self.is_moved = False
        """Whether the user moved the cursor, which makes it a choice."""
        self.lines = 0
        """How many it takes."""

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self._offers)

    @property
    def chosen(self) -> Completion | None:
        """The offer under the cursor."""
        return self._offers[self._cursor] if self._offers else None

    def show(self, offers: Sequence[Completion], most_lines: int = MOST_LINES) -> None:
        """Offer these; the cursor stays on the one it was moved to, if that is still there."""
        before = self.chosen if self.is_moved else None
        self._offers = tuple(offers)
        self.lines = min(len(self._offers), most_lines)
        heads = [cell_len(f"{offer.label} {offer.hint}") for offer in offers]
        self._head_cells = min(max(heads, default=0), WIDEST_HEAD)
        self.is_moved = before in self._offers
        self._cursor = self._offers.index(before) if before and self.is_moved else 0
        self.display = bool(self._offers)
        self.styles.height = max(1, self.lines)
        self.virtual_size = Size(0, len(self._offers))
        self._follow()

    def move(self, lines: int) -> None:
        """Move the cursor, round the ends."""
        if self._offers:
            self._cursor = (self._cursor + lines) % len(self._offers)
            self.is_moved = True
            self._follow()

    def render_line(self, y: int) -> Strip:
        """The offer at row `y` of the view."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= len(self._offers):
            return Strip.blank(width, self.rich_style)
        offer = self._offers[index]
        pieces = row(offer, self._head_cells, width)
        return Strip([Segment(text, self._style(role, index)) for text, role in pieces], width)

    def _style(self, role: str, index: int) -> Style:
        return self.get_component_rich_style(
            f"completion-list--{'cursor' if index == self._cursor else role}"
        )

    def _follow(self) -> None:
        height = int(self.styles.height.value) if self.styles.height else 1
        top = self.scroll_offset.y
        if self.is_mounted and not top <= self._cursor < top + height:
            y = self._cursor if self._cursor < top else self._cursor - height + 1
            self.scroll_to(y=y, animate=False, force=True, immediate=True)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        event.stop()
        offset = event.get_content_offset(self)
        index = -1 if offset is None else self.scroll_offset.y + offset.y
        if 0 <= index < len(self._offers):
            self.post_message(self.Clicked(self._offers[index]))
