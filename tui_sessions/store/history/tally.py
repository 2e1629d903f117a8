"""What came of many changes: how many were made, and in sentences what was not."""

from __future__ import annotations

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.steps import Outcome, StepRow

SHOWN_PROBLEMS = 20


class Tally:
    """Counts what is done and keeps the first problems."""

    def __init__(self) -> None:
        self.done = 0
        self._problems: list[str] = []
        self._unshown = 0
        self._error: TuiSessionsError | None = None

    def refuse(self, error: TuiSessionsError) -> None:
        """One refused."""
        self._error = self._error or error
        self.tell(str(error))

    def tell(self, *problems: str) -> None:
        """Something was left as it is."""
        for problem in problems:
            if len(self._problems) < SHOWN_PROBLEMS:
                self._problems.append(problem)
            else:
                self._unshown += 1

    def take(self, is_made: bool, error: TuiSessionsError | None) -> None:
        """What came of one."""
        self.done += is_made
        if error is not None:
            self.refuse(error)

    @property
    def problems(self) -> tuple[str, ...]:
        """The first of them, and how many more there are."""
        more = (f"And {self._unshown} more.",) if self._unshown else ()
        return (*self._problems, *more)

    @property
    def error(self) -> TuiSessionsError | None:
        """The first that refused."""
        return self._error

    def outcome(self, step: StepRow | None) -> Outcome:
        """All of it."""
        return Outcome(done=self.done, problems=self.problems, step=step, error=self._error)
