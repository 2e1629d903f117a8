"""Backups that the configuration wants made by themselves: at a quiet time, in a thread, without a word.

Where they fail, one sentence says so; where the last is older than twice the time, a line stands until it is
made. The folder of the backups tells when the last was made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from textual.worker import get_current_worker

from tui_sessions.errors import ConflictError, TuiSessionsError
from tui_sessions.model.display import shown_duration
from tui_sessions.model.every import every
from tui_sessions.store.refusal import reason
from tui_sessions.tui.jobs import Jobs
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.status_line import StatusLine

LOOK_EVERY_S = 120.0
LINE_ID = "backup-line"


class BackupsDue:
    """Looks now and then whether the next is due."""

    def __init__(self, stage: Stage, jobs: Jobs) -> None:
        self._stage = stage
        self._jobs = jobs
        self._is_at_it = False
        self._problem = ""

    def begin(self) -> None:
        """It is some time after the start."""
        self._stage.screen.set_interval(LOOK_EVERY_S, self.look)
        self.look()

    def look(self) -> None:
        """Look, and make one where it is due; not while anything else is going on."""
        if self._is_at_it or not self._is_quiet or self._every is None:
            return
        self._is_at_it = True
        self._stage.screen.run_worker(self._work, thread=True, group="backup", exit_on_error=False)

    @property
    def _every(self) -> timedelta | None:
        return every(self._stage.services.config.backups.every)

    @property
    def _is_quiet(self) -> bool:
        stage = self._stage
        is_busy = self._jobs.is_running or stage.services.turns.running_ids()
        return stage.workspace.library.is_scanned and not is_busy

    # in the thread

    def _work(self) -> None:
        problem, age, has_any = "", None, True
        worker = get_current_worker()
        try:
            self._make_if_due(lambda: worker.is_cancelled)
        except ConflictError:
            pass  # Another program makes it just now.
        except TuiSessionsError as error:
            problem = str(error)
        except OSError as error:  # Whatever nobody thought of: it is told, and tried again.
            problem = f"{reason(error).capitalize()}."
        try:
            backups = self._stage.services.backups
            age = backups.age()
            has_any = age is not None
        except (TuiSessionsError, OSError) as error:
            problem = problem or str(error)
        if not worker.is_cancelled:
            self._stage.screen.call_later(self._ended, problem, age, has_any)

    def _make_if_due(self, stop: Callable[[], bool]) -> None:
        from tui_sessions.store.backup.writing import Options

        services = self._stage.services
        config, backups = services.config.backups, services.backups
        if not services.library.count() or not backups.is_due(self._every):
            return
        options = Options(
            kind=config.kind, is_incremental=config.kind == "folder", is_automatic=True
        )
        made = backups.make(None, options, stop=stop)
        if made is not None:
            backups.rotate(config.keep)

    # on the screen

    def _ended(self, problem: str, age: timedelta | None, has_any: bool) -> None:
        self._is_at_it = False
        if problem and problem != self._problem:
            self._stage.say(f"The automatic backup was not made. {problem}", "error")
        self._problem = problem
        wanted = self._every
        if wanted is not None and age is not None and age > 2 * wanted:
            self._mark(f"The last backup is {_shown(age)} old.")
        elif wanted is not None and not has_any and problem:
            self._mark("There is no backup yet.")
        else:
            self._mark("")

    def _mark(self, sentence: str) -> None:
        screen = self._stage.screen
        lines = screen.query(f"#{LINE_ID}").results(StatusLine)
        line = next(iter(lines), None)
        if line is None:
            if not sentence:
                return
            line = StatusLine(id=LINE_ID)
            screen.query_one("#middle").mount(line, after="#busy")
        line.say(sentence, kind="warning", key=":backup makes one" if sentence else "")


def _shown(age: timedelta) -> str:
    if age.days:
        return f"{age.days:,} day{'s' * (age.days != 1)}"
    return shown_duration(age.total_seconds() * 1000)
