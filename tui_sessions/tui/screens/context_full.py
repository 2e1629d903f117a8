"""Asks what to do with a prompt that would overflow the model's context."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog

TRIM, SEND, BACK = "trim", "context", ""
"""What to allow the engine; the first leaves out what does not fit, the second sends all of it."""


class ContextFullDialog(Dialog[str]):
    """Enter goes back, and the text stays in the prompt: nothing is left out by chance."""

    VERB = "back"
    LEAVE = "back"
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("context.trim", "l", "leave the oldest out"),
        ("context.send", "s", "send it as it is"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,t", "choose('trim')", "Leave out the oldest pairs", id="context.trim"),
        Binding("s", "choose('context')", "Send it as it is", id="context.send"),
        Binding("n,q", "cancel", "Back", id="dialog.no", show=False),
    ]

    def __init__(self, reason: str, *, pairs: int, there: int) -> None:
        """`pairs` of the pairs that are `there` would fit."""
        super().__init__("The context is full")
        self._reason = reason
        self._pairs, self._there = pairs, there

    def body(self) -> ComposeResult:
        """What does not fit, what would, what can be done for good."""
        yield Static(clean_line(self._reason), classes="dialog--line", markup=False)
        yield Static(self._note, classes="dialog--note", markup=False)

    @property
    def _note(self) -> str:
        if not self._there:
            return "A model with a larger context may take it (:model)."
        gone = self._there - self._pairs
        if not gone:
            return ""
        which = "all of them" if not self._pairs else f"the oldest {gone:,}"
        return (
            f"Left out of this prompt alone: {which}. :context sets how much goes along from now on, "
            'and chat.when_full = "trim" leaves out what does not fit without asking.'
        )

    def answer(self) -> str:
        """Back."""
        return BACK

    def action_choose(self, allowed: str) -> None:
        """One of the ways to send it."""
        if allowed == TRIM and self._pairs >= self._there:
            return
        self.dismiss(allowed)


class PromptTooLongDialog(ContextFullDialog):
    """Where there is nothing that could be left out."""

    KEYS = (("context.send", "s", "send it as it is"),)


def context_dialog(reason: str, *, pairs: int, there: int) -> ContextFullDialog:
    """The question for a prompt of which `pairs` of the pairs that are `there` would fit."""
    kind = ContextFullDialog if pairs < there else PromptTooLongDialog
    return kind(reason, pairs=pairs, there=there)
