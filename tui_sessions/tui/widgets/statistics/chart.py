"""Bars over time, drawn by plotext, and a cursor that walks from bar to bar.

Plotext is given cells, not values, so that every bar is as wide as the others; its picture is kept until
values or size change, and the cursor is laid over it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_sessions.tui.widgets.statistics.bars import axis_labels, bar_cells, slot_at, slot_cells
from tui_sessions.tui.widgets.statistics.page import Series
from tui_sessions.tui.widgets.text_lines import fitted

if TYPE_CHECKING:
    from textual_plotext.plot import Plot

_CODES = re.compile(r"\x1b\[[0-9;]*m")
_AXIS = "│"
_LEAST_ROWS = 2
_TICK_GAP = 3
"""Rows between labels of the axis of values."""


class TimeChart(Widget, can_focus=True):
    """One bar for each hour, day, week or month."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,j,down", "move(1)", "later", id="chart.later", show=False),
        Binding("left,k,up", "move(-1)", "earlier", id="chart.earlier", show=False),
        Binding("g,home", "edge(-1)", "first", id="chart.first", show=False),
        Binding("G,end", "edge(1)", "last", id="chart.last", show=False),
        Binding("enter", "pick", "sessions behind it", id="chart.pick"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chart--{kind}" for kind in ("bar", "cursor", "axis", "label", "said")
    }
    DEFAULT_CSS = """
    TimeChart {
        height: 1fr; padding: 0 1;
        & > .chart--bar { color: $primary 50%; }
        & > .chart--cursor { color: $primary; }
        & > .chart--axis { color: $border-blurred; }
        & > .chart--label { color: $text-muted; }
        & > .chart--said { color: $foreground; }
    }
    """

    @dataclass
    class Picked(Message):
        """A bar is gone on from."""

        chart: TimeChart
        key: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.series = Series()
        self._cursor = 0
        self._picture: list[str] = []
        """The rows of the picture, without labels and colours."""
        self._drawn_for: tuple[Series, int, int] | None = None
        self._plot: Plot | None = None

    # what the owner calls

    def show(self, series: Series) -> None:
        """Another picture, or the same one anew: the cursor stays on its bar, else it is on the last."""
        key = self.key
        self.series = series
        last = max(0, len(series.keys) - 1)
        said = [index for index, value in enumerate(series.values) if value]
        self._cursor = series.keys.index(key) if key in series.keys else (said or [last])[-1]
        self.refresh()

    def go_to(self, key: str) -> None:
        """The cursor on a bar, if it is there."""
        if key in self.series.keys:
            self._go(self.series.keys.index(key))

    @property
    def key(self) -> str:
        """The key of the bar under the cursor."""
        return self.series.keys[self._cursor] if self._cursor < len(self.series.keys) else ""

    @property
    def reading_place(self) -> Offset | None:
        """Where it is said what the cursor is on."""
        return self.content_region.offset + Offset(0, max(0, self.content_size.height - 1))

    # keys

    def action_move(self, step: int) -> None:
        """So many bars on."""
        self._go(self._cursor + step)

    def action_edge(self, step: int) -> None:
        """The first or the last bar."""
        self._go(step * len(self.series.keys))

    def action_pick(self) -> None:
        """Go on from the bar under the cursor."""
        if self.key:
            self.post_message(self.Picked(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """A bar is gone to, and gone on from where the cursor was on it before."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = slot_at(offset.x - self._left, self._slot, len(self.series.keys))
        if index is None:
            return
        event.stop()
        if index == self._cursor and self.has_focus:
            self.action_pick()
        else:
            self._go(index)

    def _go(self, index: int) -> None:
        self._cursor = max(0, min(index, len(self.series.keys) - 1))
        self.refresh()

    # drawing

    @property
    def _left(self) -> int:
        """Cells left of the bars: the labels of the axis, and the axis."""
        return max(map(cell_len, self.series.ticks), default=0) + 2

    @property
    def _slot(self) -> int:
        return slot_cells(len(self.series.keys), self.content_size.width - self._left)

    @property
    def _rows(self) -> int:
        """Rows of the picture: below it stand the labels, and what is said of the bar."""
        return self.content_size.height - 2

    def render_line(self, y: int) -> Strip:
        """A row of the picture, the labels, or what is said."""
        width, rows = self.content_size.width, self._rows
        if rows < _LEAST_ROWS or not self._slot:
            return self._said(width) if y == 0 else Strip.blank(width, self.rich_style)
        if y == rows + 1:
            return self._said(width)
        if y == rows:
            return self._labels(width)
        return self._picture_row(y, rows, width)

    def _picture_row(self, y: int, rows: int, width: int) -> Strip:
        tick = self._ticks(rows).get(y, "")
        left, slot = self._left, self._slot
        drawn = self._drawn(rows)[y]
        start = self._cursor * slot
        end = start + bar_cells(slot)
        style = self.get_component_rich_style
        segments = [
            Segment(tick.rjust(left - 2) + " ", style("chart--label")),
            Segment(_AXIS if not tick else "┤", style("chart--axis")),
            Segment(drawn[:start], style("chart--bar")),
            Segment(drawn[start:end], style("chart--cursor" if self.has_focus else "chart--bar")),
            Segment(drawn[end:], style("chart--bar")),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _ticks(self, rows: int) -> dict[int, str]:
        """Which rows have a label: as many as can stand apart, of zero and the top at least one."""
        ticks = self.series.ticks
        steps = len(ticks) - 1
        if rows - 1 < steps * _TICK_GAP:
            ticks, steps = (ticks[0], ticks[-1]), 1
        return {round((rows - 1) * (steps - n) / steps): tick for n, tick in enumerate(ticks)}

    def _labels(self, width: int) -> Strip:
        """With the label of the bar under the cursor, which tells it also without colours."""
        left, slot = self._left, self._slot
        chosen = self._cursor if self.has_focus and self.series.labels else None
        style = self.get_component_rich_style("chart--label")
        segments = [Segment(" " * left, style)]
        used = 0
        for index, start, words in axis_labels(
            self.series.labels, slot, width - left, bar_cells(slot), chosen
        ):
            segments.append(Segment(" " * (start - used), style))
            is_own = index == chosen
            kind = self.get_component_rich_style("chart--cursor") if is_own else style
            segments.append(Segment(words, kind))
            used = start + cell_len(words)
        return Strip(segments).adjust_cell_length(width, style)

    def _said(self, width: int) -> Strip:
        words = self.series.words
        said = words[self._cursor] if self._cursor < len(words) else ""
        style = self.get_component_rich_style("chart--said")
        return Strip([Segment(fitted(said, width), style)], width)

    def _drawn(self, rows: int) -> list[str]:
        """The picture as plain rows."""
        wanted = (self.series, rows, self._slot)
        if self._drawn_for != wanted:
            self._picture, self._drawn_for = self._plotted(rows), wanted
        return self._picture

    def _plotted(self, rows: int) -> list[str]:
        # Loaded when first drawn: charts are in nobody's way before (tests/house holds it).
        from textual_plotext.plot import Plot

        slot, bar, width = self._slot, bar_cells(self._slot), self._slot * len(self.series.keys)
        if self._plot is None:
            self._plot = Plot()
        plot = self._plot
        plot.clear_figure()
        plot.plotsize(width, rows)
        # Else it is no larger than the terminal in which plotext thinks it is; textual-plotext does the same.
        plot._set_size(width, rows)
        across, up = [], []
        for index, value in enumerate(self.series.values):
            height = round(value / self.series.top * 2 * rows)
            if value <= 0:
                continue
            # Two dots to a cell, either way; what is more than nothing is seen.
            for dot in range(2 * slot * index, 2 * (slot * index + bar)):
                across.append(dot)
                up.append(max(1, min(height, 2 * rows)) - 1)
        plot.frame(False)
        plot.xticks([])
        plot.yticks([])
        if across:
            plot.scatter(across, up, marker="hd", fillx=True)
        plot.xlim(0, max(1, 2 * width - 1))
        plot.ylim(0, max(1, 2 * rows - 1))
        lines = _CODES.sub("", plot.build()).split("\n") if across else []
        return [(lines[y] if y < len(lines) else "").ljust(width)[:width] for y in range(rows)]
