"""Asks what to find in the conversation."""

from __future__ import annotations

from tui_sessions.tui.screens.dialog import LineDialog


class FindDialog(LineDialog):
    """Begins with what was found before; an empty line ends finding."""

    VERB = "find"

    def __init__(self, before: str = "") -> None:
        super().__init__("Find in this conversation", before, placeholder="words as they stand")
