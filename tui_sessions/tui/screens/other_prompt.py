"""Another wording of a prompt, to be compared with the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from tui_sessions.errors import UsageError
from tui_sessions.tui.screens.edit_message import EditMessageDialog


class OtherPromptDialog(EditMessageDialog):
    """The result is the other prompt."""

    BINDINGS: ClassVar[list[BindingType]] = []
    KEYS = (("edit.save", "ctrl+s", "ask"), ("edit.outside", "ctrl+o", "$EDITOR"))

    def __init__(self, text: str, *, environ: Mapping[str, str]) -> None:
        super().__init__(text, environ=environ)
        self._title = "The same model, another prompt"

    def on_mount(self) -> None:
        """Ready to write on: after the editor was filled."""
        self.call_after_refresh(lambda: self.editor.move_cursor(self.editor.document.end))

    def answer(self) -> str:
        """The prompt. Raises `UsageError` where it is the same, or none."""
        text = self.editor.text
        if not text.strip() or text == self._before:
            raise UsageError("Change the prompt first: both answers are compared then.")
        return text
