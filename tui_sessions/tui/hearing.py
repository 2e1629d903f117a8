"""What the engine reports, brought onto the screen."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tui_sessions.engine.events import (
    AnswerRescued,
    EngineEvent,
    SessionChanged,
    TextArrived,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.model.answers import is_wordless
from tui_sessions.model.context_limit import context_limit
from tui_sessions.model.display import shown_number
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.unsaved import Unsaved

if TYPE_CHECKING:
    from tui_sessions.tui.countdown import Countdown


class Hearing:
    """From the engine to the panes."""

    def __init__(self, stage: Stage, unsaved: Unsaved) -> None:
        self._stage = stage
        self._unsaved = unsaved

    @cached_property
    def _countdown(self) -> Countdown:
        from tui_sessions.tui.countdown import Countdown  # few servers make anybody wait

        return Countdown(self._stage)

    def hear(self, event: EngineEvent) -> None:
        """Bring one event of the engine onto the screen."""
        is_open = event.session_id == self._stage.workspace.session_id
        is_followed = is_open and getattr(event, "answer_id", None) == self._stage.followed
        if isinstance(event, TurnStarted) and event.left_out and is_open:
            self._tell_left_out(event.left_out)
        match event:
            case TurnStarted() if is_open and not self._stage.is_following:
                self._stage.show_reread()
                self._stage.catch_up()
            case TextArrived() if is_followed:
                self._stage.conversation.append(
                    event.turn_id, event.offset, event.text, is_reasoning=event.is_reasoning
                )
            case TurnWaiting():
                self._countdown.begin()
            case TurnEnded():
                self._ended(event, is_open=is_open)
            case AnswerRescued():
                self._stage.say(event.sentence, "warning")
            case SessionChanged():
                self._stage.show_tree()
                if is_open and self._stage.services.turns.running(event.session_id) is None:
                    self._stage.show_reread()

    def _tell_left_out(self, pairs: int) -> None:
        """Not where the session itself has a limit: then that is as it is to be."""
        if context_limit(self._stage.workspace.session.params) is None:
            words = (
                f"The context is full: the oldest {shown_number(pairs, 'pair')} did not go along."
            )
            self._stage.say(f"{words} :context shows what does.")

    def _ended(self, event: TurnEnded, *, is_open: bool) -> None:
        if not is_open:
            self._stage.workspace.unread.add(event.session_id)
        elif event.answer_id == self._stage.followed:
            self._stage.followed = None
            self._stage.conversation.end_answer(event.turn_id)
            if not event.is_last and is_wordless(event.outcome):
                # Nothing came of it: one of the others is shown.
                self._stage.show_reread()
                self._stage.catch_up()
        if is_open and not event.is_last:
            self._stage.show_first_figures()
        if event.save_error:
            self._unsaved.tell(event.save_error)
        else:
            self._unsaved.look()
