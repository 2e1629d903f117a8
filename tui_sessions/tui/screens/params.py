"""The parameters of a session, each with its value; the one under the cursor is explained and changed in place.

Knows rows and sentences; what a value means, and where it is kept, is the business of `Parameters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.tui.screens.typed_list import TypedListDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

UNSET = "as the provider"
LABEL_CELLS = 18
SET = "•"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A row: all of it is text to be shown."""

    key: str
    label: str
    value: str
    """As it can be typed; "" where nothing is set."""
    help: str = ""
    words: Sequence[str] = ()
    """Values to complete."""
    unset: str = UNSET
    """What holds where nothing is set."""


class Parameters(Protocol):
    """Where parameters come from and go to. Every call may raise a `TuiSessionsError`, which is shown."""

    def rows(self) -> Sequence[Parameter]:
        """All that are known or set, as they stand now."""

    def named(self, text: str) -> Parameter:
        """The parameter of that name, of which nothing is set."""

    def set(self, key: str, text: str) -> None:
        """Sets it to what was typed."""

    def remove(self, key: str) -> None:
        """Sets it no longer."""


class ParamsDialog(TypedListDialog):
    """Everything is saved as it is changed; there is no result."""

    KEYS = (("params.remove", "del", "unset"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "remove", "Set no longer", id="params.remove", priority=True),
    ]

    def __init__(self, parameters: Parameters, *, about: str = "") -> None:
        """`about` says whose they are, and what takes a change back."""
        choices = Choices(
            heads=("",),
            placeholder="a parameter; any other name is sent as it is typed: top_k 40",
            empty="Type a name.",
            noun=("parameter", "parameters"),
            takes_typed=True,
        )
        help = Static("", id="param_help", classes="dialog--note", markup=False)
        super().__init__("Parameters", choices, help=help, line_id="param_edit")
        self._parameters = parameters
        self._about = about
        self._by_key: dict[str, Parameter] = {}

    def fill(self) -> None:
        """As everything stands now."""
        self._show()

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Enter or a click lets a value be typed; a typed name with a value sets it at once."""
        event.stop()
        event.prevent_default()
        if self._edited:
            return
        row = self._by_key.get(event.key)
        if row is not None:
            self._edit(row)
            return
        name, _, value = event.key.strip().replace("=", " ", 1).partition(" ")
        if value.strip():
            if self._try(lambda: self._parameters.set(name, value)):
                self._filter.value = ""
        else:
            self._try(lambda: self._edit(self._parameters.named(name)))

    def on_moved(self, key: str | None) -> None:
        """Explains the parameter under the cursor."""
        if not self._edited:
            self.complain("")
            self._explain()

    def action_accept(self) -> None:
        """Takes what was typed; nothing sets it no longer."""
        if not self._edited:
            return
        key, text = self._edited, self._line.text
        parameters = self._parameters
        do = (lambda: parameters.set(key, text)) if text.strip() else lambda: parameters.remove(key)
        if self._try(do):
            self._stop_editing()

    def action_remove(self) -> None:
        """The parameter under the cursor is as the provider has it, if there is nothing to delete before it."""
        row = self._by_key.get(self.choices.current or "")
        if self._is_typing:
            raise SkipAction
        if row is not None and row.value:
            self._try(lambda: self._parameters.remove(row.key))

    def _edit(self, row: Parameter) -> None:
        self._begin_editing(row.key, row.label, row.value, row.words, placeholder=row.unset)
        self._explain(row)

    def _stop_editing(self) -> None:
        super()._stop_editing()
        self._filter.value = ""
        self._explain()

    def _try(self, do: Callable[[], None]) -> bool:
        """Does it and shows what stands then; whether it went well."""
        self.complain("")
        try:
            do()
        except TuiSessionsError as problem:
            self.complain(str(problem))
            return False
        self._show()
        return True

    def _show(self) -> None:
        rows = self._parameters.rows()
        self._by_key = {row.key: row for row in rows}
        cells = max(LABEL_CELLS, *(len(row.label) for row in rows))
        self.choices.show([_choice(row, cells) for row in rows])
        self._explain(self._by_key.get(self._edited))

    def _explain(self, row: Parameter | None = None) -> None:
        row = row or self._by_key.get(self.choices.current or "")
        help = row.help if row is not None else ""
        self._help.update(clean_line(" · ".join(filter(None, (help, self._about)))))


def _choice(row: Parameter, cells: int) -> Choice:
    value, label = clean_line(row.value), clean_line(row.label)
    return Choice(
        row.key,
        f"{label:<{cells}}  {value}".rstrip(),
        ("" if value else clean_line(row.unset),),
        "",
        SET if value else "",
        also=row.key,
    )
