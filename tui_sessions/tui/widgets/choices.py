"""A filter box over a list from which one thing is chosen: what all pickers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tui_sessions.tui.widgets.choice_list import Choice, ChoiceList


class _WithoutSpaces(Input):
    """A filter that leaves the space bar to whoever marks rows with it."""

    def on_key(self, event: events.Key) -> None:
        """The key goes on to the bindings; it is not typed."""
        if event.key == "space":
            event.prevent_default()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key is typed here: bindings of such keys do not work."""
        return key != "space" and super().check_consume_key(key, character)


class Choices(Vertical):
    """Type to filter, up and down to go, enter to choose. The cursor stays in the filter."""

    can_focus = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", "Down", id="choices.down", show=False),
        Binding("up,ctrl+p", "move(-1)", "Up", id="choices.up", show=False),
        Binding("pagedown", "page(1)", "Page down", id="choices.page_down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="choices.page_up", show=False),
        Binding("ctrl+home", "edge(-1)", "First", id="choices.first", show=False),
        Binding("ctrl+end", "edge(1)", "Last", id="choices.last", show=False),
    ]
    DEFAULT_CSS = """
    Choices { height: 1fr; }
    Choices > Input, Choices > Input:focus { height: 1; border: none; padding: 0; background: transparent; background-tint: transparent; width: 1fr; }
    Choices > Input > .input--placeholder { color: $text-muted; }
    Choices > .choices--count { height: 1; color: $text-muted; text-align: right; }
    Choices > ChoiceList { margin-top: 1; }
    """

    @dataclass
    class Chosen(Message):
        """Enter or a click on the row of that key."""

        key: str

    @dataclass
    class Missed(Message):
        """Enter where there is no row to choose."""

    @dataclass
    class Moved(Message):
        """The cursor stands on another row; None where there is none."""

        key: str | None

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        heads: Sequence[str] = (),
        placeholder: str = "type to filter",
        empty: str = "There is nothing here.",
        noun: tuple[str, str] = ("row", "rows"),
        yielding: Sequence[int] = (),
        takes_typed: bool = False,
        is_best_first: bool = False,
        is_markable: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        box = _WithoutSpaces if is_markable else Input
        self._filter = box(placeholder=placeholder, compact=True)
        self._list = ChoiceList(
            heads,
            empty=empty,
            yielding=yielding,
            takes_typed=takes_typed,
            is_best_first=is_best_first,
            is_markable=is_markable,
        )
        self._count = Static("", classes="choices--count", markup=False)
        self._noun = noun
        self._first = tuple(choices)
        self._known: int | None = None

    def compose(self) -> ComposeResult:
        """Filter, list, count."""
        yield self._filter
        yield self._list
        yield self._count

    def on_mount(self) -> None:
        """Ready to type."""
        self.show(self._first)
        self._filter.focus()

    @property
    def typed(self) -> str:
        """What stands in the filter."""
        return self._filter.value.strip()

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        return self._list.current

    def show(
        self, choices: Sequence[Choice], *, current: str | None = None, known: int | None = None
    ) -> None:
        """Replaces the rows; the cursor stays on the same row, or goes to `current`, to the first for "".

        `known` is how many there are where these are only some of them.
        """
        self._known = known
        self._list.show(choices, current=current)
        self._tell()

    def type(self, text: str) -> None:
        """Puts `text` into the filter as if it had been typed."""
        self._filter.value = text
        self._filter.cursor_position = len(text)

    def clear(self) -> None:
        """Shows no rows, and nothing is typed any more."""
        with self.prevent(Input.Changed):
            self._filter.value = ""
        self._list.filter("")
        self._list.show(())

    def say_empty(self, sentence: str) -> None:
        """What stands there where there are no rows."""
        self._list.say_empty(sentence)

    def mark(self, keys: frozenset[str]) -> None:
        """Draws these rows as marked and no others."""
        self._list.mark(keys)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filters as one types."""
        event.stop()
        self._list.filter(self.typed)
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter chooses."""
        event.stop()
        chosen = None if self.current is None else self.Chosen(self.current)
        self.post_message(chosen or self.Missed())

    def on_choice_list_picked(self, event: ChoiceList.Picked) -> None:
        """A click chooses."""
        event.stop()
        self.post_message(self.Chosen(event.key))

    def action_move(self, step: int) -> None:
        """One row up or down."""
        self._list.move(step)
        self._tell()

    def action_page(self, step: int) -> None:
        """One page up or down."""
        self._list.move(step * max(1, self._list.size.height - 1))
        self._tell()

    def action_edge(self, step: int) -> None:
        """To the first or last row."""
        self._list.move(step * self._list.total)
        self._tell()

    def _tell(self) -> None:
        shown, total = self._list.shown, self._known or self._list.total
        noun = self._noun[total != 1]
        self._count.update(
            f"{total:,} {noun}" if shown == total else f"{shown:,} of {total:,} {noun}"
        )
        self.post_message(self.Moved(self.current))
