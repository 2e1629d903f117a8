"""Two branches side by side, from where they part: to read, and to go to one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui_sessions.tui.screens.side_by_side import Keys, SideBySide, key
from tui_sessions.tui.widgets.answer_column import Candidate

if TYPE_CHECKING:
    from tui_sessions.tui.two_paths import TwoPaths

TICK_S = 0.4
"""So often they are read again while one of them is being answered."""


class PathsScreen(SideBySide[str]):
    """The result is the session to go to, None where it was left."""

    HELP = """\
## Two branches

What both have in common is left out: each column begins with the first turn that is its own.
"""
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "go there", "open")]
    KEYS: ClassVar[Keys] = (
        ("compare.open", "enter", "go there"),
        ("compare.next", "→", "next"),
        ("compare.difference", "d", "difference"),
        ("compare.together", "z", "together"),
        ("compare.single", "f", "one alone"),
        ("compare.copy", "y", "copy"),
        ("compare.help", "F1", "help"),
        ("compare.leave", "esc", "back"),
    )
    PICKED_WORD = "open"

    def __init__(self, paths: TwoPaths) -> None:
        super().__init__("Two branches", paths.shared)
        self._paths = paths
        self._was_answered = True

    def on_mount(self) -> None:
        """Both, and what arrives in them."""
        self._reload()
        self.set_interval(TICK_S, self._tick)

    def _tick(self) -> None:
        # Once more after the end: the answer is in its file then.
        is_answered = self._paths.are_answered
        if is_answered or self._was_answered:
            self._reload()
        self._was_answered = is_answered

    def _reload(self) -> None:
        self.show(self._paths.candidates())

    def is_picked(self, entry: Candidate) -> bool:
        """Whether it is the one that is open."""
        return self._paths.is_picked(entry.key)

    def state(self) -> Iterable[str]:
        """What this shows."""
        return ("from the fork on",)

    def action_open(self) -> None:
        """Go to the branch that has the focus."""
        if self.entry is not None:
            self.dismiss(self.entry.key)
