"""What stands in the configuration, key by key: the value that holds, who says so, and what the key is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tui_sessions.config.catalog import Key, known_keys
from tui_sessions.config.endpoints import endpoint_name
from tui_sessions.config.entries import (
    Entry,
    environ_entries,
    file_entries,
    own_names,
    settings_entries,
)
from tui_sessions.config.load import example_text

DEFAULT = "default"
FILE = "file"
ENVIRONMENT = "environment"
OPTION = "--set"

_LINE = re.compile(r"(?P<table>\[(?P<name>[\w.]+)\])|(?P<key>[a-z_]+) = |# ?(?P<comment>.*)|$")


@dataclass(frozen=True, slots=True)
class Standing:
    """One key as it stands."""

    key: Key
    value: object
    """What holds."""
    source: str = DEFAULT
    """`DEFAULT`, `FILE`, `ENVIRONMENT` or `OPTION`."""
    by: str = ""
    """The variable or option that is stronger than the file; "" where there is none."""
    in_file: object | None = None
    """What the file says; None: nothing."""


def standings(
    keys: Iterable[Key], path: Path, environ: Mapping[str, str], settings: Sequence[str]
) -> tuple[Standing, ...]:
    """How each of `keys` stands. Raises ConfigError for a file that cannot be read."""
    in_file = {entry.name: entry for entry in file_entries(path)}
    options = settings_entries(settings)
    own = own_names((*in_file.values(), *options))
    stronger: dict[str, tuple[str, Entry]] = {}
    for source, entries in ((ENVIRONMENT, environ_entries(environ, own)), (OPTION, options)):
        stronger |= {entry.name: (source, entry) for entry in entries}
    return tuple(_standing(key, in_file.get(key.name), stronger.get(key.name)) for key in keys)


_OF_OWN_SERVERS = {
    "kind": "The language that it speaks: openai, anthropic, gemini or ollama.",
    "base_url": "Where the server is; a preset knows its own. Stronger: --base-url.",
}
"""Keys that no fixed table has, or that mean something else there."""


def help_of(name: str) -> str:
    """What `config.example.toml` says about a key; about one of a preset or of a server of one's own
    what it says about its namesake; "" where it says nothing."""
    of_others, last = dict(_helps()[1]) | _OF_OWN_SERVERS, name.rpartition(".")[2]
    return helps().get(name) or (of_others.get(last, "") if endpoint_name(name) else "")


def helps() -> Mapping[str, str]:
    """What `config.example.toml` says about each key. A key without a comment of its own is told by
    that of its namesake in another table, else by the one above it."""
    return _helps()[0]


@cache
def _helps() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """By whole name, and what is said first by the last part of the name."""
    found: dict[str, str] = {}
    by_last: dict[str, str] = {}
    table, comment, above = "", [], ""
    for line in example_text().splitlines():
        match = _LINE.match(line)
        if match is None or match["comment"] is not None:
            comment.append(match["comment"] if match else "")
        elif match["key"]:
            last = match["key"]
            own = " ".join(comment)
            by_last.setdefault(last, own)
            above = own or by_last[last] or above
            found[f"{table}{last}"] = above
            comment = []
        else:
            table = f"{match['name']}." if match["table"] else table
            comment = []
    helps = {name: found.get(name, "") for name in known_keys()}
    return MappingProxyType(helps), MappingProxyType(by_last)


def commented_example() -> str:
    """`config.example.toml` with every key commented out: a file to begin with that sets nothing."""
    return re.sub(r"^(?=[a-z_]+ = )", "# ", example_text(), flags=re.MULTILINE)


def _standing(key: Key, in_file: Entry | None, stronger: tuple[str, Entry] | None) -> Standing:
    written = _value(key, in_file) if in_file else None
    if stronger:
        source, entry = stronger
        return Standing(key, _value(key, entry), source, entry.source, written)
    if in_file:
        return Standing(key, written, FILE, in_file=written)
    return Standing(key, key.default)


def _value(key: Key, entry: Entry) -> object:
    """In the right type where it can be; a file may have been spoiled since it was loaded."""
    try:
        return key.from_text(str(entry.value)) if entry.is_text else key.convert(entry.value)
    except (ValueError, OverflowError):
        return entry.value
