"""Where tables, keys and values stand in the text of a TOML file, so that one can be changed in place.

For text that `tomllib` has already taken: nothing is checked here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
# The first three quotes end a long string, with up to two more that belong to it (TOML 1.0, "String").
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?""""{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''',
    re.DOTALL,
)
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[^,#\]}\r\n]*")
_NESTED = re.compile(rf"(?P<string>{_STRING.pattern})|#[^\n]*|(?P<bracket>[\[\]{{}}])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A key with its value: from `start` to `end`, the value from `value_start`."""

    name: str
    """Dotted, with the tables above it."""
    table: str
    """The dotted name of the section or the inline table that it is written in."""
    start: int
    value_start: int
    end: int
    is_inline: bool
    """Whether it is written within braces."""
    is_table: bool
    """Whether the value is a table within braces."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one header; the first one, "", has none."""

    name: str
    start: int
    """Where the header begins."""
    body: int
    """The line after it."""
    end: int
    """Where the next header begins."""
    is_list: bool
    """Whether the header has two brackets."""


@dataclass(frozen=True, slots=True)
class Places:
    """All of a text, in its order."""

    sections: tuple[Section, ...]
    keys: tuple[Place, ...]


def places(text: str) -> Places:
    """The sections and keys of `text`, which is valid TOML."""
    sections: list[Section] = []
    keys: list[Place] = []
    name, start, body, is_list = "", 0, 0, False
    at = _gap(text, 0)
    while at < len(text):
        if text[at] == "[":
            sections.append(Section(name, start, body, at, is_list))
            is_list = text.startswith("[[", at)
            key = _KEY.search(text, at)
            if key is None:
                break
            name, start = ".".join(_path(key.group())), at
            at = body = line_end(text, key.end())
        else:
            found = list(_key_at(text, at, name, is_inline=False))
            keys += found
            at = found[0].end
        at = _gap(text, at)
    sections.append(Section(name, start, body, len(text), is_list))
    return Places(tuple(sections), tuple(keys))


def line_start(text: str, at: int) -> int:
    """The beginning of the line."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The beginning of the next line, or the end of the text."""
    return text.find("\n", at) + 1 or len(text)


def without(text: str, place: Place) -> str:
    """The text with one key taken out."""
    if place.is_inline:
        before, after = text[: place.start], text[place.end :]
        if (rest := after.lstrip()).startswith(","):
            return before + rest[1:].lstrip()
        return before.rstrip().removesuffix(",").rstrip() + after
    start, end = line_start(text, place.start), line_end(text, place.end)
    behind = text[place.end : end].lstrip()
    return text[: place.start] + behind + text[end:] if behind else text[:start] + text[end:]


def comment_start(text: str, at: int) -> int:
    """The beginning of the comment lines right above a header, or of its own line."""
    at = line_start(text, at)
    while at > 0 and text[line_start(text, at - 1) : at].lstrip().startswith("#"):
        at = line_start(text, at - 1)
    return at


def own_end(text: str, section: Section) -> int:
    """After the last line of a section that is not blank, nor a comment right above the next header."""
    at = comment_start(text, section.end) if section.end < len(text) else section.end
    at = max(at, section.body)
    while at > section.body and not text[line_start(text, at - 1) : at].strip():
        at = line_start(text, at - 1)
    return at


def _key_at(text: str, at: int, table: str, *, is_inline: bool) -> Iterator[Place]:
    """The key at `at`, then those within its value, where that is a table."""
    key = _KEY.match(text, at)
    if key is None:
        raise ValueError(f"no key at {at}")
    name = ".".join([*([table] if table else []), *_path(key.group())])
    value_start = _gap(text, text.index("=", key.end()) + 1)
    end = _value_end(text, value_start)
    is_table = text[value_start] == "{"
    yield Place(name, table, at, value_start, end, is_inline, is_table)
    if is_table:
        at = _gap(text, value_start + 1)
        while at < end - 1:
            found = list(_key_at(text, at, name, is_inline=True))
            yield from found
            at = _gap(text, found[0].end)
            at = _gap(text, at + 1) if text[at] == "," else at


def _value_end(text: str, at: int) -> int:
    if text[at] in "[{":
        depth = 0
        for token in _NESTED.finditer(text, at):
            bracket = token["bracket"]
            depth += {None: 0, "[": 1, "{": 1}.get(bracket, -1)
            if bracket and not depth:
                return token.end()
        return len(text)
    if string := _STRING.match(text, at):
        return string.end()
    bare = _BARE.match(text, at)
    return at + len(bare.group().rstrip()) if bare else at


def _gap(text: str, at: int) -> int:
    """The first place from `at` on that is neither white nor comment."""
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _path(key: str) -> list[str]:
    """The parts of a key as written, without quotes."""
    document, parts = tomllib.loads(f"{key} = 0"), []
    while isinstance(document, dict):
        part, document = next(iter(document.items()))
        parts.append(part)
    return parts
