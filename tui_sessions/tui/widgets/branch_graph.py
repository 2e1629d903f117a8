"""The map of branches as a list with a cursor: one line a path, and a turn on it. Only what is in view is
drawn; what was asked at the forks is asked for when it comes into view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.family import Family, Path
from tui_sessions.model.times import Clock
from tui_sessions.tui.widgets.branch_lines import GUTTER_CELLS, State, drawn, graph_cells, heads
from tui_sessions.tui.widgets.branch_shape import Role, Shape

_NOBODY = Family(paths=())


def _key(keys: str, action: str, what: str, name: str) -> Binding:
    return Binding(keys, action, what, id=f"branches.{name}", show=False)


class BranchGraph(ScrollView, can_focus=True, inherit_bindings=False):
    """A cursor over the paths of a family and their turns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"branch-graph--{role.value}" for role in Role),
        "branch-graph--cursor",
    }
    DEFAULT_CSS = """
    BranchGraph {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .branch-graph--muted { color: $text-muted; }
        & > .branch-graph--line { color: $text-muted; }
        & > .branch-graph--open { color: $text-accent; }
        & > .branch-graph--accent { color: $primary; }
        & > .branch-graph--turn { color: $primary; text-style: bold reverse; }
        & > .branch-graph--cursor { background: $block-cursor-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "move(1)", "next branch", "down"),
        _key("k,up", "move(-1)", "former branch", "up"),
        _key("l,right", "turn(1)", "next turn", "right"),
        _key("h,left", "turn(-1)", "former turn; from the fork on, along the other path", "left"),
        _key("ctrl+d,pagedown", "page(1)", "page down", "page_down"),
        _key("ctrl+u,pageup", "page(-1)", "page up", "page_up"),
        _key("g,home", "edge(-1)", "first branch", "first"),
        _key("G,end", "edge(1)", "last branch", "last"),
        _key("0,circumflex_accent", "end(-1)", "the fork", "fork"),
        _key("dollar_sign", "end(1)", "its last turn", "end"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another path or turn."""

        session_id: str
        turn: int

    @dataclass
    class Picked(Message):
        """The path under the cursor was clicked once more."""

    @dataclass
    class Wanted(Message):
        """All paths in view of which it is not known what was asked at their fork."""

        session_ids: tuple[str, ...]

    def __init__(self, now: Clock, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._family = _NOBODY
        self._shape = Shape(_NOBODY, 10)
        self._width = 0
        self._cursor = 0
        self._turn = 0
        self._open_id = ""
        self._words: Mapping[str, str] = {}
        self._known: set[str] = set()
        self._asked: tuple[str, ...] = ()
        self.marked: tuple[str, ...] = ()

    # what the owner calls

    def show(self, family: Family, open_id: str, *, at: str = "", turn: int | None = None) -> None:
        """Draws a family; the cursor goes to a path, or stays where it was."""
        here = self.current
        wanted = at or (here.id if here is not None else "")
        self._family, self._open_id = family, open_id
        ids = [path.id for path in family.paths]
        self._cursor = ids.index(wanted) if wanted in ids else min(self._cursor, len(ids) - 1)
        self._cursor = max(0, self._cursor)
        self._skip_missing(1)
        self._turn = self._within(self._turn if turn is None else turn)
        self.marked = tuple(id for id in self.marked if id in ids)
        self._known.clear()  # What they say is shown until it is learned anew.
        self._asked = ()
        self._lay_out()
        self._moved()

    def learn(self, words: Mapping[str, str]) -> None:
        """What was asked first after the forks of these."""
        self._words = {**self._words, **words}
        self._known.update(words)
        self.refresh()

    def toggle_mark(self) -> None:
        """Marks the path under the cursor, or no longer; of more than two the earliest mark goes."""
        path = self.current
        if path is None or path.row is None:
            return
        if path.id in self.marked:
            self.marked = tuple(id for id in self.marked if id != path.id)
        else:
            self.marked = (*self.marked, path.id)[-2:]
        self.refresh()

    @property
    def current(self) -> Path | None:
        """The path under the cursor."""
        paths = self._family.paths
        return paths[self._cursor] if 0 <= self._cursor < len(paths) else None

    @property
    def turn(self) -> int:
        """The turn under the cursor, from 1; 0 where its path has none."""
        return self._turn

    # keys

    def action_move(self, step: int) -> None:
        """Another path, at the same turn where it has that one."""
        self._go(self._cursor + step, step)

    def action_page(self, step: int) -> None:
        """A page of them."""
        self._go(self._cursor + step * max(1, self.size.height - 2), step)

    def action_edge(self, step: int) -> None:
        """The first or the last path."""
        self._go(len(self._family.paths) if step > 0 else 0, step)

    def action_turn(self, step: int) -> None:
        """Another turn; before the fork, on the path that is left there."""
        path = self.current
        if path is None:
            return
        wanted = self._turn + step
        if wanted <= path.shared and step < 0 and path.leaves is not None and wanted > 0:
            parent = self._family.parent(path.id)
            if parent is None or parent.row is None:
                return
            self._cursor = self._family.paths.index(parent)
            self._turn = self._within(wanted)
        else:
            self._turn = self._within(wanted)
        self._moved()

    def action_end(self, step: int) -> None:
        """The first turn after the fork, or the last one."""
        path = self.current
        if path is not None:
            self._turn = self._within(path.turns if step > 0 else path.shared + 1)
            self._moved()

    def on_click(self, event: events.Click) -> None:
        """Goes to a path, and to a turn in the drawing; the very same once more picks it."""
        offset = event.get_content_offset(self)
        number = -1 if offset is None else offset.y - 1 + self.scroll_offset.y
        if offset is None or offset.y < 1 or not 0 <= number < len(self._family.paths):
            return
        event.stop()
        path = self._family.paths[number]
        if path.row is None:
            return
        before = (self._cursor, self._turn)
        self._cursor = number
        cell = offset.x - GUTTER_CELLS
        is_drawing = 0 <= cell < self._shape.cells
        self._turn = self._within(self._shape.turn_at(path, cell) if is_drawing else self._turn)
        if before == (self._cursor, self._turn):
            self.post_message(self.Picked())
        else:
            self._moved()

    def _go(self, number: int, step: int) -> None:
        last = len(self._family.paths) - 1
        if last < 0:
            return
        self._cursor = max(0, min(last, number))
        self._skip_missing(1 if step > 0 else -1)
        self._turn = self._within(self._turn)
        self._moved()

    def _skip_missing(self, step: int) -> None:
        """Over what is not there any more; at an end the other way."""
        paths = self._family.paths
        for way in (step, -step):
            at = self._cursor
            while 0 <= at < len(paths) and paths[at].row is None:
                at += way
            if 0 <= at < len(paths):
                self._cursor = at
                return

    def _within(self, turn: int) -> int:
        path = self.current
        if path is None:
            return 0
        return min(path.turns, max(turn, path.shared + 1))

    def _moved(self) -> None:
        self._reveal()
        self.refresh()
        path = self.current
        if path is not None and path.row is not None:
            self.post_message(self.Moved(path.id, self._turn))
        self._ask()

    # drawing

    def render_line(self, y: int) -> Strip:
        """The heads stay at the top; the paths scroll below."""
        width = self.scrollable_content_region.width
        number = y - 1 + self.scroll_offset.y
        if y == 0:
            pieces = heads(self._shape, width)
            return self._strip(pieces, width, is_cursor=False)
        if not 0 <= number < len(self._family.paths):
            return Strip.blank(width, self.rich_style)
        path, is_cursor = self._family.paths[number], number == self._cursor
        state = State(
            words=self._words.get(path.id, ""),
            turn=self._turn if is_cursor else None,
            is_open=path.id == self._open_id,
            is_marked=path.id in self.marked,
        )
        pieces = drawn(number, path, self._shape, state, width, self._moment())
        return self._strip(pieces, width, is_cursor=is_cursor)

    def _moment(self) -> datetime:
        return self._now()

    def _strip(self, pieces: tuple[tuple[str, Role], ...], width: int, *, is_cursor: bool) -> Strip:
        segments = [Segment(text, self._style(role, is_cursor)) for text, role in pieces]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _style(self, role: Role, is_cursor: bool) -> Style:
        style = self.get_component_rich_style(f"branch-graph--{role.value}")
        if not is_cursor:
            return style
        ground = self.get_component_rich_style("branch-graph--cursor").bgcolor
        bold = role in (Role.TITLE, Role.OPEN)
        return style + Style(bgcolor=None if role is Role.TURN else ground, bold=bold or None)

    def _lay_out(self) -> None:
        self._width = self.scrollable_content_region.width
        self._shape = Shape(self._family, graph_cells(self._width))
        self.virtual_size = Size(self._width, len(self._family.paths) + 1)
        self._reveal()
        self.refresh()

    def _reveal(self) -> None:
        rows = self.scrollable_content_region.height - 1
        top = self.scroll_offset.y
        if rows <= 0:
            return
        wanted = min(max(top, self._cursor - rows + 1), self._cursor)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True, immediate=True)

    def _ask(self) -> None:
        """For the words of the lines in view that are not known."""
        top = self.scroll_offset.y
        rows = max(0, self.scrollable_content_region.height - 1)
        wanted = tuple(
            path.id
            for path in self._family.paths[top : top + rows]
            if path.leaves is not None and path.row is not None and path.id not in self._known
        )
        if wanted and wanted != self._asked:
            self._asked = wanted
            self.post_message(self.Wanted(wanted))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other lines are in view."""
        super().watch_scroll_y(old_value, new_value)
        if self.is_mounted:
            self._ask()

    def on_resize(self) -> None:
        """The drawing takes what room there is."""
        self._lay_out()
        self._ask()
