"""What can be written next in a filter: keys, their values, and words in use. Pure; for boxes that complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tui_sessions.model.query_keys import DATES, HAS, IS, KEYS, META, NUMBERS, ROLES
from tui_sessions.model.query_tokens import Token, tokens
from tui_sessions.model.session import STATUSES
from tui_sessions.model.term import folded
from tui_sessions.model.text import clean_line

MOST = 50
_MOST_TAGS = 5
"""How many tags are offered for a word that names no key."""
_WORD_FROM = 2
"""Characters that a word needs before tags and flags are offered for it."""
_DAYS = {
    "today": "since midnight",
    "yesterday": "",
    "7d": "seven days ago",
    "2w": "two weeks ago",
    "3mo": "three months ago",
    "1y": "a year ago",
}
_NUMBERS = {
    "cost": {">0.01": "more than a cent", ">=1": "a dollar or more", "0..0.05": "up to five cents"},
    "turns": {">=10": "ten or more", "1": "just one", "3..10": "three to ten"},
    "tokens": {">10k": "more than 10,000", "<1k": "less than 1,000"},
}


class Suggestion(msgspec.Struct, frozen=True):
    """Put `text` where now the characters from `start` to `end` are; `what` says what it does."""

    start: int
    end: int
    text: str
    what: str = ""


def suggestions(
    text: str,
    cursor: int,
    *,
    tags: Sequence[str] = (),
    models: Sequence[str] = (),
    projects: Sequence[str] = (),
    folders: Sequence[str] = (),
) -> tuple[Suggestion, ...]:
    """What may be written at `cursor`, the likeliest first; nothing that stands there already."""
    cursor = min(max(cursor, 0), len(text))
    token = _token_at(text, cursor)
    in_use = {
        "tag": tags,
        "model": models,
        "provider": tuple(dict.fromkeys(m.partition("/")[0] for m in models if "/" in m)),
        "project": projects,
        "folder": folders,
    }
    if token is None:
        found = _for_word("", cursor, cursor, in_use["tag"])
    elif token.key and cursor >= token.value_start:
        found = _for_value(token, text[token.value_start : cursor].lstrip('"'), in_use)
    elif token.is_phrase:
        return ()
    else:
        found = _for_word(text[token.body : cursor], token.body, token.end, in_use["tag"])
    offered = [offer for offer in found if text[offer.start : offer.end] != offer.text]
    return tuple(offered[:MOST])


def _token_at(text: str, cursor: int) -> Token | None:
    """The token that is being written: the one that the cursor is in or stands behind."""
    for token in tokens(text):
        if token.body <= cursor <= token.end and not (
            token.is_phrase and not token.is_open and cursor == token.end
        ):
            return token
    return None


def _for_word(begun: str, start: int, end: int, tags: Sequence[str]) -> Iterator[Suggestion]:
    """Keys; and whole terms for who knows the value but not the key."""
    wanted = folded(begun)
    for key, what in (*KEYS.items(), (META, "any key of the metadata")):
        if key.startswith(wanted):
            yield Suggestion(start, end, key if key == META else f"{key}:", what)
    if len(wanted) < _WORD_FROM:
        return
    for key, values in (("is", IS), ("has", HAS)):
        for value, what in _begun(wanted, values):
            yield Suggestion(start, end, f"{key}:{value}", what)
    for tag in _fitting(wanted, tags)[:_MOST_TAGS]:
        yield Suggestion(start, end, f"tag:{_quoted(tag)}", "tag")


def _for_value(
    token: Token, begun: str, in_use: Mapping[str, Sequence[str]]
) -> Iterator[Suggestion]:
    wanted = folded(begun)
    place = (token.value_start, token.end)
    if token.key in in_use:
        for value in _fitting(wanted, in_use[token.key]):
            yield Suggestion(*place, _quoted(value), token.key)
        return
    for value, what in _begun(wanted, _fixed(token.key)):
        yield Suggestion(*place, value, what)


def _fixed(key: str) -> Mapping[str, str]:
    """The values of a key that takes fixed ones, or some that show how they are written."""
    if key in DATES:
        return _DAYS
    if key in NUMBERS:
        return _NUMBERS[key]
    return {"is": IS, "has": HAS, "role": ROLES, "status": dict.fromkeys(STATUSES, "")}.get(key, {})


def _begun(wanted: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((value, what) for value, what in values.items() if value.startswith(wanted))


def _fitting(wanted: str, values: Iterable[str]) -> list[str]:
    """Those that begin so, then those that hold it; what cannot be written in the language is left out."""
    begin, hold = [], []
    for value in values:
        plain = folded(value)
        if not value.strip() or '"' in value or clean_line(value) != value:
            continue
        if plain.startswith(wanted):
            begin.append(value)
        elif wanted in plain:
            hold.append(value)
    return begin + hold


def _quoted(value: str) -> str:
    is_plain = not any(char.isspace() for char in value) and not value.endswith("*")
    return value if is_plain else f'"{value}"'
