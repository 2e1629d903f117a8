"""Engine events to Textual messages: the only file that knows both.

The engine speaks for every piece of text; a message for each would cost more than drawing it. So the
events that come before the screen gets round to them travel together, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

from tui_sessions.engine.events import EngineEvent
from tui_sessions.engine.turns import Turns


@dataclass
class EngineNews(Message):
    """Things have happened to turns or sessions; `take` gives them, oldest first, once."""

    take: Callable[[], list[EngineEvent]]


class Bridge:
    """Listens to the engine and posts to one screen."""

    def __init__(self, turns: Turns, target: MessagePump) -> None:
        self._target = target
        self._waiting: list[EngineEvent] = []
        self.disconnect = turns.subscribe(self._hear)

    def _hear(self, event: EngineEvent) -> None:
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._target.post_message(EngineNews(self._take))

    def _take(self) -> list[EngineEvent]:
        taken, self._waiting = self._waiting, []
        return taken
