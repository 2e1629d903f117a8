"""The configuration: defaults < file < environment < `--set`, checked, as one value.

Errors name who says it (file, variable or option), the key, and the nearest right key or the type
wanted. Values of unknown keys are never shown: one of them may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.catalog import (
    Key,
    UnfitError,
    endpoint_keys,
    key_named,
    known_keys,
    provider_names,
    split_name,
    table_names,
)
from tui_sessions.config.endpoints import (
    FIXED,
    PRESETS,
    PROVIDERS_TABLE,
    endpoint_name,
)
from tui_sessions.config.entries import (
    Entry,
    environ_entries,
    file_entries,
    own_names,
    settings_entries,
    stray_variables,
    text_entries,
    variables,
)
from tui_sessions.config.paths import shipped
from tui_sessions.config.schema import Config
from tui_sessions.errors import ConfigError
from tui_sessions.model.text import clean_line

_SECRETS = frozenset({"api_key", "apikey", "key", "token", "auth_token", "secret", "password"})
_NO_SECRETS = (
    " A server's key stands in no file of this program: it comes from the environment "
    "(api_key_variable names the variable), a command, or the keyring."
)


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
    written, options = file_entries(path, required=required), settings_entries(settings)
    own = own_names((*written, *options))
    entries = (*written, *environ_entries(environ, own), *options)
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
    entries: list[Entry] = []
    try:
        entries += file_entries(path, required=required)
    except ConfigError as error:
        found.append(str(error))
    options: list[Entry] = []
    for setting in settings:
        try:
            options += settings_entries((setting,))
        except ConfigError as error:
            found.append(str(error))
    own = own_names((*entries, *options))
    found += _problems_of((*entries, *environ_entries(environ, own), *options))
    for stray in stray_variables(environ, own):
        found.append(f"{stray}: is the variable of no key{_nearest(stray, variables(own))}")
    return tuple(found)


def text_problems(text: str, name: str) -> tuple[str, ...]:
    """Every problem of the text of a configuration file that is called `name`, a sentence each."""
    try:
        return tuple(_problems_of(text_entries(text, name)))
    except ConfigError as error:
        return (str(error),)


def as_document(config: Config) -> dict[str, Any]:
    """`config` as a configuration file would have it."""
    document: dict[str, Any] = msgspec.to_builtins(config)
    document[PROVIDERS_TABLE] |= document.pop("endpoints")
    return document


def example_text() -> str:
    """The text of `config.example.toml`: every key, its default, a comment."""
    return shipped("config.example.toml").read_text("utf-8")


def _problems_of(entries: Iterable[Entry]) -> Iterable[str]:
    entries = tuple(entries)
    for entry in entries:
        try:
            _value_of(entry)
        except ConfigError as error:
            yield clean_line(str(error))
    yield from _unknown_providers(entries)


def _unknown_providers(entries: tuple[Entry, ...]) -> Iterable[str]:
    """A name that is no preset has to say where its server is."""
    first: dict[str, Entry] = {}
    addressed: set[str] = set()
    for entry in entries:
        if name := endpoint_name(entry.name):
            first.setdefault(name, entry)
            if entry.value and entry.name == f"{PROVIDERS_TABLE}.{name}.base_url":
                addressed.add(name)
    for name in own_names(entries):
        if name in PRESETS or name in addressed:
            continue
        near = _near(name, provider_names())
        hint = f"; did you mean {near}?" if near else "."
        yield clean_line(
            f"{first[name].source}: [{PROVIDERS_TABLE}.{name}] is no provider that is known by name, and "
            f"a server of your own needs a base_url{hint}"
        )


def _config_of(entries: tuple[Entry, ...]) -> Config:
    if not entries:
        return Config()  # Without the 3 ms in which msgspec learns the schema.
    document: dict[str, Any] = {"endpoints": {}}
    for entry in entries:
        table, last = split_name(entry.name)
        own = endpoint_name(entry.name)
        place = document["endpoints"].setdefault(own, {}) if own else document
        if not own:
            for part in table.split(".") if table else ():
                place = place.setdefault(part, {})
        if not entry.is_bare:
            place[last] = _value_of(entry)
    return msgspec.convert(document, Config)


def _value_of(entry: Entry) -> object:
    if entry.is_bare:
        return entry.value
    key = _key_of(entry)
    try:
        if entry.is_text:
            return key.from_text(str(entry.value))
        return key.convert(entry.value)
    except UnfitError as error:
        raise ConfigError(f"{entry.source}: {entry.name} {error}.") from None
    except (ValueError, OverflowError) as error:
        # A header may hold a secret.
        said = "" if key.plain_type is tuple else f", not {_in_words(entry.value)}"
        raise ConfigError(f"{entry.source}: {entry.name} must be {key.wanted}{said}.") from error


def _key_of(entry: Entry) -> Key:
    key, tables = key_named(entry.name), table_names()
    if key is not None:
        return key
    own = endpoint_name(entry.name)
    if entry.name in tables or entry.name == f"{PROVIDERS_TABLE}.{own}":
        raise ConfigError(
            f"{entry.source}: {entry.name} is a table and takes no value; "
            f"write [{entry.name}] and its keys below it."
        )
    is_table = isinstance(entry.value, dict)
    table, _, name = entry.name.partition(".")
    if is_table and table == PROVIDERS_TABLE and not own and name.partition(".")[0] not in FIXED:
        raise ConfigError(
            f"{entry.source}: [{entry.name}] cannot be the name of a server: use a-z, 0-9, - and _, "
            "as in [providers.my-server]."
        )
    if is_table:
        raise ConfigError(
            f"{entry.source}: [{entry.name}] is no table of the configuration"
            f"{_nearest(entry.name, tables)}"
        )
    names = (*endpoint_keys(own),) if own else (*known_keys(),)
    is_secret = table == PROVIDERS_TABLE and entry.name.rpartition(".")[2] in _SECRETS
    raise ConfigError(
        f"{entry.source}: {entry.name} is no key of the configuration{_nearest(entry.name, names)}"
        f"{_NO_SECRETS if is_secret else ''}"
    )


def _nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence: the nearest of `names`, or where to find them."""
    names = tuple(names)
    by_last: dict[str, str] = {}
    for known in names:
        by_last.setdefault(known.rpartition(".")[2], known)
    last = name.rpartition(".")[2]
    begun = next(
        (known for known in names if known.startswith((f"{name}_", f"{name.upper()}_"))), ""
    )
    close = begun or _near(name, names, 0.75) or by_last.get(_near(last, by_last, 0.7), "")
    close = close or _near(name, names, 0.6)
    return f"; did you mean {close}?" if close else "; config.example.toml lists them."


def _near(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    import difflib  # Only where something is wrong.

    return next(iter(difflib.get_close_matches(name, tuple(names), 1, cutoff)), "")


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
