"""Which formats a session can be exported to; a format is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Protocol

from tui_sessions.errors import UsageError
from tui_sessions.model.session import Session

_MODULES = {
    "markdown": "tui_sessions.exchange.markdown",
    "json": "tui_sessions.exchange.json_native",
    "json-b": "tui_sessions.exchange.json_b",
    "text": "tui_sessions.exchange.text",
    "csv": "tui_sessions.exchange.csv_rows",
    "html": "tui_sessions.exchange.html",
}
_OTHER_NAMES = {"md": "markdown", "txt": "text"}
_BY_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".txt": "text",
    ".csv": "csv",
    ".html": "html",
    ".htm": "html",
}

FORMATS: tuple[str, ...] = tuple(_MODULES)
"""The names that `exporter` takes, the usual one first."""


class Exporter(Protocol):
    """One format. A module with these three names is one."""

    @property
    def suffix(self) -> str:
        """What the file's name ends in, with the dot."""
        ...

    @property
    def label(self) -> str:
        """The format's name for people."""
        ...

    def export(self, sessions: Sequence[Session]) -> bytes:
        """The bytes of a file that holds `sessions`."""
        ...


def exporter(name: str) -> Exporter:
    """The exporter of that name (`md` and `txt` are understood too). Raises `UsageError`."""
    known = _OTHER_NAMES.get(name.lower(), name.lower())
    if known not in _MODULES:
        near = get_close_matches(known, FORMATS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(FORMATS)}."
        raise UsageError(f"There is no export format {name!r}. {hint}")
    module: Exporter = import_module(_MODULES[known])
    return module


def format_of_suffix(suffix: str) -> str | None:
    """The format that a file name's ending asks for, None where it says nothing."""
    return _BY_SUFFIX.get(suffix.lower())
