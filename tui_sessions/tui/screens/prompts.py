"""Picks one of the kept prompts."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from tui_sessions.model.text import clean
from tui_sessions.tui.screens.choose_code import PREVIEW_CELLS, PREVIEW_LINES
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

SEARCHED = 4000
"""Characters of a prompt that the filter looks through."""


class PromptsDialog(PickerDialog[str]):
    """The result is the text of the prompt."""

    VERB = "put into the prompt"

    def __init__(self, prompts: Sequence[tuple[str, str]], *, folder: str) -> None:
        self._texts = dict(prompts)
        choices = Choices(
            placeholder="name, or words of the prompt",
            empty=f"No prompt is kept yet. :prompt-keep NAME keeps the last one, in {folder}.",
            noun=("prompt", "prompts"),
        )
        rows = [Choice(name, name, also=text[:SEARCHED]) for name, text in prompts]
        super().__init__("Kept prompts", choices, rows)
        self._preview = Static("", id="preview", markup=False)

    def body(self) -> ComposeResult:
        """The list, and the prompt under the cursor."""
        yield self.choices
        yield self._preview

    def on_moved(self, key: str | None) -> None:
        """Shows the prompt under the cursor."""
        text = clean(self._texts[key]) if key is not None else ""
        lines = text.expandtabs(4).split("\n")[:PREVIEW_LINES]
        self._preview.update("\n".join(line[:PREVIEW_CELLS] for line in lines))
        self._preview.display = bool(text)

    def picked(self, key: str) -> str:
        """The text."""
        return self._texts[key]
