"""Picks something that was done, to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tui_sessions.errors import UsageError
from tui_sessions.model.display import shown_age
from tui_sessions.model.steps import StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

UNDONE = "↶"


class HistoryDialog(PickerDialog[str]):
    """The result is the id of the step; one that was undone already is complained about."""

    VERB = "take back"

    def __init__(self, steps: Sequence[StepRow], *, now: Clock, redo_key: str = "") -> None:
        choices = Choices(
            heads=("changed", "when"),
            placeholder="what was done",
            empty="Nothing was done yet that could be taken back.",
            noun=("step", "steps"),
        )
        moment = now()
        super().__init__("History", choices, [_choice(step, moment) for step in steps])
        self._steps = {step.id: step for step in steps}
        self._redo = f"{redo_key} in a list, or :redo," if redo_key else ":redo"

    def picked(self, key: str) -> str:
        """The id. Raises `UsageError` for a step that cannot be taken back."""
        step = self._steps[key]
        if step.is_undone:
            raise UsageError(f"That is taken back already. {self._redo} does the last one again.")
        if step.trouble:
            raise UsageError(step.trouble)
        return key


def _choice(step: StepRow, now: datetime) -> Choice:
    label = clean_line(step.label)
    return Choice(
        step.id,
        f"{label} · taken back" if step.is_undone else label,
        (f"{step.count:,}", shown_age(step.at, now)),
        mark=UNDONE if step.is_undone else "",
        is_quiet=step.is_undone or bool(step.trouble),
    )
