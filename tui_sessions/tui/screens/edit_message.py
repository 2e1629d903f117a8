"""Edits the text of an answer; the dialog is not left with changes by one key alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.text import clean
from tui_sessions.tui.editor import edited
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.widgets.field_editors import TextEditor


class EditMessageDialog(Dialog[str]):
    """The result is the new text."""

    VERB = "new line"
    KEYS = (("edit.save", "ctrl+s", "save"), ("edit.outside", "ctrl+o", "$EDITOR"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Save", id="edit.save", priority=True),
        Binding("ctrl+o", "outside", "In $EDITOR", id="edit.outside", priority=True),
    ]

    def __init__(self, text: str, *, environ: Mapping[str, str]) -> None:
        super().__init__("Edit the answer")
        self._before = clean(text)
        self._raw = text
        self._environ = environ
        self._is_warned = False
        self.editor = TextEditor()

    def body(self) -> ComposeResult:
        """The text."""
        yield self.editor

    def on_mount(self) -> None:
        """Ready to write, at the beginning."""
        self.editor.load(self._before)
        self.editor.move_cursor((0, 0))
        self.editor.focus()

    def answer(self) -> str:
        """The text; what was not touched is the very text that was there."""
        text = self.editor.text
        if text == self._before:
            return self._raw
        if not text.strip():
            raise UsageError("An answer without text is no answer. Delete the message instead.")
        return text

    def action_cancel(self) -> None:
        """Leave; where something was changed, only with a second escape."""
        if self.editor.text != self._before and not self._is_warned:
            self._is_warned = True
            self.complain("The text was changed. Escape once more throws that away, ctrl+s saves.")
            return
        super().action_cancel()

    def action_outside(self) -> None:
        """Go on in the external editor."""
        try:
            with self.app.suspend():
                text = edited(self.editor.text, self._environ)
        except SuspendNotSupported:
            self.complain("This terminal cannot be lent to an editor.")
        except TuiSessionsError as problem:
            self.complain(str(problem))
        else:
            self.editor.put(clean(text))
