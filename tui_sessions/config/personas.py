"""Personas: named ways to be answered, a table each in `personas.toml` beside the configuration.

    [reviewer]
    model = "anthropic/claude-sonnet-4-5"
    system = "You review code. Be brief."
    temperature = 0.2
    effort = "high"

The file is read when somebody asks, so that what is written there counts at once. `persona_text.py` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.config.catalog import Key
from tui_sessions.config.entries import file_text
from tui_sessions.config.schema import Count, Rate
from tui_sessions.errors import ConfigError, NotFoundError, StoreError, UsageError
from tui_sessions.model.params import checked, key_of, value_of, with_value
from tui_sessions.model.persona_name import standing_name
from tui_sessions.model.session import Params, Session
from tui_sessions.model.text import clean_line

_KEYS = {
    "model": Key("model", str, ""),
    "system": Key("system", str, ""),
    "temperature": Key("temperature", Rate, None),
    "max_tokens": Key("max_tokens", Count, None),
    "effort": Key("effort", str, ""),
    "context_window": Key("context_window", Count, None),
}
OWN = {
    "temperature": "temperature",
    "max_tokens": "max_tokens",
    "reasoning_effort": "effort",
    "context_window": "context_window",
}
"""The parameters that have a key of their own in the file, with its name there."""
PARAMS = "params"
"""A table of further values, sent as they are where the provider knows them: `top_p`, `seed`, …"""
MOST_NAME = 40

_NAMED = re.compile(r"@(\S+)\s+(?=\S)")
_NAME = re.compile(rf"\w[\w.+-]{{0,{MOST_NAME - 1}}}")


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """A way to be answered; what is None is as the session has it."""

    name: str
    model: str | None = None
    """`provider/name`."""
    system: str | None = None
    params: Params = Params()

    def table(self) -> dict[str, Any]:
        """What the file says of it, what is not set left out."""
        extra = {key: value for key, value in self.params.extra.items() if value is not None}
        extra = {key: value for key, value in extra.items() if key not in OWN}
        own = {name: value_of(self.params, key) for key, name in OWN.items()}
        values = {"model": self.model or None, "system": self.system or None, **own}
        values[PARAMS] = extra or None
        return {key: value for key, value in values.items() if value is not None}

    def speaks_in(self, session: Session) -> Session:
        """The session as this persona is sent it. Not to be saved."""
        ours, theirs = self.params, session.params
        params = Params(
            temperature=_first(ours.temperature, theirs.temperature),
            max_tokens=_first(ours.max_tokens, theirs.max_tokens),
            context_window=_first(ours.context_window, theirs.context_window),
            extra=theirs.extra,
        )
        for key, value in ours.extra.items():
            params = with_value(params, key, value)
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

    def standing(self, session: Session) -> Persona | None:
        """Who answers in the session until further notice; None: its own model. Raises as `get` does."""
        name = standing_name(session)
        return self.get(name) if name else None

    def changed(self, change: Callable[[str], str]) -> None:
        """Write the file anew as `change` makes it of its text as it stands now. Raises `ConfigError`,
        `StoreError`."""
        from tui_sessions.config.private import alone, write_private

        name = clean_line(str(self.path))
        with alone(self.path):
            text = change(file_text(self.path) or "")
            _personas(text, name)
            try:
                write_private(self.path, text.encode(), follows=True)
            except OSError as error:
                raise StoreError(
                    f"{name} could not be written: {error.strerror or error}."
                ) from error

    def save(self, persona: Persona, *, former: str | None = None) -> None:
        """Write a persona, in the place of the one that was called `former`; the rest of the file stays as
        it is. Raises `UsageError` for a name that cannot be used or is taken, `NotFoundError` where the
        former one is gone, `ConfigError`, `StoreError`."""
        from tui_sessions.config.persona_text import with_persona, with_table_renamed

        check_name(persona.name)
        there = {known.name.casefold() for known in self.all() if known.name != former}
        if persona.name.casefold() in there:
            raise UsageError(f"There is a persona {clean_line(persona.name)} already.")
        if former is not None:
            self.get(former)

        def change(text: str) -> str:
            if former not in (None, persona.name):
                text = with_table_renamed(text, former or "", persona.name)
            return with_persona(text, persona.name, persona.table())

        self.changed(change)

    def delete(self, name: str) -> None:
        """Take a persona out of the file. Raises `NotFoundError`, `ConfigError`, `StoreError`."""
        from tui_sessions.config.persona_text import without_persona

        self.get(name)
        self.changed(lambda text: without_persona(text, name))

    def _stamp(self) -> object:
        try:
            stat = self.path.stat()
        except OSError as error:
            return type(error), error.errno
        return stat.st_ino, stat.st_size, stat.st_mtime_ns


def named_persona(text: str, personas: tuple[Persona, ...]) -> tuple[Persona | None, str]:
    """The persona that a text begins with, and the text without; an unknown name is just text."""
    found = _NAMED.match(text)
    if found is None:
        return None, text
    by_name = {persona.name.casefold(): persona for persona in personas}
    persona = by_name.get(found[1].casefold())
    return (persona, text[found.end() :]) if persona else (None, text)


def begins_with_name(text: str) -> bool:
    """Whether a text begins like one for a persona."""
    return bool(_NAMED.match(text))


def check_name(name: str) -> None:
    """Raises `UsageError` for what cannot be written as `@name`."""
    if not _NAME.fullmatch(name) or name == "off":
        raise UsageError(
            f"{clean_line(name)!r} cannot be a persona's name: one word of letters, digits, _ - + ., "
            f"{MOST_NAME} at most."
        )


def _personas(text: str, file: str) -> tuple[Persona, ...]:
    import tomllib  # Most people have no such file.

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: is not valid TOML: {error}.") from error
    return tuple(_persona(name, table, _Source(file, text)) for name, table in document.items())


class _Source:
    """Where a slip is."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text

    def wrong(self, path: tuple[str, ...], rest: str) -> ConfigError:
        """The error that names file, line and key."""
        from tui_sessions.config.toml_places import places

        name = ".".join(path)
        found = places(self._text.replace("\r\n", "\n"))
        starts = [place.start for place in found.keys if place.name == name]
        starts += [section.start for section in found.sections if section.name == name]
        line = self._text.replace("\r\n", "\n").count("\n", 0, starts[0]) + 1 if starts else 0
        where = f"{self._file}, line {line}" if line else self._file
        return ConfigError(f"{where}: {clean_line(name)} {rest}")


def _persona(name: str, table: object, source: _Source) -> Persona:
    if not isinstance(table, dict):
        raise source.wrong((name,), "belongs to no persona; write [name] and its keys below it.")
    values = {key: _value((name, key), value, source) for key, value in table.items()}
    params = Params(
        temperature=values.get("temperature"),
        max_tokens=values.get("max_tokens") or None,
        context_window=values.get("context_window"),
    )
    further = {**values.get(PARAMS, {})}
    if values.get("effort"):
        further["effort"] = values["effort"]
    for key, value in further.items():
        try:
            known = key_of(key)
            params = with_value(params, known, checked(known, value))
        except UsageError as error:
            raise source.wrong((name, PARAMS, key), f"cannot be: {error}") from error
    return Persona(
        name=name,
        model=values.get("model") or None,
        system=values.get("system") or None,
        params=params,
    )


def _value(path: tuple[str, str], value: object, source: _Source) -> Any:
    key = path[1]
    if key == PARAMS:
        if not isinstance(value, dict):
            raise source.wrong(path, "must be a table.")
        return value
    if key not in _KEYS:
        near = _near(key, (*_KEYS, PARAMS))
        known = ", ".join((*_KEYS, PARAMS))
        end = f"; did you mean {near}?" if near else f"; there are {known}."
        raise source.wrong(path, f"is no key of a persona{end}")
    try:
        return _KEYS[key].convert(value)
    except (ValueError, OverflowError) as error:
        raise source.wrong(path, f"must be {_KEYS[key].wanted}.") from error


def _near(name: str, names: Iterable[str]) -> str:
    import difflib  # Only where something is wrong.

    return next(iter(difflib.get_close_matches(name, tuple(names), 1, 0.6)), "")


def _where(found: Iterable[str], path: Path) -> str:
    names = ", ".join(clean_line(name) for name in found)
    return f"There are {names}." if names else f"They are written in {clean_line(str(path))}."


def _first(ours: Any, theirs: Any) -> Any:
    return theirs if ours is None else ours
