"""What a person set, one entry a key, from the file, the environment and `--set`: not yet checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_sessions.config.catalog import (
    FREE_TABLES,
    Key,
    endpoint_keys,
    is_switch,
    is_true,
    known_keys,
    table_names,
)
from tui_sessions.config.endpoints import (
    PRESETS,
    PROVIDERS_TABLE,
    endpoint_name,
    is_endpoint_name,
)
from tui_sessions.errors import ConfigError
from tui_sessions.model.text import clean_line

ENVIRON_PREFIX = "TUI_SESSIONS_"


@dataclass(frozen=True, slots=True)
class Entry:
    """A value for a key, and who says so."""

    source: str
    """What to name in an error: a file, a variable, `--set`."""
    name: str
    """The dotted key."""
    value: object
    is_text: bool = False
    """Whether `value` is text of a variable or an option, to be read as the type wanted."""

    @property
    def is_bare(self) -> bool:
        """Whether this is the table of a preset or server with nothing in it, which names it."""
        return self.value == {} and self.name == f"{PROVIDERS_TABLE}.{endpoint_name(self.name)}"


def file_entries(path: Path, *, required: bool = False) -> tuple[Entry, ...]:
    """The entries of the configuration file; none where it is missing, unless it is `required`.

    ConfigError, with the line, where it cannot be read.
    """
    name = clean_line(str(path))
    text = file_text(path)
    if text is None and required:
        raise ConfigError(
            f"{name}: there is no such configuration file; "
            f"write one with `tui-sessions config init` or leave out the option."
        )
    return text_entries(text, name) if text is not None else ()


def file_text(path: Path) -> str | None:
    """What the configuration file says, None where there is none; ConfigError where it cannot be read."""
    name = clean_line(str(path))
    try:
        # Editors on Windows begin a file with a byte order mark, which TOML does not know.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"{name}: cannot be read ({error.strerror or error}); "
            "change its permissions, or name another file with --config."
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}, line {line}: is not UTF-8 text; save it as UTF-8.") from error


def text_entries(text: str, name: str) -> tuple[Entry, ...]:
    """The entries of the text of a configuration file; `name` is for errors. Raises ConfigError."""
    import tomllib  # Most people have no configuration file.

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{name}: is not valid TOML: {error}.") from error
    return tuple(_flat(document, "", name))


def environ_entries(environ: Mapping[str, str], own: Iterable[str] = ()) -> tuple[Entry, ...]:
    """The entries of the environment: TUI_SESSIONS_<TABLE>_<KEY>, and LLM_DEBUG; for presets, and for
    servers of one's `own`, by name.

    Variables that are no key are no entries; an empty one counts for text only.
    """
    entries: list[Entry] = []
    if "LLM_DEBUG" in environ:
        entries.append(Entry("LLM_DEBUG", "debug", is_true(environ["LLM_DEBUG"])))
    for variable, key in variables(own).items():
        text = environ.get(variable)
        if key.name == "audit" and text is not None and audit_file(text):
            continue
        if text is not None and (text or key.plain_type is str):
            entries.append(Entry(variable, key.name, text, is_text=True))
    return tuple(entries)


def audit_file(text: str) -> str:
    """The file that TUI_SESSIONS_AUDIT names; "" where it only switches the program's own on or off."""
    return "" if not text.strip() or is_switch(text) else text


def variables(own: Iterable[str] = ()) -> Mapping[str, Key]:
    """The variables of all keys, but for those in free tables."""
    keys = [*known_keys().values()]
    for name in dict.fromkeys((*PRESETS, *own)):
        keys += endpoint_keys(name).values()
    return {variable_name(key.name): key for key in keys}


def stray_variables(environ: Mapping[str, str], own: Iterable[str] = ()) -> tuple[str, ...]:
    """Variables that begin like a table of ours and are no key: most likely slips of the pen."""
    known = variables(own)
    # TUI_SESSIONS_LIBRARY_… is one; TUI_SESSIONS_DIR, _CONFIG, _AUDIT and the like are not.
    tables = tuple(f"{variable_name(table)}_" for table in table_names())
    return tuple(sorted(name for name in environ if name.startswith(tables) and name not in known))


def own_names(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The presets and servers of one's own that `entries` speak of."""
    names = (endpoint_name(entry.name) for entry in entries)
    return tuple(dict.fromkeys(name for name in names if name))


def settings_entries(settings: Sequence[str]) -> tuple[Entry, ...]:
    """The entries of the `--set key=value` options, in their order."""
    entries: list[Entry] = []
    for setting in settings:
        name, sign, text = setting.partition("=")
        if not sign or not name.strip():
            raise ConfigError(f"--set {setting}: write it as key=value, as in network.retries=3.")
        entries.append(Entry("--set", name.strip(), text, is_text=True))
    return tuple(entries)


def variable_name(name: str) -> str:
    """The environment variable of a dotted key or table."""
    return ENVIRON_PREFIX + name.replace(".", "_").replace("-", "_").upper()


def _flat(table: Mapping[str, Any], prefix: str, source: str) -> Iterator[Entry]:
    """The entries of a TOML table. In a free table names are taken as written, so `session.new` in
    `[keys]` means the same with and without quotes. A table that we do not know is one entry."""
    tables = table_names()
    for key, value in table.items():
        name = prefix + key
        is_own = prefix == f"{PROVIDERS_TABLE}." and is_endpoint_name(key)
        is_ours = is_own or name in tables or name.partition(".")[0] in FREE_TABLES
        if isinstance(value, dict) and is_ours and (value or not is_own):
            yield from _flat(value, f"{name}.", source)
        else:
            yield Entry(source, name, value)
