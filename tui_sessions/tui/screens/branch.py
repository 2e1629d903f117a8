"""Asks for the title of a branch."""

from __future__ import annotations

from tui_sessions.tui.screens.dialog import LineDialog


class BranchDialog(LineDialog):
    """The result is the title of the new session; "" lets it have the one of its parent."""

    VERB = "branch"

    def __init__(self, title: str, *, turns: int, total: int) -> None:
        shared = "all turns" if turns >= total else f"the first {turns} of {total} turns"
        super().__init__(
            "Branch here", title, placeholder="title of the branch",
            note=f"A new session with {shared}. This one stays as it is.",
        )  # fmt: skip
