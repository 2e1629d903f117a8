"""The answers that crashes cut off, of every session: gone to, kept, dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple, Protocol

from textual.binding import Binding, BindingType

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices


class CutRow(NamedTuple):
    """One of them."""

    key: str
    text: str
    what: str
    at: datetime | None


class CutList(Protocol):
    """Where they are, and what is done with them; that may raise a `TuiSessionsError`, which is shown."""

    def rows(self) -> Sequence[CutRow]:
        """The last first."""

    def decide_about(self, key: str, answer: str) -> str:
        """Keep or drop one; what was done, in a sentence."""


class InterruptedDialog(PickerDialog[str]):
    """The result is the key of the one to go to."""

    VERB = "go there"
    LEAVE = "back"
    KEYS = (("interrupted.keep_one", "F3", "keep"), ("interrupted.drop_one", "del", "drop"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "decide('keep')", "Keep it", id="interrupted.keep_one", priority=True),
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "decide('drop')", "Drop it", id="interrupted.drop_one", priority=True),
    ]

    def __init__(self, cuts: CutList) -> None:
        choices = Choices(
            heads=("", "when"),
            empty="Nothing waits for a decision any more.",
            noun=("answer was cut off", "answers were cut off"),
        )
        super().__init__("Answers that a crash cut off", choices, ())
        self._cuts = cuts

    def fill(self) -> None:
        """Those that wait now."""
        self.choices.show([_choice(row) for row in self._cuts.rows()])

    def picked(self, key: str) -> str:
        """The key."""
        return key

    def action_decide(self, answer: str) -> None:
        """Keep or drop the one under the cursor."""
        key = self.choices.current
        if key is None:
            return
        try:
            said = self._cuts.decide_about(key, answer)
        except TuiSessionsError as problem:
            self.complain(str(problem))
        else:
            self.complain("")
            self.notify(said, markup=False)
        self.fill()


def _choice(row: CutRow) -> Choice:
    when = "" if row.at is None else f"{row.at.astimezone():%Y-%m-%d %H:%M}"
    return Choice(row.key, clean_line(row.text), (row.what, when))
