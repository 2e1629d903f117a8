"""One comparison on the screen: a turn, its answers, and what is done with them there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message_pump import MessagePump

from tui_sessions.engine.events import AnswerSoFar, EngineEvent
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.comparisons import Result, call_even, choose, note_verdict, verdict
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.tui.bridge import Bridge
from tui_sessions.tui.candidates import place_of

if TYPE_CHECKING:
    from tui_sessions.tui.comparing import Comparing
    from tui_sessions.tui.desk import Desk

SAID: dict[Result, str] = {
    "tie": "A tie: that is kept.",
    "none": "None of them is any good: that is kept.",
}


class Comparison:
    """See `CompareOwner`."""

    def __init__(self, desk: Desk, comparing: Comparing, turn_id: str) -> None:
        self._desk = desk
        self._stage = desk.stage
        self._comparing = comparing
        self._reload: Callable[[], None] = _nothing
        # From now on, not when the screen is there: one that fails at once leaves its reason nowhere else.
        self._missed: list[EngineEvent] = []
        self._disconnect = self._stage.services.turns.subscribe(self._missed.append)
        session = self._stage.workspace.session
        self._session = session
        self.session_id = session.id
        self.turn_id = turn_id
        self.asked = self.running()
        turn = session.turn(turn_id)
        self.prompt = turn.prompt.text if turn is not None and turn.prompt is not None else ""
        title = clean_line(session.shown_title)
        # A session without a title of its own is called as its first prompt, which stands below.
        is_prompt = clean_line(self.prompt).startswith(title.removesuffix("…"))
        self.title = "Side by side" if is_prompt else f"Side by side · {title}"

    def begin(self, screen: MessagePump, reload: Callable[[], None]) -> None:
        """From now on the engine's news go to the screen; `reload` is called where the turn was changed."""
        self._reload = reload
        self._disconnect()
        self._disconnect = Bridge(self._stage.services.turns, screen).disconnect

    def end(self) -> None:
        """No longer."""
        self._disconnect()
        self._disconnect, self._reload = _nothing, _nothing

    def missed(self) -> tuple[EngineEvent, ...]:
        """What happened between the asking and the coming of the screen."""
        return tuple(e for e in self._missed if e.session_id == self.session_id)

    def turn(self) -> Turn | None:
        """The turn as it stands in its file, with what the disk refused; where that cannot be read, as it
        was known last."""
        try:
            session = self._stage.workspace.library.load(self.session_id)
            self._session = self._stage.services.turns.with_unsaved(session)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
        return self._session.turn(self.turn_id)

    def running(self) -> tuple[AnswerSoFar, ...]:
        """The answers to the turn that arrive."""
        every = self._stage.services.turns.running_answers(self.session_id)
        return tuple(so_far for so_far in every if so_far.turn_id == self.turn_id)

    # verdict

    def pick(self, answer: Alternative) -> bool:
        """Make it stand, and keep that it was preferred; whether that was done."""
        turn = self.turn()
        index = place_of(answer, turn) if turn is not None else None
        if index is None:
            self._stage.say("That answer is not there any more.", "warning")
            return False
        is_done = self._change(lambda now: choose(self.turn_id, index, now), "verdict")
        if is_done:
            name = clean_line(answer.message.model or "") or "this answer"
            self._stage.say(f"Picked {name}. {self._undo} takes it back.")
        return is_done

    def even(self, *, is_any_good: bool) -> None:
        """Keep that none is better than the others."""
        if self._change(
            lambda now: call_even(self.turn_id, now, is_any_good=is_any_good), "verdict"
        ):
            said = SAID["tie" if is_any_good else "none"]
            self._stage.say(f"{said} {self._undo} takes it back.")

    def note(self) -> None:
        """Ask for a note to the verdict."""
        from tui_sessions.tui.screens.verdict_note import VerdictNoteDialog

        turn = self.turn()
        known = verdict(turn) if turn is not None else None

        def written(note: str | None) -> None:
            if note is None:
                return
            self._change(lambda now: note_verdict(self.turn_id, note, now), "note on the answers")
            self._reload()

        self._stage.app.push_screen(VerdictNoteDialog(known.note if known else ""), written)

    def undo(self) -> None:
        """Take back what was done last."""
        self._stage.attempt(self._desk.taking_back.undo)

    @property
    def _undo(self) -> str:
        return self._stage.keys.shown("session.undo") or "Undo"

    def _change(self, change: Callable[..., Change], label: str) -> bool:
        workspace, now = self._stage.workspace, self._stage.services.now()

        def go() -> Session:
            return workspace.edit(self.session_id, change(now), label=label)

        is_done = self._stage.attempt(go)
        self._stage.show_session(workspace.session)
        self._stage.show_tree()
        return is_done

    # asking

    def ask(self, models: tuple[str, ...]) -> bool:
        """Ask these for further answers; whether they are asked."""
        return self._comparing.ask(self.session_id, self.turn_id, models, self._reload)

    def add(self) -> None:
        """Let further models be chosen, and ask them."""

        def chosen(models: tuple[str, ...] | None) -> None:
            if models:
                self.ask(models)

        self._desk.choosing.pick_models("Who else is to answer?", chosen)

    def other_prompt(self, model: str) -> None:
        """Let another prompt be written for that model, and show both answers."""
        self._comparing.other_prompt(self._session, self.turn_id, model)

    def ask_at_once(self, answer_id: str) -> bool:
        """Wait no longer before a server is asked again; False where none is waited for."""
        return self._stage.services.turns.ask_at_once(self.session_id, answer_id)

    def stop(self, answer_id: str) -> None:
        """End an answer that arrives; what came is kept."""
        self._stage.services.turns.stop(self.session_id, answer_id)


def _nothing() -> None:
    """No screen is open."""
