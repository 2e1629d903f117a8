"""Picks one of the code blocks of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

PREVIEW_LINES = 8
PREVIEW_CELLS = 200


CodeBlock = tuple[str, str]
"""A fenced block: its language as written, "" where there is none, and its raw text."""


class ChooseCodeDialog(PickerDialog[int]):
    """The result is the number of the block, from 0."""

    def __init__(self, blocks: Sequence[CodeBlock], *, verb: str = "copy") -> None:
        self.VERB = verb
        self._blocks = tuple(blocks)
        choices = Choices(
            heads=("", "lines"),
            placeholder="type to filter",
            empty="There is no code here.",
            noun=("block", "blocks"),
        )
        rows = [*map(_choice, range(len(blocks)), blocks)]
        super().__init__(f"{verb.capitalize()} which code?", choices, rows)
        self._preview = Static("", id="preview", markup=False)

    def body(self) -> ComposeResult:
        """The list, and the block under the cursor."""
        yield self.choices
        yield self._preview

    def on_moved(self, key: str | None) -> None:
        """Shows the block under the cursor."""
        text = clean(self._blocks[int(key)][1][:4000]) if key is not None else ""
        lines = text.strip("\n").expandtabs(4).split("\n")[:PREVIEW_LINES]
        self._preview.update("\n".join(line[:PREVIEW_CELLS] for line in lines))
        self._preview.display = bool(text)

    def picked(self, key: str) -> int:
        """The number."""
        return int(key)


def _choice(number: int, block: CodeBlock) -> Choice:
    language, text = block
    first = next((line for line in text.splitlines() if line.strip()), "(empty)")
    lines = str(len(text.strip("\n").split("\n")))
    return Choice(str(number), first, (clean_line(language)[:12], lines), also=text[:4000])
