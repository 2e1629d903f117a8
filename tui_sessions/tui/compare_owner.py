"""What the screen with several answers asks of whoever opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from textual.message_pump import MessagePump

from tui_sessions.engine.events import AnswerSoFar, EngineEvent
from tui_sessions.model.turn import Alternative, Turn


class CompareOwner(Protocol):
    """One turn of one session, its answers, and what can be done with them. Everything that goes wrong is
    said by the owner; nothing raises."""

    session_id: str
    turn_id: str
    asked: tuple[AnswerSoFar, ...]
    """The answers that were coming when the comparison began, in the order in which they were asked for."""

    @property
    def title(self) -> str:
        """Of the session, clean."""
        ...

    @property
    def prompt(self) -> str:
        """What was asked, raw."""
        ...

    def begin(self, screen: MessagePump, reload: Callable[[], None]) -> None:
        """From now on the engine's news go to the screen; `reload` is called where the turn was changed."""
        ...

    def end(self) -> None:
        """No longer."""
        ...

    def missed(self) -> tuple[EngineEvent, ...]:
        """What happened between the asking and the coming of the screen."""
        ...

    def turn(self) -> Turn | None:
        """The turn as it stands in its file; None where it has gone."""
        ...

    def running(self) -> tuple[AnswerSoFar, ...]:
        """The answers to the turn that arrive."""
        ...

    def pick(self, answer: Alternative) -> bool:
        """Make it stand, and keep that it was preferred; whether that was done."""
        ...

    def even(self, *, is_any_good: bool) -> None:
        """Keep that none is better than the others."""
        ...

    def note(self) -> None:
        """Ask for a note to the verdict."""
        ...

    def undo(self) -> None:
        """Take back what was done last."""
        ...

    def ask_at_once(self, answer_id: str) -> bool:
        """Wait no longer before a server is asked again."""
        ...

    def stop(self, answer_id: str) -> None:
        """End an answer that arrives."""
        ...

    def ask(self, models: tuple[str, ...]) -> bool:
        """Ask these for further answers; whether they are asked."""
        ...

    def add(self) -> None:
        """Let further models be chosen, and ask them."""
        ...

    def other_prompt(self, model: str) -> None:
        """Let another prompt be written for that model, and show both answers."""
        ...
