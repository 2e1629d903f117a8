"""A page of the statistics: facts, a picture, tables, whatever it has; the rest is out of the way."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui_sessions.tui.widgets.statistics.chart import TimeChart
from tui_sessions.tui.widgets.statistics.facts import FactLines
from tui_sessions.tui.widgets.statistics.page import Page, Table
from tui_sessions.tui.widgets.statistics.rows import FigureRows
from tui_sessions.tui.widgets.statistics.week import WeekMap

READING = "Adding up …"
_BESIDE_FROM = 96
"""Cells from which two tables stand beside each other."""
_FEW = 6
"""Rows of a table below a picture, with its heading."""
_FEWEST_FOR_TABLE = 16
"""Rows of the page below which the picture has all the room."""


class PageView(Vertical):
    """Shows one page at a time."""

    DEFAULT_CSS = """
    PageView { height: 1fr; }
    PageView FactLines { height: auto; }
    PageView #page_tables { height: 1fr; }
    PageView #page_note { height: auto; padding: 0 1; color: $text-muted; }
    """
    is_calm: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.calm_note = ""
        """Said below each page in calm mode: which keys lead to the other ones."""
        self._page = Page("")
        self._facts = FactLines(id="page_facts")
        self._chart = TimeChart(id="page_chart")
        self._week = WeekMap(id="page_week")
        self._table = FigureRows(id="page_table")
        self._beside = FigureRows(id="page_beside")
        self._note = Static("", id="page_note", markup=False)

    def compose(self) -> ComposeResult:
        """All there may be."""
        yield self._facts
        yield self._chart
        yield self._week
        with Horizontal(id="page_tables"):
            yield self._table
            yield self._beside
        yield self._note

    def watch_is_calm(self, is_calm: bool) -> None:
        """Sentences, or figures."""
        self._table.is_calm = self._beside.is_calm = is_calm

    def wait(self) -> None:
        """Nothing is known yet."""
        self.show(Page("", table=Table(empty=READING)))

    def show(self, page: Page) -> bool:
        """This page; cursors stay on their keys. Whether it is of another shape than the former one."""
        is_other = _shape(page) != _shape(self._page)
        self._page = page
        if page.series is not None:
            self._chart.show(page.series)
        if page.grid is not None:
            self._week.show(page.grid)
        self._table.show(page.table or Table())
        self._beside.show(page.beside or Table())
        self._facts.facts = page.facts
        notes = [page.note, self.calm_note] if self.is_calm else [page.note]
        self._note.update(Content(" ".join(filter(None, notes))))
        self._arrange()
        return is_other

    @property
    def main(self) -> Widget:
        """What the keys go to first."""
        if self._page.series is not None:
            return self._chart
        return self._week if self._page.grid is not None else self._table

    @property
    def target(self) -> Widget:
        """What the keys go to: what has them, where that is shown."""
        focused = self.screen.focused
        shown = (self._chart, self._week, self._table, self._beside)
        is_shown = any(widget is focused and widget.display for widget in shown)
        return focused if focused is not None and is_shown else self.main

    @property
    def key(self) -> str:
        """Where the cursor is."""
        target = self.target
        if isinstance(target, FigureRows | TimeChart):
            return target.key
        return ""

    def go_to(self, key: str) -> None:
        """The cursor on a key, wherever it is shown."""
        page = self._page
        if page.series is not None and key in page.series.keys:
            self._chart.go_to(key)
            return
        for rows in (self._table, self._beside):
            if any(row.key == key for row in rows.table.rows):
                rows.go_to(key)
                if page.series is not None:
                    self.screen.set_focus(rows, scroll_visible=False)

    def on_resize(self) -> None:
        """What has room is shown."""
        self._arrange()

    def _arrange(self) -> None:
        page, height, width = self._page, self.size.height, self.size.width
        has_picture = page.series is not None or page.grid is not None
        is_high = not has_picture or height >= _FEWEST_FOR_TABLE
        has_table = page.table is not None and (is_high or not has_picture)
        has_beside = has_table and page.beside is not None and width >= _BESIDE_FROM
        shown = {
            self._facts: bool(page.facts) and (height >= 12 or not has_picture),
            self._chart: page.series is not None,
            self._week: page.grid is not None,
            self._table.parent: has_table,
            self._beside: has_beside,
            self._note: bool(page.note or (self.is_calm and self.calm_note)) and height >= 8,
        }
        for widget, is_shown in shown.items():
            if isinstance(widget, Widget) and widget.display != is_shown:
                widget.display = is_shown
        self._facts.most = len(page.facts) if height >= 26 else 3
        if has_picture and has_table:
            wanted = max(self._table.wanted_height, self._beside.wanted_height if has_beside else 0)
            few = _FEW if height < 30 else max(_FEW, height // 3)
            self._tables_height(min(wanted, few - (height < 20)) + 1)
        else:
            self._tables_height(None)

    def _tables_height(self, rows: int | None) -> None:
        tables = self._table.parent
        if isinstance(tables, Widget):
            tables.styles.height = "1fr" if rows is None else rows
            tables.styles.padding = 0 if rows is None else (1, 0, 0, 0)


def _shape(page: Page) -> tuple[bool, bool]:
    return page.series is not None, page.grid is not None
