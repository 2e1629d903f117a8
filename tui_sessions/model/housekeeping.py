"""What was spent on a session beside its conversation: automatic titles and tags, noted in its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from tui_sessions.model.money import dollars, nanousd
from tui_sessions.model.times import format_time, parse_time
from tui_sessions.model.usage import COUNTED, Usage

if TYPE_CHECKING:
    # Not at run time: a session's cost counts these calls, so `session` imports this module.
    from tui_sessions.model.session import Change, Session

NOTED = "housekeeping"
"""In a session's `extra`: the list of these calls."""
_MOST_DOLLARS = 4_000_000
_MOST_TOKENS = 2**53


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call that was made for a session and is no answer in it."""

    kind: str
    """`title` or `tags`."""
    model: str | None = None
    """`provider/name`."""
    timestamp: datetime | None = None
    usage: Usage | None = None
    cost: int | None = None
    """Nano-dollars; None is unknown."""


def calls(session: Session) -> tuple[Call, ...]:
    """The calls that are noted; what is no such note is ignored."""
    noted = session.extra.get(NOTED)
    if not isinstance(noted, list):
        return ()
    found = (_call(item) for item in noted)
    return tuple(call for call in found if call is not None)


def with_call(call: Call) -> Change:
    """Note a call in the session's file; what other programs noted there stays."""
    noted = _noted(call)

    def change(session: Session) -> Session:
        before = session.extra.get(NOTED)
        listed = before if isinstance(before, list) else []
        extra = {**session.extra, NOTED: [*listed, noted]}
        return msgspec.structs.replace(session, extra=extra)

    return change


def with_prices(costs: Sequence[int | None]) -> Change:
    """Other costs for the calls that `calls` finds, in its order; the rest of each note stays."""

    def change(session: Session) -> Session:
        before = session.extra.get(NOTED)
        if not isinstance(before, list):
            return session
        left = iter(costs)
        listed = [item if _call(item) is None else _with_cost(item, next(left)) for item in before]
        return msgspec.structs.replace(session, extra={**session.extra, NOTED: listed})

    return change


def _with_cost(noted: dict[str, Any], cost: int | None) -> dict[str, Any]:
    return {**noted, "cost_estimate": None if cost is None else dollars(cost)}


def without_calls(extra: dict[str, Any]) -> dict[str, Any]:
    """A session's `extra` for a copy of it: the calls are counted in one file only."""
    return {key: value for key, value in extra.items() if key != NOTED}


def _noted(call: Call) -> dict[str, Any]:
    counts = msgspec.structs.asdict(call.usage) if call.usage is not None else {}
    known = {name: counts[name] for name in COUNTED if counts.get(name) is not None}
    return {
        "kind": call.kind,
        "model": call.model,
        "timestamp": None if call.timestamp is None else format_time(call.timestamp),
        "usage": known or None,
        "cost_estimate": None if call.cost is None else dollars(call.cost),
    }


def _call(noted: Any) -> Call | None:
    if not isinstance(noted, dict) or not isinstance(noted.get("kind"), str):
        return None
    model = noted.get("model")
    return Call(
        kind=noted["kind"],
        model=model if isinstance(model, str) else None,
        timestamp=parse_time(noted.get("timestamp")),
        usage=_usage(noted.get("usage")),
        cost=_cost(noted.get("cost_estimate")),
    )


def _usage(noted: Any) -> Usage | None:
    if not isinstance(noted, dict):
        return None
    counts: dict[str, Any] = {name: _count(noted.get(name)) for name in COUNTED}
    return Usage(**counts)


def _count(noted: Any) -> int | None:
    if isinstance(noted, bool) or not isinstance(noted, int | float):
        return None
    if not -_MOST_TOKENS <= noted <= _MOST_TOKENS or noted != int(noted):
        return None
    return int(noted)


def _cost(noted: Any) -> int | None:
    if isinstance(noted, bool) or not isinstance(noted, int | float):
        return None
    return nanousd(noted) if -_MOST_DOLLARS <= noted <= _MOST_DOLLARS else None
