"""The configuration: defaults < file < environment < `--set`, checked, as one value.

Errors name who says it (file, variable or option), the key, and the nearest right key or the type
wanted. Values of unknown keys are never shown: one of them may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.catalog import KEYS_TABLE, Key, binding_key, known_keys, table_names
from tui_sessions.config.entries import (
    Entry,
    environ_entries,
    file_entries,
    settings_entries,
    stray_variables,
    text_entries,
    variable_name,
)
from tui_sessions.config.paths import shipped
from tui_sessions.config.schema import Config
from tui_sessions.errors import ConfigError
from tui_sessions.model.text import clean_line


def load(
    path: Path,
    environ: Mapping[str, str],
    settings: Sequence[str] = (),
    *,
    required: bool = False,
) -> Config:
    """The configuration as it stands; a missing file is fine unless `required`.

    ConfigError with the first problem, and how many more there are.
    """
    entries = (
        *file_entries(path, required=required),
        *environ_entries(environ),
        *settings_entries(settings),
    )
    found = tuple(_problems_of(entries))
    if found:
        more = f" ({len(found) - 1} more: see `tui-sessions config check`.)"
        raise ConfigError(found[0] + (more if len(found) > 1 else ""))
    return _config_of(entries)


def problems(
    path: Path,
    environ: Mapping[str, str],
    settings: Sequence[str] = (),
    *,
    required: bool = False,
) -> tuple[str, ...]:
    """Every problem of the configuration, a sentence each, for `config check`; among them
    variables that `load` passes over because they are no key, though they look like one."""
    found: list[str] = []
    entries = list(environ_entries(environ))
    try:
        entries += file_entries(path, required=required)
    except ConfigError as error:
        found.append(str(error))
    for setting in settings:
        try:
            entries += settings_entries((setting,))
        except ConfigError as error:
            found.append(str(error))
    found += _problems_of(entries)
    variables = [variable_name(name) for name in known_keys()]
    for stray in stray_variables(environ):
        found.append(f"{stray}: is the variable of no key{_nearest(stray, variables)}")
    return tuple(found)


def text_problems(text: str, name: str) -> tuple[str, ...]:
    """Every problem of the text of a configuration file that is called `name`, a sentence each."""
    try:
        return tuple(_problems_of(text_entries(text, name)))
    except ConfigError as error:
        return (str(error),)


def example_text() -> str:
    """The text of `config.example.toml`: every key, its default, a comment."""
    return shipped("config.example.toml").read_text("utf-8")


def _problems_of(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        try:
            _value_of(entry)
        except ConfigError as error:
            yield clean_line(str(error))


def _config_of(entries: Iterable[Entry]) -> Config:
    document: dict[str, Any] = {}
    for entry in entries:
        table, _, last = entry.name.rpartition(".")
        parts = table.split(".") if table else []
        if parts and parts[0] == KEYS_TABLE:
            parts, last = [KEYS_TABLE], entry.name.removeprefix(f"{KEYS_TABLE}.")
        place = document
        for part in parts:
            place = place.setdefault(part, {})
        place[last] = _value_of(entry)
    return msgspec.convert(document, Config)


def _value_of(entry: Entry) -> object:
    key = _key_of(entry)
    try:
        if entry.is_text:
            return key.from_text(str(entry.value))
        return key.convert(entry.value)
    except (ValueError, OverflowError) as error:
        raise ConfigError(
            f"{entry.source}: {entry.name} must be {key.wanted}, not {_in_words(entry.value)}."
        ) from error


def _key_of(entry: Entry) -> Key:
    keys, tables = known_keys(), table_names()
    if entry.name in keys:
        return keys[entry.name]
    if entry.name.startswith(f"{KEYS_TABLE}."):
        return binding_key(entry.name.removeprefix(f"{KEYS_TABLE}."))
    if entry.name in tables:
        raise ConfigError(
            f"{entry.source}: {entry.name} is a table and takes no value; "
            f"write [{entry.name}] and its keys below it."
        )
    if isinstance(entry.value, dict):
        raise ConfigError(
            f"{entry.source}: [{entry.name}] is no table of the configuration"
            f"{_nearest(entry.name, tables)}"
        )
    raise ConfigError(
        f"{entry.source}: {entry.name} is no key of the configuration{_nearest(entry.name, keys)}"
    )


def _nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence: the nearest of `names`, or where to find them."""
    import difflib  # Only where something is wrong.

    names = tuple(names)
    by_last: dict[str, str] = {}
    for known in names:
        by_last.setdefault(known.rpartition(".")[2], known)
    last = name.rpartition(".")[2]
    close = difflib.get_close_matches(name, names, 1, 0.75)
    close = close or [by_last[key] for key in difflib.get_close_matches(last, by_last, 1, 0.7)]
    close = close or difflib.get_close_matches(name, names, 1, 0.6)
    return f"; did you mean {close[0]}?" if close else "; config.example.toml lists them."


def _in_words(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            shown = value if len(value) <= 40 else value[:39] + "…"
            return f'"{shown}"'
        case int() | float():
            return str(value)[:40]
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"a {type(value).__name__}"
