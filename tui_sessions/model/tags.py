"""Tags: short words that people put on sessions."""

from __future__ import annotations

from collections.abc import Iterable

from tui_sessions.model.text import clean_line

MAX_LENGTH = 64


def tidy_tag(text: str) -> str:
    """A tag as it is kept: one line, no commas, no leading `#`; "" where nothing is left."""
    return " ".join(clean_line(text).replace(",", " ").lstrip("#").split())[:MAX_LENGTH]


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of a comma-separated text, each once, in order."""
    return unique_tags(text.split(","))


def unique_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tidied tags, each once, in order."""
    return tuple(dict.fromkeys(tag for tag in map(tidy_tag, tags) if tag))
