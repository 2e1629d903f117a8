"""The seconds until a server is asked again, at the answer that waits for it."""

from __future__ import annotations

from textual.timer import Timer

from tui_sessions.model.display import shown_wait
from tui_sessions.tui.stage import Stage

TICK_S = 1.0


class Countdown:
    """Runs only while an answer waits."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._timer: Timer | None = None

    def begin(self) -> None:
        """An answer waits from now on."""
        if self._timer is None:
            self._timer = self._stage.screen.set_interval(TICK_S, self._tick)
        self._tick()

    def _tick(self) -> None:
        turns = self._stage.services.turns
        waiting = [
            so_far
            for session_id in turns.running_ids()
            for so_far in turns.running_answers(session_id)
            if so_far.waiting
        ]
        for so_far in waiting:
            if so_far.answer_id == self._stage.followed:
                note = shown_wait(so_far.waiting or "", so_far.wait_s or 0.0)
                self._stage.conversation.set_waiting(so_far.turn_id, f"{note} {self._hint}".strip())
        if not waiting and self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def _hint(self) -> str:
        stop = self._stage.keys.shown("session.stop")
        return f"Enter asks at once{f', {stop} stops' if stop else ''}."
