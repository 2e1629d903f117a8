"""A map of the week: weekday by hour in shades of the accent, with a cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_sessions.tui.widgets.statistics.bars import SHADES, shade
from tui_sessions.tui.widgets.statistics.page import Grid
from tui_sessions.tui.widgets.text_lines import fitted

HOURS = 24
_GLYPHS = "·░▒▓██"
"""Without colours the shades are told by their signs."""
_FAINTEST, _STRONGEST = 0.15, 0.9
_TALL_FROM = 17
"""Rows from which each weekday has two."""


class WeekMap(Widget, can_focus=True):
    """Seven rows of twenty-four cells; what the cursor is on is said below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "move(0,1)", "later", id="week.right", show=False),
        Binding("left", "move(0,-1)", "earlier", id="week.left", show=False),
        Binding("j,down", "move(1,0)", "next day", id="week.down", show=False),
        Binding("k,up", "move(-1,0)", "former day", id="week.up", show=False),
        Binding("g,home", "edge(-1)", "first hour", id="week.first", show=False),
        Binding("G,end", "edge(1)", "last hour", id="week.last", show=False),
        Binding("enter", "pick", "sessions behind it", id="week.pick"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"week--{kind}" for kind in ("accent", "label", "said", "empty")
    }
    DEFAULT_CSS = """
    WeekMap {
        height: 1fr; max-height: 17; padding: 0 1;
        & > .week--accent { color: $primary; }
        & > .week--label { color: $text-muted; }
        & > .week--said { color: $foreground; }
        & > .week--empty { color: $border-blurred; }
    }
    """

    @dataclass
    class Picked(Message):
        """An hour of the week is gone on from."""

        map: WeekMap
        weekday: int
        hour: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.grid = Grid()
        self._weekday = self._hour = 0
        self._is_placed = False

    def show(self, grid: Grid) -> None:
        """Another week; the cursor begins where most is, and stays where a person put it."""
        self.grid = grid
        if not self._is_placed and grid.values:
            cells = [(v, -d, -h) for d, row in enumerate(grid.values) for h, v in enumerate(row)]
            _, weekday, hour = max(cells)
            self._weekday, self._hour = -weekday, -hour
        self.refresh()

    @property
    def place(self) -> tuple[int, int]:
        """Weekday and hour under the cursor."""
        return self._weekday, self._hour

    @property
    def reading_place(self) -> Offset | None:
        """Where it is said what the cursor is on."""
        return self.content_region.offset + Offset(0, max(0, self.content_size.height - 1))

    # keys

    def action_move(self, days: int, hours: int) -> None:
        """Some days or hours on."""
        self._go(self._weekday + days, self._hour + hours)

    def action_edge(self, step: int) -> None:
        """The first or last hour of the day."""
        self._go(self._weekday, 0 if step < 0 else HOURS - 1)

    def action_pick(self) -> None:
        """Go on from the hour under the cursor."""
        self.post_message(self.Picked(self, *self.place))

    def on_click(self, event: events.Click) -> None:
        """An hour is gone to, and gone on from where the cursor was on it before."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        weekday, hour = (offset.y - 1) // self._tall, (offset.x - self._left) // self._cell
        if not (0 <= weekday < 7 and 0 <= hour < HOURS):
            return
        event.stop()
        if (weekday, hour) == self.place and self.has_focus:
            self.action_pick()
        else:
            self._go(weekday, hour)

    def _go(self, weekday: int, hour: int) -> None:
        self._weekday, self._hour = max(0, min(weekday, 6)), max(0, min(hour, HOURS - 1))
        self._is_placed = True
        self.refresh()

    # drawing

    @property
    def _left(self) -> int:
        return max(map(cell_len, self.grid.names), default=0) + 1

    @property
    def _right(self) -> int:
        return max(map(cell_len, self.grid.sums), default=0) + 2

    @property
    def _cell(self) -> int:
        """Cells of an hour: as wide as fits, but no wider than reads as a map."""
        width = self.content_size.width - self._left
        full = (width - self._right) // HOURS
        # The sums give way before an hour is a single cell.
        return max(1, min(4, full if full >= 2 else width // HOURS))

    @property
    def _tall(self) -> int:
        return 2 if self.content_size.height >= _TALL_FROM else 1

    def render_line(self, y: int) -> Strip:
        """The hours, a weekday, or what is said."""
        width, height, tall = self.content_size.width, self.content_size.height, self._tall
        if y == height - 1 or y == 7 * tall + 2:
            return self._said(width) if y == min(height - 1, 7 * tall + 2) else self._blank(width)
        if y == 0:
            return self._hours(width)
        weekday, part = divmod(y - 1, tall)
        if weekday < min(7, len(self.grid.values)):
            return self._day(weekday, part, width)
        return self._blank(width)

    def _blank(self, width: int) -> Strip:
        return Strip.blank(width, self.rich_style)

    def _hours(self, width: int) -> Strip:
        labels = [f"{hour:02}" if hour % 3 == 0 else "" for hour in range(HOURS)]
        line = ""
        for hour, label in enumerate(labels):
            line = line.ljust(hour * self._cell) + label if label else line
        style = self.get_component_rich_style("week--label")
        segments = [Segment(" " * self._left + line, style)]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _day(self, weekday: int, part: int, width: int) -> Strip:
        top = max(max(row) for row in self.grid.values)
        label, cell = self.get_component_rich_style("week--label"), self._cell
        name = self.grid.names[weekday] if part == 0 else ""
        segments = [Segment(name.ljust(self._left), label)]
        for hour, value in enumerate(self.grid.values[weekday]):
            is_cursor = (weekday, hour) == self.place
            segments.append(self._hour_cell(shade(value, top), cell, is_cursor=is_cursor))
        if part == 0 and self._left + cell * HOURS + self._right <= width:
            segments.append(Segment(self.grid.sums[weekday].rjust(self._right), label))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _hour_cell(self, level: int, cell: int, *, is_cursor: bool) -> Segment:
        if is_cursor:
            # Told by its sign and turned round, so that it is found without colours as well.
            text = "◆" if cell == 1 else "[" + "]".rjust(cell - 1)
            accent = self.get_component_rich_style("week--accent")
            return Segment(text, accent + Style(reverse=True, bold=True))
        if level == 0:
            empty = self.get_component_rich_style("week--empty")
            return Segment("·".ljust(cell), empty)
        if self.app.no_color:
            return Segment(_GLYPHS[level] * cell, self.get_component_rich_style("week--accent"))
        return Segment("█" * cell, self._shaded(level))

    def _shaded(self, level: int) -> Style:
        """The accent, the fainter the less."""
        accent = self.get_component_styles("week--accent").color
        behind = self.background_colors[1]
        share = _FAINTEST + (_STRONGEST - _FAINTEST) * (level - 1) / (SHADES - 1)
        colour = behind.blend(Color(accent.r, accent.g, accent.b), share)
        return Style(color=colour.rich_color, bgcolor=behind.rich_color)

    def _said(self, width: int) -> Strip:
        words = self.grid.words
        said = words[self._weekday][self._hour] if words else ""
        style = self.get_component_rich_style("week--said")
        return Strip([Segment(fitted(said, width), style)], width)
