"""Picks something deleted to take back."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.model.display import shown_age
from tui_sessions.model.results import TrashRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

PATH_CELLS = 32


class TrashDialog(PickerDialog[str]):
    """The result is the `entry` of the row: what `undelete` takes."""

    VERB = "take back"

    def __init__(self, rows: Sequence[TrashRow], *, now: Clock) -> None:
        choices = Choices(
            heads=("was at", "deleted"),
            yielding=(0, 1),
            placeholder="title or file",
            empty="The trash is empty.",
            noun=("deleted session", "deleted sessions"),
        )
        moment = now()
        found = [
            Choice(
                row.entry,
                row.title,
                (cropped(clean_line(row.path), PATH_CELLS), shown_age(row.deleted_at, moment)),
                also=f"{row.path}\n{row.id}",
            )
            for row in rows
        ]
        super().__init__("Trash", choices, found)

    def picked(self, key: str) -> str:
        """The entry."""
        return key
