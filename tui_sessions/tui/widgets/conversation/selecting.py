"""Selecting text in the conversation: the cursor of a selection, moved by keys and by the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Offset
from textual.timer import Timer

from tui_sessions.tui.widgets.conversation.finding import Spot
from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.lines import line_text
from tui_sessions.tui.widgets.conversation.palette import MARGIN
from tui_sessions.tui.widgets.conversation.select_keys import SelectKeys
from tui_sessions.tui.widgets.conversation.selected_view import SelectedView

if TYPE_CHECKING:
    # Imported when something is selected or clicked at: the first paint does not wait for them.
    from tui_sessions.tui.widgets.conversation.reader import Point
    from tui_sessions.tui.widgets.conversation.selection import Unit

DRAG_S = 0.05
"""Between two steps of scrolling while the mouse is held beyond an edge."""


class SelectingView(SelectedView):
    """Moves what is selected."""

    _pressed: Offset | None = None
    """Where the mouse went down."""
    _dragged_to: Offset | None = None
    """Where it is now, once it was moved with the button down."""
    _is_drag_over = False
    """Whether the click that is to come is only the end of a drag."""
    _drag_timer: Timer | None = None

    def on_mount(self) -> None:
        """The keys round it mean this."""
        for node in self.ancestors:
            if isinstance(node, SelectKeys):
                self._keys_round, node.pane = node, self
                break

    # by keys

    def move_selection(self, motion: str) -> None:
        """Move the cursor in one of the ways of `MOTIONS`."""
        from tui_sessions.tui.widgets.conversation.motions import MOTIONS

        point = self._caret_point()
        if point is not None and self._selection is not None:
            goal = MOTIONS[motion](self._text, point)
            self._set_selection(self._selection.moved(self._text.mark(goal)))

    def move_selection_by(self, rows: int = 0, pages: float = 0) -> None:
        """Move the cursor over rows."""
        from tui_sessions.tui.widgets.conversation.motions import by_pages, by_rows

        point, height = self._caret_point(), self._page.height
        if point is None or self._selection is None:
            return
        cell = self._selection.cell
        cell = self._text.cell(point) if cell is None else cell
        if pages:
            rows = round(pages * max(2, height - 2 * (abs(pages) == 1)))
            goal = by_pages(self._text, point, rows, cell)
        else:
            goal = by_rows(self._text, point, rows, cell)
        self._set_selection(self._selection.moved(self._text.mark(goal), cell))

    def turn_selection(self) -> None:
        """Go on at the other end."""
        if self._selection is not None:
            self._set_selection(self._selection.turned())

    def _find(self, start: Spot, step: int) -> None:
        super()._find(start, step)
        hit = self._finding.at if self._finding is not None else None
        if self._selection is None or hit is None:
            return
        anchor = Anchor(hit.slot, hit.row)
        line = line_text(self._layout.part(anchor)[1])
        spans = self._finding.marks(line) if self._finding is not None else ()
        row, point = self._text.row(anchor), self._text.on_row(anchor)
        if row is None or point is None or hit.nth >= len(spans):
            return
        before = sum(column < spans[hit.nth][0] for column in row.columns)
        mark = self._text.mark(point._replace(offset=min(row.start + before, row.last)))
        self._set_selection(self._selection.moved(mark))

    # by mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Perhaps the beginning of a selection."""
        self._is_drag_over = False
        offset = event.get_content_offset(self)
        is_text = offset is not None and offset.x < self._page.width
        self._pressed = offset if is_text and event.button == 1 and self._keys_round else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to where the mouse is."""
        if self._pressed is None:
            return
        if event.button != 1 and self._dragged_to is None:
            self._pressed = None
            return
        offset = event.get_content_offset_capture(self)
        if self._dragged_to is None:
            point = self._pointed_at(self._pressed)
            if offset == self._pressed or point is None:
                return
            self.capture_mouse()
            self._select_at(point)
        self._dragged_to = offset
        self._follow_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """What is selected stays."""
        if self._dragged_to is not None:
            self.release_mouse()
            self._is_drag_over = True
        self._stop_dragging()

    def took_click(self, event: events.Click) -> bool:
        """Whether a click was about a selection: the end of a drag, a word, a line."""
        if self._is_drag_over:
            self._is_drag_over = False
            return True
        offset = event.get_content_offset(self)
        if offset is None or not 0 <= offset.y < len(self._window) or self._keys_round is None:
            return False
        point = self._text.beside(self._window[offset.y], offset.x - MARGIN)
        if event.chain == 1 or point is None:
            self.end_selection()
            self._pointed = None if point is None else self._text.mark(point)
            return False
        unit: Unit = "word" if event.chain == 2 else "line"
        self._select_at(point, unit)
        return True

    def drag_on(self) -> None:
        """Scroll, while the mouse is held beyond an edge. Called by the timer."""
        if self._dragged_to is None:
            return
        beyond = self._beyond(self._dragged_to)
        if beyond == 0:
            return
        self._top = self._layout.moved(self._top, beyond)
        self._settle()
        self._follow_mouse()

    def _follow_mouse(self) -> None:
        if self._dragged_to is None or self._selection is None:
            return
        point = self._pointed_at(self._dragged_to)
        if point is not None:
            self._set_selection(self._selection.moved(self._text.mark(point)))
        if self._beyond(self._dragged_to) == 0:
            self._stop_timer_of_drag()
        elif self._drag_timer is None:
            self._drag_timer = self.set_interval(DRAG_S, self.drag_on)

    def _beyond(self, offset: Offset) -> int:
        """How many rows above the first, negative, or below the last."""
        if offset.y < 0:
            return offset.y
        return max(0, offset.y - self._page.height + 1)

    def _pointed_at(self, offset: Offset) -> Point | None:
        """The character at a place of the window, or the nearest one to it."""
        if not self._window:
            return None
        y = max(0, min(offset.y, len(self._window) - 1))
        cell = -1 if offset.y < 0 else offset.x - MARGIN
        anchor = self._window[y]
        point = self._text.beside(anchor, cell)
        if point is not None:
            return point
        below, above = self._text.next_row(anchor, 1), self._text.next_row(anchor, -1)
        if below is not None and below in self._window:
            return self._text.on_row(below)
        return self._text.on_row(above, is_last=True) if above is not None else None

    def _stop_dragging(self) -> None:
        self._pressed = self._dragged_to = None
        self._stop_timer_of_drag()

    def _stop_timer_of_drag(self) -> None:
        if self._drag_timer is not None:
            self._drag_timer.stop()
            self._drag_timer = None
