"""A form for one persona; it stays open until what it says could be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from tui_sessions.config.personas import OWN, Persona, check_name
from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.params import (
    EFFORTS,
    key_of,
    parsed,
    set_values,
    shown,
    value_of,
    with_value,
)
from tui_sessions.model.session import Params
from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.screens.dialog import Dialog
from tui_sessions.tui.widgets.field_editors import LineEditor, TextEditor

AS_IT_IS = "as the session"
SHORT = {
    "temperature": "temperature",
    "max_tokens": "max tokens",
    "reasoning_effort": "effort",
    "context_window": "window",
}


class PersonaForm(Dialog[str]):
    """The result is the name under which it was written. `save` may raise a `TuiSessionsError`."""

    VERB = "save"
    KEYS = (("persona.save", "ctrl+s", "save from a text"), ("persona.model", "ctrl+l", "model"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Save", id="persona.save", priority=True),
        Binding("ctrl+l", "model", "Choose a model", id="persona.model", priority=True),
    ]

    def __init__(
        self,
        title: str,
        persona: Persona,
        *,
        save: Callable[[Persona], None],
        pick_model: Callable[[Callable[[str | None], None]], None],
    ) -> None:
        super().__init__(title)
        self._persona = persona
        self._save = save
        self._pick_model = pick_model
        self._is_warned = False
        self._called = LineEditor("one word: it is asked as @name")
        self._model = LineEditor("the session's own")
        self._system = TextEditor("as the session; several lines")
        self._params = {key: LineEditor(AS_IT_IS) for key in OWN}
        self._params["reasoning_effort"].completion.words = EFFORTS
        self._further = TextEditor("top_p 0.9 — one to a line")

    def body(self) -> ComposeResult:
        """Name, model, system prompt, parameters."""
        yield _row("name", self._called)
        yield _row("model", self._model)
        yield Static("system prompt", classes="dialog--note", markup=False)
        yield self._system
        keys = iter(self._params)
        for one, other in zip(keys, keys, strict=True):
            yield _row(SHORT[one], self._params[one], SHORT[other], self._params[other])
        yield Static("further parameters", classes="dialog--note", markup=False)
        yield self._further

    def on_mount(self) -> None:
        """Filled; the cursor is in the name."""
        persona, params = self._persona, self._persona.params
        for text in (self._system, self._further):
            text.tab_behavior = "focus"
        self._called.load(clean_line(persona.name))
        self._model.load(clean_line(persona.model or ""))
        self._system.load(clean(persona.system or ""))
        for key, editor in self._params.items():
            value = value_of(params, key)
            editor.load("" if value is None else shown(value))
        further = ((key, value) for key, value in set_values(params) if key not in OWN)
        self._further.load("\n".join(f"{clean_line(key)} {shown(value)}" for key, value in further))
        self._called.focus()

    def answer(self) -> str:
        """The name, once it is written. Raises `UsageError`."""
        persona = self._typed()
        try:
            self._save(persona)
        except TuiSessionsError as problem:
            raise UsageError(str(problem)) from problem
        return persona.name

    def action_model(self) -> None:
        """The list of models."""
        self._pick_model(lambda model: self._model.put(model) if model else None)

    def action_cancel(self) -> None:
        """Leave; where something was changed, only with a second escape."""
        if any(editor.is_typed for editor in self._editors()) and not self._is_warned:
            self._is_warned = True
            self.complain("It was changed. Escape once more throws that away, ctrl+s saves.")
            return
        super().action_cancel()

    def _editors(self) -> Iterator[LineEditor | TextEditor]:
        yield from (self._called, self._model, *self._params.values())
        yield from (self._system, self._further)

    def _typed(self) -> Persona:
        """What stands in the form; what was not touched is the very text that was there. Raises
        `UsageError`."""
        before = self._persona
        name = self._called.text.strip().removeprefix("@")
        if not name:
            raise UsageError("A persona needs a name.")
        check_name(name)
        params = Params()
        for key, editor in self._params.items():
            if not editor.is_typed:
                params = with_value(params, key, value_of(before.params, key))
            elif editor.text.strip():
                params = with_value(params, key, parsed(key, editor.text))
        for key, value in self._typed_further():
            params = with_value(params, key, value)
        system = self._system.text.strip() if self._system.is_typed else before.system
        model = self._model.text.strip() if self._model.is_typed else before.model
        return Persona(name=name, model=model or None, system=system or None, params=params)

    def _typed_further(self) -> Iterator[tuple[str, object]]:
        if not self._further.is_typed:
            yield from ((k, v) for k, v in set_values(self._persona.params) if k not in OWN)
            return
        for line in filter(str.strip, self._further.text.splitlines()):
            name, _, text = line.strip().replace("=", " ", 1).partition(" ")
            key = key_of(name)
            if not text.strip():
                raise UsageError(f"{key} needs a value: {key} 0.9, for example.")
            yield key, parsed(key, text)


def _row(*pieces: str | Widget) -> Horizontal:
    widgets = [
        Static(piece, classes="dialog--label", markup=False) if isinstance(piece, str) else piece
        for piece in pieces
    ]
    return Horizontal(*widgets, classes="dialog--row")
