"""A `Session` to the bytes of its file: our keys in one order, then every key that is not ours.

Nothing is written for what is unknown or empty. A raw value that could not be understood stands under
its key until the field has a value of ours.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.errors import DamagedFileError
from tui_sessions.model.message import Message, Part
from tui_sessions.model.money import Price, dollars
from tui_sessions.model.session import Meta, Params, Parent, Session
from tui_sessions.model.times import format_time
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import COUNTED, Usage

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
Pairs = Iterable[tuple[str, Any]]


def encode(session: Session) -> bytes:
    """The file of `session`: UTF-8, indented by two, a newline at the end."""
    try:
        return _written(session_tree(session))
    except RecursionError as error:
        raise DamagedFileError("The session's values are nested too deeply.") from error


def session_tree(session: Session) -> dict[str, Any]:
    """The JSON object of `session`."""
    return _object(
        session.extra,
        (
            ("format", session.format),
            ("id", session.id),
            ("title", session.title),
            ("model", session.model),
            ("system", session.system),
            ("created_at", _time(session.created_at)),
            ("updated_at", _time(session.updated_at)),
            ("status", _unless_kept("status", session.status, "active", session.extra)),
            ("parent", _parent(session.parent)),
            ("params", _params(session.params) or None),
            ("turns", [_turn(turn) for turn in session.turns]),
            ("usage_totals", _usage(session.usage_totals)),
            ("meta", _meta(session.meta) or None),
        ),
    )


def _written(tree: dict[str, Any]) -> bytes:
    try:
        if _is_exact(tree):
            return msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n"
    except UnicodeEncodeError:
        pass  # A lone surrogate, which only the way below can write, as its escape.
    text = json.dumps(tree, ensure_ascii=False, indent=2)
    return _LONE_SURROGATE.sub(_escaped, text).encode() + b"\n"


def _object(extra: dict[str, Any], pairs: Pairs) -> dict[str, Any]:
    tree = {key: value for key, value in pairs if value is not None}
    for key, value in extra.items():
        tree.setdefault(key, value)
    return tree


def _unless_kept(key: str, value: Any, default: Any, extra: dict[str, Any]) -> Any:
    return None if value == default and key in extra else value


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _dollars(nano: int | None) -> float | None:
    return None if nano is None else dollars(nano)


def _parent(parent: Parent | None) -> dict[str, Any] | None:
    if parent is None:
        return None
    turn = _unless_kept("turn", parent.turn, 0, parent.extra)
    return _object(parent.extra, (("id", parent.id), ("turn", turn)))


def _params(params: Params) -> dict[str, Any]:
    named = ("temperature", "max_tokens", "context_window")
    return _object(params.extra, ((name, getattr(params, name)) for name in named))


def _meta(meta: Meta) -> dict[str, Any]:
    tags = list(meta.tags) or None
    return _object(meta.extra, (("tags", tags), ("project", meta.project), ("notes", meta.notes)))


def _turn(turn: Turn) -> dict[str, Any]:
    return _object(
        turn.extra,
        (
            ("id", turn.id),
            ("messages", [_message(message) for message in turn.messages]),
            *_answer(turn),
            ("alternatives", [_alternative(other) for other in turn.alternatives] or None),
            ("inherited", turn.inherited or None),
            ("inherited_usage", _usage(turn.inherited_usage)),
            ("inherited_cost", _dollars(turn.inherited_cost)),
        ),
    )


def _alternative(other: Alternative) -> dict[str, Any]:
    return _object(other.extra, (("message", _message(other.message)), *_answer(other)))


def _answer(answer: Turn | Alternative) -> Pairs:
    return (
        ("usage", _usage(answer.usage)),
        ("latency_ms", answer.latency_ms),
        ("first_token_ms", answer.first_token_ms),
        ("cost_estimate", _dollars(answer.cost)),
        ("price", _price(answer.price)),
        ("finish", answer.finish),
        ("error", answer.error),
    )


def _message(message: Message) -> dict[str, Any]:
    content: Any = message.content
    if isinstance(content, tuple):
        content = [_part(part) for part in content]
    tree = _object(
        message.extra,
        (
            ("role", message.role),
            ("content", content),
            ("timestamp", _time(message.timestamp)),
            ("model", message.model),
            ("reasoning", message.reasoning),
        ),
    )
    # Other programs index by "content", so null is written out.
    return tree if "content" in tree else {"role": message.role, "content": None, **tree}


def _part(part: Part) -> dict[str, Any]:
    kind = _unless_kept("type", part.kind, "text" if part.text is not None else "part", part.extra)
    return _object(part.extra, (("type", kind), ("text", part.text)))


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return _object(usage.extra, ((name, getattr(usage, name)) for name in COUNTED))


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return _object(
        price.extra,
        (
            ("source", price.source),
            ("date", price.date),
            ("input_per_mtok", _dollars(price.input_per_mtok)),
            ("output_per_mtok", _dollars(price.output_per_mtok)),
        ),
    )


def _is_exact(tree: Any) -> bool:
    # msgspec writes NaN and Infinity, which other programs leave in their files, as null.
    if isinstance(tree, float):
        return math.isfinite(tree)
    if isinstance(tree, dict):
        return all(map(_is_exact, tree.values()))
    return all(map(_is_exact, tree)) if isinstance(tree, list) else True


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
