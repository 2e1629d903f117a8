"""Asks for the file to write a code block to."""

from __future__ import annotations

from pathlib import Path

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.code_files import path_of
from tui_sessions.tui.screens.dialog import LineDialog


class SaveCodeDialog(LineDialog):
    """The result is the path as it was written."""

    VERB = "save"
    IS_TYPED_OVER = False

    def __init__(self, name: str, folder: Path) -> None:
        self._folder = folder
        super().__init__("Save the code to a file", name, placeholder="file name, or a path")

    def on_line(self, text: str) -> None:
        """Shows where it will be, and whether something is there."""
        try:
            path = path_of(text, self._folder)
            taken = " · is there already, and is asked about" if path.exists() else ""
        except (UsageError, OSError):
            self.note(f"in {clean_line(str(self._folder))}")
        else:
            self.note(f"{clean_line(str(path))}{taken}")

    def answer(self) -> str:
        """The path, checked."""
        written = super().answer()
        path_of(written, self._folder)
        return written
