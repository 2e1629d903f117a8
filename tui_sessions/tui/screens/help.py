"""Help on the focused pane: what it is for, and its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
from markdown_it import MarkdownIt
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Markdown, Static

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.screens.dialog import Dialog


class HelpKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is bound now, and what it does; `group` is a heading above."""

    key: str
    what: str
    group: str = ""


class HelpDialog(Dialog[None]):
    """Enter or escape closes it; `text` is the pane's `HELP`, in Markdown."""

    VERB = LEAVE = "close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,question_mark,f1", "cancel", "Close", id="help.close", show=False),
        Binding("j,down", "scroll(1)", "Down", id="help.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="help.up", show=False),
        Binding("ctrl+d,pagedown,space", "scroll(10)", "Page down", id="help.page", show=False),
        Binding("ctrl+u,pageup", "scroll(-10)", "Page up", id="help.back", show=False),
    ]
    DEFAULT_CSS = """
    HelpDialog #keys { color: $foreground; }
    """

    def __init__(self, title: str, text: str, keys: Sequence[HelpKey] = ()) -> None:
        super().__init__(title)
        self._text = text
        self._keys = tuple(keys)

    def body(self) -> ComposeResult:
        """The text, then a table of keys."""
        with VerticalScroll(id="help"):
            if self._text.strip():
                yield Markdown(clean(self._text), parser_factory=_parser, open_links=False)
            if self._keys:
                yield Static(self._table(), id="keys", markup=False)

    def answer(self) -> None:
        """Nothing is asked."""

    def action_scroll(self, lines: int) -> None:
        """Moves the text."""
        self.query_one("#help", VerticalScroll).scroll_relative(y=lines, animate=False)

    def _width_of(self, group: str) -> int:
        keys = (entry.key for entry in self._keys if entry.group == group)
        return max(cell_len(clean_line(key)) for key in keys)

    def _table(self) -> Content:
        parts: list[Content] = []
        group, width = None, 0
        for entry in self._keys:
            if entry.group != group:
                group = entry.group
                width = self._width_of(group) + 2
                parts.append(Content.styled(f"\n{clean_line(group)}\n", "bold underline"))
            key = clean_line(entry.key)
            parts.append(Content.styled(key + " " * (width - cell_len(key)), "bold"))
            parts.append(Content(f"{clean_line(entry.what)}\n"))
        return Content.assemble(*parts).rstrip()


def _parser() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"html": False})
