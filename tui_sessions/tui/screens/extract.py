"""Asks which turns are to become a session of their own."""

from __future__ import annotations

from tui_sessions.errors import UsageError
from tui_sessions.model.branches import numbers_in
from tui_sessions.model.display import shown_number
from tui_sessions.tui.screens.dialog import LineDialog


class ExtractDialog(LineDialog):
    """The result is the turns, like `3-7`; one is proposed."""

    VERB = "extract"

    def __init__(self, proposed: str, *, count: int) -> None:
        super().__init__("Extract turns as a new session", proposed, placeholder="3-7")
        self._count = count

    def answer(self) -> str:
        """The turns. Raises `UsageError` where there are none such."""
        words = super().answer()
        numbers_in(words, self._count)
        return words

    def on_line(self, text: str) -> None:
        """Which these are."""
        there = f"This session has {shown_number(self._count, 'turn')}"
        try:
            first, last = numbers_in(text, self._count)
        except UsageError:
            self.note(f"{there}: 3, or 3-7. This one stays as it is.")
        else:
            taken = f"turn {first}" if first == last else f"turns {first} to {last}"
            self.note(f"{there}; {taken} will be copied. This one stays as it is.")
