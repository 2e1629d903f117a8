"""What was said in a session file, without all else in it: what the full text is made from.

A file of plain messages takes the quick way; one with parts, or anything odd, is decoded in full.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tui_sessions.codec.decode import decode, meta_of
from tui_sessions.codec.foreign import BOM
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.times import parse_time
from tui_sessions.model.turn import Turn

ROLES = ("user", "assistant", "system", "tool")
"""Whose texts are told apart."""
_COLUMNS = {"user": 0, "assistant": 1, "system": 2, "developer": 2, "tool": 3, "function": 3}
_ANSWER = 1
"""Where what any other role says goes: it is another name for the assistant."""

TurnTexts = tuple[str, str, str, str]
"""What the user, the assistant, instructions and tools said in one turn."""


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """All texts of a session that can be searched (raw)."""

    title: str = ""
    """As it was given; one made of the first prompt is found there."""
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    turns: tuple[TurnTexts, ...] = ()


class _Message(msgspec.Struct):
    role: str
    content: str | None = None


class _Alternative(msgspec.Struct):
    message: _Message


class _Turn(msgspec.Struct):
    messages: list[_Message] = []
    alternatives: list[_Alternative] | None = None


class _File(msgspec.Struct):
    turns: list[_Turn]
    title: str | None = None
    updated_at: str | None = None
    meta: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_File)


def read_texts(data: bytes) -> Texts:
    """The texts of the session that `data` holds. Raises `DamagedFileError`."""
    try:
        file = _decoder.decode(data.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return texts_of(decode(data, fallback_id=""))
    meta = meta_of(file.meta, [])
    title = file.title or (meta.extra.get("title") if meta else None)
    return Texts(
        title=title if isinstance(title, str) else "",
        updated_at=parse_time(file.updated_at),
        tags=meta.tags if meta else (),
        notes=(meta.notes or "") if meta else "",
        turns=tuple(map(_quick_turn, file.turns)),
    )


def texts_of(session: Session) -> Texts:
    """The texts of a decoded session."""
    title = session.title or session.meta.extra.get("title")
    return Texts(
        title=title if isinstance(title, str) else "",
        updated_at=session.updated_at,
        tags=session.meta.tags,
        notes=session.meta.notes or "",
        turns=tuple(
            _columns((column_of(message.role), message.text) for message in said(turn))
            for turn in session.turns
        ),
    )


def said(turn: Turn) -> list[Message]:
    """Every message of a turn, those of its alternatives after those that stand."""
    return [*turn.messages, *(alternative.message for alternative in turn.alternatives)]


def column_of(role: str) -> int:
    """The place in `ROLES` of who speaks under that name."""
    return _COLUMNS.get(role, _ANSWER)


def _quick_turn(turn: _Turn) -> TurnTexts:
    messages = turn.messages
    if len(messages) == 2 and not turn.alternatives:
        prompt, answer = messages
        if prompt.role == "user" and answer.role == "assistant":  # nearly every turn there is
            return (prompt.content or "", answer.content or "", "", "")
    everything = [*messages, *(other.message for other in turn.alternatives or ())]
    return _columns((column_of(message.role), message.content or "") for message in everything)


def _columns(texts: Iterable[tuple[int, str]]) -> TurnTexts:
    columns: tuple[list[str], ...] = ([], [], [], [])
    for column, text in texts:
        if text:
            columns[column].append(text)
    user, assistant, system, tool = map("\n\n".join, columns)
    return user, assistant, system, tool
