"""Asks for a provider's key without showing it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog

NOTE = (
    "It goes into the system's keyring, and is looked for there from now on. No file of this program "
    "ever holds it."
)


class KeyDialog(Dialog[str]):
    """The result is the key."""

    VERB = "keep it"

    def __init__(self, provider: str) -> None:
        super().__init__(f"Key for {provider}")
        self._input = Input(password=True, placeholder="paste or type it; it is not shown")
        self._input.compact = True

    def body(self) -> ComposeResult:
        """A line whose letters are dots, and what becomes of them."""
        yield self._input
        yield Static(clean_line(NOTE), classes="dialog--note", markup=False)

    def on_mount(self) -> None:
        """Ready to type."""
        self._input.focus()

    def answer(self) -> str:
        """The key. Raises `UsageError` for none."""
        if not self._input.value.strip():
            raise UsageError("Nothing was typed yet.")
        return self._input.value.strip()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes it."""
        event.stop()
        self.action_accept()
