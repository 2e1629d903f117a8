"""Who is to answer: shown on the first day where nobody was found, and whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.ways import Way
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

READY = "●"
WHAT_CELLS = 36
NOTHING = "Nothing was found that can answer but the demonstration."
FOUND = f"{READY} can answer now. The choice is remembered, and can be changed."


class FirstRunDialog(PickerDialog[Way]):
    """The result is the way that was chosen."""

    VERB = "use it"
    LEAVE = "later"
    KEYS = (("providers.look", "ctrl+r", "look again"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "look", "Look again", id="providers.look", priority=True)
    ]

    def __init__(
        self,
        ways: Iterable[Way],
        *,
        title: str = "Who is to answer?",
        look: Callable[[], None] = lambda: None,
        ask_key: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`look` has it looked again for what runs; `show_ways` brings what was found. `ask_key` asks for the
        key of a provider, which may make it ready."""
        choices = Choices(
            heads=("",),
            placeholder="type to filter",
            noun=("provider", "providers"),
        )
        super().__init__(title, choices, ())
        self._ways = tuple(ways)
        self._look = look
        self._ask_key = ask_key
        self._found = Static("", id="found", classes="dialog--note", markup=False)
        self._how = Static("", id="how", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """What was found at all, the list, and what to do about the row under the cursor."""
        yield self._found
        yield self.choices
        yield self._how

    def fill(self) -> None:
        """The cursor begins at the first that can be used."""
        first = next((way.id for way in self._ways if way.is_ready), None)
        self._fill(first or "")

    def show_ways(self, ways: Iterable[Way]) -> None:
        """What was found by now; the cursor stays on its row."""
        self._ways = tuple(ways)
        self._fill(None)

    def on_moved(self, key: str | None) -> None:
        """What to do about it."""
        way = self._way(key)
        self._how.update(clean_line(way.how) if way is not None else "")
        self.complain("")

    def picked(self, key: str) -> Way:
        """The way. Raises `UsageError` for one that cannot be gone yet."""
        way = self._way(key)
        if way is None:
            raise UsageError("Nothing fits. Change the filter, or leave with escape.")
        if not way.is_ready:
            raise UsageError(f"{way.provider} cannot answer yet: {way.what}.")
        return way

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Where only a key is missing, it is asked for; this stays open below."""
        way = self._way(event.key)
        if way is not None and way.asks_key:
            event.stop()
            self._ask_key(way.provider)
        else:
            super().on_choices_chosen(event)

    def action_look(self) -> None:
        """Look again for what runs here."""
        self._look()

    def _fill(self, current: str | None) -> None:
        is_found = any(way.is_ready and way.provider != "demo" for way in self._ways)
        self._found.update(FOUND if is_found else NOTHING)
        self.choices.show(tuple(map(_row, self._ways)), current=current)

    def _way(self, key: str | None) -> Way | None:
        return next((way for way in self._ways if way.id == key), None)


def _row(way: Way) -> Choice:
    mark = READY if way.is_ready else ""
    what = cropped(clean_line(way.what), WHAT_CELLS)
    return Choice(way.id, way.id, (what,), way.group, mark, is_quiet=not way.is_ready)
