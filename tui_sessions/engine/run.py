"""One answer on its way: its task, its journal, and the pieces that came in one go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.events import AnswerSoFar, TextArrived, TurnStarted
from tui_sessions.engine.limits import Planned
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative
from tui_sessions.providers.base import Request, Retrying, Wait

if TYPE_CHECKING:
    from pathlib import Path

    from tui_sessions.store.journal import Journal

QUIT = "interrupted"


class Run:
    """What the engine holds of one running answer."""

    def __init__(
        self,
        answer: Answer,
        request: Request,
        provider: str,
        planned: Planned,
        emit: Callable[[TextArrived], None],
    ) -> None:
        self.answer = answer
        self.request = request
        self.provider = provider
        self.planned = planned
        self.ended_by: str = QUIT
        """How it ends when it is cancelled."""
        self.task: asyncio.Task[None] | None = None
        self.wait: Wait | None = None
        """The last time of waiting before it is asked again."""
        self.unsaved: Alternative | None = None
        """The finished answer, where it could not be written."""
        self.known: Session | None = None
        """The session as it stands in its file when the answer is asked for, its prompt with it."""
        self.was_taken_out = False
        """Whether its turn was gone when it was to be saved."""
        self.kept_in: str | None = None
        """The id of the session that holds the answer, where its own was deleted meanwhile."""
        self.copied_to: Path | None = None
        """A file with the session and this answer in it, where it could not be written to its own."""
        self.journal: Journal | None = None
        self._emit = emit
        self._started = time.monotonic()
        self._pieces: list[str] = []
        self._are_reasoning = False
        self._is_due = False

    @property
    def elapsed_ms(self) -> float:
        """Since the request was made ready."""
        return (time.monotonic() - self._started) * 1000

    def take(self, piece: str, *, is_reasoning: bool) -> None:
        """A piece came. Those that come before the loop gets round again are handed on as one: a fast
        server sends thousands a second, and each would pass journal, bridge and pane alone."""
        if self.answer.first_token_ms is None:
            self.answer.first_token_ms = round(self.elapsed_ms, 1)
        if is_reasoning != self._are_reasoning:
            self.hand_on()
            self._are_reasoning = is_reasoning
        self._pieces.append(piece)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self.hand_on)

    def hold(self, retrying: Retrying) -> None:
        """Nothing comes for a while: it is asked again later."""
        self.wait, self.answer.waiting = retrying.wait, retrying.reason
        self.answer.waits_until_ms = self.elapsed_ms + retrying.wait_s * 1000

    def ask_at_once(self) -> bool:
        """Wait no longer before it is asked again; whether it waited."""
        if self.wait is None or self.answer.waiting is None:
            return False
        self.answer.waits_until_ms = 0.0
        self.wait.cut()
        return True

    def hand_on(self) -> None:
        """What has come since the last time: into the journal, the answer, and to the listeners."""
        self._is_due = False
        if not self._pieces:
            return
        text = "".join(self._pieces)
        self._pieces.clear()
        if self.journal is not None:
            self.journal.append(text, self._are_reasoning)
        self._emit(self.answer.take(text, is_reasoning=self._are_reasoning))

    def started(self) -> TurnStarted:
        """What listeners are told at the start."""
        return TurnStarted(
            session_id=self.answer.session_id,
            turn_id=self.answer.turn_id,
            answer_id=self.answer.id,
            model=self.answer.model,
            left_out=self.answer.left_out,
        )

    def so_far(self) -> AnswerSoFar:
        """All that has come, handed on first."""
        self.hand_on()
        return self.answer.so_far(self.elapsed_ms)

    def begin_journal(self, journal: Journal | None) -> None:
        """From now on everything is kept there too, what is being continued first."""
        self.journal = journal
        if journal is not None and not self.answer.is_empty:
            so_far = self.so_far()
            journal.append(so_far.reasoning, True)
            journal.append(so_far.text, False)

    def close_journal(self) -> None:
        """The answer is in its session."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None
