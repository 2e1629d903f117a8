"""A note to the verdict on several answers: why."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui_sessions.tui.screens.dialog import LineDialog


class VerdictNoteDialog(LineDialog):
    """The result is the note; an empty one takes it away."""

    BINDINGS: ClassVar[list[BindingType]] = []
    IS_TYPED_OVER = False
    VERB = "keep"

    def __init__(self, note: str = "") -> None:
        super().__init__(
            "A note to the verdict", note, placeholder="what made the difference", note=""
        )
