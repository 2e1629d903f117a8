"""Letters typed in the tree to jump to a title. Pure: it knows neither Textual nor the lines."""

from __future__ import annotations

PAUSE_S = 1.0
"""A letter that comes later than this begins another word."""


class TypeAhead:
    """What was typed, and whether typing is looked for at all."""

    def __init__(self) -> None:
        self.is_on = False
        self.text = ""
        self._typed_at = 0.0

    def begin(self) -> None:
        """Letters are looked for from now on."""
        self.is_on = True
        self.text = ""

    def end(self) -> None:
        """Letters are keys again."""
        self.is_on = False
        self.text = ""

    def add(self, letter: str, at: float) -> bool:
        """Take a letter, typed at that second; whether it begins a word."""
        is_new = not self.text or at - self._typed_at > PAUSE_S
        self.text = letter if is_new else self.text + letter
        self._typed_at = at
        return is_new

    def drop(self, at: float) -> None:
        """Take the last letter away."""
        self.text = self.text[:-1]
        self._typed_at = at
