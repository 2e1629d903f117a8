"""The filter language: words and `key:value` terms, parsed once into a value that matches rows.

`tag:python model:gpt -draft "jwt auth"`: all terms must hold, `-` turns one round.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

import msgspec

from tui_sessions.errors import UsageError
from tui_sessions.model.results import SessionRow

KEYS = ("tag", "model", "provider", "project", "folder", "status", "title", "system", "is")
FLAGS = ("branch", "pinned", "interrupted")
_TERM = re.compile(
    r'(?P<not>-)?(?:(?P<key>[A-Za-z][A-Za-z_.]*):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))'
)


class Term(msgspec.Struct, frozen=True):
    """One condition; an empty key means any of title, file name, tags, project and model."""

    key: str
    value: str
    is_negated: bool = False

    def holds(self, row: SessionRow) -> bool:
        """Whether `row` meets the condition."""
        return _holds(self.key, self.value, row) != self.is_negated


class Query(msgspec.Struct, frozen=True):
    """All terms must hold; no terms match everything."""

    terms: tuple[Term, ...] = ()

    def matches(self, row: SessionRow) -> bool:
        """Whether every term holds for `row`."""
        return all(term.holds(row) for term in self.terms)


def parse_query(text: str) -> Query:
    """The query of a filter box or command. Raises `UsageError` that names the mistake and the cure."""
    terms = []
    for match in _TERM.finditer(text):
        key, value = (
            match["key"] or "",
            match["quoted"] if match["quoted"] is not None else match["word"],
        )
        if not key and value.removesuffix(":").lower() in KEYS and value.endswith(":"):
            continue  # a key whose value is still to be typed
        if key.startswith("meta."):
            terms.append(Term(key, value.casefold(), bool(match["not"])))
            continue
        if key and key.lower() not in KEYS:
            near = get_close_matches(key.lower(), KEYS, n=1)
            hint = f" Did you mean {near[0]}:?" if near else f" Known: {', '.join(KEYS)}."
            raise UsageError(
                f"The filter has no key {key!r} (at character {match.start() + 1}).{hint}"
            )
        if key == "is" and value not in FLAGS:
            raise UsageError(
                f"is:{value} is not known. Known: {', '.join('is:' + flag for flag in FLAGS)}."
            )
        terms.append(Term(key.lower(), value.casefold(), bool(match["not"])))
    return Query(tuple(terms))


def _holds(key: str, value: str, row: SessionRow) -> bool:
    match key:
        case "":
            texts = (row.title, row.file_name, row.project or "", row.model or "", *row.tags)
            return any(value in text.casefold() for text in texts)
        case "tag":
            return any(value == tag.casefold() for tag in row.tags)
        case "is":
            return _is(value, row)
        case "folder":
            folder = row.folder.casefold()
            return folder == value.strip("/") or folder.startswith(value.strip("/") + "/")
        case "status":
            return row.status.casefold() == value
    if key.startswith("meta."):
        return value in str(row.meta.get(key.removeprefix("meta."), "")).casefold()
    return value in str(getattr(row, key) or "").casefold()


def _is(flag: str, row: SessionRow) -> bool:
    match flag:
        case "branch":
            return row.parent_id is not None
        case "pinned":
            return row.meta.get("pinned") is True
        case _:
            return row.is_cut
