"""The line at the bottom: the keys of what has the focus, as many as fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

Keys = tuple[tuple[str, str], ...]
GAP = 2


class KeyBar(Widget):
    """Keys and what they do, the most important first; the last one always has a place."""

    DEFAULT_CSS = """
    KeyBar { height: 1; dock: bottom; padding: 0 1; }
    """
    keys: reactive[Keys] = reactive(())

    def render(self) -> Content:
        """The keys that fit, whole ones only."""
        parts: list[Content] = []
        for key, what in fitting(self.keys, self.content_size.width):
            parts.append(Content.assemble((key, "bold $foreground"), " ", (what, "$text-muted")))
        return Content(" " * GAP).join(parts)


def bound_keys(screen: Screen[Any]) -> dict[str, list[str]]:
    """The keys of a screen as they are now, by binding id."""
    bound: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        is_enter = active.binding.key == "enter"  # named as the dialogs name it
        shown = "enter" if is_enter else screen.app.get_key_display(active.binding)
        bound.setdefault(active.binding.id or "", []).append(shown)
    return bound


def show_keys(screen: Screen[Any], keys: Iterable[tuple[str, str, str]]) -> None:
    """Shows a screen's keys in its bar: binding id, key by default, what it does. A key that the user has
    bound otherwise is shown as that."""
    if not screen.is_current:
        return
    bound, shown = bound_keys(screen), []
    for id, by_default, what in keys:
        own = bound.get(id, [by_default])
        shown.append((by_default if by_default in own else own[0], what))
    screen.query_one(KeyBar).keys = tuple(shown)


def fitting(keys: Keys, width: int) -> Keys:
    """The first of `keys` that fit into `width` cells beside the last."""
    if not keys:
        return ()
    *others, last = keys
    room = width - _width(last)
    kept = []
    for entry in others:
        room -= _width(entry) + GAP
        if room < 0:
            break
        kept.append(entry)
    return (*kept, last)


def _width(entry: tuple[str, str]) -> int:
    return cell_len(entry[0]) + 1 + cell_len(entry[1])
