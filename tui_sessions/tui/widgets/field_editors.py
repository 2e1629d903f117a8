"""What a person types into: one line, several lines, or one of a few words.

Every editor has a `text`, knows whether it was typed in, and says so; it does not know what the text means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.many_lines import ManyLines

UNDO_KEYS = "ctrl+z,super+z"


@dataclass
class Settled(Message):
    """The editor was left, or enter was pressed in it."""

    is_done: bool = False
    """Enter was pressed, and there is nothing left to do here."""


class Typed(Message):
    """The text changed under a person's hands."""


class UndoWanted(Message):
    """Undo was pressed where nothing is typed."""


class Editing(Widget):
    """What all editors share: `text` is what stands there, `loaded` what was put there."""

    loaded = ""

    @property
    def text(self) -> str:
        """The text as it stands."""
        raise NotImplementedError

    def put(self, text: str) -> None:
        """Shows `text` without counting it as typed or as loaded."""
        raise NotImplementedError

    def load(self, text: str) -> None:
        """Puts `text` there as the one that nobody has touched yet."""
        self.loaded = text
        if self.text != text:
            self.put(text)

    def settle(self) -> None:
        """The text as it stands is taken: nothing is typed any more."""
        self.loaded = self.text

    @property
    def is_typed(self) -> bool:
        """Whether the text is another than the loaded one."""
        return self.text != self.loaded

    def on_blur(self) -> None:
        """Leaving a field settles it."""
        self.post_message(Settled())


class Completion(Suggester):
    """Completes from `words`, which may change at any time."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=False)
        self.words: Sequence[str] = ()

    async def get_suggestion(self, value: str) -> str | None:
        """The first word that begins with `value`."""
        return completed(value, self.words)


def completed(value: str, words: Sequence[str]) -> str | None:
    """The first of `words` that begins with `value`, whatever the case."""
    start = value.casefold()
    fits = (clean_line(word) for word in words)
    return next((word for word in fits if start and word.casefold().startswith(start)), None)


class LineEditor(Input, Editing):
    """One line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(UNDO_KEYS, "undo", "Undo field", id="details.undo")
    ]
    DEFAULT_CSS = """
    LineEditor, LineEditor:focus, LineEditor.-textual-compact {
        width: 1fr; height: 1; border: none; padding: 0; background: transparent; background-tint: transparent;
    }
    LineEditor:focus { background: $foreground 10%; }
    LineEditor > .input--placeholder, LineEditor > .input--suggestion { color: $text-muted; }
    """

    def __init__(self, placeholder: str = "", *, classes: str | None = None) -> None:
        self.completion = Completion()
        super().__init__(
            placeholder=placeholder,
            compact=True,
            select_on_focus=False,
            suggester=self.completion,
            classes=classes,
        )

    @property
    def text(self) -> str:
        """The line."""
        return self.value

    def put(self, text: str) -> None:
        """Shows `text`, the cursor at its end."""
        self.value = text
        self.cursor_position = len(text)

    def action_undo(self) -> None:
        """Takes back what is typed, then asks for the value before."""
        if self.is_typed:
            self.put(self.loaded)
        else:
            self.post_message(UndoWanted())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Says that something was typed."""
        event.stop()
        if self.is_typed:
            self.post_message(Typed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter settles the field."""
        event.stop()
        self.post_message(Settled(is_done=True))


class TextEditor(ManyLines, Editing):
    """Text of several lines, growing with it up to a few."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(UNDO_KEYS, "undo", "Undo field", id="details.undo")
    ]
    DEFAULT_CSS = """
    TextEditor, TextEditor:focus, TextEditor.-textual-compact {
        width: 1fr; height: auto; min-height: 1; max-height: 5; border: none; padding: 0; background: transparent;
        scrollbar-size-vertical: 1;
    }
    TextEditor:focus { background: $foreground 10%; }
    TextEditor > .text-area--placeholder { color: $text-muted; }
    TextEditor > .text-area--cursor-line { background: transparent; }
    """

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, compact=True, soft_wrap=True)

    def put(self, text: str) -> None:
        """Shows `text`; what was typed before can no longer be undone letter by letter."""
        self.load_text(text)

    def settle(self) -> None:
        """Undoing letter by letter stops at what was taken."""
        super().settle()
        self.history.checkpoint()

    def action_undo(self) -> None:
        """Takes back typing step by step, then asks for the value before."""
        before = self.text
        if self.is_typed:
            self.undo()
            if self.text == before:
                self.put(self.loaded)
        else:
            self.post_message(UndoWanted())

    def action_cursor_up(self, select: bool = False) -> None:
        """Up in the first line leaves the field upwards."""
        if self.cursor_at_first_line and not select:
            raise SkipAction
        super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down in the last line leaves the field downwards."""
        if self.cursor_at_last_line and not select:
            raise SkipAction
        super().action_cursor_down(select)

    def action_select_line(self) -> None:
        """F6 and F7 belong to the panes."""
        raise SkipAction

    def action_select_all(self) -> None:
        """F6 and F7 belong to the panes."""
        raise SkipAction

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Says that something was typed."""
        event.stop()
        if self.is_typed:
            self.post_message(Typed())


class ChoiceEditor(Editing, can_focus=True):
    """One of a few words, changed with left and right."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "step(1)", "Next", id="choice.next"),
        Binding("left,h", "step(-1)", "Previous", id="choice.previous"),
        Binding("enter", "settle", "Take", id="choice.take", show=False),
        Binding(UNDO_KEYS, "undo", "Undo field", id="details.undo"),
    ]
    DEFAULT_CSS = """
    ChoiceEditor { width: 1fr; height: 1; color: $foreground; }
    ChoiceEditor:focus { background: $foreground 10%; }
    """

    chosen = reactive("")

    def __init__(self, words: Sequence[str], *, labels: Sequence[str] = ()) -> None:
        super().__init__()
        self._words = tuple(words)
        self._labels = dict(zip(words, labels or words, strict=True))

    @property
    def text(self) -> str:
        """The chosen word."""
        return self.chosen

    def put(self, text: str) -> None:
        """Shows `text`, even one that is not among the words."""
        self.chosen = text

    def render(self) -> Content:
        """The word, between arrows where it can be changed now."""
        label = clean_line(self._labels.get(self.chosen, self.chosen))
        return Content(f"‹ {label} ›" if self.has_focus else label)

    def action_step(self, step: int) -> None:
        """Goes to the next or previous word."""
        words = self._words
        at = words.index(self.chosen) + step if self.chosen in words else 0
        self.chosen = words[at % len(words)]
        self.post_message(Typed())

    def action_settle(self) -> None:
        """Enter settles the field."""
        self.post_message(Settled(is_done=True))

    def action_undo(self) -> None:
        """Back to the loaded word, then asks for the value before."""
        if self.is_typed:
            self.put(self.loaded)
        else:
            self.post_message(UndoWanted())

    def on_click(self, event: events.Click) -> None:
        """A click on the focused word goes on to the next."""
        event.stop()
        if event.chain > 1 or event.x >= 2:
            self.action_step(1)
