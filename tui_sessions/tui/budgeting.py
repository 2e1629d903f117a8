"""Budgets on the screen: shown, set, kept up to date beside the open session. Sums are added up in a thread."""

from __future__ import annotations

from functools import partial

from textual.timer import Timer

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.budget import KEY, Standing, own_budget, own_value
from tui_sessions.model.display import shown_amount
from tui_sessions.model.edits import set_meta
from tui_sessions.model.session import Session
from tui_sessions.tui.stage import Stage

REST_S = 0.05
"""Several things change at the end of an answer: it is added up once."""


class Budgeting:
    """What `:budget` does, and what the panes show of budgets."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._asked = 0
        self._resting: Timer | None = None
        self._told: set[tuple[str, str, object]] = set()
        self._problem = ""

    def run(self, words: str = "") -> None:
        """`:budget` shows all of them, `:budget 2.50` gives the session its own, `:budget off` takes it away.
        Raises `UsageError`."""
        if words.strip():
            self.set(words)
        else:
            self.show()

    def set(self, text: str) -> None:
        """The budget of the open session. Raises `UsageError` for what is none."""
        value = own_value(text)
        if self._stage.edit(set_meta(KEY, value), "budget"):
            after = own_budget(self._stage.workspace.session)
            if after is None:
                self._stage.say("This session has no budget of its own.")
            else:
                self._stage.say(f"This session may cost {after.shown}.")
            self.refresh()

    def show(self) -> None:
        """All of them, in a dialog."""
        self._stage.screen.run_worker(
            partial(self._read_all, *self._place()),
            thread=True,
            group="budgets",
            exit_on_error=False,
        )

    def _read_all(self, session: Session, folder: str | None) -> None:
        budgets = self._stage.services.budgets
        try:
            here = budgets.standing(session, folder=folder)
            known = {standing.budget for standing in here}
            others = tuple(one for one in budgets.every() if one.budget not in known)
        except TuiSessionsError as problem:
            self._stage.screen.call_later(self._stage.say, str(problem), "error")
            return
        self._stage.screen.call_later(self._open, session, here, others)

    def _open(
        self, session: Session, here: tuple[Standing, ...], others: tuple[Standing, ...]
    ) -> None:
        from tui_sessions.tui.screens.budgets import BudgetsDialog

        own = own_budget(session)
        before = own.written if own is not None else ""

        def entered(text: str | None) -> None:
            is_same = text is None or text == (before or "off")
            if not is_same and self._stage.workspace.session_id == session.id:
                self._stage.attempt(lambda: self.set(text or ""))

        self._stage.app.push_screen(BudgetsDialog(here, others, own=before), entered)

    # beside the open session

    def refresh(self) -> None:
        """Add up again what is spent of the budgets that concern the open session."""
        if self._resting is not None:
            self._resting.stop()
        self._resting = self._stage.screen.set_timer(REST_S, self._begin)

    def _begin(self) -> None:
        self._resting = None
        workspace = self._stage.workspace
        if not (workspace.is_whole and workspace.library.is_scanned):
            return  # It comes again when all is read: of the session, of the library.
        self._asked += 1
        work = partial(self._add_up, self._asked, *self._place())
        self._stage.screen.run_worker(work, thread=True, group="budgets", exit_on_error=False)

    def _place(self) -> tuple[Session, str | None]:
        workspace = self._stage.workspace
        return workspace.session, workspace.folder if workspace.is_draft else None

    def _add_up(self, asked: int, session: Session, folder: str | None) -> None:
        """In a thread."""
        if asked != self._asked:
            return
        problem: str = ""
        found: tuple[Standing, ...] = ()
        try:
            found = self._stage.services.budgets.standing(session, folder=folder)
        except TuiSessionsError as error:
            problem = str(error)
        self._stage.screen.call_later(self._show, asked, session.id, found, problem)

    def _show(self, asked: int, session_id: str, found: tuple[Standing, ...], problem: str) -> None:
        if asked != self._asked:
            return
        if problem and problem != self._problem:
            self._stage.say(problem, "error")
        self._problem = problem
        self._stage.standings = (session_id, found)
        self._stage.show_costs()
        for standing in found:
            if standing.is_soft_passed:
                self._tell_soft(session_id, standing)

    def _tell_soft(self, session_id: str, standing: Standing) -> None:
        """Once a day; of the budget of each session, once a session and day."""
        today = self._stage.services.now().astimezone().date()
        whose = session_id if standing.budget.kind == "session" else ""
        told = (whose, standing.budget.scope, today)
        if told in self._told or standing.soft is None:
            return
        self._told.add(told)
        words = standing.budget.words
        spent, soft = shown_amount(standing.spent.nanousd), shown_amount(standing.soft)
        self._stage.say(f"The soft limit of {words} is passed: {spent} of {soft}.", "warning")
