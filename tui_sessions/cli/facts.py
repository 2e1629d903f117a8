"""Facts about one thing: a line each for people, an object for programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tui_sessions.cli.console import Console
from tui_sessions.cli.records import print_object
from tui_sessions.model.display import shown_size
from tui_sessions.model.text import clean_line

_WRITTEN = {"sqlite": "SQLite"}
FACT_FORMATS = ("text", "json")


def print_facts(
    console: Console, facts: Mapping[str, Any], format: str, *, sizes: Collection[str] = ()
) -> None:
    """Writes `facts`; None is unknown or not there, and left out of the lines. `sizes` are bytes."""
    if format == "json":
        print_object(console, facts)
        return
    known = {name: value for name, value in facts.items() if value is not None}
    width = max(map(len, known), default=0) + 1
    for name, value in known.items():
        label = f"{_WRITTEN.get(name, name.replace('_', ' '))}:"
        shown = shown_size(value) if name in sizes else _shown(value)
        console.line(f"{label[:1].upper()}{label[1:]:<{width}}{shown}".rstrip())


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case list() | tuple():
            return clean_line(", ".join(map(str, value)))
    return clean_line(str(value))
