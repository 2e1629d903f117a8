"""The personas: one chosen for the next prompt; made, changed, copied, taken away.

Knows values and sentences; where they are written is the business of `Personas`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui_sessions.config.personas import Persona
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.params import summary
from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.screens.persona_form import PersonaForm
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

SYSTEM_CELLS = 26
MODEL_CELLS = 24
PARAMS_CELLS = 28
MOST_SYSTEM = 400
STANDING_MARK = "•"
EMPTY = "There is no persona yet. ctrl+n makes one."


class Personas(Protocol):
    """Where personas come from and go to. Every call may raise a `TuiSessionsError`, which is shown."""

    @property
    def place(self) -> str:
        """The file."""

    def all(self) -> Sequence[Persona]:
        """Every persona."""

    def save(self, persona: Persona, former: str | None) -> None:
        """Writes one, in the place of the one of the name `former`."""

    def delete(self, name: str) -> None:
        """Takes one out."""

    def pick_model(self, then: Callable[[str | None], None]) -> None:
        """Lets a model be chosen."""


class PersonasDialog(PickerDialog[str]):
    """The result is the name of the persona that is to be asked next."""

    VERB = "ask it"
    LEAVE = "back"
    KEYS = (
        ("personas.new", "ctrl+n", "new"),
        ("personas.edit", "F2", "change"),
        ("personas.copy", "ctrl+d", "copy"),
        ("personas.delete", "del", "delete"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new", "New", id="personas.new", priority=True),
        Binding("f2", "edit", "Change", id="personas.edit", priority=True),
        Binding("ctrl+d", "copy", "Copy", id="personas.copy", priority=True),
        # Before the filter, which would delete a letter that is not there.
        Binding("delete", "remove", "Delete", id="personas.delete", priority=True),
    ]

    def __init__(self, personas: Personas, *, standing: str = "") -> None:
        """`standing` is the name of who answers in the open session until further notice."""
        choices = Choices(
            heads=("system prompt", "model", "parameters"),
            yielding=(0, 2, 1),
            placeholder="type a name, a model, words of the system prompt",
            empty=EMPTY,
            noun=("persona", "personas"),
        )
        super().__init__("Personas", choices, ())
        self._personas = personas
        self._standing = standing
        self._by_name: dict[str, Persona] = {}
        self._preview = Static("", id="preview", markup=False)

    def body(self) -> ComposeResult:
        """The list, and the system prompt of the one under the cursor."""
        yield self.choices
        yield self._preview

    def fill(self) -> None:
        """As they stand in the file now."""
        self.query_one("#box").border_subtitle = Content(clean_line(self._personas.place))
        self._show()

    def picked(self, key: str) -> str:
        """The name."""
        return key

    def on_moved(self, key: str | None) -> None:
        """Show all of it, as far as there is room."""
        self.complain("")
        persona = self._by_name.get(key or "")
        self._preview.update(_told(persona) if persona is not None else "")
        self._preview.display = persona is not None

    def action_new(self) -> None:
        """An empty form."""
        self._open_form("New persona", Persona(name=""), None)

    def action_edit(self) -> None:
        """The one under the cursor, to be changed."""
        persona = self._current
        if persona is not None:
            self._open_form(f"Persona {clean_line(persona.name)}", persona, persona.name)

    def action_copy(self) -> None:
        """A form with what the one under the cursor has, for another name."""
        persona = self._current
        if persona is not None:
            copy = msgspec.structs.replace(persona, name=self._free_name(persona.name))
            self._open_form(f"Copy of {clean_line(persona.name)}", copy, None)

    def action_remove(self) -> None:
        """Asks, then takes it out of the file."""
        persona = self._current
        if persona is None:
            return
        name = persona.name

        def remove(is_sure: bool | None) -> None:
            if is_sure:
                self._try(lambda: self._personas.delete(name))

        note = "What it answered stays. It cannot be taken back."
        question = f"Delete the persona {clean_line(name)}?"
        self.app.push_screen(ConfirmDialog(question, note=note, verb="delete"), remove)

    @property
    def _current(self) -> Persona | None:
        return self._by_name.get(self.choices.current or "")

    def _open_form(self, title: str, persona: Persona, former: str | None) -> None:
        def save(changed: Persona) -> None:
            self._personas.save(changed, former)

        form = PersonaForm(title, persona, save=save, pick_model=self._personas.pick_model)
        self.app.push_screen(form, self._saved)

    def _saved(self, name: str | None) -> None:
        if name is not None:
            self._try(lambda: None, current=name)

    def _free_name(self, name: str) -> str:
        there = {known.casefold() for known in self._by_name}
        names = (f"{name}-{number}" for number in range(2, len(there) + 3))
        return next(free for free in names if free.casefold() not in there)

    def _try(self, do: Callable[[], None], *, current: str | None = None) -> None:
        try:
            do()
            self._show(current)
        except TuiSessionsError as problem:
            self.complain(str(problem))
        else:
            self.complain("")

    def _show(self, current: str | None = None) -> None:
        self._by_name = {persona.name: persona for persona in self._personas.all()}
        rows = [_choice(persona, self._standing) for persona in self._by_name.values()]
        self.choices.show(rows, current=current)


def _told(persona: Persona) -> str:
    system = clean((persona.system or "")[:MOST_SYSTEM]).strip()
    params = summary(persona.params) or "parameters as the session"
    return f"{params}\n{system or 'no system prompt of its own'}"


def _choice(persona: Persona, standing: str) -> Choice:
    return Choice(
        persona.name,
        persona.name,
        (
            cropped(" ".join(clean_line(persona.system or "").split()), SYSTEM_CELLS),
            cropped(clean_line(persona.model or "the session's"), MODEL_CELLS),
            cropped(summary(persona.params), PARAMS_CELLS),
        ),
        "",
        STANDING_MARK if persona.name == standing else "",
        also=f"{persona.model or ''}\n{persona.system or ''}",
    )
