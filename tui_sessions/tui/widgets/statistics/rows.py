"""Rows of figures with bars, one under the cursor: only the visible ones are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.tui.widgets.statistics.page import Row, Table
from tui_sessions.tui.widgets.statistics.row_lines import (
    Layout,
    Piece,
    head_pieces,
    laid_out,
    row_pieces,
)
from tui_sessions.tui.widgets.text_lines import wrapped

KINDS = ("label", "figure", "chosen", "bar", "head", "chosen-head", "muted", "warning", "cursor")


class FigureRows(ScrollView, can_focus=True, inherit_bindings=False):
    """A table to walk through; enter goes on from the row under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", id="figures.down", show=False),
        Binding("k,up", "move(-1)", "up", id="figures.up", show=False),
        Binding("g,home", "edge(-1)", "first", id="figures.first", show=False),
        Binding("G,end", "edge(1)", "last", id="figures.last", show=False),
        Binding("ctrl+d,pagedown", "page(1)", "page down", id="figures.page_down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "page up", id="figures.page_up", show=False),
        Binding("enter", "pick", "sessions behind it", id="figures.pick"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"figures--{kind}" for kind in KINDS}
    DEFAULT_CSS = """
    FigureRows {
        height: 1fr; padding: 0 1; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable;
        & > .figures--label, & > .figures--figure { color: $foreground; }
        & > .figures--chosen { color: $foreground; text-style: bold; }
        & > .figures--head, & > .figures--muted { color: $text-muted; }
        & > .figures--chosen-head { color: $text-muted; text-style: underline; }
        & > .figures--bar { color: $primary 75%; }
        & > .figures--warning { color: $text-warning; }
        & > .figures--cursor { background: $block-cursor-background; }
    }
    """
    is_calm: reactive[bool] = reactive(False)
    """Whether each row is a sentence."""
    MARKS_ALWAYS: ClassVar[bool] = False
    """Whether the row under the cursor is marked without the focus as well."""

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        rows: FigureRows
        key: str

    @dataclass
    class Picked(Message):
        """A row is gone on from."""

        rows: FigureRows
        row: Row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table = Table()
        self._cursor = 0
        self._layout = Layout(1, 0, (), 0)
        self._spoken: list[tuple[int, str]] = []
        """In calm mode: the lines, each with the row that it belongs to."""

    # what the owner calls

    def show(self, table: Table) -> None:
        """Another table, or the same one anew: the cursor stays on its key."""
        key, led = self.key, self._leads
        self.table = table
        if led != self._leads and self.is_attached:
            self.refresh_bindings()
        keys = [row.key for row in table.rows]
        self._cursor = keys.index(key) if key and key in keys else 0
        self._cursor = self._stop(self._cursor, 1)
        self._lay_out()
        self._reveal()

    def go_to(self, key: str) -> None:
        """The cursor on a key, if it is there."""
        for index, row in enumerate(self.table.rows):
            if row.key == key and not row.is_heading:
                self._go(index)
                return

    @property
    def key(self) -> str:
        """The key under the cursor, "" where there is none."""
        row = self.row
        return row.key if row is not None else ""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        rows = self.table.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    @property
    def wanted_height(self) -> int:
        """With all rows and the heading."""
        return len(self.table.rows) + self._head

    @property
    def reading_place(self) -> Offset | None:
        """Where the row under the cursor stands."""
        y = self._line_of(self._cursor) - self.scroll_offset.y + self._head
        if not self.table.rows or not 0 <= y < self.content_region.height:
            return None
        return self.content_region.offset + Offset(0, y)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is named only where it leads somewhere."""
        return self._leads if action == "pick" else True

    @property
    def _leads(self) -> bool:
        return self.table.leads and bool(self.table.rows)

    def action_move(self, step: int) -> None:
        """So many rows on."""
        self._go(self._stop(self._cursor + step, step))

    def action_page(self, pages: int) -> None:
        """A page on, one row of it again."""
        self.action_move(pages * max(1, self.size.height - 1 - self._head))

    def action_edge(self, step: int) -> None:
        """The first or the last row."""
        self.action_move(step * len(self.table.rows))

    def action_pick(self) -> None:
        """Go on from the row under the cursor."""
        if self.row is not None and not self.row.is_heading and self.table.leads:
            self.post_message(self.Picked(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """A row is gone to, and gone on from where the cursor was on it before."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._head:
            return
        index = self._row_at(self.scroll_offset.y + offset.y - self._head)
        if index is None or self.table.rows[index].is_heading:
            return
        event.stop()
        if index == self._cursor and self.has_focus:
            self.action_pick()
        else:
            self._go(index)

    def _go(self, index: int) -> None:
        if index != self._cursor:
            self._cursor = index
            self.refresh()
            self.post_message(self.Moved(self, self.key))
        self._reveal()

    def _stop(self, index: int, step: int) -> int:
        """The row to stop at: the nearest that is no heading."""
        rows = self.table.rows
        index = max(0, min(index, len(rows) - 1))
        for way in (1 if step >= 0 else -1, -1 if step >= 0 else 1):
            at = index
            while 0 <= at < len(rows):
                if not rows[at].is_heading:
                    return at
                at += way
        return 0

    # drawing

    @property
    def _head(self) -> int:
        """Lines above the rows that stay."""
        has_names = any((self.table.label, *(c.heading for c in self.table.columns)))
        return 1 if has_names and self.table.rows and not self.is_calm else 0

    def watch_is_calm(self) -> None:
        """Sentences, or figures."""
        self._lay_out()

    def on_resize(self) -> None:
        """As wide as there is room, the cursor in view."""
        self._lay_out()
        self._reveal()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._layout = laid_out(self.table, width)
        self._spoken = []
        if self.is_calm:
            for index, row in enumerate(self.table.rows):
                said = wrapped(row.spoken or row.label, width - 2) or [""]
                self._spoken += [(index, ("  " if n else "") + line) for n, line in enumerate(said)]
        lines = len(self._spoken) if self.is_calm else len(self.table.rows)
        self.virtual_size = Size(0, lines + self._head)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The heading, or a row."""
        width = self.scrollable_content_region.width
        if not self.table.rows:
            said = wrapped(self.table.empty, width)
            return self._drawn([(said[y] if y < len(said) else "", "muted")], width)
        if y < self._head:
            return self._drawn(head_pieces(self.table, self._layout), width)
        line = self.scroll_offset.y + y - self._head
        index = self._row_at(line)
        if index is None:
            return Strip.blank(width, self.rich_style)
        row = self.table.rows[index]
        if self.is_calm:
            pieces = [(self._spoken[line][1], "head" if row.is_heading else "label")]
        else:
            pieces = row_pieces(self.table, row, self._layout)
        is_marked = self.has_focus or self.MARKS_ALWAYS
        is_cursor = index == self._cursor and not row.is_heading and is_marked
        return self._drawn(pieces, width, is_cursor=is_cursor)

    def _drawn(self, pieces: list[Piece], width: int, *, is_cursor: bool = False) -> Strip:
        under = Style()
        if is_cursor:
            under = Style(bgcolor=self.get_component_rich_style("figures--cursor").bgcolor)
        segments = [
            Segment(text, self.get_component_rich_style(f"figures--{kind}") + under)
            for text, kind in pieces
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style + under)

    def _row_at(self, line: int) -> int | None:
        if self.is_calm:
            return self._spoken[line][0] if 0 <= line < len(self._spoken) else None
        return line if 0 <= line < len(self.table.rows) else None

    def _line_of(self, index: int) -> int:
        if not self.is_calm:
            return index
        return next((line for line, (row, _) in enumerate(self._spoken) if row == index), 0)

    def _reveal(self) -> None:
        height = self.size.height - self._head
        if not self.is_mounted or height < 1:
            return
        line, top = self._line_of(self._cursor), self.scroll_offset.y
        if line < top:
            self.scroll_to(y=line, animate=False, force=True, immediate=True)
        elif line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False, force=True, immediate=True)
