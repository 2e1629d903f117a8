"""Personas: named ways to be answered, a table each in `personas.toml` beside the configuration.

    [reviewer]
    model = "anthropic/claude-sonnet-4-5"
    system = "You review code. Be brief."
    temperature = 0.2

The file is read when somebody asks, so that what is written there counts at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.catalog import Key
from tui_sessions.config.entries import file_text
from tui_sessions.config.schema import Count, Rate
from tui_sessions.errors import ConfigError, NotFoundError
from tui_sessions.model.session import Params, Session
from tui_sessions.model.text import clean_line

_KEYS = {
    "model": Key("model", str, ""),
    "system": Key("system", str, ""),
    "temperature": Key("temperature", Rate, None),
    "max_tokens": Key("max_tokens", Count, None),
    "context_window": Key("context_window", Count, None),
}
_PARAMS = "params"
"""A table of further values, sent as they are where the provider knows them: `top_p`, `seed`, …"""


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A way to be answered; what is None is as the session has it."""

    name: str
    model: str | None = None
    """`provider/name`."""
    system: str | None = None
    params: Params = Params()

    def speaks_in(self, session: Session) -> Session:
        """The session as this persona is sent it. Not to be saved."""
        ours, theirs = self.params, session.params
        params = Params(
            temperature=_first(ours.temperature, theirs.temperature),
            max_tokens=_first(ours.max_tokens, theirs.max_tokens),
            context_window=_first(ours.context_window, theirs.context_window),
            extra={**theirs.extra, **ours.extra},
        )
        system = _first(self.system, session.system)
        return msgspec.structs.replace(session, system=system, params=params)


class PersonaFile:
    """`personas.toml`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[object, tuple[Persona, ...]] = (None, ())

    def all(self) -> tuple[Persona, ...]:
        """The personas as they stand in the file; none where there is no file.

        Raises `ConfigError` with the file, the key, and the nearest right key or the type wanted.
        """
        seen = self._stamp()
        if self._read[0] != seen:
            text = file_text(self.path)
            found = _personas(text, clean_line(str(self.path))) if text is not None else ()
            self._read = (seen, found)
        return self._read[1]

    def get(self, name: str) -> Persona:
        """The persona of that name. Raises `NotFoundError` with the nearest, `ConfigError`."""
        found = {persona.name: persona for persona in self.all()}
        if name not in found:
            near = _near(name, found)
            hint = f"Did you mean {clean_line(near)}?" if near else _where(found, self.path)
            raise NotFoundError(f"There is no persona {clean_line(name)!r}. {hint}")
        return found[name]

    def _stamp(self) -> object:
        try:
            stat = self.path.stat()
        except OSError as error:
            return type(error), error.errno
        return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _personas(text: str, file: str) -> tuple[Persona, ...]:
    import tomllib  # Most people have no such file.

    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}.") from error
    return tuple(_persona(name, table, file) for name, table in document.items())


def _persona(name: str, table: object, file: str) -> Persona:
    shown = clean_line(name)
    if not isinstance(table, dict):
        raise ConfigError(
            f"{file}: {shown} belongs to no persona; write [name] and its keys below it."
        )
    values: dict[str, Any] = {}
    for key, value in table.items():
        values[key] = _value(f"{shown}.{clean_line(key)}", key, value, file)
    return Persona(
        name=name,
        model=values.get("model") or None,
        system=values.get("system") or None,
        params=Params(
            temperature=values.get("temperature"),
            max_tokens=values.get("max_tokens") or None,
            context_window=values.get("context_window"),
            extra=values.get(_PARAMS, {}),
        ),
    )


def _value(shown: str, key: str, value: object, file: str) -> object:
    if key == _PARAMS:
        if not isinstance(value, dict):
            raise ConfigError(f"{file}: {shown} must be a table.")
        return value
    if key not in _KEYS:
        near = _near(key, (*_KEYS, _PARAMS))
        known = ", ".join((*_KEYS, _PARAMS))
        end = f"; did you mean {near}?" if near else f"; there are {known}."
        raise ConfigError(f"{file}: {shown} is no key of a persona{end}")
    try:
        return _KEYS[key].convert(value)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{file}: {shown} must be {_KEYS[key].wanted}.") from error


def _near(name: str, names: Iterable[str]) -> str:
    import difflib  # Only where something is wrong.

    return next(iter(difflib.get_close_matches(name, tuple(names), 1, 0.6)), "")


def _where(found: Iterable[str], path: Path) -> str:
    names = ", ".join(clean_line(name) for name in found)
    return f"There are {names}." if names else f"They are written in {clean_line(str(path))}."


def _first(ours: Any, theirs: Any) -> Any:
    return theirs if ours is None else ours
