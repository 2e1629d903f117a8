"""Rows of which one is under the cursor; only the visible ones are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.text import brief_line, clean_line
from tui_sessions.tui.widgets.fuzzy import found_places, matcher
from tui_sessions.tui.widgets.tag_colours import tag_colour

MOST_READ = 1_000
"""Characters of a row that are looked at; no window is so wide."""
MARKED = "◆"
LEAST_TEXT = 24
"""Columns give way before the text gets narrower than this."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A row: what is returned, what is read, and short values for the columns at the right."""

    key: str
    text: str
    columns: tuple[str, ...] = ()
    group: str = ""
    """Rows of one group stand together under its name."""
    mark: str = ""
    """One character before the text."""
    also: str = ""
    """Found by the filter, not shown; one thing a line."""
    is_quiet: bool = False
    """Whether it is drawn like what is beside the point."""
    tag: str = ""
    """The tag in whose colour the text is drawn."""


class ChoiceList(ScrollView, can_focus=False):
    """The list below a filter."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "choices--text",
        "choices--muted",
        "choices--found",
        "choices--cursor",
        "choices--cursor-muted",
    }
    DEFAULT_CSS = """
    ChoiceList { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    ChoiceList > .choices--text { color: $foreground; }
    ChoiceList > .choices--muted { color: $text-muted; }
    ChoiceList > .choices--found { color: $text-accent; text-style: bold; }
    ChoiceList > .choices--cursor { background: $foreground 15%; color: $foreground; text-style: bold; }
    ChoiceList > .choices--cursor-muted { background: $foreground 15%; color: $foreground; }
    """

    @dataclass
    class Picked(Message):
        """A row was clicked."""

        key: str

    def __init__(
        self,
        heads: Sequence[str] = (),
        *,
        empty: str = "",
        yielding: Sequence[int] = (),
        takes_typed: bool = False,
        is_best_first: bool = False,
        is_markable: bool = False,
    ) -> None:
        super().__init__()
        self._heads = tuple(heads)
        """The names of the columns; all empty, they take no line."""
        self._has_heads = any(heads)
        self._empty = empty
        self._yielding = tuple(yielding) or tuple(reversed(range(len(self._heads))))
        """The columns in the order in which they give way."""
        self._takes_typed = takes_typed
        """Whether what is typed is offered as a row of its own."""
        self._is_best_first = is_best_first
        """Whether the group with the row that fits best comes first, once something is typed."""
        self._choices: tuple[Choice, ...] = ()
        self._searched: tuple[str, ...] = ()
        self._lines: list[int | str] = []
        """The number of a choice, or the name of a group."""
        self._cursor = -1
        self._wanted = ""
        self._widths: tuple[int, ...] = ()
        self._has_marks = self._is_markable = is_markable
        self._marked: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._choices)

    @property
    def shown(self) -> int:
        """How many rows fit the filter."""
        return sum(isinstance(line, int) and line < self.total for line in self._lines)

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        return self._key_at(self._cursor)

    def show(self, choices: Sequence[Choice], *, current: str | None = None) -> None:
        """Replaces the rows; the cursor stays on its row where that still is."""
        kept = current if current is not None else self.current
        self._choices = tuple(choices)
        self._searched = tuple(
            # Lines, because scattered letters are looked for within one line only.
            "\n".join((clean_line(c.text), c.group, c.also)).casefold()
            for c in self._choices
        )
        columns = [[head] for head in self._heads]
        for choice in self._choices:
            for column, value in zip(columns, choice.columns, strict=False):
                column.append(value)
        self._widths = tuple(max(map(cell_len, column)) for column in columns)
        self._has_marks = self._is_markable or any(choice.mark for choice in self._choices)
        self._arrange(kept)

    def say_empty(self, sentence: str) -> None:
        """What stands there where there are no rows."""
        self._empty = sentence
        self.refresh()

    def mark(self, keys: frozenset[str]) -> None:
        """Draws these rows as marked and no others."""
        self._marked = keys
        self.refresh()

    def filter(self, wanted: str) -> None:
        """Shows the rows that fit, the best first within each group."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._arrange(None)

    def move(self, step: int) -> None:
        """Goes `step` rows on, over the names of groups, and stays inside."""
        rows = [at for at, line in enumerate(self._lines) if isinstance(line, int)]
        if not rows:
            return
        here = rows.index(self._cursor) if self._cursor in rows else 0
        self._cursor = rows[max(0, min(len(rows) - 1, here + step))]
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Picks the row that was clicked."""
        at = event.y + self.scroll_offset.y - self._has_heads
        if 0 <= at < len(self._lines) and isinstance(self._lines[at], int):
            event.stop()
            self._cursor = at
            self.refresh()
            if (key := self.current) is not None:
                self.post_message(self.Picked(key))

    def render_line(self, y: int) -> Strip:
        """The heads stay at the top; the rows scroll below."""
        width = self.scrollable_content_region.width
        muted = self.get_component_rich_style("choices--muted")
        at = y + self.scroll_offset.y - self._has_heads
        if y == 0 and self._has_heads:
            segments = self._row_segments("", self._heads, width, muted, muted, set(), "")
        elif not self._lines:
            text = self._empty if not self._choices else "Nothing fits."
            segments = [Segment(text if at == 0 else "", muted)]
        elif at < len(self._lines):
            segments = self._line_segments(at, width)
        else:
            segments = []
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def on_resize(self) -> None:
        """The rows take the whole width; the cursor stays in sight."""
        self._measure()
        self._reveal()

    def _line_segments(self, at: int, width: int) -> list[Segment]:
        line = self._lines[at]
        if isinstance(line, str):
            return [Segment(line, self.get_component_rich_style("choices--muted"))]
        choice = self._choice(line)
        kind = "cursor" if at == self._cursor else "text"
        style = self.get_component_rich_style(f"choices--{kind}")
        if choice.is_quiet and at != self._cursor:
            style = self.get_component_rich_style("choices--muted")
        if choice.tag:
            ground = self.get_visual_style(f"choices--{kind}").background
            style += Style(color=tag_colour(choice.tag, ground).rich_color)
        muted = self.get_component_rich_style(
            "choices--cursor-muted" if at == self._cursor else "choices--muted"
        )
        text = brief_line(choice.text, MOST_READ)
        places = found_places(self._wanted, text) if self._wanted else set()
        mark = MARKED if choice.key in self._marked else choice.mark
        return self._row_segments(text, choice.columns, width, style, muted, places, mark)

    def _row_segments(
        self, text: str, columns: Sequence[str], width: int, style: Style, muted: Style,
        places: set[int], mark: str,
    ) -> list[Segment]:  # fmt: skip
        room, kept = self._room(width)
        lead = (mark or " ") + " " if self._has_marks else ""
        shown = cropped(text, room - len(lead))
        found = self.get_component_rich_style("choices--found", partial=True)
        segments = [Segment(lead, muted)]
        for at, char in enumerate(shown):
            segments.append(Segment(char, style + found if at in places else style))
        segments.append(Segment(" " * (room - len(lead) - cell_len(shown)), style))
        for index in kept:
            value = clean_line(columns[index]) if index < len(columns) else ""
            cells = self._widths[index]
            segments.append(Segment(" " * (2 + cells - cell_len(value)) + value, muted))
        return segments

    def _room(self, width: int) -> tuple[int, list[int]]:
        """Cells for the text, and the columns that have room."""
        kept = list(range(len(self._widths)))
        for index in self._yielding:
            if width - sum(self._widths[i] + 2 for i in kept) >= LEAST_TEXT:
                break
            kept.remove(index)
        return max(0, width - sum(self._widths[i] + 2 for i in kept)), kept

    def _choice(self, number: int) -> Choice:
        if number < len(self._choices):
            return self._choices[number]
        return Choice(self._wanted, f"use {self._wanted}", mark="+")

    def _arrange(self, kept: str | None) -> None:
        score = matcher(self._wanted)
        groups: dict[str, list[tuple[int, int]]] = {}
        for number, (choice, text) in enumerate(zip(self._choices, self._searched, strict=True)):
            if (points := score(text)) is not None:
                groups.setdefault(choice.group, []).append((points, number))
        if self._wanted and self._is_best_first:
            groups = dict(sorted(groups.items(), key=lambda group: min(group[1])))
        self._lines = []
        for name, rows in groups.items():
            if name:
                self._lines += ["", clean_line(name)] if self._lines else [clean_line(name)]
            self._lines += [number for _, number in sorted(rows)]
        if self._takes_typed and self._wanted and not self._has_key(self._wanted):
            self._lines.append(len(self._choices))
        places = [at for at, line in enumerate(self._lines) if isinstance(line, int)]
        first = places[0] if places else -1
        self._cursor = next((at for at in places if self._key_at(at) == kept), first)
        self._measure()
        self._reveal()

    def _key_at(self, at: int) -> str | None:
        line = self._lines[at] if 0 <= at < len(self._lines) else ""
        return self._choice(line).key if isinstance(line, int) else None

    def _has_key(self, key: str) -> bool:
        return any(choice.key == key for choice in self._choices)

    def _measure(self) -> None:
        lines = len(self._lines) + self._has_heads
        self.virtual_size = Size(self.scrollable_content_region.width, lines)
        self.refresh()

    def _reveal(self) -> None:
        if self._cursor <= 1:
            self.scroll_to(y=0, animate=False)
        elif self.size.height:
            # A line above as well: the head covers the first one.
            region = Region(0, self._cursor, 1, 1 + self._has_heads)
            self.scroll_to_region(region, animate=False, force=True)
        self.refresh()


def cropped(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…" if cells > 0 else ""
