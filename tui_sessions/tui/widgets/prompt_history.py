"""Walking through earlier prompts. What was being typed, and edits of old ones, wait where they are."""

from __future__ import annotations

from collections.abc import Sequence


class PromptHistory:
    """Earlier prompts, oldest first, with what is being typed as the last."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self._entries = _without_repeats(entries)
        self._at = len(self._entries)
        self._edited: dict[int, str] = {}

    def earlier(self, current: str) -> str | None:
        """The text one back, None at the oldest; `current` is kept for the way back."""
        return self._step(-1, current)

    def later(self, current: str) -> str | None:
        """The text one on, None at the end."""
        return self._step(1, current)

    def shows(self, text: str) -> bool:
        """Whether `text` is an earlier prompt that was walked to and not changed since."""
        return self._at < len(self._entries) and text == self._text(self._at)

    def restart(self) -> None:
        """Begin at the end again, with nothing kept."""
        self._at = len(self._entries)
        self._edited.clear()

    def with_entries(self, entries: Sequence[str]) -> PromptHistory:
        """The same place among other entries, with what was being typed, and, where entries were
        only added, with all edits."""
        other = PromptHistory(entries)
        old_end, end = len(self._entries), len(other._entries)
        if other._entries[:old_end] == self._entries:
            other._edited = {at: text for at, text in self._edited.items() if at < old_end}
            other._at = end if self._at == old_end else self._at
        else:
            other._at = max(0, end - (old_end - self._at))
        if old_end in self._edited:
            other._edited[end] = self._edited[old_end]
        return other

    def _step(self, direction: int, current: str) -> str | None:
        target = self._at + direction
        if not 0 <= target <= len(self._entries):
            return None
        self._edited[self._at] = current
        self._at = target
        return self._text(target)

    def _text(self, index: int) -> str:
        if index in self._edited:
            return self._edited[index]
        return self._entries[index] if index < len(self._entries) else ""


def _without_repeats(entries: Sequence[str]) -> tuple[str, ...]:
    """Entries that say something and do not repeat the one before."""
    kept: list[str] = []
    for entry in entries:
        if entry.strip() and (not kept or kept[-1] != entry):
            kept.append(entry)
    return tuple(kept)
