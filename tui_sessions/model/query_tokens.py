"""A filter's text cut into tokens, each with its place, so that mistakes and completions can point at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from tui_sessions.model.query_keys import KEYS, META

_PIECE = re.compile(r'(?P<quoted>"(?P<inner>[^"]*)(?P<closed>"?)\**)|[^\s"]+')
_NUMBER_KEY = re.compile(r"(?P<key>cost|turns|tokens)(?=[<>=])", re.IGNORECASE)


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A word, a phrase or a `key:value` as it stands in the text."""

    start: int
    """Where it begins, its `-` included."""
    end: int
    key: str = ""
    """A key of the language, small letters; "" for a word."""
    body: int
    """Where it begins after the `-`."""
    value: str
    """As written, without quotes and a `*` at the end."""
    value_start: int
    value_end: int
    is_negated: bool = False
    is_phrase: bool = False
    is_prefix: bool = False
    is_open: bool = False
    """Its quote is not closed."""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text` in order."""
    head: re.Match[str] | None = None
    for piece in _PIECE.finditer(text):
        if head is not None and piece["quoted"] and piece.start() == head.end():
            yield _token(head, piece)
            head = None
            continue
        if head is not None:
            yield _token(head, None)
            head = None
        if piece["quoted"]:
            yield _token(None, piece)
        elif piece[0] == "-" or piece[0].endswith((":", ":>", ":<", ":=", ":>=", ":<=")):
            head = piece  # A quote may belong to it.
        else:
            yield _token(piece, None)
    if head is not None:
        yield _token(head, None)


def _token(bare: re.Match[str] | None, quoted: re.Match[str] | None) -> Token:
    """One token of a bare piece, a quoted one, or both where they belong together."""
    last = quoted or bare
    assert last is not None
    raw, start = (bare[0], bare.start()) if bare is not None else ("", last.start())
    is_negated = raw.startswith("-") and not raw.startswith("--")
    body = start + is_negated
    key, after = _key_of(raw[is_negated:])
    value_start = body + after
    value = raw[is_negated + after :]
    if quoted is None:
        stripped = value.rstrip("*")
        is_prefix = stripped != value
    else:
        # What stands before the quote is an operator (`cost:>"1"`), or nothing.
        stripped = value + quoted["inner"]
        is_prefix = quoted[0].endswith("*") and quoted["closed"] == '"'
    return Token(
        start=start,
        end=last.end(),
        key=key,
        body=body,
        value=stripped,
        value_start=value_start,
        value_end=last.end(),
        is_negated=is_negated,
        is_phrase=quoted is not None,
        is_prefix=is_prefix,
        is_open=quoted is not None and quoted["closed"] == "",
    )


def _key_of(raw: str) -> tuple[str, int]:
    """The key that `raw` begins with, and where the value begins; ("", 0) for a word."""
    head, colon, _ = raw.partition(":")
    key = head.lower()
    if colon and (key in KEYS or key.startswith(META)):
        return key, len(head) + 1
    number = _NUMBER_KEY.match(raw)
    return (number["key"].lower(), number.end()) if number else ("", 0)
