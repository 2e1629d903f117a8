"""The conversation on the screen: the window of rows, scrolling, following, and frames while an answer
arrives. `Conversation` adds the keys, the mouse and what they ask for.

The truth about where the reader is, is a row of a turn (`_top`); Textual's scroll position only mirrors
it for the scrollbar, so that a height that turns out other than estimated never moves the text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from time import perf_counter
from typing import Any, ClassVar

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import Line
from tui_sessions.tui.widgets.conversation.live import LiveAnswer
from tui_sessions.tui.widgets.conversation.painter import Painter
from tui_sessions.tui.widgets.conversation.palette import COMPONENTS, CSS, MARGIN
from tui_sessions.tui.widgets.conversation.slots import Folds, Key, Place, Setting, turn_fold
from tui_sessions.tui.widgets.conversation.words import HINTS

FRAME_S = 0.08
"""The shortest time between two frames of an arriving answer: a dozen a second."""
PATIENCE = 3
"""A frame that cost so much is followed by a pause of so many times as much."""
_PLACES_KEPT = 200
_TOP = Anchor(0, 0)


class ConversationView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a session; scrolls, follows, streams."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS
    ALLOW_SELECT = False

    def __init__(
        self,
        *,
        hints: Mapping[str, str] | None = None,
        empty_text: str = "A new session. Write below; enter sends it.",
        silent_text: str = "Nothing said yet. Write below; enter sends it.",
        max_text_width: int = 100,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty_text = empty_text
        """Shown while no session is."""
        self.silent_text = silent_text
        """Shown for a session without a turn."""
        self._max_text_width = max_text_width
        self._hints = {**HINTS, **(hints or {})}
        self._folds = Folds()
        self._layout = Layout(Setting(max_text_width, self._hints, None, self._folds))
        self._top = _TOP
        self._follows = True
        self._has_news_below = False
        self._window: list[Anchor] = []
        self._rows: list[Strip] = []
        self._chosen: Key | None = None
        self._painter = Painter(self.get_component_rich_style)
        self._places: OrderedDict[str, tuple[str, Place] | None] = OrderedDict()
        self._timer: Timer | None = None
        self._frame_due = 0.0
        self._mirrored_y: int | None = None

    # what the owner calls

    def show(self, session: Session | None) -> None:
        """Show a session. The one that is shown keeps the reader's place, and follows if it was at its
        end; another is shown where it was left, or at its end."""
        layout, old = self._layout, self._layout.session
        if session is not None and old is not None and session.id == old.id:
            self._show_again(session)
            return
        if old is not None:
            self._remember(old.id)
        self._drop_live()
        self._chosen, self._has_news_below = None, False
        self._folds = Folds()
        self._layout = Layout(layout.setting._replace(folds=self._folds))
        self._layout.load(session)
        place = self._places.get(session.id) if session else None
        anchor = self._layout.anchor(*place) if place else None
        self._follows = anchor is None
        self._top = anchor or _TOP
        self._settle()

    def _show_again(self, session: Session) -> None:
        layout = self._layout
        count = len(layout.session.turns) if layout.session else 0
        place = layout.place(self._top)
        old_slot = self._top.slot
        if layout.live is not None and layout.live.is_ended:
            self._drop_live()
        layout.load(session)
        anchor = layout.anchor(*place)
        self._top = anchor or Anchor(min(old_slot, layout.last), 0)
        self._has_news_below |= len(session.turns) > count
        self._settle()

    def begin_answer(self, turn_id: str, model: str | None = None) -> None:
        """An answer to the turn is about to arrive; it takes the place of the one shown. Beginning again
        what runs already changes nothing."""
        live = self._layout.live
        if live is not None and live.turn_id == turn_id and not live.is_ended:
            live.model = model or live.model
        else:
            self._drop_live()
            width, turn = self._layout.setting.width, self._turn_of(turn_id)
            self._layout.live = LiveAnswer(turn, turn_id, model, width)
            self._forget(turn_id)
        self._settle()

    def append(self, turn_id: str, offset: int, text: str, is_reasoning: bool = False) -> None:
        """A piece of the arriving answer, drawn with the next frame; what is known already (by its
        `offset` in characters) is dropped."""
        live = self._layout.live
        if live is None or live.turn_id != turn_id:
            return
        if live.take(offset, text, is_reasoning=is_reasoning):
            self._plan_frame()

    def set_waiting(self, turn_id: str, note: str | None) -> None:
        """Say why nothing comes yet."""
        live = self._layout.live
        if live is not None and live.turn_id == turn_id and not live.is_ended:
            live.note = note
            self._relive()

    def end_answer(self, turn_id: str) -> None:
        """Nothing more comes. The text stays as it is until `show` brings the saved turn."""
        live = self._layout.live
        if live is None or live.turn_id != turn_id or live.is_ended:
            return
        self._stop_timer()
        live.finish()
        self._layout.keep_body(live.text, live.body)
        if self._turn_of(turn_id) != live.before:
            self._drop_live()  # What was saved is here already.
        else:
            self._layout.relive()
        self._painter.forget()
        self._has_news_below = not self._follows
        self._settle()

    def go_to_end(self) -> None:
        """Show the end, and follow it."""
        self._follows, self._chosen = True, None
        self._settle()

    @property
    def is_at_end(self) -> bool:
        """Whether the last row is on the screen: then what comes is followed."""
        return self._follows

    # frames

    def _plan_frame(self) -> None:
        if self._timer is None and self.is_attached:
            delay = max(0.005, self._frame_due - perf_counter())
            self._timer = self.set_timer(delay, self.draw_frame)

    def draw_frame(self) -> None:
        """Bring what has arrived onto the screen. Called by the timer, which runs only while there is
        something to draw."""
        self._stop_timer()
        live = self._layout.live
        if live is None or not live.has_news:
            return
        began = perf_counter()
        changed = live.flush()
        self._relive(changed)
        ended = perf_counter()
        self._frame_due = began + max(FRAME_S, PATIENCE * (ended - began))

    def _relive(self, changed: int = 0) -> None:
        """Show the arriving answer anew, its text from the row `changed` on."""
        number = self._layout.relive()
        live = self._layout.live
        if number is None or live is None:
            return
        slot = self._layout.slot(number)
        message = max(slot.messages(), default=0)
        header, body = slot.start("header", message) or 0, slot.start("body", message)
        kept = range(0) if body is None else range(body, body + changed)
        self._painter.forget_rows(slot.serial, header, kept)
        self._has_news_below = not self._follows
        self._settle()

    def _drop_live(self) -> None:
        live, self._layout.live = self._layout.live, None
        if live is not None:
            self._stop_timer()
            self._forget(live.turn_id)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _turn_of(self, turn_id: str) -> Turn | None:
        slot = self._layout.slot_of(turn_id)
        return self._layout.turn(slot) if slot else None

    def _forget(self, turn_id: str) -> None:
        slot = self._layout.slot_of(turn_id)
        if slot is not None:
            self._layout.forget(slot)

    # where the reader is

    @property
    def _page(self) -> Size:
        return self.scrollable_content_region.size

    def _scroll_by(self, rows: int) -> None:
        """Move by rows, counted exactly."""
        self._follows = False
        self._top = self._layout.moved(self._top, rows)
        self._settle()

    def _go(self, top: Anchor) -> None:
        """Put a row at the top."""
        self._follows, self._top = False, top
        self._settle()

    def _turn_fold(self, key: Key) -> None:
        """The next fold of a message, its rows in view staying where they are."""
        slot = self._layout.slot_of(key[0])
        if slot is None:
            return
        place = self._layout.place(self._top)
        live = self._layout.live
        is_live = live is not None and live.turn_id == key[0]
        turn_fold(self._folds, key, self._layout.slot(slot), may_close=not is_live)
        self._layout.forget(slot)
        self._follows = False
        self._top = self._layout.anchor(*place) or self._top
        self._settle()

    def _settle(self) -> None:
        """Find the rows of the window, and draw those that changed."""
        if not self.is_attached or self._page.height <= 0:
            return
        layout, height = self._layout, self._page.height
        end = layout.end(height)
        self._top = end if self._follows else min(self._top, end)
        self._window = layout.window(self._top, height)
        self._follows = self._top == end
        if self._follows:
            self._has_news_below = False
        if self._chosen is not None and not self._sees(self._chosen):
            self._chosen = None
        self._mirror()
        self._redraw()

    def _sees(self, key: Key) -> bool:
        return any(self._key(anchor) == key for anchor in self._window)

    def _key(self, anchor: Anchor) -> Key:
        """The message on a row."""
        part, _ = self._layout.part(anchor)
        turn = self._layout.turn(anchor.slot)
        return (turn.id if turn else "", part.message)

    def _mirror(self) -> None:
        """Tell Textual's scrollbar where the window is."""
        size = Size(self._page.width, max(self._layout.total, len(self._window)))
        y = self._layout.offset(self._top)
        self._mirrored_y = None
        if self.virtual_size != size:
            self.virtual_size = size
        self.scroll_target_y = self.scroll_y = y
        self._mirrored_y = round(self.scroll_y)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Follow the scrollbar: small steps exactly, long jumps by estimate."""
        super().watch_scroll_y(old_value, new_value)
        if self._mirrored_y is None or round(new_value) == self._mirrored_y:
            return
        rows = round(new_value) - self._mirrored_y
        if abs(rows) <= 2 * self._page.height:
            self._scroll_by(rows)
            return
        self._follows = round(new_value) >= self.max_scroll_y
        self._top = self._layout.at(round(new_value))
        self._settle()

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: an animation would run towards a row whose number may change on the way."""
        super().scroll_to(x, y, **{**options, "animate": False})

    def scroll_home(self, **options: Any) -> None:
        """Go to the first row, at once."""
        self._go(_TOP)

    def scroll_end(self, **options: Any) -> None:
        """Go to the last row, at once."""
        self.go_to_end()

    def _remember(self, session_id: str) -> None:
        place = None if self._follows else self._layout.place(self._top)
        self._places[session_id] = place
        self._places.move_to_end(session_id)
        if len(self._places) > _PLACES_KEPT:
            self._places.popitem(last=False)

    def on_resize(self) -> None:
        """Lay out for the new size, at the same words."""
        width = max(1, min(self._max_text_width, self._page.width - MARGIN - 1))
        layout = self._layout
        if width != layout.setting.width:
            place = None if self._follows else layout.place(self._top)
            layout.relay(layout.setting._replace(width=width))
            self._top = (layout.anchor(*place) if place else None) or _TOP
        self._painter.forget()
        self._settle()

    def on_mount(self) -> None:
        """Show what was given before."""
        self._settle()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The message cursor is shown only with the focus."""
        super().watch_has_focus(has_focus)
        self._redraw()

    def notify_style_update(self) -> None:
        """Another theme, perhaps: take its colours."""
        super().notify_style_update()
        if self.is_attached and self._painter.recolour():
            self._redraw()

    # drawing

    def render_line(self, y: int) -> Strip:
        """A row of the window."""
        return (
            self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)
        )

    def _redraw(self) -> None:
        """Make the strips of the window, and refresh the rows that differ."""
        if not self.is_attached or self._page.height <= 0:
            return
        old, self._rows = self._rows, self._drawn_rows()
        if len(old) != len(self._rows):
            self.refresh()
            return
        changed = [y for y, (a, b) in enumerate(zip(old, self._rows, strict=True)) if a is not b]
        if changed:
            width = self.size.width
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _drawn_rows(self) -> list[Strip]:
        page, painter = self._page, self._painter
        painter.resize(self.size.width)
        current = self._current() if self.has_focus else None
        rows = [self._strip(anchor, current) for anchor in self._window]
        if not self._layout.last:
            text = self.empty_text if self._layout.session is None else self.silent_text
            rows += painter.notice(text, page.width, page.height - len(rows))
        rows += [painter.blank()] * (page.height - len(rows))
        if self._has_news_below and page.height > 1:
            rows[-1] = painter.below(page.width, self._hints["end"])
        return rows

    def _strip(self, anchor: Anchor, current: Key | None) -> Strip:
        slot = self._layout.slot(anchor.slot)
        is_current = current is not None and self._key(anchor) == current

        def make() -> tuple[Line, str]:
            part, line = self._layout.part(anchor)
            return self._marked(line, anchor), "" if part.kind == "gap" else part.role

        return self._painter.row((slot.serial, anchor.row, is_current), make)

    def _marked(self, line: Line, anchor: Anchor) -> Line:
        """A line with what is looked for marked."""
        raise NotImplementedError

    def _current(self) -> Key | None:
        """The message that keys act on."""
        raise NotImplementedError
