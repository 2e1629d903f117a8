"""One key of a configuration file set or removed, and everything else in it left as its owner wrote it."""

from __future__ import annotations

import re
from pathlib import Path

from tui_sessions.config.catalog import key_rank, split_name, table_rank
from tui_sessions.config.entries import file_text, text_entries
from tui_sessions.config.load import text_problems
from tui_sessions.config.private import write_private
from tui_sessions.config.toml_places import (
    Place,
    Places,
    Section,
    line_end,
    line_start,
    own_end,
    places,
    without,
)
from tui_sessions.errors import ConfigError, StoreError
from tui_sessions.model.text import clean_line

_FILE = "The configuration file"
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def with_value(text: str, key: str, value: object) -> str:
    """`text` of a configuration file with the dotted `key` set to `value`: in its place where it is
    set already, else below its commented-out line or beside its neighbours. Comments, blank lines
    and the order stay. ConfigError where `text` is no TOML, or holds the key in a way that cannot be
    changed."""
    before = _values(text)
    written = _written(value)
    found = places(text)
    here = [place for place in found.keys if place.name == key]
    after = text if here else _added(text, found, key, written)
    for place in reversed(here):
        after = after[: place.value_start] + written + after[place.end :]
    return _checked(after, before | {key: _shown(value)}, key)


def without_value(text: str, key: str) -> str:
    """`text` with `key` no longer set, and the comment behind it kept; ConfigError likewise."""
    before = _values(text)
    before.pop(key, None)
    after = text
    while here := [place for place in places(after).keys if place.name == key]:
        after = without(after, here[0])
    return _checked(after, before, key)


def read_config(path: Path) -> str:
    """The text of the file, "" where there is none. Raises ConfigError."""
    return file_text(path) or ""


def write_config(path: Path, text: str) -> None:
    """Puts `text` into the file, private and as a whole; the directory is made. Raises ConfigError
    where it could not be loaded afterwards, StoreError where the disk refuses."""
    name = clean_line(str(path))
    found = text_problems(text, name)
    if found:
        raise ConfigError(found[0])
    try:
        write_private(path, text.encode(), follows=True)
    except OSError as error:
        raise StoreError(f"{name} could not be written: {error.strerror or error}.") from error


def _values(text: str) -> dict[str, str]:
    """Every key that is set; as written by Python, so that 1, 1.0 and true differ."""
    entries = text_entries(text, _FILE)
    return {entry.name: _shown(entry.value) for entry in entries if not entry.is_bare}


def _shown(value: object) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)


def _checked(text: str, wanted: dict[str, str], key: str) -> str:
    """`text`, if it says what it should: no file is worth a guess."""
    try:
        found = _values(text)
    except ConfigError:
        found = None
    if found != wanted:
        raise ConfigError(
            f"{key} stands in the file in a way that cannot be changed from here; edit the file."
        )
    return text


def _written(value: object) -> str:
    import tomli_w  # Only where something is written.

    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_written, value))}]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").removesuffix("\n")


def _written_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _written(name)


def _added(text: str, found: Places, key: str, written: str) -> str:
    table, name = split_name(key)
    braces = [p for p in found.keys if p.is_table and _is_in(table, p.name)]
    if braces:
        return _added_in_braces(text, braces[-1], key, written)
    line = f"{_written_key(name)} = {written}"
    for section in found.sections:
        if section.name == table and not section.is_list:
            return _added_in_section(text, found, section, key, line)
    dotted = [p for p in found.keys if not p.is_inline and p.name.startswith(f"{table}.")]
    dotted = [p for p in dotted if _is_in(table, p.table)]
    if dotted:
        # A table that was begun with dotted keys takes no header.
        path = table.removeprefix(dotted[-1].table).removeprefix(".")
        return _inserted(text, line_end(text, dotted[-1].end), f"{path}.{line}")
    return _with_table(text, found, table, line)


def _is_in(table: str, outer: str) -> bool:
    return not outer or table == outer or table.startswith(f"{outer}.")


def _added_in_braces(text: str, braces: Place, key: str, written: str) -> str:
    table, name = split_name(key)
    path = table.removeprefix(braces.name).removeprefix(".")
    dotted = f"{path}.{_written_key(name)}" if path else _written_key(name)
    inside = text[braces.value_start + 1 : braces.end - 1].strip()
    body = f"{inside}, {dotted} = {written}" if inside else f"{dotted} = {written}"
    return f"{text[: braces.value_start]}{{ {body} }}{text[braces.end :]}"


def _added_in_section(text: str, found: Places, section: Section, key: str, line: str) -> str:
    table, name = split_name(key)
    beside = [p for p in found.keys if not p.is_inline and p.table == section.name]
    former = [p for p in beside if key_rank(p.name) <= max(key_rank(key), 0)]
    former.sort(key=lambda place: (key_rank(place.name), place.start))
    if (at := _commented_out(text, found, section, name)) is not None:
        return _inserted(text, at, line)
    if former:
        return _inserted(text, line_end(text, former[-1].end), line)
    if beside and table:
        return _inserted(text, section.body, line)
    at = line_start(text, beside[0].start) if beside else own_end(text, section)
    # The comment on top of a file is about the file.
    apart = not table and not beside and bool(text[:at].strip())
    return _inserted(text, at, line, blank_before=apart, blank_after=not table and not beside)


def _commented_out(text: str, found: Places, section: Section, name: str) -> int | None:
    """The line after `# name = …` in the section."""
    written = "|".join(map(re.escape, {_written_key(name), f'"{name}"', f"'{name}'"}))
    line = re.compile(rf"^[ \t]*#[# \t]*(?:{written})[ \t]*=", re.MULTILINE)
    for match in line.finditer(text, section.body, section.end):
        if not any(place.start <= match.end() <= place.end for place in found.keys):
            return line_end(text, match.end())
    return None


def _with_table(text: str, found: Places, table: str, line: str) -> str:
    """With a section of its own, behind those that come before it in the schema."""
    former = [s for s in found.sections if table_rank(s.name) <= table_rank(table)]
    at = own_end(text, former[-1])
    lines = f"[{table}]{_newline(text)}{line}"
    return _inserted(text, at, lines, blank_before=bool(text[:at].strip()), blank_after=True)


def _inserted(
    text: str, at: int, lines: str, *, blank_before: bool = False, blank_after: bool = False
) -> str:
    """With `lines` at the beginning of the line `at`; a blank line behind only where text follows."""
    newline = _newline(text)
    before, after = text[:at], text[at:]
    if before and not before.endswith("\n"):
        before += newline
    before += newline if blank_before else ""
    follows = blank_after and after.strip() and after.lstrip(" \t\r")[:1] != "\n"
    return before + lines + newline + (newline if follows else "") + after


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
