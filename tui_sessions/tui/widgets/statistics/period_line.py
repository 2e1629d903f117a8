"""The stretches of time that can be chosen, each with its key; the chosen one stands out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

Entry = tuple[str, str, bool]
"""Key, label, whether it is chosen."""
_CHOSEN = "bold $primary underline"
_GAP = "  "


class PeriodLine(Widget):
    """One line, as wide as what it says."""

    DEFAULT_CSS = """
    PeriodLine { width: auto; height: 1; padding: 0 1; }
    """
    entries: reactive[tuple[Entry, ...]] = reactive((), layout=True)
    typed: reactive[str] = reactive("", layout=True)
    """A stretch of time that stands in the filter, in words."""

    def show(self, entries: Sequence[Entry], typed: str) -> None:
        """Another choice."""
        self.entries, self.typed = tuple(entries), typed

    def render(self) -> Content:
        """Keys and labels."""
        parts = [Content.styled(self.typed, _CHOSEN)] if self.typed else []
        for key, label, is_chosen in self._in_sight():
            style = _CHOSEN if is_chosen else "$text-muted"
            parts.append(Content.assemble((key, "$foreground"), " ", (label, style)))
        return Content(_GAP).join(parts)

    def _in_sight(self) -> tuple[Entry, ...]:
        """All of them, or from there on where the chosen one still has room."""
        entries, room = self.entries, self.screen.size.width - 2
        chosen = next((n for n, entry in enumerate(entries) if entry[2]), 0)
        first = 0
        while first < chosen and _cells(entries[first : chosen + 1]) > room > 0:
            first += 1
        return entries[first:]


def _cells(entries: Sequence[Entry]) -> int:
    return sum(cell_len(f"{key} {label}") for key, label, _ in entries) + len(_GAP) * (
        len(entries) - 1
    )
