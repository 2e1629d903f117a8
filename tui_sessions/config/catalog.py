"""The keys of the configuration by their dotted names, and how a value for each is read.

Knows the schema only; where a value came from is `entries.py`, what becomes of it `load.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin

import msgspec

from tui_sessions.config.schema import Config

KEYS_TABLE = "keys"
"""The one table whose keys are free: binding ids."""

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Key:
    """One key that a person may set."""

    name: str
    """Dotted: `network.idle_timeout_s`."""
    type: Any
    """As written in the schema, with its limits."""
    default: object

    @property
    def plain_type(self) -> type:
        """`bool`, `int`, `float` or `str`."""
        return get_args(self.type)[0] if get_origin(self.type) is Annotated else self.type

    @property
    def wanted(self) -> str:
        """What a value must be, in words."""
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        limits = [
            f"{word} {limit:,.0f}"
            for meta in getattr(self.type, "__metadata__", ())
            for word, limit in (
                ("above", meta.gt),
                ("of at least", meta.ge),
                ("of at most", meta.le),
            )
            if limit is not None
        ]
        return " ".join([words[self.plain_type], " and ".join(limits)]).strip()

    def convert(self, value: object) -> object:
        """`value` in the type wanted; ValueError where it is something else or out of limits."""
        if self.plain_type is float and type(value) is int:
            value = float(value)
        # msgspec takes a bool for neither int nor float, and NaN is within every limit.
        if isinstance(value, float) and math.isnan(value):
            raise ValueError(value)
        try:
            return msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from error

    def from_text(self, text: str) -> object:
        """The value that `text` of a variable or an option means; ValueError likewise."""
        text = text.strip() if self.plain_type is not str else text
        if self.plain_type is bool:
            if text.lower() not in _TRUE | _FALSE:
                raise ValueError(text)
            return text.lower() in _TRUE
        return self.convert(self.plain_type(text))


@cache
def known_keys() -> Mapping[str, Key]:
    """Every key by its dotted name, in the order of the schema; without those of `[keys]`."""
    return MappingProxyType({key.name: key for key in _keys_of(Config, "")})


@cache
def table_names() -> tuple[str, ...]:
    """Every table by its dotted name, a table before those in it."""
    names: dict[str, None] = {}
    for name in known_keys():
        parts = name.split(".")[:-1]
        names |= {".".join(parts[: n + 1]): None for n in range(len(parts))}
    return (*names, KEYS_TABLE)


def binding_key(name: str) -> Key:
    """The key for a binding id in `[keys]`."""
    return Key(f"{KEYS_TABLE}.{name}", str, "")


def is_true(text: str) -> bool:
    """Whether a foreign variable such as LLM_DEBUG is switched on: all but off-words count."""
    return bool(text.strip()) and text.strip().lower() not in _FALSE


def _keys_of(struct: type[msgspec.Struct], prefix: str) -> list[Key]:
    keys: list[Key] = []
    for field in msgspec.structs.fields(struct):
        hint, name = field.type, prefix + field.name
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            keys += _keys_of(hint, f"{name}.")
        elif name != KEYS_TABLE:
            keys.append(Key(name, hint, field.default))
    return keys
