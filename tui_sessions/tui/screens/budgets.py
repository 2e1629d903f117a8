"""Budgets: all of them with what is spent, and the question before one is passed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_sessions.model.budget import Standing, own_value
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog, LineDialog
from tui_sessions.tui.widgets.budget_bars import BudgetBars

NONE = (
    'No budget is set. Those of days, tags, … stand in config.toml: month = "100" below [budgets].'
)
HOW = ":budget raises that of a session; the others stand in config.toml."


class OverBudgetDialog(Dialog[bool]):
    """Asks whether to send although a budget would be passed. Enter goes back: nobody spends by chance."""

    VERB = "back"
    LEAVE = "back"
    KEYS = (("budget.send", "s", "send all the same"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,s", "send", "Send all the same", id="budget.send"),
        Binding("n,q", "cancel", "Back", id="dialog.no", show=False),
    ]

    def __init__(self, reason: str) -> None:
        super().__init__("Over the budget")
        self._reason = reason

    def body(self) -> ComposeResult:
        """Which budget, what is spent of it, what this would add."""
        yield Static(clean_line(self._reason), classes="dialog--line", markup=False)
        yield Static(HOW, classes="dialog--note", markup=False)

    def answer(self) -> bool:
        """Back."""
        return False

    def action_send(self) -> None:
        """Send all the same."""
        self.dismiss(True)


class BudgetsDialog(LineDialog):
    """All budgets as bars, and a line for that of the session; the result is what was entered there."""

    VERB = "set it"
    LEAVE = "leave"

    def __init__(
        self, here: Sequence[Standing], others: Sequence[Standing] = (), *, own: str = ""
    ) -> None:
        super().__init__(
            "Budgets",
            own,
            placeholder="2.50, or 2.50, soft 2",
            note="What this session may cost in dollars; nothing: no budget of its own.",
        )
        self._here, self._others = tuple(here), tuple(others)

    def body(self) -> ComposeResult:
        """The bars, those that concern the open session first; then the line."""
        with VerticalScroll(id="bars"):
            if not (self._here or self._others):
                yield Static(NONE, classes="dialog--note", markup=False)
            if self._here:
                yield BudgetBars(self._here)
            if self._others:
                yield Static("Elsewhere", classes="dialog--note", markup=False)
                yield BudgetBars(self._others)
        yield from super().body()

    def answer(self) -> str:
        """What was entered. Raises `UsageError` for what is no budget."""
        text = super().answer() or "off"
        own_value(text)
        return text
