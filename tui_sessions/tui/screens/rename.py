"""Asks for another title."""

from __future__ import annotations

from tui_sessions.tui.screens.dialog import LineDialog


class RenameDialog(LineDialog):
    """The result is the title; "" goes back to the first prompt's line."""

    VERB = "rename"

    def __init__(self, title: str, *, fallback: str = "") -> None:
        super().__init__(
            "Rename", title, placeholder=fallback or "title",
            note="Left empty, the first prompt is the title.",
        )  # fmt: skip
