"""The library read in the background: at the start, and again when something may have changed outside."""

from __future__ import annotations

import time

from textual.worker import get_current_worker

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.stage import Stage

SHORTEST_PAUSE_S = 2.0
SHARE = 1000
"""A scan that takes a second rests for a thousand: looking costs at most a tenth of a percent of a core."""


class Watching:
    """Keeps the tree in step with the directory."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._screen = stage.screen
        self._problem = ""

    def begin(self) -> None:
        """Read the library; what a crash left of an answer is put into its session first."""
        self._screen.run_worker(
            self._first, thread=True, group="library", exclusive=True, exit_on_error=False
        )

    def look(self) -> None:
        """Look for changes from outside."""
        self._screen.run_worker(
            self._again, thread=True, group="library", exclusive=True, exit_on_error=False
        )

    def _first(self) -> None:
        try:
            recovered = self._stage.workspace.library.recover()
        except TuiSessionsError as problem:
            self._screen.app.call_from_thread(self._stage.say, str(problem), "error")
        else:
            if recovered:
                self._screen.app.call_from_thread(self._tell_recovered, recovered)
        self._scan(is_first=True)

    def _again(self) -> None:
        self._scan(is_first=False)

    def _scan(self, *, is_first: bool) -> None:
        worker = get_current_worker()
        began = time.monotonic()
        problem, is_changed = "", False
        try:
            is_changed = self._stage.workspace.library.refresh(stop=lambda: worker.is_cancelled)
        except TuiSessionsError as error:
            problem = str(error)
        if worker.is_cancelled:
            return
        pause = max(SHORTEST_PAUSE_S, SHARE * (time.monotonic() - began))
        self._screen.app.call_from_thread(self._scanned, problem, is_changed or is_first, pause)

    def _scanned(self, problem: str, is_changed: bool, pause: float) -> None:
        if problem and problem != self._problem:
            self._stage.say(problem, "error")
        self._problem = problem
        if is_changed:
            self._stage.library_changed()
            self._stage.show_costs()
        self._screen.set_timer(pause, self.look)

    def _tell_recovered(self, session_ids: tuple[str, ...]) -> None:
        count = len(session_ids)
        what = (
            "An answer that was cut off is"
            if count == 1
            else f"{count} answers that were cut off are"
        )
        self._stage.say(f"{what} kept. In the session, R continues, r asks again.", "warning")
        if self._stage.workspace.session.id in session_ids:
            self._stage.show_session(self._stage.workspace.reread())
