"""Statistics: what was spent, on what, when, and how quickly models answer. Every bar leads to its sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input

from tui_sessions.errors import QueryError
from tui_sessions.model.period import BY_NAME, PERIODS, is_dated, scope_of, typed_words
from tui_sessions.model.query import Query, parse_query
from tui_sessions.model.statistics import Scope
from tui_sessions.model.statistics_words import MEASURES
from tui_sessions.model.text import clean_line
from tui_sessions.tui.calm import is_calm
from tui_sessions.tui.screens.answered_once import AnsweredOnce
from tui_sessions.tui.statistics import keys
from tui_sessions.tui.statistics.exports import records_of
from tui_sessions.tui.statistics.hours import hour_key
from tui_sessions.tui.statistics.owner import StatisticsOwner
from tui_sessions.tui.statistics.pages import bar_of, page_of
from tui_sessions.tui.statistics.performance import ORDERS
from tui_sessions.tui.statistics.reading import Behind, Read, Wanted
from tui_sessions.tui.statistics.tables import Manner
from tui_sessions.tui.widgets.filter_box import FilterBox
from tui_sessions.tui.widgets.key_bar import KeyBar, show_keys
from tui_sessions.tui.widgets.statistics.chart import TimeChart
from tui_sessions.tui.widgets.statistics.page import Page, Table
from tui_sessions.tui.widgets.statistics.page_view import PageView
from tui_sessions.tui.widgets.statistics.period_line import PeriodLine
from tui_sessions.tui.widgets.statistics.rows import FigureRows
from tui_sessions.tui.widgets.statistics.view_list import VIEW_KEYS, ViewList
from tui_sessions.tui.widgets.statistics.week import WeekMap

REST_S = 0.12
"""So long one rests in typing a filter before it is counted."""
NEWS_S = 0.4
SLOW_S = 0.3
"""What takes longer is said to be read; what stands there stays."""
_CHROME = 18
"""Cells beside the bars: frame, air, the axis."""


class StatisticsScreen(AnsweredOnce[str]):
    """The result is the id of the session to go to, None where it was left."""

    CSS_PATH = "statistics.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-middle"), (30, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = ""
    HELP = keys.HELP
    BINDINGS: ClassVar[list[BindingType]] = [*keys.BINDINGS]

    def __init__(self, owner: StatisticsOwner) -> None:
        super().__init__()
        self._owner = owner
        self._standing = owner.standing
        self._query = Query()
        self._wanted: Wanted | None = None
        self._read: Read | None = None
        self._go_to = self._standing.key
        """Where the cursor is to be once the page is there."""
        self._rest: Timer | None = None
        self._slow: Timer | None = None
        self._news: Timer | None = None

    def compose(self) -> ComposeResult:
        """What is counted on top, the views at the left, the page."""
        owner = self._owner
        with Horizontal(id="statistics_top"):
            yield FilterBox(
                id="statistics_filter", complete=owner.complete, earlier=owner.earlier_filters()
            )
            yield PeriodLine(id="statistics_periods")
        with Horizontal(id="statistics_below"):
            yield ViewList(id="statistics_views")
            with Vertical(id="statistics_pane", classes="pane"):
                yield PageView(id="statistics_page")
        yield KeyBar(id="statistics_keys")

    def on_mount(self) -> None:
        """As it was left."""
        work = self._owner.work
        work.on_read, work.on_trouble = self._show_read, self._show_trouble
        page = self.query_one(PageView)
        page.is_calm = is_calm(self.app)
        if self._standing.filter:
            self.query_one(FilterBox).put(self._standing.filter)
            self._parse(self._standing.filter)
        self.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self._name_views()
        self.query_one(ViewList).show_view(self._standing.view)
        self._show_periods()
        page.wait()
        self._focus_page()
        # Once it is known how much room there is.
        self.call_after_refresh(self._want)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        work = self._owner.work
        work.on_read, work.on_trouble = _ignored, _ignored

    def on_resize(self) -> None:
        """More or fewer bars may have room."""
        if self._wanted is not None:
            self._want()

    # asking

    @property
    def _scope(self) -> Scope:
        return scope_of(self._query, BY_NAME[self._standing.period], self._owner.now())

    def _want(self) -> None:
        standing = self._standing
        views = self.query_one(ViewList)
        left = views.outer_size.width if views.display else 0
        most = max(7, self.size.width - left - _CHROME)
        behind = standing.behind
        # The width does not matter elsewhere: what was read for another one is as good.
        most = most if standing.view == "overview" and behind is None else 0
        wanted = Wanted(standing.view, self._scope, behind, most)
        if wanted == self._wanted and self._read is not None and self._read.wanted == wanted:
            self._show_page()
            return
        self._wanted = wanted
        if not self._owner.work.want(wanted) and self._slow is None:
            self._slow = self.set_timer(SLOW_S, self._say_slow)

    def _change(self, **changes: Any) -> None:
        self._standing = replace(self._standing, **changes)
        self._show_periods()
        self._want()

    def _say_slow(self) -> None:
        self._slow = None
        if self._read is None or self._read.wanted != self._wanted:
            self.query_one("#statistics_pane").border_subtitle = Content("adding up …")

    def news(self) -> None:
        """The library is another one by now."""
        if self._news is None and self.is_attached:
            # Not with each of many: while a library is read for the first time it changes all the time.
            self._news = self.set_timer(NEWS_S, self._take_news)

    def _take_news(self) -> None:
        self._news = None
        if self._wanted is not None:
            self._wanted = None
            self._want()

    # what came

    def _show_read(self, read: Read) -> None:
        if read.wanted != self._wanted:
            return
        is_known = self._read is not None and self._read.wanted == read.wanted
        if is_known and not read.is_whole:
            return  # All of it stands there; what is new comes with the rest.
        if self._slow is not None:
            self._slow.stop()
            self._slow = None
        self._read = read
        self._show_page()

    def _show_trouble(self, wanted: Wanted, trouble: str) -> None:
        if wanted != self._wanted:
            return
        self.query_one("#statistics_pane").border_subtitle = Content("")
        if self._read is None:
            self.query_one(PageView).show(Page("", table=Table(empty=clean_line(trouble))))
        else:
            self.notify(trouble, severity="error", markup=False)

    @property
    def _manner(self) -> Manner:
        standing, scope = self._standing, self._scope
        return Manner(
            measure=standing.measure,
            order=standing.order,
            is_calm=is_calm(self.app),
            when=typed_words(scope) if is_dated(self._query) else BY_NAME[standing.period].words,
            is_filtered=not scope.query.is_empty,
        )

    def _show_page(self) -> None:
        if self._read is None:
            return
        page, pane = page_of(self._read, self._manner), self.query_one("#statistics_pane")
        pane.border_title, pane.border_subtitle = Content(page.title), Content(page.subtitle)
        view = self.query_one(PageView)
        had_focus = view.has_focus_within
        is_other = view.show(page)
        if is_other and had_focus:
            self.set_focus(view.main, scroll_visible=False)
        if self._go_to:
            view.go_to(self._go_to)
            self._go_to = ""
        if had_focus or self.focused is None:
            self._focus_page()
        self._show_keys()

    def _focus_page(self) -> None:
        target = self.query_one(PageView).target
        if self.focused is not target and not isinstance(self.focused, Input | ViewList):
            self.set_focus(target, scroll_visible=False)

    # keys

    def action_view(self, name: str) -> None:
        """Another view."""
        self.query_one(ViewList).show_view(name)
        self._open_view(name)

    @on(ViewList.Chosen)
    def _chosen(self, message: ViewList.Chosen) -> None:
        if message.view != self._standing.view:
            self._open_view(message.view)

    def _open_view(self, name: str) -> None:
        self._go_to = ""
        self._change(view=name, behind=None)
        if not isinstance(self.focused, ViewList):
            self._focus_page()

    @on(ViewList.Entered)
    def _into_page(self) -> None:
        self.set_focus(self.query_one(PageView).target)

    def action_period(self, name: str) -> None:
        """Another stretch of time; one that is typed is put away."""
        self._forget_dates()
        self._change(period=name)

    def action_stretch(self, step: int) -> None:
        """The next shorter or longer stretch of time."""
        names = [period.name for period in PERIODS]
        at = names.index(self._standing.period) + step
        if 0 <= at < len(names):
            self.action_period(names[at])

    def _forget_dates(self) -> None:
        if is_dated(self._query):
            words = self.query_one(FilterBox).text.split()
            kept = [word for word in words if not word.startswith(("since:", "until:"))]
            self.query_one(FilterBox).put(" ".join(kept))
            self._parse(" ".join(kept))

    def action_measure(self) -> None:
        """Cost, tokens or answers; in the table of latencies, the next column to order by."""
        standing = self._standing
        if standing.view == "performance" and standing.behind is None:
            self._change(order=_next(ORDERS, standing.order))
        else:
            self._change(measure=_next(MEASURES, standing.measure))

    def action_filter(self) -> None:
        """To the line of the filter."""
        self.set_focus(self.query_one("#filter"))

    def action_export(self) -> None:
        """Write what is shown as CSV."""
        read = self._read
        if read is None:
            return
        behind = read.wanted.behind
        what = f"{behind.dimension} {behind.key or 'none'}" if behind else read.wanted.view
        when = "typed" if is_dated(self._query) else self._standing.period
        self._owner.export(f"statistics {what} {when}", records_of(read))

    def action_help(self) -> None:
        """What this is, and the keys."""
        self._owner.help()

    def action_back(self) -> None:
        """One step back: from the sessions behind a bar to the bar; else to the workspace."""
        behind = self._standing.behind
        if behind is not None:
            self._go_to = self._standing.key
            self._change(behind=None, key="")
        else:
            self._leave(None)

    def action_leave(self) -> None:
        """To the workspace, where one was."""
        self._leave(None)

    def _leave(self, session_id: str | None) -> None:
        """Next time it is as it is left now."""
        standing = self._standing
        if standing.behind is None:
            standing = replace(standing, key=self.query_one(PageView).key)
        self._owner.standing = standing
        self.dismiss(session_id)

    # going on from a bar

    @on(FigureRows.Picked)
    def _picked(self, message: FigureRows.Picked) -> None:
        read = self._read
        if read is None or read.wanted != self._wanted:
            return  # What is shown is not what is counted now.
        if read.are_sessions:
            self._leave(message.row.key)
            return
        is_beside = message.rows.id == "page_beside"
        behind = bar_of(read, message.row.key, is_beside=is_beside, is_calm=is_calm(self.app))
        if behind is not None:
            self._go_behind(behind, message.row.key)

    @on(TimeChart.Picked)
    def _bar_picked(self, message: TimeChart.Picked) -> None:
        read = self._read
        if read is not None and read.wanted == self._wanted:
            self._go_behind(Behind(read.step, message.key), message.key)

    @on(WeekMap.Picked)
    def _hour_picked(self, message: WeekMap.Picked) -> None:
        key = hour_key(message.weekday, message.hour)
        self._go_behind(Behind("weekday-hour", key), key)

    def _go_behind(self, behind: Behind, key: str) -> None:
        self._change(behind=behind, key=key)

    # the filter

    @on(Input.Changed, "#filter")
    def _filter_changed(self, message: Input.Changed) -> None:
        if self._parse(message.value):
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(REST_S, self._filtered)

    def _parse(self, text: str) -> bool:
        """Whether it is a filter; a wrong one changes nothing."""
        box = self.query_one(FilterBox)
        try:
            query = parse_query(text, self._owner.now())
        except QueryError as problem:
            box.complain(problem)
            return False
        box.praise()
        self._query = query
        self._standing = replace(self._standing, filter=text)
        return True

    def _filtered(self) -> None:
        self._rest = None
        self._show_periods()
        self._want()

    @on(FilterBox.Entered)
    def _filter_entered(self) -> None:
        self._owner.learn(self.query_one(FilterBox).look)

    @on(FilterBox.Accepted)
    @on(FilterBox.Left)
    def _filter_left(self) -> None:
        self.set_focus(self.query_one(PageView).target)

    # what is said above and below

    def _show_periods(self) -> None:
        is_typed = is_dated(self._query)
        entries = keys.period_entries(self, "" if is_typed else self._standing.period)
        self.query_one(PeriodLine).show(entries, typed_words(self._scope) if is_typed else "")

    def _name_views(self) -> None:
        """With the keys as they are bound."""
        names = keys.view_names(self)
        self.query_one(ViewList).show_names(names)
        said = ", ".join(f"{names[view]} {what}" for view, _, what in VIEW_KEYS)
        self.query_one(PageView).calm_note = f"Keys: {said}."

    def _show_keys(self) -> None:
        read = self._read
        are_sessions = read is not None and read.are_sessions
        view = self._standing.view
        show_keys(self, keys.shown(self, are_sessions=are_sessions, view=view))


def _next(names: tuple[str, ...], name: str) -> str:
    return names[(names.index(name) + 1) % len(names)]


def _ignored(*_: object) -> None:
    """Nobody looks."""
