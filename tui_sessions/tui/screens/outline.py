"""The prompts of a session and the messages with a bookmark, to go to one of them."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widgets import Static

from tui_sessions.model.charges import turn_cost
from tui_sessions.model.display import shown_age, shown_cost
from tui_sessions.model.message import Message
from tui_sessions.model.messages import is_bookmarked
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean, clean_line
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

BOOKMARK = "◈"
LABEL_LENGTH = 300
PREVIEW_LINES = 8
PREVIEW_LENGTH = 2_000
MessagePlace = tuple[str, int]
"""A turn's id, and the place of the message in it."""


class OutlineDialog(PickerDialog[MessagePlace]):
    """The result is the message; a few lines of it, or of the answer to it, stand below the list."""

    VERB = "go there"

    def __init__(self, session: Session, *, current: str | None, now: Clock) -> None:
        choices = Choices(
            heads=("cost", "when", "turn"),
            placeholder="type to filter the prompts and bookmarks",
            empty="Nothing was asked here yet.",
            noun=("prompt or bookmark", "prompts and bookmarks"),
        )
        self._turns = {turn.id: turn for turn in session.turns}
        self._current = current
        moment = now()
        rows = [
            _choice(turn, place, message, index, shown_age(message.timestamp, moment))
            for index, turn in enumerate(session.turns, 1)
            for place, message in _listed(turn)
        ]
        super().__init__("Outline", choices, rows)
        self._preview = Static("", id="preview", markup=False)

    def body(self) -> ComposeResult:
        """The list, and what was answered."""
        yield self.choices
        yield self._preview

    def fill(self) -> None:
        """The cursor begins where the reader is."""
        at = next((row.key for row in self._rows if row.key.startswith(f"{self._current} ")), None)
        self.choices.show(self._rows, current=at)

    def on_moved(self, key: str | None) -> None:
        """Shows the beginning of the answer, or of the bookmarked message."""
        text = ""
        if key is not None:
            turn_id, number = self.picked(key)
            turn = self._turns[turn_id]
            message = turn.messages[number]
            shown = turn.answer if message.role == "user" and turn.answer else message
            text = clean(shown.text[:PREVIEW_LENGTH]).strip()
        lines = [line for line in text.expandtabs(4).split("\n") if line.strip()]
        self._preview.update("\n".join(lines[:PREVIEW_LINES]))
        self._preview.display = bool(text)

    def picked(self, key: str) -> MessagePlace:
        """Turn and place."""
        turn_id, _, number = key.rpartition(" ")
        return turn_id, int(number)


def _listed(turn: Turn) -> Iterator[tuple[int, Message]]:
    for number, message in enumerate(turn.messages):
        if message is turn.prompt or is_bookmarked(message):
            yield number, message


def _choice(turn: Turn, place: int, message: Message, index: int, age: str) -> Choice:
    is_prompt = message is turn.prompt
    text = clean_line(message.text[:LABEL_LENGTH]).strip() or "(empty)"
    return Choice(
        f"{turn.id} {place}",
        text if is_prompt else f"  {message.role}: {text}",
        (shown_cost(turn_cost(turn)) if is_prompt else "", age, f"{index:,}"),
        mark=BOOKMARK if is_bookmarked(message) else "",
        is_quiet=not is_prompt,
    )
