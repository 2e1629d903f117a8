"""The parser of the filter language: text to groups of terms, or the place of the mistake.

What is only half typed is left out: a key without its value, an open quote, an `OR` at the end, a lone `-`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches

import msgspec

from tui_sessions.errors import QueryError, UsageError
from tui_sessions.model.dates import parse_since, parse_until
from tui_sessions.model.money import NANO
from tui_sessions.model.query_keys import CHOICES, DATES, KEYS, MEANT, META, NUMBERS
from tui_sessions.model.query_tokens import Token, tokens
from tui_sessions.model.term import Term, folded, micros
from tui_sessions.model.text import clean_line

MOST_TERMS = 200
"""More is a text that was pasted by mistake, and deeper than SQLite takes."""
_SHOWN = 40
_NEAR = 0.65
"""How alike two words are, of 1, that one may be a slip for the other."""
_OPERATOR = re.compile(r"(?P<op>>=|<=|>|<|=|)\s*(?P<number>.*)", re.DOTALL)
_WHOLE = re.compile(
    r"(?P<digits>\d{1,15}|\d{1,3}(?:[,_]\d{3}){1,4})(?:\.(?P<part>\d{1,3}))?(?P<k>[km]?)"
)
_DOLLARS = re.compile(r"\$?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})")
_LIKE_A_KEY = re.compile("[A-Za-z][A-Za-z_-]+")
_META_ALIASES = {"project": "project", "status": "status", "title": "title", "tags": "tag"}
"""Keys of `meta` that have their own key here."""


def groups_of(text: str, now: datetime | None = None) -> tuple[tuple[Term, ...], ...]:
    """The terms of `text`: all groups must hold, of each at least one term. Raises `QueryError`."""
    groups: list[tuple[Term, ...]] = []
    count = 0
    can_join = is_joined = is_negated = False
    for token in tokens(text):
        word = "" if token.key or token.is_phrase or token.is_negated else token.value
        match word:
            case "OR":
                is_joined = can_join
            case "AND":
                is_joined = False
            case "NOT":
                is_negated = not is_negated
            case _:
                term = _term(token, now)
                if term is not None:
                    count += 1
                    _check_count(count, token)
                    if is_negated:
                        term = msgspec.structs.replace(term, is_negated=not term.is_negated)
                    if is_joined:
                        groups[-1] += (term,)
                    else:
                        groups.append((term,))
                can_join = term is not None
                is_joined = is_negated = False
    return tuple(groups)


def meta_term(key: str, value: str) -> Term:
    """The term for a key of `meta`, some of which have their own in the language."""
    known = folded(key)
    return Term(_META_ALIASES.get(known, META + known), folded(value))


def _check_count(count: int, token: Token) -> None:
    if count > MOST_TERMS:
        raise _mistake(
            f"The filter has more than {MOST_TERMS} words", token.start, token.end, "Use fewer."
        )


def _term(token: Token, now: datetime | None) -> Term | None:
    """The term of a token; None where it is still to be typed."""
    if not token.value.strip() and not (token.is_prefix and token.key):
        return None
    if not token.key:
        if not token.is_phrase:
            _check_word(token)
        return _text_term("", token)
    if token.key in NUMBERS:
        return _number_term(token)
    if token.key in DATES:
        return _date_term(token, now)
    if token.key in CHOICES:
        _check_choice(token)
    if token.key.startswith(META):
        return _meta_term(token)
    return _text_term(token.key, token)


def _text_term(key: str, token: Token) -> Term:
    return Term(
        key,
        folded(token.value),
        is_negated=token.is_negated,
        is_phrase=token.is_phrase,
        is_prefix=token.is_prefix,
    )


def _meta_term(token: Token) -> Term:
    key = token.key.removeprefix(META)
    end = token.value_start
    if not key:
        raise _mistake("Which key of meta?", token.body, end, "Write meta.KEY:value.")
    if key == "notes":
        raise _mistake(
            "Notes are looked through by text:", token.body, end, "Did you mean text:?", "text:"
        )
    named = meta_term(key, "")
    return _text_term(named.key, token)


def _check_word(token: Token) -> None:
    """Points at a word that was meant to be a `key:value`."""
    word = token.value.lstrip("(")
    start = token.body + len(token.value) - len(word)
    head, colon, rest = word.partition(":")
    if not colon or rest.startswith((":", "//")) or rest.isdigit():
        return  # `std::vector`, `http://…`, `localhost:8080`
    low = head.lower()
    if low in KEYS or low.startswith(META):
        hint = "Write a OR b c: OR goes before the space."
        raise _mistake("The filter knows no brackets", token.body, start, hint)
    first, dot, key_of_meta = head.partition(".")
    if dot:
        if _near(first, ("meta",)):
            meant = f"{META}{key_of_meta}:"
            raise _unknown_key(head, start, _did_you_mean(meant), meant)
        return  # `main.py:12`
    if not _LIKE_A_KEY.fullmatch(head):
        return  # `12:30`
    meant = _meant(low)
    if meant:
        raise _unknown_key(
            head, start, _did_you_mean("meta.KEY:" if low == "meta" else meant), meant
        )
    if rest:
        hint = f'Write "{_short(word)}" in quotes to look for it. Keys: {", ".join(KEYS)}.'
        raise _unknown_key(head, start, hint, "")


def _unknown_key(key: str, start: int, hint: str, suggestion: str) -> QueryError:
    what = f"The filter has no key {_short(key)!r}"
    return _mistake(what, start, start + len(key) + 1, hint, suggestion)


def _meant(low: str) -> str:
    """The `key:` that was meant by one that is none, "" where nothing is near."""
    if low == "meta":
        return META
    flag = next((f"{own}:{low}" for own in ("is", "has") if low in CHOICES[own]), "")
    near = MEANT.get(low) or _near(low, KEYS)
    return f"{near}:" if near else flag


def _check_choice(token: Token) -> None:
    known = CHOICES[token.key]
    value = token.value.lower()
    if value in known or (token.key == "status" and token.is_prefix):
        return
    begun = [name for name in known if name.startswith(value)]
    near = begun[0] if len(begun) == 1 else _near(value, known)
    if token.key == "status" and not near:
        return  # Other programs have other ones.
    own = f"{token.key}:"
    hint = f"Did you mean {own}{near}?" if near else f"Known: {', '.join(own + n for n in known)}."
    what = f"{own}{_short(token.value)} is not known"
    raise _mistake(what, token.value_start, token.value_end, hint, near)


def _date_term(token: Token, now: datetime | None) -> Term:
    parse = parse_since if token.key == "since" else parse_until
    try:
        moment = parse(token.value, now or datetime.now(UTC))
    except UsageError as error:
        what = f"{_short(token.value)!r} is no date"
        hint = "Write 2026-01-31, today, yesterday, 7d, 2w or 3mo."
        raise _mistake(what, token.value_start, token.value_end, hint) from error
    return Term(token.key, folded(token.value), number=micros(moment), is_negated=token.is_negated)


def _number_term(token: Token) -> Term:
    low, dots, high = token.value.partition("..")
    if dots:
        return _range_term(token, low.strip(), high.strip())
    found = _OPERATOR.fullmatch(token.value.strip())
    assert found is not None  # It matches anything.
    return _bound(token, found["op"] or "=", _number(token, found["number"].strip()))


def _range_term(token: Token, low: str, high: str) -> Term:
    if not high:
        return _bound(token, ">=", _number(token, low))
    if not low:
        return _bound(token, "<=", _number(token, high))
    first, last = _number(token, low), _number(token, high)
    if first > last:
        turned = f"{high}..{low}"
        what = f"{_short(token.value)} runs backwards"
        place = (token.value_start, token.value_end)
        raise _mistake(what, *place, f"Did you mean {_short(turned)}?", turned)
    return msgspec.structs.replace(_bound(token, "..", first), top=last)


def _bound(token: Token, op: str, number: int) -> Term:
    return Term(token.key, folded(token.value), op=op, number=number, is_negated=token.is_negated)


def _number(token: Token, text: str) -> int:
    """Nano-dollars for cost, else a count: `12`, `1,200`, `10k`, `1.5m`."""
    if token.key == "cost":
        if _DOLLARS.fullmatch(text):
            return int(Decimal(text.removeprefix("$")) * NANO)
    else:
        found = _WHOLE.fullmatch(text.lower())
        if found is not None and (found["k"] or not found["part"]):
            digits = re.sub("[,_]", "", found["digits"]) + "." + (found["part"] or "0")
            return int(Decimal(digits) * {"": 1, "k": 1_000, "m": 1_000_000}[found["k"]])
    wanted = "dollars like cost:>0.05" if token.key == "cost" else f"a number like {token.key}:>=10"
    what = f"{token.key}: takes {wanted}, not {_short(token.value)!r}"
    raise _mistake(what, token.value_start, token.value_end, "Ranges are written 3..10.")


def _near(word: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=_NEAR)), "")


def _did_you_mean(meant: str) -> str:
    return f"Did you mean {_short(meant)}?"


def _short(text: str) -> str:
    shown = clean_line(text)
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _mistake(what: str, start: int, end: int, hint: str, suggestion: str = "") -> QueryError:
    """One sentence with the place, one with the cure."""
    message = f"{what} (at character {start + 1}). {hint}"
    return QueryError(message, start=start, end=end, suggestion=suggestion)
