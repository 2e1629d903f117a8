"""What all dialogs share: a box with a title, Enter takes it, Escape leaves, and the keys are named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.text import brief_line, clean_line
from tui_sessions.tui.screens.answered_once import AnsweredOnce
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices
from tui_sessions.tui.widgets.field_editors import LineEditor, Settled, Typed

R = TypeVar("R")


class Dialog(AnsweredOnce[R], ModalScreen[R]):
    """A question; its result is the answer, or None when it was left."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "OK", id="dialog.accept"),
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("down", "app.focus_next", "Next field", id="dialog.next", show=False),
        Binding("up", "app.focus_previous", "Previous field", id="dialog.previous", show=False),
    ]
    # Not a ClassVar: Textual does not declare it as one.
    VERTICAL_BREAKPOINTS = [(0, "-low"), (9, "-short"), (20, "-tall"), (32, "-high")]  # noqa: RUF012
    VERB = "take it"
    """What Enter does, in the bottom line."""
    LEAVE = "cancel"
    """What Escape does."""
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """Further keys of the bottom line: id of the binding, key by default, what it does."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._wrong = Static("", classes="dialog--wrong", markup=False)

    def compose(self) -> ComposeResult:
        """Title, body, what is wrong, keys."""
        with Vertical(id="box"):
            yield Static(brief_line(self._title), classes="dialog--title", markup=False)
            yield from self.body()
            yield self._wrong
            yield Static("", classes="dialog--keys", id="key_line", markup=False)

    def body(self) -> ComposeResult:
        """What stands between title and keys."""
        yield from ()

    def answer(self) -> R:
        """The result. Raises `UsageError` with what is wrong with it; the dialog stays open then."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Names the keys as they are bound."""
        self.query_one("#key_line", Static).update(self._key_line())

    def action_accept(self) -> None:
        """Takes the answer, if it is right."""
        try:
            result = self.answer()
        except UsageError as error:
            self.complain(str(error))
        else:
            self.dismiss(result)

    def action_cancel(self) -> None:
        """Leaves without an answer."""
        self.dismiss(None)

    def complain(self, sentence: str) -> None:
        """Says what is wrong; "" takes it back."""
        self._wrong.update(brief_line(sentence, 1_000))
        self._wrong.set_class(bool(sentence), "-shown")

    def on_typed(self, event: Typed) -> None:
        """What was wrong is being mended."""
        event.stop()
        self.complain("")

    def on_settled(self, event: Settled) -> None:
        """Enter in a field takes the answer."""
        event.stop()
        if event.is_done:
            self.action_accept()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box leaves."""
        if event.widget is self:
            self.action_cancel()

    def offer(self, verb: str) -> None:
        """Names anew what Enter does."""
        if verb != self.VERB:
            self.VERB = verb
            self.query_one("#key_line", Static).update(self._key_line())

    def _key_line(self) -> str:
        bound = {
            active.binding.id: self.app.get_key_display(active.binding)
            for active in self.active_bindings.values()
            if active.binding.id
        }
        keys = (("", "enter", self.VERB), *self.KEYS, ("dialog.cancel", "esc", self.LEAVE))
        return clean_line("   ".join(f"{bound.get(id, key)} {verb}" for id, key, verb in keys))


class LineDialog(Dialog[str]):
    """Asks for one line."""

    IS_TYPED_OVER = True
    """Whether what is proposed goes with the first letter; else the cursor stands behind it."""

    def __init__(
        self, title: str, value: str = "", *, placeholder: str = "", note: str = ""
    ) -> None:
        super().__init__(title)
        self.line = LineEditor(clean_line(placeholder), classes="dialog--line")
        self._value = value
        self._note = Static(clean_line(note), classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The line and a note below it."""
        yield self.line
        yield self._note

    def on_mount(self) -> None:
        """Ready to be typed over, or on."""
        self.line.load(clean_line(self._value))
        self.line.focus()
        if self.IS_TYPED_OVER:
            self.line.action_select_all()
        else:
            self.line.action_end()
        self.on_line(self.line.text)

    def answer(self) -> str:
        """The line; untouched, it is the very text that was proposed."""
        return self.line.text.strip() if self.line.is_typed else self._value

    def on_line(self, text: str) -> None:
        """Called with every change of the line."""

    def note(self, text: str) -> None:
        """Replaces the note."""
        self._note.update(clean_line(text))

    def on_typed(self, event: Typed) -> None:
        """Keeps the note in step."""
        self.on_line(self.line.text)


class PickerDialog(Dialog[R]):
    """Asks for one row of a list."""

    def __init__(self, title: str, choices: Choices, rows: Sequence[Choice]) -> None:
        super().__init__(title)
        self.choices = choices
        self._rows = tuple(rows)

    def body(self) -> ComposeResult:
        """Filter and list."""
        yield self.choices

    def on_mount(self) -> None:
        """The list is there now."""
        self.fill()

    def fill(self) -> None:
        """Shows the rows that are known at first."""
        self.choices.show(self._rows)

    def picked(self, key: str) -> R:
        """The result for the row of that key."""
        raise NotImplementedError

    def answer(self) -> R:
        """The row under the cursor."""
        key = self.choices.current
        if key is None:
            raise UsageError("Nothing fits. Change the filter, or leave with escape.")
        return self.picked(key)

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Enter or a click."""
        event.stop()
        try:
            result = self.picked(event.key)
        except UsageError as error:
            self.complain(str(error))
        else:
            self.dismiss(result)

    def on_choices_missed(self, event: Choices.Missed) -> None:
        """Enter where there is nothing to choose: never without a word."""
        event.stop()
        self.action_accept()

    def on_choices_moved(self, event: Choices.Moved) -> None:
        """The cursor moved."""
        event.stop()
        self.on_moved(event.key)

    def on_moved(self, key: str | None) -> None:
        """Called when the cursor stands on another row."""


class MarkingDialog(PickerDialog[R]):
    """Asks for one row of a list, or for several that are marked first."""

    def __init__(self, title: str, choices: Choices, rows: Sequence[Choice]) -> None:
        super().__init__(title, choices, rows)
        self._marked: dict[str, None] = {}
        """Their keys, in the order in which they were marked."""

    def action_mark(self) -> None:
        """Mark the row or take its mark away, and go on."""
        key = self.choices.current
        if key is None:
            return
        if key in self._marked:
            del self._marked[key]
        else:
            self._marked[key] = None
        self.choices.mark(frozenset(self._marked))
        self.choices.action_move(1)
