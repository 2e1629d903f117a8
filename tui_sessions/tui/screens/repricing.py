"""What a repricing would change, before it is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui_sessions.model.display import shown_number, shown_priced
from tui_sessions.model.reprice import ModelDeal, Reckoning
from tui_sessions.model.reprice_words import left_words, sum_words
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import Dialog

MOST_MODELS = 8


class RepriceDialog(Dialog[bool]):
    """The result is True where it is to be done."""

    def __init__(self, found: Reckoning) -> None:
        super().__init__(
            "Reckon costs from today's prices?" if found.session_ids else "Unknown costs"
        )
        self.VERB = "do it" if found.session_ids else "close"
        self.LEAVE = "leave them" if found.session_ids else "close"
        self._found = found

    def body(self) -> ComposeResult:
        """By model, why some stay unknown, all together."""
        shown = self._found.models[:MOST_MODELS]
        lines = [_line(model) for model in shown]
        if rest := len(self._found.models) - len(shown):
            lines.append(f"and {shown_number(rest, 'other model')}")
        yield Static("\n".join(lines), classes="dialog--line", markup=False)
        if left := "\n".join(clean_line(line) for line in left_words(self._found)):
            yield Static(left, classes="dialog--note", markup=False)
        yield Static(sum_words(self._found), id="sums", markup=False)

    def answer(self) -> bool:
        """Yes, where there is anything to do."""
        return bool(self._found.session_ids)


def _line(model: ModelDeal) -> str:
    what = (
        f"{shown_priced(model.before)} → {shown_priced(model.after)}" if model.priced else "stays"
    )
    return f"{clean_line(model.model)}  {shown_number(model.priced + model.left, 'answer')}  {what}"
