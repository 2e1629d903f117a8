"""The keys of the configuration by their dotted names, and how a value for each is read.

Knows the schema only; where a value came from is `entries.py`, what becomes of it `load.py`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from tui_sessions.config.endpoints import FIXED, PRESETS, PROVIDERS_TABLE, endpoint_name
from tui_sessions.config.headers import header
from tui_sessions.config.schema import Config, EndpointConfig

KEYS_TABLE = "keys"
"""Its keys are binding ids."""
BUDGETS_TABLE = "budgets"
"""Its keys are what a budget is for."""
FREE_TABLES = (BUDGETS_TABLE, KEYS_TABLE)
"""The tables whose keys are free; their values are text."""

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class UnfitError(ValueError):
    """A value of the right type that a key does not take; the message is the end of a sentence that
    begins with the key, and holds nothing of the value."""


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
        """`bool`, `int`, `float`, `str`, or `tuple` for a list of texts."""
        origin = get_origin(self.type)
        if origin is Literal:
            return str
        if origin is tuple:
            return tuple
        found: type = get_args(self.type)[0] if origin is Annotated else self.type
        return found

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that the key takes, "" among them where it may be empty; none where any text will
        do."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def table(self) -> str:
        """The dotted table that the key stands in; "" above all tables."""
        return split_name(self.name)[0]

    @property
    def wanted(self) -> str:
        """What a value must be, in words."""
        if self.choices:
            *former, last = [f'"{choice}"' if choice else "empty" for choice in self.choices]
            return f"{', '.join(former)} or {last}"
        words = {
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            str: "text",
            tuple: "a list of texts",
        }
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
        """`value` in the type wanted; ValueError where it is something else or out of limits,
        `UnfitError` where there is more to say."""
        if self.plain_type is float and type(value) is int:
            value = float(value)
        if self.table == BUDGETS_TABLE and type(value) in (int, float):
            value = str(value)  # `month = 100` is as plain as `month = "100"`
        # msgspec takes a bool for neither int nor float, and NaN is within every limit.
        if isinstance(value, float) and math.isnan(value):
            raise ValueError(value)
        try:
            converted: object = msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from error
        if self.name.endswith(".headers") and isinstance(converted, tuple):
            for text in converted:
                _check_header(text)
        if self.name == "backups.every":
            _check_every(str(converted))
        if self.table == BUDGETS_TABLE:
            _check_budget(split_name(self.name)[1], str(converted))
        return converted

    def from_text(self, text: str) -> object:
        """The value that `text` of a variable or an option means; ValueError likewise. Several texts
        have commas between them, or stand in brackets and quotes as in the file."""
        text = text.strip() if self.plain_type is not str else text
        if self.plain_type is bool:
            if text.lower() not in _TRUE | _FALSE:
                raise ValueError(text)
            return text.lower() in _TRUE
        if self.plain_type is tuple:
            return self.convert(_list_of(text))
        return self.convert(self.plain_type(text))


@cache
def known_keys() -> Mapping[str, Key]:
    """Every key by its dotted name, in the order of the schema; without those of free tables and of
    presets and servers of one's own."""
    return MappingProxyType({key.name: key for key in _keys_of(Config, "")})


@cache
def endpoint_keys(name: str) -> Mapping[str, Key]:
    """The keys of the preset or server `name`, likewise."""
    prefix = f"{PROVIDERS_TABLE}.{name}."
    keys = (Key(prefix + key.name, key.type, key.default) for key in _any_endpoint())
    return MappingProxyType({key.name: key for key in keys})


def key_named(name: str) -> Key | None:
    """The key of that dotted name, wherever it stands; None where there is none."""
    if name in known_keys():
        return known_keys()[name]
    table, last = split_name(name)
    if table in FREE_TABLES and last:
        return Key(name, str, "")
    own = endpoint_name(name)
    return endpoint_keys(own).get(name) if own else None


def split_name(name: str) -> tuple[str, str]:
    """The table of a key and its name in there: those of free tables may have dots of their own."""
    table, dot, rest = name.partition(".")
    if dot and table in FREE_TABLES:
        return table, rest
    outer, _, last = name.rpartition(".")
    return outer, last


@cache
def table_names() -> tuple[str, ...]:
    """Every table by its dotted name in the order of the schema, a table before those in it."""
    return _tables_of(Config, "")


def table_rank(name: str) -> float:
    """Where a table stands among the others; presets and servers of one's own after the fixed ones."""
    names = ("", *table_names())
    if name in names:
        return float(names.index(name))
    last_fixed = names.index(f"{PROVIDERS_TABLE}.{FIXED[-1]}")
    return last_fixed + 0.5 if endpoint_name(name) else float(len(names))


def key_rank(name: str) -> int:
    """Where a key stands among the others of its table; -1 for one that is not known."""
    own = endpoint_name(name)
    names = tuple(endpoint_keys(own) if own else known_keys())
    return names.index(name) if name in names else -1


def provider_names() -> tuple[str, ...]:
    """Every provider that is known by name."""
    return (*FIXED, *PRESETS)


def is_true(text: str) -> bool:
    """Whether a foreign variable such as LLM_DEBUG is switched on: all but off-words count."""
    return bool(text.strip()) and text.strip().lower() not in _FALSE


def is_switch(text: str) -> bool:
    """Whether a word switches something on or off."""
    return text.strip().lower() in _TRUE | _FALSE


def _check_header(text: str) -> None:
    try:
        header(text)
    except ValueError as error:
        raise UnfitError(str(error)) from None


def _check_every(text: str) -> None:
    from tui_sessions.model.every import every  # most people have none

    try:
        every(text)
    except ValueError:
        raise UnfitError('must be a time such as "12h", "1d" or "2w", or empty') from None


def _check_budget(scope: str, text: str) -> None:
    from tui_sessions.model.budget import flaw  # most people have none

    if found := flaw(scope, text):
        raise UnfitError(found)


def _list_of(text: str) -> list[str]:
    if text.startswith("["):
        try:
            found = tomllib.loads(f"v = {text}")["v"]
        except ValueError as error:
            raise ValueError("no list") from error
        return found if isinstance(found, list) else [text]
    return [part.strip() for part in text.split(",") if part.strip()]


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(struct)  # It reads the annotations anew each time.


def _keys_of(struct: type[msgspec.Struct], prefix: str) -> list[Key]:
    keys: list[Key] = []
    for field in _fields(struct):
        hint, name = field.type, prefix + field.name
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            keys += _keys_of(hint, f"{name}.")
        elif get_origin(hint) is not dict:
            keys.append(Key(name, hint, field.default))
    return keys


@cache
def _any_endpoint() -> tuple[Key, ...]:
    return tuple(_keys_of(EndpointConfig, ""))


def _tables_of(struct: type[msgspec.Struct], prefix: str) -> tuple[str, ...]:
    names: list[str] = []
    for field in _fields(struct):
        hint, name = field.type, prefix + field.name
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            names += (name, *_tables_of(hint, f"{name}."))
        elif name in FREE_TABLES:
            names.append(name)
    return tuple(names)
