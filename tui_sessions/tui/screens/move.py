"""Picks the folder that sessions are moved to."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.screens.folder import checked_path
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

TOP = "/"


class MoveDialog(PickerDialog[str]):
    """The result is the folder as it is written, `/` for the library's own; one that is typed is made."""

    VERB = "move"

    def __init__(self, folders: Sequence[str], *, what: str) -> None:
        choices = Choices(
            placeholder="folder, or a new one: work/api",
            noun=("folder", "folders"),
            takes_typed=True,
        )
        rows = [
            Choice(
                folder, "top of the library" if folder == TOP else clean_line(folder), also=folder
            )
            for folder in folders
        ]
        super().__init__(f"Move {what} to", choices, rows)
        self._known = frozenset(folders)

    def picked(self, key: str) -> str:
        """The folder. Raises `UsageError` for a typed one that cannot be."""
        return key if key in self._known else checked_path(key)
