"""Asks for the name of a search that is kept as a smart folder."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import LineDialog


class KeepSearchDialog(LineDialog):
    """The result is the name; the search itself is proposed as one."""

    VERB = "keep"

    def __init__(self, text: str, taken: Sequence[str]) -> None:
        super().__init__(
            "Keep the search", text, placeholder="name",
            note="As a folder of the tree that holds whatever the search finds, now and later.",
        )  # fmt: skip
        self._taken = {name.casefold() for name in taken}

    def answer(self) -> str:
        """The name, checked."""
        name = clean_line(super().answer())
        if not name:
            raise UsageError("Write a name.")
        if name.casefold() in self._taken:
            raise UsageError("There is a smart folder of that name. Write another name.")
        return name
