"""What a search found: sessions with their hits, one under the cursor; only visible lines are drawn.

The list is moved by its owner, because the keyboard stays with the line one types in. It asks for the
rows and excerpts of what is in view, and keeps what it was told until it is told better: nothing flickers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.excerpts import Excerpt
from tui_sessions.model.found import Hit
from tui_sessions.tui.widgets.result_lines import (
    EXCERPT_FROM,
    HitKey,
    Known,
    Lines,
    ResultLine,
    Role,
    drawn_head,
    drawn_hit,
    key_of,
)
from tui_sessions.tui.widgets.text_lines import fitted, wrapped

_KEPT = 4_000
"""So many excerpts are kept when further ones come."""


@dataclass(slots=True)
class Learned:
    """What the list was told, each with the run of the search that it belongs to."""

    sessions: dict[str, tuple[int, Known]]
    excerpts: dict[HitKey, tuple[int, Excerpt]]


_UNKNOWN = (-1, Known())


@dataclass(frozen=True, slots=True)
class Standing:
    """A list as somebody left it."""

    lines: Lines
    run: int
    cursor: int
    top: int
    is_chosen: bool
    learned: Learned


class SearchResults(ScrollView, can_focus=False, inherit_bindings=False):
    """A cursor over hits, grouped by session."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"search-results--{role.value}" for role in Role),
        "search-results--cursor",
    }
    DEFAULT_CSS = """
    SearchResults {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .search-results--title { text-style: bold; }
        & > .search-results--muted { color: $text-muted; }
        & > .search-results--mark { color: $match-foreground; background: $match-background; }
        & > .search-results--user { color: $user; }
        & > .search-results--assistant { color: $assistant; }
        & > .search-results--other { color: $border-blurred; }
        & > .search-results--cursor { background: $block-cursor-background; }
    }
    """

    @dataclass
    class Moved(Message):
        """The cursor rests on another hit, or on none; at most once a frame."""

        hit: Hit | None

    @dataclass
    class Wanted(Message):
        """Lines in view of which something is not known yet: sessions by id, and hits."""

        run: int
        session_ids: tuple[str, ...]
        hits: tuple[Hit, ...]

    @dataclass
    class Folded(Message):
        """The hits of a session are shown, or the best ones only; `unfolded` are the ids of those shown."""

        unfolded: frozenset[str]

    @dataclass
    class Picked(Message):
        """The hit under the cursor was clicked once more."""

        hit: Hit

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._lines = Lines()
        self._cursor = 0
        self._is_chosen = False
        """Whether a person put the cursor where it is: then it stays on its hit, else on the best one."""
        self._run = 0
        self._learned = Learned({}, {})
        self._empty: tuple[str, ...] = ()
        self._told: HitKey | None = None
        self._is_telling = False
        self._cells = 0
        """For which the excerpts that are known were made."""

    # what the owner calls

    def show(self, lines: Lines, run: int) -> None:
        """What a run of the search has found so far. Cursor and view stay with the hit they were on."""
        old, top = self._lines, self.scroll_offset.y
        line = old.line(self._cursor)
        position = None
        if self._is_chosen and line is not None and line.hit is not None:
            position = lines.position(key_of(line.hit))
        below = self._cursor - top
        self._lines, self._run = lines, run
        self._is_chosen = position is not None
        self._cursor = lines.choosable(0, 1) if position is None else position
        self.virtual_size = Size(0, lines.count)
        self._scroll_top(0 if position is None else position - below)
        self._reveal()
        self.refresh()
        self._tell_soon()

    def learn(
        self, run: int, sessions: Mapping[str, Known], excerpts: Mapping[HitKey, Excerpt]
    ) -> None:
        """What was wanted."""
        if len(self._learned.excerpts) > _KEPT:
            self._learned = Learned({}, {})
        for session_id, known in sessions.items():
            self._learned.sessions[session_id] = (run, known)
        for key, excerpt in excerpts.items():
            self._learned.excerpts[key] = (run, excerpt)
        self.refresh()

    def say_empty(self, *sentences: str) -> None:
        """What stands there while there is no line."""
        if sentences != self._empty:
            self._empty = sentences
            self.refresh()

    def forget(self) -> None:
        """Nothing was found, and nothing is looked for."""
        self._is_chosen = False
        self.show(Lines(), self._run)

    @property
    def standing(self) -> Standing:
        """How it is left."""
        top = self.scroll_offset.y
        return Standing(self._lines, self._run, self._cursor, top, self._is_chosen, self._learned)

    def restore(self, standing: Standing) -> None:
        """As somebody left it."""
        self._lines, self._run, self._cursor = standing.lines, standing.run, standing.cursor
        self._is_chosen, self._learned = standing.is_chosen, standing.learned
        self.virtual_size = Size(0, self._lines.count)
        self._scroll_top(standing.top)
        self.refresh()
        self._tell_soon()

    @property
    def run(self) -> int:
        """The run of the search that is shown."""
        return self._run

    @property
    def lines(self) -> Lines:
        """What is shown."""
        return self._lines

    @property
    def current(self) -> Hit | None:
        """The hit under the cursor."""
        line = self._lines.line(self._cursor)
        return line.hit if line is not None else None

    def move(self, step: int) -> None:
        """Go so many lines on."""
        self._go_to(self._lines.choosable(self._cursor + step, step))

    def page(self, step: int) -> None:
        """Go a page on."""
        self.move(step * max(1, self.size.height - 1))

    def edge(self, step: int) -> None:
        """Go to the first or last hit."""
        self.move(step * max(1, self._lines.count))

    def fold(self) -> bool:
        """Show all hits of the session under the cursor, or the best ones only; whether there are more."""
        line = self._lines.line(self._cursor)
        if line is None or not line.group.is_foldable:
            return False
        self._fold(line)
        return True

    def _fold(self, line: ResultLine) -> None:
        self._is_chosen = True
        unfolded = self._lines.unfolded ^ {line.group.session_id}
        self.show(Lines(self._lines.groups, unfolded), self._run)
        self.post_message(self.Folded(unfolded))

    def _go_to(self, index: int) -> None:
        self._is_chosen = True
        if index != self._cursor:
            self.refresh_line(self._cursor)
            self._cursor = index
            self.refresh_line(index)
        self._reveal()
        self._tell_soon()

    # drawing

    def render_line(self, y: int) -> Strip:
        """The line at row `y` of the view."""
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        line = self._lines.line(index)
        if line is None:
            return self._empty_line(y, width)
        pieces = self._pieces(line, width)
        is_cursor = index == self._cursor
        return Strip(
            [Segment(text, self._style(role, is_cursor=is_cursor)) for text, role in pieces], width
        )

    def _pieces(self, line: ResultLine, width: int) -> tuple[tuple[str, Role], ...]:
        if not line.is_head and line.hit is not None:
            return drawn_hit(line.hit, self._excerpt(line.hit)[1], width)
        session_id = line.group.session_id
        _, known = self._learned.sessions.get(session_id, _UNKNOWN)
        is_unfolded = session_id in self._lines.unfolded
        return drawn_head(line.group, known, width, self._now(), is_unfolded=is_unfolded)

    def _excerpt(self, hit: Hit) -> tuple[int, Excerpt | None]:
        return self._learned.excerpts.get(key_of(hit), (-1, None))

    def _style(self, role: Role, *, is_cursor: bool) -> Style:
        style = self.get_component_rich_style(f"search-results--{role.value}")
        if not is_cursor or role is Role.MARK:
            return style
        return style + Style(
            bgcolor=self.get_component_rich_style("search-results--cursor").bgcolor
        )

    def _empty_line(self, y: int, width: int) -> Strip:
        if self._lines.count:
            return Strip.blank(width, self.rich_style)
        lines = [""]
        for sentence in self._empty:
            hanging = "  " if sentence.startswith("· ") else ""
            first, *rest = wrapped(sentence, width - 6) or [""]
            lines += [first, *(hanging + line for line in rest)]
        text = fitted(lines[y] if y < len(lines) else "", max(0, width - 3))
        style = self._style(Role.TEXT if y == 1 else Role.MUTED, is_cursor=False)
        return Strip([Segment(f"   {text}"[:width], style)]).adjust_cell_length(width, style)

    # what is in view

    def _tell_soon(self) -> None:
        """After the next frame, so that a held key costs nothing but its own drawing."""
        if not self._is_telling and self.is_mounted:
            self._is_telling = True
            self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        self._is_telling = False
        hit = self.current
        key = key_of(hit) if hit is not None else None
        if key != self._told:
            self._told = key
            self.post_message(self.Moved(hit))
        self._ask()

    def _ask(self) -> None:
        """Ask for what the lines in view lack, or have of a former run only."""
        run, top = self._run, self.scroll_offset.y
        sessions: dict[str, None] = {}
        hits: list[Hit] = []
        for index in range(top, top + self.scrollable_content_region.height):
            line = self._lines.line(index)
            if line is None:
                break
            if line.is_head:
                if self._learned.sessions.get(line.group.session_id, _UNKNOWN)[0] != run:
                    sessions[line.group.session_id] = None
            elif line.hit is not None and self._excerpt(line.hit)[0] != run:
                hits.append(line.hit)
        if sessions or hits:
            self.post_message(self.Wanted(run, tuple(sessions), tuple(hits)))

    @property
    def excerpt_cells(self) -> int:
        """How wide an excerpt may be."""
        return max(10, self.scrollable_content_region.width - EXCERPT_FROM - 1)

    def _scroll_top(self, top: int) -> None:
        if self.is_mounted:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _reveal(self) -> None:
        """The cursor into view; with the first hit of a session, the session's line as well."""
        line, top, height = self._lines.line(self._cursor), self.scroll_offset.y, self.size.height
        if line is None or not height:
            return
        above = self._lines.line(self._cursor - 1)
        first = self._cursor - (not line.is_head and above is not None and above.is_head)
        if first < top:
            self._scroll_top(first)
        elif self._cursor >= top + height:
            self._scroll_top(self._cursor - height + 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other lines are in view."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_soon()

    def on_resize(self) -> None:
        """The cursor stays in view; further lines may have come into it, and excerpts may not fit any more."""
        if self._cells != self.excerpt_cells:
            self._cells = self.excerpt_cells
            known = self._learned.excerpts
            known.update({key: (-1, excerpt) for key, (_, excerpt) in known.items()})
        self._reveal()
        self._tell_soon()

    def on_click(self, event: events.Click) -> None:
        """A session's line folds; a hit is gone to, and picked where it was gone to before."""
        offset = event.get_content_offset(self)
        index = -1 if offset is None else self.scroll_offset.y + offset.y
        line = self._lines.line(index)
        if line is None:
            return
        event.stop()
        if line.hit is None:
            if line.group.is_foldable:
                self._go_to(self._lines.choosable(index, 1))
                self._fold(line)
        elif index == self._cursor:
            self.post_message(self.Picked(line.hit))
        else:
            self._go_to(index)
