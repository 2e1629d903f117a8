"""The prompts that wait for their turn: edited, cancelled, or sent before the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices


class Waiting(Protocol):
    """Where they are, and what is done with them. The two that change something may raise a
    `TuiSessionsError`, which is shown."""

    def prompts(self) -> Sequence[tuple[str, str]]:
        """Id and first words of each, the next one first."""

    def cancel(self, queued_id: str) -> None:
        """Take one out."""

    def send_first(self, queued_id: str) -> None:
        """Send one before the others."""


class QueueDialog(PickerDialog[str]):
    """The result is the id of the one to edit."""

    VERB = "edit"
    LEAVE = "back"
    KEYS = (("queue.first", "F3", "send first"), ("queue.cancel", "del", "cancel it"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "first", "Send before the others", id="queue.first", priority=True),
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "drop", "Take out of the queue", id="queue.cancel", priority=True),
    ]

    def __init__(self, waiting: Waiting) -> None:
        choices = Choices(
            heads=("",),
            empty="Nothing waits any more.",
            noun=("prompt waits", "prompts wait"),
        )
        super().__init__("Prompts that wait for the answer to end", choices, ())
        self._waiting = waiting

    def fill(self) -> None:
        """The prompts as they wait now."""
        prompts = self._waiting.prompts()
        self.choices.show(
            [
                Choice(queued_id, text, ("next" if number == 1 else str(number),))
                for number, (queued_id, text) in enumerate(prompts, start=1)
            ]
        )

    def on_screen_resume(self) -> None:
        """What was asked before one was sent first has been answered."""
        self.call_later(self.fill)

    def picked(self, key: str) -> str:
        """The id."""
        return key

    def action_first(self) -> None:
        """Send the one under the cursor before the others."""
        self._do(self._waiting.send_first)

    def action_drop(self) -> None:
        """Take the one under the cursor out."""
        self._do(self._waiting.cancel)

    def _do(self, action: Callable[[str], None]) -> None:
        key = self.choices.current
        if key is None:
            return
        try:
            action(key)
        except TuiSessionsError as problem:
            self.complain(str(problem))
        else:
            self.complain("")
        self.fill()
