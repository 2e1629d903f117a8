"""Known fields out of foreign JSON objects: what is understood, what is kept as it was, and why."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tui_sessions.errors import DamagedFileError
from tui_sessions.model.money import nanousd
from tui_sessions.model.tags import split_tags
from tui_sessions.model.times import parse_time

MAX_WHOLE = 2**53
"""Larger whole numbers are not exact in every JSON reader; no count comes near."""
MAX_DOLLARS = 4_000_000
"""More would not survive the way to nano-dollars and back as a float."""

Understand = Callable[[Any, list[str]], Any]
"""A raw value, never null, to ours; None where it is of the wrong type. Adds problems met inside."""


class Known(NamedTuple):
    """How one key is read: our field, the reading, and what the value should have been."""

    field: str
    understand: Understand
    wanted: str


def understood(
    raw: dict[str, Any], known: Mapping[str, Known], problems: list[str]
) -> dict[str, Any]:
    """The fields of `raw` by our names, and in `extra` the keys that are unknown or of a wrong type.

    Null is the same as absent.
    """
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in raw.items():
        rule = known.get(key)
        if rule is None:
            extra[key] = value
            continue
        if value is None:
            continue
        met = len(problems)
        ours = rule.understand(value, problems)
        if len(problems) > met:
            problems[met:] = [f"{key}.{problem}" for problem in problems[met:]]
        if ours is None:
            problems.append(f"{key} is {kind_of(value)}, not {rule.wanted}; it is kept as it is.")
            extra[key] = value
        else:
            fields[rule.field] = ours
    fields["extra"] = extra
    return fields


def kind_of(value: object) -> str:
    """The type of a JSON value in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def must_be_list(value: object, place: str) -> list[Any]:
    """`value` where it is a list. Raises `DamagedFileError` that names the place."""
    if not isinstance(value, list):
        raise DamagedFileError(f"{place} is {kind_of(value)}, not a list.")
    return value


def must_be_object(value: object, place: str) -> dict[str, Any]:
    """`value` where it is an object. Raises `DamagedFileError` that names the place."""
    if not isinstance(value, dict):
        raise DamagedFileError(f"{place} is {kind_of(value)}, not an object.")
    return value


def text(value: Any, _: list[str]) -> str | None:
    """Text as it stands."""
    return value if isinstance(value, str) else None


def word(value: Any, _: list[str]) -> str | None:
    """Text of a few kinds, which all share: roles, models, ends."""
    return sys.intern(value) if isinstance(value, str) else None


def flag(value: Any, _: list[str]) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def whole(value: Any, _: list[str]) -> int | None:
    """A whole number; `25.0` is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -MAX_WHOLE <= value <= MAX_WHOLE or value != int(value):
        return None
    return int(value)


def number(value: Any, _: list[str]) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if -MAX_WHOLE <= value <= MAX_WHOLE else None
    return value if math.isfinite(value) else None


def money(value: Any, _: list[str]) -> int | None:
    """Dollars as nano-dollars."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return nanousd(value) if -MAX_DOLLARS <= value <= MAX_DOLLARS else None


def moment(value: Any, _: list[str]) -> datetime | None:
    """A time: ISO text or a number."""
    return parse_time(value)


def tags(value: Any, _: list[str]) -> tuple[str, ...] | None:
    """A list of tags, numbers among them read as text; or one text with commas."""
    if isinstance(value, str):
        return split_tags(value)
    if not isinstance(value, list):
        return None
    if any(isinstance(tag, bool) or not isinstance(tag, str | int | float) for tag in value):
        return None
    return tuple(str(tag) for tag in value)
