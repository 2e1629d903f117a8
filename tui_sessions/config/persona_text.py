"""One table of a TOML file written, renamed or taken out, and everything else left as its owner wrote it.

For `personas.toml`, whose tables are named freely; `edit.py` does the same for the keys of the configuration.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from tui_sessions.config.toml_places import (
    comment_start,
    line_end,
    own_end,
    places,
    without,
)
from tui_sessions.errors import ConfigError, UsageError
from tui_sessions.model.text import clean_line

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER_NAME = re.compile(r"""(\[\s*)((?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'))""")


def with_persona(text: str, name: str, table: Mapping[str, Any]) -> str:
    """`text` where the table `name` says `table`: keys in their places, comments kept, a new one at the end.

    Raises `ConfigError` where `text` is no TOML, or holds the table in a way that cannot be changed.
    """
    wanted = _loaded(text)
    before = wanted.get(name)
    wanted[name] = dict(table)
    if before is None:
        after = _appended(text, name, table)
    else:
        after = text
        for path, value in _differences(before, table):
            after = _set(after, (name, *path), value)
    return _checked(after, wanted, name)


def without_persona(text: str, name: str) -> str:
    """`text` without the table `name` and the comment above it. Raises `ConfigError` likewise."""
    wanted = _loaded(text)
    wanted.pop(name, None)
    after = text
    while sections := [s for s in places(after).sections if _is_below(s.name, name)]:
        section = sections[-1]
        begin = comment_start(after, section.start)
        end = own_end(after, section)
        head, tail = after[:begin], after[end:].lstrip("\r\n")
        after = head + tail if tail or not head.strip() else head.rstrip() + "\n"
    while here := [place for place in places(after).keys if _is_below(place.name, name)]:
        after = without(after, here[0])
    return _checked(after, wanted, name)


def with_table_renamed(text: str, name: str, new: str) -> str:
    """`text` with the table under another name. Raises `ConfigError` likewise."""
    wanted = {new if key == name else key: value for key, value in _loaded(text).items()}
    after = text
    for section in reversed(places(text).sections):
        if _is_below(section.name, name):
            head = _HEADER_NAME.match(after, section.start)
            if head is not None:
                after = after[: head.start(2)] + written_key(new) + after[head.end(2) :]
    return _checked(after, wanted, name)


def table_text(text: str, name: str) -> str:
    """The lines of one table with its comments, to be edited alone; "" where they do not stand together."""
    found = [s for s in places(text).sections if _is_below(s.name, name)]
    keys = [k for k in places(text).keys if _is_below(k.name, name) and not k.table]
    if not found or keys:
        return ""
    all_sections = list(places(text).sections)
    first, last = all_sections.index(found[0]), all_sections.index(found[-1])
    if last - first + 1 != len(found):
        return ""
    return text[comment_start(text, found[0].start) : own_end(text, found[-1])]


def with_table_text(text: str, name: str, new: str) -> str:
    """`text` with other lines for one table, as `table_text` gave them."""
    return text.replace(table_text(text, name), new.rstrip("\n") + "\n", 1)


def written(value: object) -> str:
    """A value as TOML has it; a text of several lines between three quotes. Raises `UsageError` for null."""
    import tomli_w  # Only where something is written.

    if value is None:
        raise UsageError("A null cannot be written into this file: leave the key out.")
    if isinstance(value, dict):
        inside = ", ".join(f"{written_key(key)} = {written(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"

    found = tomli_w.dumps({"v": value}, multiline_strings=True)
    return found.removeprefix("v = ").removesuffix("\n")


def written_key(key: str) -> str:
    """A key as TOML has it."""
    import tomli_w

    if _BARE.fullmatch(key):
        return key
    return tomli_w.dumps({"v": key}).removeprefix("v = ").removesuffix("\n")


def _loaded(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The file is not valid TOML: {error}. Mend it first.") from error


def _checked(text: str, wanted: dict[str, Any], name: str) -> str:
    """`text`, if it says what it should: no file is worth a guess."""
    try:
        found: dict[str, Any] | None = tomllib.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not _is_same(found, wanted):
        raise ConfigError(
            f"{clean_line(name)} stands in the file in a way that cannot be changed from here; "
            "edit the file."
        )
    return text


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values say the same; 1 is 1.0 but not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[tuple[str, ...], Any]]:
    """The paths whose values differ, with the new value; None: the key goes."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and (isinstance(new, dict) or new is None) and key == "params":
            inside = _differences(old, new or {})
            found += [((key, *path), value) for path, value in inside]
            if not new:
                found.append(((key,), None))
        elif isinstance(new, dict) and key == "params" and old is None:
            found += [((key, name), value) for name, value in new.items()]
        elif not _is_same(old, new):
            found.append(((key,), new))
    return found


def _set(text: str, path: tuple[str, ...], value: object) -> str:
    name = ".".join(path)
    here = [place for place in places(text).keys if place.name == name]
    if value is None:
        for place in reversed(here):
            text = without(text, place)
        return _without_section(text, name)
    if here:
        place = here[0]
        return text[: place.value_start] + written(value) + text[place.end :]
    return _added(text, path, value)


def _without_section(text: str, name: str) -> str:
    for section in reversed(places(text).sections):
        if section.name == name and name:
            body = text[section.body : section.end]
            kept = body.lstrip("\r\n") if body.strip() else ""
            text = text[: section.start] + kept + text[section.end :]
    return text


def _added(text: str, path: tuple[str, ...], value: object) -> str:
    """With a key that is not there yet, in the innermost of its tables that is."""
    found = places(text)
    for depth in range(len(path) - 1, 0, -1):
        table = ".".join(path[:depth])
        line = f"{'.'.join(map(written_key, path[depth:]))} = {written(value)}"
        section = next((s for s in found.sections if s.name == table and not s.is_list), None)
        if section is not None:
            beside = [p for p in found.keys if not p.is_inline and p.table == table]
            return _inserted(text, line_end(text, beside[-1].end) if beside else section.body, line)
        braces = [p for p in found.keys if p.is_table and p.name == table]
        if braces:
            place = braces[-1]
            inside = text[place.value_start + 1 : place.end - 1].strip().removesuffix(",")
            body = f"{inside}, {line}" if inside else line
            return f"{text[: place.value_start]}{{ {body} }}{text[place.end :]}"
    return text


def _appended(text: str, name: str, table: Mapping[str, Any]) -> str:
    lines = [f"[{written_key(name)}]"]
    lines += [f"{written_key(k)} = {written(v)}" for k, v in table.items() if k != "params"]
    further = table.get("params")
    if further:
        lines += [f"params.{written_key(k)} = {written(v)}" for k, v in further.items()]
    head = text.rstrip() + "\n\n" if text.strip() else ""
    return head + "\n".join(lines) + "\n"


def _inserted(text: str, at: int, line: str) -> str:
    before, after = text[:at], text[at:]
    if before and not before.endswith("\n"):
        before += "\n"
    return f"{before}{line}\n{after}"


def _is_below(name: str, outer: str) -> bool:
    return name == outer or name.startswith(f"{outer}.")
