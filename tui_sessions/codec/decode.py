"""Bytes of a session file to a `Session`. Only `turns` is needed; what is not understood is kept.

A wrong structure (turns, messages, roles, contents, format) is a `DamagedFileError` that names the place.
Any other known field of a wrong type is unknown: its value stays in `extra` under its key and is written
back until the field is set, and `problems` has a sentence about it.
Wire forms: DESIGN §3, which is the form of reference guide A, and by `flat` that of guide B.
"""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

from tui_sessions.codec.fields import (
    Known,
    flag,
    kind_of,
    moment,
    money,
    must_be_list,
    must_be_object,
    number,
    tags,
    text,
    understood,
    whole,
    word,
)
from tui_sessions.codec.flat import is_flat, with_turns
from tui_sessions.codec.foreign import in_parts, parsed
from tui_sessions.codec.said import check_message, message_of
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.ids import derived_id, is_valid_id
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import FORMAT, Meta, Params, Parent, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import COUNTED, Usage

_MAX_TURN_ID = 200
LARGE = 1_000_000
"""Bytes from which on a file is read turn by turn: as plain values all at once it takes twice the
memory, and what is freed of that lies between what stays."""


def decode(data: bytes, *, fallback_id: str) -> Session:
    """The session that `data` holds; `fallback_id` where it names no id that can be used.

    Raises `DamagedFileError`. A file of a newer format decodes, and says so by `is_read_only`.
    """
    if len(data) > LARGE:
        try:
            return session_of(in_parts(data), fallback_id=fallback_id)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass  # odd: read as a whole, which knows more and says what is wrong
    return session_of(parsed(data), fallback_id=fallback_id)


def session_of(value: Any, *, fallback_id: str) -> Session:
    """The session of a parsed JSON value. Raises `DamagedFileError`."""
    raw = _top(value)
    problems: list[str] = []
    turns = _turns(must_be_list(raw["turns"], "turns"), problems)
    fields = understood({k: v for k, v in raw.items() if k not in _OWN}, _SESSION, problems)
    return Session(
        id=_session_id(raw.get("id"), fallback_id, problems),
        format=_format(raw.get("format")),
        turns=turns,
        problems=tuple(problems),
        **fields,
    )


def meta_of(raw: Any, problems: list[str]) -> Meta | None:
    """What people say about the session; any further key in `extra`."""
    return Meta(**understood(raw, _META, problems)) if isinstance(raw, dict) else None


def _top(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DamagedFileError(f"The file holds {kind_of(value)}, not one session.")
    if is_flat(value):
        return with_turns(value)
    if "turns" not in value:
        raise DamagedFileError("It holds neither turns nor messages, so it is not a session.")
    return value


def _format(value: Any) -> int:
    if value is None:
        return FORMAT
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value):
        raise DamagedFileError(f"format is {kind_of(value)}, not a whole number.")
    # Rounded up: what calls itself 1.5 is newer than 1, and is not written by us.
    return int(max(FORMAT, math.ceil(value)))


def _session_id(value: Any, fallback_id: str, problems: list[str]) -> str:
    if value is None:
        return fallback_id
    named = _id_text(value)
    if named is not None and is_valid_id(named):
        return named
    problems.append(f"id cannot be used as one; {fallback_id} stands for it.")
    return fallback_id


def _id_text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**60:
        return str(value)
    return value if isinstance(value, str) else None


def _turns(raw_turns: list[Any], problems: list[str]) -> tuple[Turn, ...]:
    taken: dict[str, int] = {}
    turns = []
    for index, raw in enumerate(raw_turns):
        place = f"turns[{index}]"
        met = len(problems)
        if isinstance(raw, msgspec.Raw):
            raw = msgspec.json.decode(raw)
        turns.append(_turn(must_be_object(raw, place), place, taken, problems))
        if len(problems) > met:
            problems[met:] = [f"{place}.{problem}" for problem in problems[met:]]
    return tuple(turns)


def _turn(raw: dict[str, Any], place: str, taken: dict[str, int], problems: list[str]) -> Turn:
    raw_messages = must_be_list(raw.get("messages", []), f"{place}.messages")
    messages = []
    for index, raw_message in enumerate(raw_messages):
        inside = f"{place}.messages[{index}]"
        check_message(must_be_object(raw_message, inside), inside)
        met = len(problems)
        messages.append(message_of(raw_message, problems))
        if len(problems) > met:
            problems[met:] = [f"messages[{index}].{problem}" for problem in problems[met:]]
    fields = understood({k: v for k, v in raw.items() if k not in _TURN_OWN}, _TURN, problems)
    turn_id = _turn_id(raw.get("id"), raw_messages, taken, problems)
    return Turn(id=turn_id, messages=tuple(messages), **fields)


def _turn_id(value: Any, messages: list[Any], taken: dict[str, int], problems: list[str]) -> str:
    """`taken` are the ids of the turns before, each with how many were made of it."""
    stated = _id_text(value)
    if stated is not None and 0 < len(stated) <= _MAX_TURN_ID and stated not in taken:
        taken[stated] = 1
        return stated
    # By content, not by position: a turn keeps its id when another program puts one before it.
    said = [f"{message['role']}\n{_stable(message.get('content'))}" for message in messages]
    first = derived = derived_id("turn", *said)
    while derived in taken:
        # Counted on, not from the beginning: thousands of turns may say the same.
        taken[first] += 1
        derived = derived_id("turn", *said, str(taken[first]))
    taken[derived] = 1
    if value is not None:
        problems.append(f"id is used twice or cannot be one; {derived} stands for it.")
    return derived


def _stable(content: Any) -> str:
    return content if isinstance(content, str) else json.dumps(content, sort_keys=True)


def _usage(raw: Any, problems: list[str]) -> Usage | None:
    return Usage(**understood(raw, _USAGE, problems)) if isinstance(raw, dict) else None


def _price(raw: Any, problems: list[str]) -> Price | None:
    return Price(**understood(raw, _PRICE, problems)) if isinstance(raw, dict) else None


def _params(raw: Any, problems: list[str]) -> Params | None:
    return Params(**understood(raw, _PARAMS, problems)) if isinstance(raw, dict) else None


def _parent(raw: Any, problems: list[str]) -> Parent | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        return None
    fields = understood(raw, _PARENT, problems)
    fields.setdefault("turn", 0)
    return Parent(**fields)


def _message(raw: Any, problems: list[str]) -> Message | None:
    try:
        check_message(must_be_object(raw, ""), "")
    except DamagedFileError:
        return None
    return message_of(raw, problems)


def _alternatives(raw: Any, problems: list[str]) -> tuple[Alternative, ...] | None:
    # One that is none would have no place to be kept in, so the list is kept as a whole.
    if not isinstance(raw, list):
        return None
    met = len(problems)
    alternatives = []
    for item in raw:
        fields = understood(item, _ALTERNATIVE, problems) if isinstance(item, dict) else {}
        if "message" not in fields:
            del problems[met:]
            return None
        alternatives.append(Alternative(**fields))
    return tuple(alternatives)


_OWN = {"id", "format", "turns"}
_TURN_OWN = {"id", "messages"}
_USAGE = {name: Known(name, whole, "a whole number") for name in COUNTED}
_PRICE = {
    "source": Known("source", text, "text"),
    "date": Known("date", text, "text"),
    "input_per_mtok": Known("input_per_mtok", money, "an amount of dollars"),
    "output_per_mtok": Known("output_per_mtok", money, "an amount of dollars"),
}
_PARAMS = {
    "temperature": Known("temperature", number, "a number"),
    "max_tokens": Known("max_tokens", whole, "a whole number"),
    "context_window": Known("context_window", whole, "a whole number"),
}
_PARENT = {"id": Known("id", text, "text"), "turn": Known("turn", whole, "a whole number")}
_META = {
    "tags": Known("tags", tags, "a list of tags"),
    "project": Known("project", text, "text"),
    "notes": Known("notes", text, "text"),
}
_ANSWER = {
    "usage": Known("usage", _usage, "an object"),
    "latency_ms": Known("latency_ms", number, "a number"),
    "first_token_ms": Known("first_token_ms", number, "a number"),
    "cost_estimate": Known("cost", money, "an amount of dollars"),
    "price": Known("price", _price, "an object"),
    "finish": Known("finish", word, "text"),
    "error": Known("error", text, "text"),
}
_ALTERNATIVE = {"message": Known("message", _message, "a message"), **_ANSWER}
_TURN = {
    **_ANSWER,
    "alternatives": Known("alternatives", _alternatives, "a list of answers"),
    "inherited": Known("inherited", flag, "true or false"),
    "inherited_usage": Known("inherited_usage", _usage, "an object"),
    "inherited_cost": Known("inherited_cost", money, "an amount of dollars"),
}
_SESSION = {
    "title": Known("title", text, "text"),
    "model": Known("model", text, "text"),
    "system": Known("system", text, "text"),
    "created_at": Known("created_at", moment, "a time"),
    "updated_at": Known("updated_at", moment, "a time"),
    "status": Known("status", text, "text"),
    "parent": Known("parent", _parent, "an object with an id"),
    "params": Known("params", _params, "an object"),
    "usage_totals": Known("usage_totals", _usage, "an object"),
    "meta": Known("meta", meta_of, "an object"),
}
