"""Ids of sessions and turns: 12 characters of 0-9a-z, or a name that a person chose."""

from __future__ import annotations

import os
import re

ID_LENGTH = 12
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_CHOSEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def new_id() -> str:
    """A random id; 36**12 of them, so a collision within one library is checked, not expected."""
    return _base36(int.from_bytes(os.urandom(10), "big"))


def derived_id(*parts: str) -> str:
    """The same id for the same parts: for files and turns that carry none."""
    import hashlib  # Its library takes milliseconds to load, and most files state their ids.

    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
    return _base36(int.from_bytes(digest[:10], "big"))


def is_valid_id(text: str) -> bool:
    """Whether `text` may name a session: it is also safe as a file name's stem."""
    return bool(_CHOSEN.fullmatch(text)) and text.strip(".") != ""


def _base36(number: int) -> str:
    digits = []
    for _ in range(ID_LENGTH):
        number, rest = divmod(number, 36)
        digits.append(_ALPHABET[rest])
    return "".join(digits)
