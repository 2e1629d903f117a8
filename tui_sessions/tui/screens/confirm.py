"""Asks before something is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog

MOST_DETAILS = 6


class ConfirmDialog(Dialog[bool]):
    """The result is True, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "accept", "Yes", id="dialog.yes", show=False),
        Binding("n,q", "cancel", "No", id="dialog.no", show=False),
    ]

    def __init__(
        self, question: str, *, details: Sequence[str] = (), note: str = "", verb: str = "yes"
    ) -> None:
        super().__init__(question)
        self.VERB = verb
        self._details = tuple(details)
        self._note = note

    def body(self) -> ComposeResult:
        """What it is about, and what follows."""
        named = [f"· {clean_line(name)}" for name in self._details[:MOST_DETAILS]]
        if len(self._details) > MOST_DETAILS:
            named.append(f"and {len(self._details) - MOST_DETAILS:,} more")
        if named:
            yield Static("\n".join(named), classes="dialog--line", markup=False)
        yield Static(clean_line(self._note), classes="dialog--note", markup=False)

    def answer(self) -> bool:
        """Yes."""
        return True
