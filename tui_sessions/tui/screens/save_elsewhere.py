"""Asks for a path to write a copy to that the disk of the library refuses."""

from __future__ import annotations

from collections.abc import Callable

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.tui.screens.dialog import LineDialog

_NOTE = (
    "The whole session, with what could not be saved, as a session file. Nothing is overwritten."
)
_MEMORY = "/dev/shm is memory: it is lost when the machine is switched off."


class SaveElsewhereDialog(LineDialog):
    """The result is the path that was written, in words; it stays open until that could be done."""

    VERB = "save"
    IS_TYPED_OVER = False

    def __init__(self, path: str, write: Callable[[str], str]) -> None:
        super().__init__(
            "Save elsewhere",
            path,
            placeholder="~/rescued.json",
            note=_NOTE,
        )
        self._write = write

    def on_line(self, text: str) -> None:
        """Says where that place does not last."""
        in_memory = text.strip().startswith("/dev/shm/")
        self.note(f"{_NOTE} {_MEMORY}" if in_memory else _NOTE)

    def answer(self) -> str:
        """Where it was written. Raises `UsageError` where it could not be."""
        path = super().answer().strip()
        if not path:
            raise UsageError("Write a path.")
        try:
            return self._write(path)
        except TuiSessionsError as problem:
            raise UsageError(str(problem)) from problem
