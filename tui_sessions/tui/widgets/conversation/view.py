"""The conversation on the screen: the session that is shown, and frames while an answer arrives. The
layers above add finding, the message cursor, selecting, the keys and what they ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import perf_counter
from typing import Any, ClassVar

from textual.events import Event, Key, MouseDown
from textual.timer import Timer

from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.live import LiveAnswer
from tui_sessions.tui.widgets.conversation.palette import COMPONENTS, CSS
from tui_sessions.tui.widgets.conversation.slots import Folds, Place, body_of
from tui_sessions.tui.widgets.conversation.window import TOP, WindowView

FRAME_S = 0.08
"""The shortest time between two frames of an arriving answer: a dozen a second."""
PATIENCE = 3
"""A frame that cost so much is followed by a pause of so many times as much."""
READ_AT_ONCE, BREATH_S = 6_000, 0.016
"""Characters that are laid out in one go, and the time that keys have before the next go: what a
server pours out faster than that is read between the frames."""
WARMING = "```python\npass\n```\n\n*a*"
_PLACES_KEPT = 200


class ConversationView(WindowView):
    """Shows a session; streams."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._places: OrderedDict[str, tuple[str, Place] | None] = OrderedDict()
        self._timer: Timer | None = None
        self._frame_due = 0.0
        self._changed_from: int | None = None
        """The first row of the arriving text that the next frame has to draw."""
        self.complete: Callable[[], object] | None = None
        """Set by the owner while only the end of a session is shown: brings all of it. Called before a
        key or a click acts on a part."""

    async def on_event(self, event: Event) -> None:
        """What people do is done to the whole."""
        if self.complete is not None and isinstance(event, Key | MouseDown):
            self.complete()
        await super().on_event(event)

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
        self._top = anchor or TOP
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
        if live is not None and live.turn_id == turn_id and not live.is_closed:
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
        if live is not None and live.turn_id == turn_id and not live.is_closed:
            live.note = note
            self._relive()

    def end_answer(self, turn_id: str) -> None:
        """Nothing more comes. The text stays as it is until `show` brings the saved turn."""
        live = self._layout.live
        if live is None or live.turn_id != turn_id or live.is_closed:
            return
        if live.waiting > READ_AT_ONCE and self.is_attached:
            live.is_closed = True  # a frame that has read all of it ends it
            self._plan_frame()
            return
        self._end(live)

    def _end(self, live: LiveAnswer) -> None:
        self._stop_timer()
        live.finish()
        self._layout.keep_body(live.text, live.body)
        if self._turn_of(live.turn_id) != live.before:
            self._drop_live()  # What was saved is here already.
        else:
            self._layout.relive()
        self._painter.forget()
        self._has_news_below = not self._follows
        self._settle()

    @staticmethod
    def get_ready() -> None:
        """Load what the first answer would have to wait for: Markdown and Pygments. May run in a
        thread."""
        body_of(WARMING, 80).line(1)

    # frames

    def _plan_frame(self) -> None:
        if self._timer is None and self.is_attached:
            live = self._layout.live
            is_behind = live is not None and live.waiting > READ_AT_ONCE
            delay = BREATH_S if is_behind else max(0.005, self._frame_due - perf_counter())
            self._timer = self.set_timer(delay, self.draw_frame)

    def draw_frame(self) -> None:
        """Bring what has arrived onto the screen. Called by the timer, which runs only while there is
        something to draw."""
        self._stop_timer()
        live = self._layout.live
        if live is None or not live.has_news:
            return
        began = perf_counter()
        if live.is_closed and live.waiting <= READ_AT_ONCE:
            self._end(live)
            return
        changed = live.flush(READ_AT_ONCE)
        before = self._changed_from
        self._changed_from = changed if before is None else min(before, changed)
        if not live.has_news or began >= self._frame_due:
            self._relive(self._changed_from)
            self._frame_due = began + max(FRAME_S, PATIENCE * (perf_counter() - began))
        if live.has_news:
            self._plan_frame()

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
        self._changed_from = None
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

    def remembered(self, session_id: str) -> str | None:
        """The turn at which a session was left; None where it is shown at its end."""
        place = self._places.get(session_id)
        return place[0] if place else None

    def _remember(self, session_id: str) -> None:
        place = None if self._follows else self._layout.place(self._top)
        self._places[session_id] = place
        self._places.move_to_end(session_id)
        if len(self._places) > _PLACES_KEPT:
            self._places.popitem(last=False)
