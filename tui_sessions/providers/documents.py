"""Foreign JSON, read without trust: what is not of the expected type counts as absent."""

from __future__ import annotations

import json
from typing import Any

import msgspec

_LARGEST_COUNT = 2**53


class NotJsonError(ValueError):
    """The text is no JSON that can be read here."""


def loads(text: str) -> Any:
    """`text` as JSON: read quickly, and where that fails by the standard library, which also reads lone
    surrogates and NaN, as servers do send them.

    Raises `NotJsonError` for all three classes that foreign JSON provokes.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _patiently(text)


def is_json(text: str) -> bool:
    """Whether it can be read."""
    try:
        loads(text)
    except NotJsonError:
        return False
    return True


def is_begun(text: str) -> bool:
    """Whether it is the beginning of JSON that was cut off."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return False
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        # Where the text ends, up to a literal or an escape before it.
        return "Unterminated string" in error.msg or error.pos >= len(text.rstrip()) - 6
    except (ValueError, RecursionError):
        return False
    return False


def _patiently(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also an integer of 5,000 digits
        raise NotJsonError(str(error)) from None


def mapping(value: object) -> dict[str, Any]:
    """An object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """An array, else an empty one."""
    return value if isinstance(value, list) else []


def string(value: object) -> str:
    """A string, else ""."""
    return value if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number of tokens; None is unknown."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value < _LARGEST_COUNT:  # False for NaN too
        return None
    return int(value)


def first(*counts: int | None) -> int | None:
    """The first that is known."""
    return next((number for number in counts if number is not None), None)
