"""Something long, done in a thread: a line says how far it is, escape stops it, the screen stays alive."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.timer import Timer
from textual.worker import Worker, get_current_worker

from tui_sessions.errors import ConflictError, TuiSessionsError
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.status_line import StatusLine

LOOK_EVERY_S = 0.1
"""How often the line is written anew; what is done sooner never shows one."""
R = TypeVar("R")
Report = Callable[[int, int], None]
IsStopped = Callable[[], bool]


class Jobs:
    """One long thing at a time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._worker: Worker[None] | None = None
        self._timer: Timer | None = None
        self._doing = ""
        self.was_stopped = False
        """Whether the last one was ended before its time."""
        self._done = self._total = 0

    @property
    def is_running(self) -> bool:
        """Whether one runs."""
        return self._worker is not None

    def run(
        self, doing: str, work: Callable[[Report, IsStopped], R], then: Callable[[R], None]
    ) -> None:
        """Do `work` in a thread, then `then` with its result on the screen. `doing` is what to call it:
        `tags of 12 sessions`. What goes wrong is said. Raises `ConflictError` while another one runs."""
        self.check()
        self._doing, self._done, self._total = doing[:1].upper() + doing[1:], 0, 0
        self.was_stopped = False
        self._stage.sessions.is_busy = True
        self._timer = self._stage.screen.set_interval(LOOK_EVERY_S, self._show)
        self._worker = self._stage.screen.run_worker(
            lambda: self._do(work, then), thread=True, group="job", exit_on_error=False
        )

    def check(self) -> None:
        """Raises `ConflictError` while one runs: before a question is asked in vain."""
        if self.is_running:
            raise ConflictError(f"{self._doing} is not done yet. Wait for it, or stop it with esc.")

    def stop(self) -> bool:
        """End it after the session that it is at; False where none runs."""
        if self._worker is None or self._worker.is_cancelled:
            return False
        self._worker.cancel()
        self.was_stopped = True
        return True

    def _do(self, work: Callable[[Report, IsStopped], R], then: Callable[[R], None]) -> None:
        worker = get_current_worker()
        last: Callable[[], None] = _nothing
        try:
            result = work(self._report, lambda: worker.is_cancelled)
        except TuiSessionsError as problem:
            last = partial(self._stage.say, str(problem), "error")
        else:
            last = partial(then, result)
        finally:
            # Not `call_from_thread`: at the end of the program nobody would answer it any more.
            self._stage.screen.call_later(self._ended, last)

    def _ended(self, then: Callable[[], None]) -> None:
        self._worker = None
        if self._timer is not None:
            self._timer.stop()
        self._stage.sessions.is_busy = False
        self._line.clear()
        self._stage.attempt(then)

    def _report(self, done: int, total: int) -> None:
        self._done, self._total = done, total

    def _show(self) -> None:
        far = f": {self._done:,} of {self._total:,}" if self._total else " …"
        stops = self._stage.keys.shown("session.stop")
        self._line.say(f"{self._doing}{far}", key=f"{stops} stops" if stops else "")

    @property
    def _line(self) -> StatusLine:
        return self._stage.screen.query_one("#busy", StatusLine)


def _nothing() -> None:
    """What follows where the work broke: its worker tells."""
