"""The filter options of commands as terms of the one filter language. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tui_sessions.errors import UsageError
from tui_sessions.model.dates import parse_since, parse_until
from tui_sessions.model.edits import set_status
from tui_sessions.model.money import nanousd
from tui_sessions.model.query import Query, Term, parse_query
from tui_sessions.model.query_parse import meta_term
from tui_sessions.model.term import folded, micros

_SAME = ("model", "provider", "project", "status", "folder", "title")
"""Options that are called as their keys."""
_BOUNDS = (
    ("turns", ">=", "min_turns"),
    ("turns", "<=", "max_turns"),
    ("cost", ">=", "min_cost"),
    ("cost", "<=", "max_cost"),
)
_MOST_DOLLARS = Decimal(10**12)
"""More is never reached, and `1e999999999` would fill the memory."""


def query_of(given: dict[str, Any], words: str, now: datetime) -> Query:
    """What `words` in the filter language and the options' values ask for. Raises `UsageError`."""
    return parse_query(words, now).and_also(*_terms(given, now))


def _terms(given: dict[str, Any], now: datetime) -> Iterator[Term]:
    if given["status"]:
        set_status(given["status"].casefold())
    for key in _SAME:
        if given[key]:
            yield Term(key, folded(given[key]))
    if given["system_contains"]:
        yield Term("system", folded(given["system_contains"]))
    for tag in given["tags"]:
        yield Term("tag", folded(tag))
    for pair in given["meta"]:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--meta takes key=value, not {pair!r}.")
        yield meta_term(key, value)
    if given["text"]:
        yield _text_term(given["text"])
    for key, parse in (("since", parse_since), ("until", parse_until)):
        if given[key]:
            yield Term(key, folded(given[key]), number=micros(parse(given[key], now)))
    for key, op, option in _BOUNDS:
        if given[option] is not None:
            yield _bound(key, op, option, given[option])


def _text_term(text: str) -> Term:
    words = text.strip()
    begun = words.rstrip("*")
    return Term("text", folded(begun), is_phrase=" " in begun, is_prefix=begun != words)


def _bound(key: str, op: str, option: str, value: int | str) -> Term:
    number = value if isinstance(value, int) else _nanousd(option, value)
    return Term(key, f"{op}{value}", op=op, number=number)


def _nanousd(option: str, text: str) -> int:
    try:
        amount = Decimal(text.removeprefix("$"))
        if amount.is_finite():
            return nanousd(max(-_MOST_DOLLARS, min(amount, _MOST_DOLLARS)))
    except InvalidOperation:
        pass
    raise UsageError(f"--{option.replace('_', '-')} takes dollars like 0.05, not {text!r}.")
