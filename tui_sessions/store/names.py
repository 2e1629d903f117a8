"""Names of files and folders that people choose, checked before they reach the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from tui_sessions.errors import UsageError
from tui_sessions.model.text import clean_line

SUFFIXES = (".json.gz", ".json")
MAX_LENGTH = 100
_ALLOWED = re.compile(r"[\w][\w .,+@()'&=~-]*")


def suffix_of(name: str) -> str | None:
    """The suffix that makes a file a session file, or None."""
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def stem_of(name: str) -> str:
    """`name` without that suffix."""
    return name.removesuffix(suffix_of(name) or "")


def checked_stem(name: str) -> str:
    """The stem of a file name that a person chose. Raises `UsageError`."""
    return _checked(stem_of(name.strip()), "file")


def checked_folder(folder: str) -> tuple[str, ...]:
    """The parts of a folder below the library, () for the library itself. Raises `UsageError`."""
    parts = folder.strip().strip("/")
    return tuple(_checked(part, "folder") for part in parts.split("/")) if parts else ()


def time_stems(moment: datetime) -> Iterator[str]:
    """`session_20240108_143022`, then `…_2`, `…_3`, for as long as those are taken. Local time."""
    return numbered(f"session_{moment.astimezone():%Y%m%d_%H%M%S}")


def numbered(stem: str) -> Iterator[str]:
    """`stem`, `stem_2`, `stem_3`, …"""
    yield stem
    for number in count(2):
        yield f"{stem}_{number}"


def _checked(name: str, what: str) -> str:
    shown = clean_line(name)
    if len(name) > MAX_LENGTH or len(name.encode("utf-8", "replace")) > 2 * MAX_LENGTH:
        raise UsageError(
            f"The {what} name {shown[:40]}… is too long. Use up to {MAX_LENGTH} characters."
        )
    if not _ALLOWED.fullmatch(name) or name.endswith((".", " ")):
        raise UsageError(
            f"{shown!r} cannot be a {what} name. Use letters, digits, spaces and . _ -, "
            "beginning with a letter or digit."
        )
    return name
