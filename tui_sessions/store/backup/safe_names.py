"""Names out of archives as paths of the library: what leads elsewhere is refused, what is odd made harmless. Pure."""

from __future__ import annotations

import re

from tui_sessions.model.text import clean_line
from tui_sessions.store import folders
from tui_sessions.store.names import MAX_LENGTH, stem_of, suffix_of

MOST_PARTS = 32
_MOST_PART = 255
_MOST_PATH = 3000
_DRIVE = re.compile("[A-Za-z]:")
_ODD = re.compile(r"[^\w .,+@()'&=~-]")
_BYTES = re.compile("[\udc80-\udcff]")
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


def is_plain(path: str) -> bool:
    """Whether a path may be used as it stands: it stays in the library, and nothing in it misleads whoever
    reads it or types it."""
    parts = path.split("/")
    return (
        folders.is_inside(path)
        and len(parts) <= MOST_PARTS
        and len(path) <= _MOST_PATH
        and not _DRIVE.match(path)
        and all(_is_plain_part(part) for part in parts)
    )


def placed(name: str) -> str | None:
    """Where a session file of that name may lie in the library; None where the name leads elsewhere."""
    if not name or name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name):
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    # Hidden folders are not the library's, and `..` is hidden as well.
    if not parts or len(parts) > MOST_PARTS or any(part.startswith(".") for part in parts):
        return None
    *above, last = parts
    suffix = suffix_of(last)
    if suffix is None:
        return None
    return "/".join([*map(_harmless, above), _harmless(stem_of(last)) + suffix])


def _is_plain_part(part: str) -> bool:
    try:
        data = part.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    shown = _BYTES.sub("?", part)  # A name in another encoding than UTF-8 is old, not odd.
    return len(data) <= _MOST_PART and clean_line(shown) == shown and part[0] not in "-~"


def _harmless(part: str) -> str:
    name = _ODD.sub("_", part)[:MAX_LENGTH].rstrip(". ")
    if not name or not re.match(r"\w", name):
        name = f"_{name.lstrip('-~')}"
    return f"{name}_" if name.split(".")[0].strip().casefold() in _DEVICES else name
