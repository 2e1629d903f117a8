"""What the configuration lets expire: looked for at a quiet time, asked about once, then done or left."""

from __future__ import annotations

from functools import partial

import msgspec
from textual.worker import get_current_worker

from tui_sessions.config.expiry import expiry, wants_pauses
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.upkeep_words import plan_lines
from tui_sessions.tui.jobs import Jobs
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.tidying import Looked, Tidying

AGAIN_S = 20.0
"""Where it is not quiet: so long until the next try."""
PAUSES_S = 300.0
"""How often it is looked for sessions that are idle."""


class Expiring:
    """Looks once after the start, and now and then where sessions become paused by the minute."""

    def __init__(self, stage: Stage, jobs: Jobs, tidying: Tidying) -> None:
        self._stage = stage
        self._jobs = jobs
        self._tidying = tidying
        self._is_put_off = False
        self._is_planned = False

    def begin(self) -> None:
        """It is some time after the start."""
        if wants_pauses(self._stage.services.config.upkeep):
            self._stage.screen.set_interval(PAUSES_S, self.look)
        self.look()

    def look(self) -> None:
        """Look in a thread; what is found is done, or asked about."""
        services = self._stage.services
        wanted = expiry(services.config.upkeep, services.now())
        if services.state.upkeep == "never" or self._is_put_off:
            return
        if not self._is_quiet:
            self._look_later()
            return

        def work() -> None:
            worker = get_current_worker()
            try:
                found = self._tidying.look(wanted)
            except TuiSessionsError:
                return  # Nobody asked; `:cleanup expired` says what is wrong.
            if found.plan and not worker.is_cancelled:
                self._stage.screen.call_later(self._found, found)

        self._stage.screen.run_worker(
            work, thread=True, group="expiry", exclusive=True, exit_on_error=False
        )

    @property
    def _is_quiet(self) -> bool:
        stage = self._stage
        is_busy = self._jobs.is_running or stage.services.turns.running_ids()
        is_asked = stage.services.state.upkeep != "always"
        if is_busy or (is_asked and stage.prompt.text):  # A dialog would take the next letter.
            return False
        return stage.workspace.library.is_scanned and stage.screen.is_current

    def _look_later(self) -> None:
        """Once, however often it is called until then."""
        if not self._is_planned:
            self._is_planned = True
            self._stage.screen.set_timer(AGAIN_S, self._look_again)

    def _look_again(self) -> None:
        self._is_planned = False
        self.look()

    def _found(self, found: Looked) -> None:
        if not self._is_quiet:
            self._look_later()
        elif self._stage.services.state.upkeep == "always":
            self._stage.attempt(partial(self._tidying.do, found.plan))
        else:
            self._ask(found)

    def _ask(self, found: Looked) -> None:
        from tui_sessions.tui.screens.tidying import ExpiryDialog

        def answered(choice: str | None) -> None:
            if choice in ("always", "never"):
                self._stage.services.remember(
                    lambda state: msgspec.structs.replace(state, upkeep=choice)
                )
            self._is_put_off = choice is None
            if choice in ("once", "always"):
                self._stage.attempt(partial(self._tidying.do, found.plan))
            elif choice == "never":
                self._stage.say("Nothing expires by itself. :cleanup expired does it when asked.")

        self._stage.app.push_screen(ExpiryDialog(plan_lines(*found)), answered)
