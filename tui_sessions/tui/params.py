"""The parameters of the open session by command and dialog; every change is one step that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_sessions.model.params import (
    EFFORTS,
    KNOWN,
    key_of,
    label,
    parsed,
    set_param,
    set_values,
    shown,
    value_of,
)
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.tui.screens.params import Parameter

_SHORT = {"reasoning_effort": "effort", "context_window": "window"}
"""What fingers type for these."""
_WORDS: dict[str, Sequence[str]] = {"reasoning_effort": EFFORTS}
_UNSET = {"context_window": "all pairs"}
"""What holds where nothing is set, and the provider has no say in it."""


def _unset(key: str) -> str:
    """What holds then, as the end of a sentence."""
    return f"it is {_UNSET[key]}" if key in _UNSET else "it is as the provider has it"


class OwnParams:
    """What is sent with every prompt of the open session."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    # the command

    def param(self, words: str) -> None:
        """`temperature 0.3` sets, `temperature` alone sets no longer, nothing opens the dialog. Raises
        `UsageError`."""
        if not words:
            self.open()
            return
        name, _, text = words.replace("=", " ", 1).partition(" ")
        key = key_of(name)
        if text.strip():
            self.set(key, text)
            value = value_of(self._stage.workspace.session.params, key)
            self._stage.say(f"{label(key)} is {shown(value)} from the next prompt on.")
        elif value_of(self._stage.workspace.session.params, key) is None:
            self._stage.say(f"{label(key)} is not set: {_unset(key)}.")
        else:
            self.remove(key)
            self._stage.say(f"{label(key)} is not set from the next prompt on: {_unset(key)}.")

    def open(self) -> None:
        """The dialog."""
        from tui_sessions.tui.screens.params import ParamsDialog

        undo = self._stage.keys.shown("session.undo") or ":undo"
        about = f"sent with every prompt of this session; {undo} in a list takes a change back"
        self._stage.app.push_screen(ParamsDialog(self, about=about))

    def offers(self, typed: str) -> list[str]:
        """What may follow `:param`: names, then words for the effort."""
        name, space, _ = typed.partition(" ")
        if not space:
            there = [key for key, _ in set_values(self._stage.workspace.seen.params)]
            names = [_SHORT.get(key, key) for key in dict.fromkeys((*KNOWN, *there))]
            return [key for key in names if key.isprintable()]
        full = {short: key for key, short in _SHORT.items()}.get(name, name)
        return [f"{name} {word}" for word in _WORDS.get(full, ())]

    # what the dialog asks

    def rows(self) -> Sequence[Parameter]:
        """All that are known or set."""
        from tui_sessions.tui.screens.params import UNSET, Parameter

        values = dict(set_values(self._stage.workspace.session.params))
        return [
            Parameter(
                key,
                label(key),
                shown(values[key]) if key in values else "",
                KNOWN.get(key, "passed on to the server as it is"),
                _WORDS.get(key, ()),
                _UNSET.get(key, UNSET),
            )
            for key in dict.fromkeys((*KNOWN, *values))
        ]

    def named(self, text: str) -> Parameter:
        """The parameter of that name. Raises `UsageError` for what cannot be one."""
        from tui_sessions.tui.screens.params import Parameter

        key = key_of(text)
        there = next((row for row in self.rows() if row.key == key), None)
        return there or Parameter(key, key, "", "passed on to the server as it is")

    def set(self, key: str, text: str) -> None:
        """Set it to what was typed. Raises `UsageError`, `StoreError`."""
        key = key_of(key)
        self._change(key, parsed(key, text))

    def remove(self, key: str) -> None:
        """Set it no longer. Raises `StoreError`."""
        self._change(key, None)

    def _change(self, key: str, value: object) -> None:
        stage = self._stage
        workspace = stage.workspace
        workspace.edit(workspace.session.id, set_param(key, value), label=label(key))
        stage.show_session(workspace.session)
        stage.show_tree()
