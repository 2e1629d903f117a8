"""A session being written once more: at its pace or faster, paused, step by step."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tui_sessions.model.display import shown_number
from tui_sessions.model.replay import Moment, Replay
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.conversation.widget import Conversation

FRAME_S = 1 / 12
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
TITLE_SHOWN = 120


class ReplayScreen(Screen[str]):
    """The result is the id of the turn that was looked at last, None where it was left by escape."""

    CSS_PATH = "replay.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-short"), (15, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause, go on", id="replay.pause"),
        Binding("right,l,n", "step(1)", "step", id="replay.step"),
        Binding("left,h,N", "step(-1)", "back", id="replay.back"),
        Binding("plus,up,k", "faster(1)", "faster", id="replay.faster"),
        Binding("minus,down,j", "faster(-1)", "slower", id="replay.slower"),
        Binding("g,home", "jump(0)", "beginning", id="replay.beginning", show=False),
        Binding("G,end", "jump(1)", "end", id="replay.end", show=False),
        Binding("enter", "go_there", "go there", id="replay.go_there"),
        Binding("escape,q", "leave", "leave", id="replay.leave"),
    ]

    def __init__(self, session: Session, *, speed: float = 1.0) -> None:
        super().__init__()
        self._replay = Replay(session)
        self._speed = speed
        self._seconds = 0.0
        self._moment: Moment | None = None
        self._is_paused = False
        self._timer: Timer | None = None
        self._drawn_at = monotonic()
        self._conversation = Conversation(id="replay_conversation", silent_text="…", empty_text="…")
        self._conversation.can_focus = False
        self._line = Static("", id="replay_line", markup=False)
        self._bar = Static("", id="replay_bar", markup=False)

    def compose(self) -> ComposeResult:
        """The conversation, how far it is, and the keys."""
        with Vertical(id="replay_pane", classes="pane"):
            yield self._conversation
        yield self._bar
        yield self._line

    def on_mount(self) -> None:
        """Begin."""
        title = clean_line(self._replay.session.shown_title)[:TITLE_SHOWN]
        self.query_one("#replay_pane").border_title = Content(f"Replay · {title}")
        self._drawn_at = monotonic()
        self._timer = self.set_interval(FRAME_S, self._tick)
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """The bar is as long as there is room."""
        self._tell()

    # keys

    def action_pause(self) -> None:
        """Pause, or go on; at the end, begin once more."""
        if self._seconds >= self._replay.seconds:
            self._go(0.0)
            self._pause(False)
        else:
            self._pause(not self._is_paused)

    def action_step(self, step: int) -> None:
        """To the next prompt or end of an answer, and pause there."""
        self._pause(True)
        self._go(self._replay.step(self._seconds, step))

    def action_faster(self, step: int) -> None:
        """The next speed up or down."""
        others = [s for s in SPEEDS if (s > self._speed if step > 0 else s < self._speed)]
        if others:
            self._speed = others[0] if step > 0 else others[-1]
        self._tell()

    def action_jump(self, where: int) -> None:
        """To the beginning or the end."""
        self._go(self._replay.seconds * where)

    def action_go_there(self) -> None:
        """Leave, and go to the turn that is looked at."""
        turns = self._replay.session.turns
        moment = self._moment or Moment(0)
        index = moment.turns if moment.is_answering else max(0, moment.turns - 1)
        self.dismiss(turns[min(index, len(turns) - 1)].id)

    def action_leave(self) -> None:
        """Leave; the workspace is as it was."""
        self.dismiss(None)

    # time

    def _pause(self, is_paused: bool) -> None:
        self._is_paused = is_paused
        self._drawn_at = monotonic()
        if self._timer is not None:
            # Nothing wakes up while nothing moves.
            (self._timer.pause if is_paused else self._timer.resume)()
        self._tell()

    def _tick(self) -> None:
        now = monotonic()
        passed, self._drawn_at = now - self._drawn_at, now
        self._go(self._seconds + passed * self._speed)

    def _go(self, seconds: float) -> None:
        self._seconds = max(0.0, min(seconds, self._replay.seconds))
        if self._seconds >= self._replay.seconds and not self._is_paused:
            self._pause(True)
        self._draw()

    # drawing

    def _draw(self) -> None:
        """Bring the conversation to the moment; only what was added since is drawn."""
        moment, before = self._replay.at(self._seconds), self._moment
        self._moment = moment
        pane = self._conversation
        is_same_turn = (
            before is not None
            and before.is_answering == moment.is_answering
            and before.turns == moment.turns
            and before.thought <= moment.thought
            and before.said <= moment.said
        )
        if not is_same_turn:
            if before is not None and before.is_answering:
                pane.end_answer(self._replay.session.turns[before.turns].id)
            pane.show(self._replay.shown(moment))
            pane.go_to_end()
        if moment.is_answering:
            self._answer(moment)
        self._tell()

    def _answer(self, moment: Moment) -> None:
        turn = self._replay.session.turns[moment.turns]
        answer = turn.answer
        if answer is None:
            return
        pane = self._conversation
        pane.begin_answer(turn.id, answer.model)
        if moment.thought:
            pane.append(turn.id, 0, (answer.reasoning or "")[: moment.thought], is_reasoning=True)
        if moment.said:
            pane.append(turn.id, 0, answer.text[: moment.said])

    def _tell(self) -> None:
        if not self.is_attached:
            return
        moment = self._moment or Moment(0)
        total = len(self._replay.session.turns)
        state = "paused" if self._is_paused else "playing"
        if self._seconds >= self._replay.seconds:
            state = "at the end"
        keys = [
            f"{self.app.get_key_display(active.binding)} {active.binding.description}"
            for active in _first_of_each(self)
        ]
        turn = min(total, moment.turns + moment.is_answering)
        place = f"{turn:,} of {shown_number(total, 'turn')}"
        time = f"{_clock(self._seconds)} of {_clock(self._replay.seconds)}"
        width = max(1, self.size.width - 4)
        words = f"{place} · {time} · {self._speed:g}× · {state}    "
        self._line.update(words + _in_room(keys, width - cell_len(words)))
        share = self._seconds / self._replay.seconds if self._replay.seconds else 1.0
        done = round(width * share)
        self._bar.update("━" * done + "─" * (width - done))


def _in_room(keys: list[str], room: int) -> str:
    """As many as `room` cells take; how to pause and how to leave are the last to go."""
    kept = list(keys)
    while len(kept) > 2 and cell_len("  ".join(kept)) > room:
        del kept[-2]
    return "  ".join(kept)


def _first_of_each(screen: Screen[str]) -> list[ActiveBinding]:
    found: dict[str, ActiveBinding] = {}
    for active in screen.active_bindings.values():
        id = active.binding.id or ""
        if active.binding.show and id.startswith("replay."):
            found.setdefault(id, active)
    return list(found.values())


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
