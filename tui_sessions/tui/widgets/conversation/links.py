"""The links of a message: those that may be opened, each once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import msgspec

from tui_sessions.model.text import clean, clean_line
from tui_sessions.tui.widgets.conversation.blocks import blocks_of
from tui_sessions.tui.widgets.conversation.lines import MUTED, Line, line_text

LINK_SCHEMES = ("http://", "https://", "mailto:")


class Link(NamedTuple):
    """An address, and the words that lead there."""

    url: str
    words: str


def links_of(text: str) -> tuple[Link, ...]:
    """The links of a raw text, in order."""
    found: dict[str, str] = {}
    for block in blocks_of(clean(text)):
        for line in _lines(block):
            for url, runs in groupby(line, key=lambda run: run[1].url):
                if url.lower().startswith(LINK_SCHEMES):
                    # Behind the words stands the address once more, muted.
                    words = clean_line(line_text(r for r in runs if r[1].name != MUTED.name))
                    if not found.get(url):
                        found[url] = "" if words == url else words
    return tuple(Link(url, words) for url, words in found.items())


def _lines(value: object) -> Iterator[Line]:
    """Every line of runs in a block, whatever kind of block it is."""
    if isinstance(value, tuple):
        if value and all(_is_run(part) for part in value):
            yield value
            return
        for part in value:
            yield from _lines(part)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _lines(getattr(value, name))


def _is_run(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and hasattr(value[1], "url")
