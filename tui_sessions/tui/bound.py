"""The keys as they are bound now, by the ids of their bindings: for everything that names a key in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode


class BoundKeys:
    """What to press for a binding, after `[keys]` had its say."""

    def __init__(
        self, app: App[Any], keymap: Mapping[str, str], owners: Iterable[type[DOMNode]]
    ) -> None:
        self._app = app
        self._keymap = keymap
        self._bindings: dict[str, Binding] = {}
        for owner in owners:
            for binding in Binding.make_bindings(owner.BINDINGS):
                if binding.id:
                    self._bindings.setdefault(binding.id, binding)

    def shown(self, binding_id: str) -> str:
        """The first key of a binding as the line at the bottom writes it; "" where it has none."""
        binding = self._bindings.get(binding_id)
        own = self._keymap.get(binding_id)
        if own is not None:
            own = own.split(",")[0].strip()
            return self._app.get_key_display(Binding(own, "", "")) if own else ""
        return self._app.get_key_display(binding) if binding else ""
