"""What can be taken back in this run of the program, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LIMIT = 100


@dataclass(frozen=True, slots=True)
class Undo:
    """One thing that was done: what to call it, and how to take it back."""

    label: str
    back: Callable[[], object]


class UndoStack:
    """The last things that were done."""

    def __init__(self) -> None:
        self._done: list[Undo] = []

    def push(self, label: str, back: Callable[[], object]) -> None:
        """Remember how to take something back."""
        self._done.append(Undo(label, back))
        del self._done[:-LIMIT]

    def take_back(self) -> str | None:
        """Undo the newest; its label, or None where nothing is left.

        It leaves the stack only when it worked: a full disk does not cost the way back.
        """
        if not self._done:
            return None
        self._done[-1].back()
        return self._done.pop().label
