"""What a session held before it was overwritten: looked through, one brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui_sessions.model.display import shown_age, shown_number, shown_size
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.model.version import VersionRow
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

SHOWN_LINES = 8
"""Of what differs."""
Passages = Callable[[int], Sequence[tuple[str, str]]]
"""The first lines that only one of a version (`-`) and the session as it is now (`+`) has."""


class VersionsDialog(PickerDialog[int]):
    """The result is the number of the version to bring back."""

    VERB = "bring it back"

    def __init__(
        self, rows: Sequence[VersionRow], *, title: str, passages: Passages, now: Clock
    ) -> None:
        choices = Choices(
            heads=("turns", "size", "written"),
            yielding=(1,),
            placeholder="what differs",
            empty="This session was never overwritten with anything else.",
            noun=("version", "versions"),
        )
        moment = now()
        shown = [
            Choice(
                str(row.number),
                "; ".join(row.differs),
                (
                    shown_number(row.turns, "turn"),
                    shown_size(row.size),
                    shown_age(row.at, moment),
                ),
                also=row.title,
            )
            for row in rows
        ]
        super().__init__(f"Versions of “{clean_line(title)[:60]}”", choices, shown)
        self._passages = passages
        self._preview = Static("", id="version_preview", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The list, and what differs in the row under the cursor."""
        yield self.choices
        yield self._preview

    def picked(self, key: str) -> int:
        """Its number."""
        return int(key)

    def on_moved(self, key: str | None) -> None:
        """Tell in what it differs: what it has and now has not, what now has and it has not."""
        lines = self._passages(int(key)) if key is not None else ()
        words = [clean_line(f"{sign} {line}")[:200] for sign, line in lines]
        self._preview.update(Content("\n".join(words)))
