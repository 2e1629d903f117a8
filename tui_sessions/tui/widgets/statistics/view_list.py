"""The views at the left, each with the key that leads to it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.message import Message

from tui_sessions.tui.widgets.statistics.page import Column, Row, Table
from tui_sessions.tui.widgets.statistics.rows import FigureRows

VIEW_KEYS = (
    ("session", "s", "this session"),
    ("overview", "o", "overview"),
    ("model", "m", "models"),
    ("provider", "v", "providers"),
    ("persona", "r", "personas"),
    ("tag", "t", "tags"),
    ("project", "p", "projects"),
    ("folder", "f", "folders"),
    ("hours", "h", "hours"),
    ("sessions", "d", "dearest"),
    ("performance", "l", "latency"),
    ("budgets", "b", "budgets"),
)
"""Name, key by default, what it is called."""


class ViewList(FigureRows):
    """Going over it shows the views."""

    DEFAULT_CSS = """
    ViewList {
        width: 18; scrollbar-size-vertical: 0; scrollbar-gutter: auto;
        & > .figures--figure { color: $text-muted; }
        &:blur > .figures--cursor { background: $block-cursor-blurred-background; }
    }
    """
    MARKS_ALWAYS = True

    @dataclass
    class Chosen(Message):
        """The cursor is on a view."""

        view: str

    class Entered(Message):
        """The view is to be walked through."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.show_names({})

    def show_names(self, keys: dict[str, str]) -> None:
        """The views with their keys, as they are bound."""
        rows = tuple(
            Row(view, what, (keys.get(view, key),), spoken=f"{what}, key {keys.get(view, key)}")
            for view, key, what in VIEW_KEYS
        )
        self.show(Table("", (Column(""),), rows, bar_after=1))

    def show_view(self, name: str) -> None:
        """The cursor on a view."""
        self.go_to(name)

    @property
    def _head(self) -> int:
        return 0

    @on(FigureRows.Moved)
    def _moved(self, message: FigureRows.Moved) -> None:
        message.stop()
        self.post_message(self.Chosen(message.key))

    @on(FigureRows.Picked)
    def _picked(self, message: FigureRows.Picked) -> None:
        message.stop()
        self.post_message(self.Entered())
