"""The line at the bottom: the keys of what has the focus, as many as fit."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
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
