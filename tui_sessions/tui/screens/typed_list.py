"""A list of names and values, of which the one under the cursor is changed by typing into a line below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choices import Choices
from tui_sessions.tui.widgets.field_editors import LineEditor


class TypedListDialog(PickerDialog[None]):
    """Everything is saved as it is changed; there is no result."""

    VERB = "change"
    LEAVE = "back"

    def __init__(self, title: str, choices: Choices, *, help: Static, line_id: str) -> None:
        """`help` is where a row is explained."""
        super().__init__(title, choices, ())
        self._help = help
        self._label = Static("", classes="dialog--label", markup=False)
        self._line = LineEditor()
        self._row = Horizontal(self._label, self._line, classes="dialog--row", id=line_id)
        self._edited = ""
        """The key of the row that is being typed; "" for none."""

    def body(self) -> ComposeResult:
        """The list, the words about a row, the line to type a value."""
        yield self.choices
        yield self._help
        yield self._row

    def action_cancel(self) -> None:
        """Leaves the line, then the dialog."""
        if self._edited:
            self._stop_editing()
        else:
            self.dismiss(None)

    @property
    def _filter(self) -> Input:
        return self.choices.query_one(Input)

    @property
    def _is_typing(self) -> bool:
        """Whether a key that deletes has something to delete."""
        line = self._filter
        is_inside = line.cursor_position < len(line.value) or not line.selection.is_empty
        return bool(self._edited) or is_inside

    def _begin_editing(
        self, key: str, label: str, text: str, words: Sequence[str], *, placeholder: str = ""
    ) -> None:
        self._edited = key
        self._label.update(clean_line(label))
        self._line.completion.words = words
        self._line.placeholder = placeholder
        self._line.load(text)
        self._row.display = True
        # Down and up would leave the line, and what was typed with it.
        self._filter.can_focus = False
        self._line.focus()
        self._line.action_select_all()
        self._tell_keys()

    def _stop_editing(self) -> None:
        self._edited = ""
        self._row.display = False
        self._filter.can_focus = True
        self._filter.focus()
        self._tell_keys()
        self.complain("")

    def _tell_keys(self) -> None:
        self.query_one("#key_line", Static).update(self._key_line())

    def _key_line(self) -> str:
        line = super()._key_line()
        return f"enter save   {line.rpartition('   ')[2]}" if self._edited else line
