"""Lines of the tree on the screen: the window of them, the cursor, the view; no wish of the user's.

Draws visible lines only. `SessionTree` adds the keys, the mouse and what they ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.results import TreeLine
from tui_sessions.tui.widgets.text_lines import fitted, wrapped
from tui_sessions.tui.widgets.tree_lines import Role, TreeState, drawn
from tui_sessions.tui.widgets.tree_window import Lines, NoLines, TreeSource, kept_position

AGES_EVERY_S = 60.0
"""The smallest age that is told in words is a minute."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TreeView(ScrollView, can_focus=True, inherit_bindings=False):
    """A cursor over the lines of a source."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "session-tree--text",
        "session-tree--open",
        "session-tree--muted",
        "session-tree--accent",
        "session-tree--warning",
        "session-tree--cursor",
        "session-tree--cursor-blurred",
    }

    DEFAULT_CSS = """
    TreeView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .session-tree--open { text-style: bold; }
        & > .session-tree--muted { color: $text-muted; }
        & > .session-tree--accent { color: $text-accent; }
        & > .session-tree--warning { color: $text-warning; }
        & > .session-tree--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
        }
        & > .session-tree--cursor-blurred { background: $foreground 8%; }
    }
    """

    @dataclass
    class Highlighted(Message, namespace="session_tree"):
        """The cursor rests on another line; at most once a frame, however fast it moves."""

        line: TreeLine

    def __init__(
        self,
        *,
        empty_text: str = "No sessions yet. ctrl+n starts one.",
        now: Callable[[], datetime] = _utc_now,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.now = now
        """The clock that ages are counted from."""
        self._empty_text = empty_text
        self._lines = Lines(NoLines())
        self._cursor = 0
        self._state = TreeState()
        self._range = range(0)
        """The numbers of the lines that are being marked together."""
        self._told_key: str | None = None
        self._is_telling = False

    # ---- what it shows

    @property
    def empty_text(self) -> str:
        """What stands there when there is no line."""
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: str) -> None:
        self._empty_text = text
        self.refresh()

    def show(self, source: TreeSource, *, keep_cursor: bool = True) -> None:
        """Show another source; the cursor and the view stay with the lines they were on."""
        old, old_cursor, old_top = self._lines, self._cursor, self._top
        self._lines = Lines(source)
        self._cursor = kept_position(old, old_cursor, self._lines) if keep_cursor else 0
        top = 0
        if keep_cursor:
            is_cursor_seen = old_top <= old_cursor < old_top + self._page_lines
            anchor = old_cursor if is_cursor_seen else old_top
            top = kept_position(old, anchor, self._lines) - (anchor - old_top)
        self.virtual_size = Size(0, self._lines.count)
        self._scroll_top(top)
        self.refresh()
        self._tell_highlighted()

    def mark_states(
        self, answering: frozenset[str], unread: frozenset[str], open_id: str | None
    ) -> None:
        """Tell which sessions are answering, have an unread answer, and which one is open (ids)."""
        self._change(
            msgspec.structs.replace(
                self._state, answering=answering, unread=unread, open_id=open_id
            )
        )

    @property
    def marked(self) -> frozenset[str]:
        """Keys of the marked sessions, also of those that a filter or a fold hides."""
        return self._state.marked

    @property
    def reading_place(self) -> Offset | None:
        """Where on the screen the line under the cursor is."""
        return self.content_region.offset + Offset(0, self._cursor - self._top)

    @property
    def cursor_line(self) -> TreeLine | None:
        """The line under the cursor."""
        return self._lines.line(self._cursor)

    @property
    def cursor(self) -> int:
        """The number of the line under the cursor."""
        return self._cursor

    def go_to(self, key: str) -> bool:
        """Put the cursor on the line of that key; False where it is not shown."""
        position = self._lines.source.position(key)
        if position is None:
            return False
        self._move_to(position)
        return True

    def _change(self, state: TreeState) -> None:
        if state != self._state:
            self._state = state
            self.refresh()

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """The line at row `y` of the view."""
        width = self.scrollable_content_region.width
        if not self._lines.count:
            return self._empty_line(y, width)
        index = self._top + y
        line = self._lines.line(index)
        if line is None:
            return Strip.blank(width, self.rich_style)
        is_in_range = index in self._range
        pieces = drawn(line, width, self._state, self.now(), is_in_range=is_in_range)
        is_cursor = index == self._cursor
        return Strip(
            [Segment(text, self._style(role, is_cursor=is_cursor)) for text, role in pieces], width
        )

    def _style(self, role: Role, *, is_cursor: bool) -> Style:
        style = self.get_component_rich_style(f"session-tree--{role.value}")
        if not is_cursor:
            return style
        if not self.has_focus:
            quiet = self.get_component_rich_style("session-tree--cursor-blurred")
            return style + Style(bgcolor=quiet.bgcolor)
        bright = self.get_component_rich_style("session-tree--cursor")
        return style + Style(color=bright.color, bgcolor=bright.bgcolor)

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = ["", *wrapped(self._empty_text, width - 2)]
        text = fitted(lines[y] if y < len(lines) else "", width - 1)
        return Strip([Segment(f" {text}", self._style(Role.MUTED, is_cursor=False))], width)

    # ---- moving

    @property
    def _top(self) -> int:
        return self.scroll_offset.y

    @property
    def _page_lines(self) -> int:
        return self.scrollable_content_region.height

    def _scroll_top(self, top: int) -> None:
        if self.is_mounted:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _move_to(self, index: int) -> None:
        index = max(0, min(index, self._lines.count - 1))
        if index != self._cursor:
            self.refresh_line(self._cursor)
            self._cursor = index
            self.refresh_line(index)
            self._tell_highlighted()
        self._scroll_to_cursor()

    def _scroll_to_cursor(self) -> None:
        if self._cursor < self._top:
            self._scroll_top(self._cursor)
        elif self._page_lines and self._cursor >= self._top + self._page_lines:
            self._scroll_top(self._cursor - self._page_lines + 1)

    def _move_view(self, lines: int) -> None:
        """Move cursor and view together, so that the cursor stays on its row of the screen."""
        top = self._top
        self._move_to(self._cursor + lines)
        self._scroll_top(top + lines)
        self._scroll_to_cursor()

    def _tell_highlighted(self) -> None:
        """After the next frame, so that a held key costs nothing but its own drawing."""
        if not self._is_telling and self.is_mounted:
            self._is_telling = True
            self.call_after_refresh(self._post_highlighted)

    def _post_highlighted(self) -> None:
        self._is_telling = False
        line = self.cursor_line
        if line is not None and line.key != self._told_key:
            self.post_message(self.Highlighted(line))
        self._told_key = None if line is None else line.key

    def on_mount(self) -> None:
        """Tell the first line where a source was given before. Ages go on without a key."""
        self._tell_highlighted()
        self.set_interval(AGES_EVERY_S, self.refresh)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._scroll_to_cursor()

    def on_focus(self) -> None:
        """Light the cursor up."""
        self.refresh_line(self._cursor)

    def on_blur(self) -> None:
        """Dim the cursor."""
        self.refresh_line(self._cursor)
