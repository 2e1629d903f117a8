"""Asks for the file name to save a session under."""

from __future__ import annotations

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import LineDialog

MAX_NAME = 120
"""Below the 255 bytes of common file systems, with room for non-ASCII letters and the suffix."""


class SaveDialog(LineDialog):
    """The result is the name, without folder and without `.json`."""

    VERB = "save"

    def __init__(self, name: str, directory: str) -> None:
        super().__init__("Save under a name", name, placeholder="file name")
        self._directory = directory

    def on_line(self, text: str) -> None:
        """Shows where it will be."""
        self.note(f"{self._directory.rstrip('/')}/{bare_name(text) or '…'}.json")

    def answer(self) -> str:
        """The name, checked."""
        return checked_name(bare_name(super().answer()))


def bare_name(text: str) -> str:
    """The name without spaces around it and without `.json`."""
    return text.strip().removesuffix(".json").strip()


def checked_name(name: str) -> str:
    """`name` if it can be a file's. Raises `UsageError`."""
    if not name:
        raise UsageError("Write a name.")
    if "/" in name or "\\" in name or name.startswith("."):
        raise UsageError("A name has no slash and does not begin with a dot.")
    if clean_line(name) != name:
        raise UsageError("A name has no control characters.")
    if len(name) > MAX_NAME:
        raise UsageError(f"A name has at most {MAX_NAME} characters.")
    return name
