"""Asks before quitting where something is only in memory."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.dialog import Dialog


class QuitDialog(Dialog[str]):
    """The result is `quit` or `elsewhere`, or None to stay."""

    VERB = "quit without"
    LEAVE = "back"
    KEYS = (("quit.elsewhere", "e", "save elsewhere"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "elsewhere", "Save elsewhere", id="quit.elsewhere", show=False),
    ]

    def __init__(self, what: str, reason: str, *, form: str = "") -> None:
        """`form` is why what is typed in the form could not be saved either."""
        also = " and the details" if form else ""
        super().__init__(f"Quit without saving {what[:1].lower() + what[1:]}{also}?")
        self._reasons = tuple(dict.fromkeys(filter(None, (reason, form))))
        self._is_form = bool(form)

    def body(self) -> ComposeResult:
        """Why, and what follows."""
        lines = "\n".join(f"· {clean_line(reason)}" for reason in self._reasons)
        yield Static(lines, classes="dialog--line", markup=False)
        note = "It is lost then, but for what the journal could keep. A copy elsewhere keeps all"
        note += " but the details." if self._is_form else "."
        yield Static(note, classes="dialog--note", markup=False)

    def answer(self) -> str:
        """Quit."""
        return "quit"

    def action_elsewhere(self) -> None:
        """Write a copy first."""
        self.dismiss("elsewhere")


def quit_form_dialog(reason: str) -> ConfirmDialog:
    """Asks whether to quit although what is typed in the form could not be saved."""
    return ConfirmDialog(
        "Quit without saving the details?",
        details=(reason,),
        note="What is typed there is lost then.",
        verb="quit",
    )
