"""Sessions as JSON with a flat list of messages (format B of FEATURES.md), for other programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tui_sessions.exchange.facts import cost_of, title_of, usage_of
from tui_sessions.model.attachment import about, attachments_of
from tui_sessions.model.message import Message, Part
from tui_sessions.model.money import dollars
from tui_sessions.model.persona_name import persona_of
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

suffix = ".json"
label = "JSON, flat messages"

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def export(sessions: Sequence[Session]) -> bytes:
    """One session as an object; several as `{"sessions": […]}`."""
    objects = [_session(session) for session in sessions]
    whole: object = objects[0] if len(objects) == 1 else {"sessions": objects}
    return _encoded(whole)


def _encoded(whole: object) -> bytes:
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    # UTF-8 cannot say a lone surrogate, its escape can.
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def _session(session: Session) -> dict[str, Any]:
    provider, slash, model = (session.model or "").partition("/")
    return {
        "id": session.id,
        "title": title_of(session),
        "created_at": _time(session.created_at),
        "updated_at": _time(session.updated_at),
        "provider": provider if slash else None,
        "model": model if slash else session.model,
        "system": session.system,
        "metadata": _metadata(session),
        "messages": [found for turn in session.turns for found in _messages(turn)],
    }


def _metadata(session: Session) -> dict[str, Any]:
    meta: dict[str, Any] = {"tags": list(session.meta.tags), "status": session.status}
    if session.meta.project is not None:
        meta["project"] = session.meta.project
    if session.meta.notes is not None:
        meta["notes"] = session.meta.notes
    return {**session.meta.extra, **meta}


def _messages(turn: Turn) -> Iterator[dict[str, Any]]:
    for message in turn.messages:
        found = _message(message)
        # The figures of a turn stand with its answer, so that adding up messages adds up turns.
        if message is turn.messages[-1]:
            found |= _figures(turn)
        yield found


def _message(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {
        "role": message.role,
        "content": message.text,
        "timestamp": _time(message.timestamp),
    }
    attached = [_attached(part) for part in attachments_of(message)]
    if attached:
        found["attachments"] = attached
    if message.model:
        found["model"] = message.model
    if persona := persona_of(message):
        found["persona"] = persona
    if message.reasoning:
        found["reasoning"] = message.reasoning
    return found


def _attached(part: Part) -> dict[str, Any]:
    """What the part says of its file; bytes stand in no export."""
    found = about(part)
    facts = {"name": found.name or None, "mime": found.mime, "sha256": found.sha256}
    return {**facts, "size": found.size}


def _figures(turn: Turn) -> dict[str, Any]:
    usage, cost = usage_of(turn), cost_of(turn)
    tokens = usage and {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total,
    }
    return {
        "usage": tokens,
        "cost_estimate": None if cost is None else dollars(cost),
        "latency_ms": turn.latency_ms,
        "finish": turn.finish,
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
