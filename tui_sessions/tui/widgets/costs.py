"""The cost pane: what the open session used, cost and took, as a whole and turn by turn."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_sessions.model.budget import Standing
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.cost_lines import Figures, Line, summary, turn_line

EMPTY = "No session is open."

AIR = 1
"""Cells between the figures and the scrollbar."""


class Costs(ScrollView, can_focus=True):
    """Only the visible lines are drawn, so ten thousand turns are as quick as ten."""

    HELP = """\
## Cost

What this session used and cost, then every turn, the newest last. **?** is unknown and never
counted as zero; **≥** stands before a sum of which a part is unknown. Turns marked **⑂** came
with a branch and are counted in its parent. **enter** goes on to the statistics.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "go(1)", "Down", id="costs.down", show=False),
        Binding("k,up", "go(-1)", "Up", id="costs.up", show=False),
        Binding("g,home", "top", "Top", id="costs.top"),
        Binding("G,end", "bottom", "Newest turn", id="costs.bottom"),
        Binding("ctrl+d,pagedown", "page(1)", "Page down", id="costs.page_down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "Page up", id="costs.page_up", show=False),
        Binding("enter", "statistics", "Statistics", id="costs.statistics"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"costs--{kind}"
        for kind in ("text", "label", "head", "bar", "rest", "full", "over", "spark", "muted")
    }
    DEFAULT_CSS = """
    Costs { height: 1fr; padding: 0 0 0 1; color: $foreground; overflow-x: hidden; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    Costs > .costs--text { color: $foreground; }
    Costs > .costs--label, Costs > .costs--muted { color: $text-muted; }
    Costs > .costs--head { color: $text-muted; text-style: underline; }
    Costs > .costs--bar, Costs > .costs--spark { color: $text-secondary; }
    Costs > .costs--rest { color: $foreground 25%; }
    Costs > .costs--full { color: $text-warning; }
    Costs > .costs--over { color: $text-error; }
    """

    class StatisticsWanted(Message):
        """More is to be known of this session, and of all."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.session: Session | None = None
        self._figures = Figures()
        self._summary: list[Line] = [((EMPTY, "label"),)]
        self._width = 0
        self._note = EMPTY

    def show(
        self,
        session: Session | None,
        *,
        context_tokens: int | None = None,
        used_tokens: int | None = None,
        sums: tuple[tuple[str, Cost], ...] = (),
        budgets: tuple[Standing, ...] = (),
        note: str = EMPTY,
    ) -> None:
        """Shows `session`, or `note` where there is none; the place scrolled to stays while it is the
        same one."""
        is_same = session is not None and self.session is not None and (
            session.id == self.session.id
        )  # fmt: skip
        self.session = session
        self._note = note
        self._figures = Figures(context_tokens, used_tokens, sums, budgets)
        self._lay_out()
        if not is_same:
            self.scroll_home(animate=False)

    def action_go(self, lines: int) -> None:
        """Some lines on, without gliding: keys that repeat must not lag."""
        self.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """A page on, one line of it again."""
        self.action_go(pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """To the totals."""
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        """To the newest turn."""
        self.scroll_end(animate=False)

    def action_statistics(self) -> None:
        """On to the statistics of this session."""
        self.post_message(self.StatisticsWanted())

    def render_line(self, y: int) -> Strip:
        """One line of the summary or one turn."""
        width = self.scrollable_content_region.width
        line = self._line(y + self.scroll_offset.y)
        segments = [
            Segment(text, self.get_component_rich_style(f"costs--{kind}")) for text, kind in line
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        """The lines fit the width."""
        if self.scrollable_content_region.width != self._width:
            self._lay_out()

    def _lay_out(self) -> None:
        width = self._width = self.scrollable_content_region.width
        if self.session is None:
            self._summary = [((self._note, "label"),)]
        else:
            self._summary = summary(self.session, self._figures, width - AIR)
        turns = len(self.session.turns) if self.session else 0
        self.virtual_size = Size(width, len(self._summary) + turns)
        self.refresh()

    def _line(self, y: int) -> Line:
        if y < len(self._summary):
            return self._summary[y]
        turns = self.session.turns if self.session else ()
        at = y - len(self._summary)
        if at >= len(turns):
            return ()
        return turn_line(at + 1, turns[at], len(turns), self._width - AIR)
