"""The row of a session file without building its messages: what lists of many files are made from.

A file whose every field has the type of DESIGN §3 takes the quick way; anything odd is decoded in full,
so that both always agree (held by a property test).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import msgspec

from tui_sessions.codec.decode import decode, meta_of
from tui_sessions.codec.fields import MAX_DOLLARS, MAX_WHOLE
from tui_sessions.codec.foreign import BOM
from tui_sessions.model.attachment import is_attached
from tui_sessions.model.ids import is_valid_id
from tui_sessions.model.money import nanousd
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import FORMAT, UNTITLED, Meta, Parent, Session, title_from
from tui_sessions.model.times import parse_time
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

_Whole = Annotated[int, msgspec.Meta(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_Number = Annotated[float, msgspec.Meta(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_Dollars = Annotated[float, msgspec.Meta(ge=-MAX_DOLLARS, le=MAX_DOLLARS)]
_NULL = b"null"
_CONTENT_BEGINS = frozenset(b'"n')
"""Text, null. Lists of parts are read by the full decoder alone."""
_FENCE, _ESCAPED_TICK = "```", b"\\u0060"


class _Usage(msgspec.Struct):
    prompt_tokens: _Whole | None = None
    completion_tokens: _Whole | None = None
    total_tokens: _Whole | None = None
    cached_tokens: _Whole | None = None
    cache_write_tokens: _Whole | None = None
    reasoning_tokens: _Whole | None = None


class _Message(msgspec.Struct):
    role: str
    content: msgspec.Raw = msgspec.Raw(_NULL)


class _Turn(msgspec.Struct):
    messages: list[_Message] = []
    usage: _Usage | None = None
    latency_ms: _Number | None = None
    cost_estimate: _Dollars | None = None
    finish: str | None = None
    inherited: bool | None = None
    alternatives: msgspec.Raw = msgspec.Raw(_NULL)


class _Parent(msgspec.Struct):
    id: str
    turn: _Whole


class _Header(msgspec.Struct):
    turns: list[_Turn]
    format: Annotated[int, msgspec.Meta(ge=FORMAT, le=MAX_WHOLE)] | None = None
    id: str | None = None
    title: str | None = None
    model: str | None = None
    system: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    status: str | None = None
    parent: _Parent | None = None
    usage_totals: _Usage | None = None
    meta: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Header)


def read_header(
    data: bytes, *, fallback_id: str, path: str, size: int, modified_at: datetime
) -> SessionRow:
    """The row of the session that `data` holds. Raises `DamagedFileError`.

    `path` (relative to the library), `size` and `modified_at` are those of the file.
    """
    file = FileFacts(path=path, size=size, modified_at=modified_at)
    row = _quick_row(data, fallback_id, file)
    return row if row is not None else row_of(decode(data, fallback_id=fallback_id), file)


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says about the file itself."""

    path: str
    size: int
    modified_at: datetime


def row_of(session: Session, file: FileFacts) -> SessionRow:
    """The row of a decoded session."""
    messages = [message for turn in session.turns for message in turn.messages]
    contents = [m.content for m in messages if not isinstance(m.content, str)]
    return _row(
        session,
        file,
        title=session.shown_title,
        messages=len(messages),
        has_code=any(_FENCE in message.text for message in messages),
        has_attachment=any(is_attached(p) for parts in contents for p in parts or ()),
    )


def _row(
    session: Session,
    file: FileFacts,
    *,
    title: str,
    messages: int,
    has_code: bool,
    has_attachment: bool,
) -> SessionRow:
    totals = session.totals
    latencies = [
        turn.latency_ms
        for turn in session.turns
        if turn.latency_ms is not None and not turn.inherited
    ]
    return SessionRow(
        id=session.id,
        path=file.path,
        title=title,
        model=session.model,
        status=session.status,
        created_at=session.created_at,
        updated_at=session.updated_at or file.modified_at,
        tags=session.meta.tags,
        project=session.meta.project,
        system=session.system,
        meta=session.meta.extra,
        turns=len(session.turns),
        messages=messages,
        prompt_tokens=totals.prompt_tokens,
        completion_tokens=totals.completion_tokens,
        tokens=totals.total,
        cost=session.cost,
        mean_latency_ms=sum(latencies) / len(latencies) if latencies else None,
        parent_id=session.parent.id if session.parent else None,
        parent_turn=session.parent.turn if session.parent else None,
        is_cut=bool(session.turns) and session.turns[-1].is_cut,
        is_read_only=session.is_read_only,
        has_notes=bool(session.meta.notes),
        has_code=has_code,
        has_attachment=has_attachment,
        size=file.size,
    )


def _quick_row(data: bytes, fallback_id: str, file: FileFacts) -> SessionRow | None:
    """None where the file is not in every known field as it should be."""
    try:
        body = data.removeprefix(BOM)
        str(body, "utf-8")  # What msgspec skips it does not check.
        header = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if _ESCAPED_TICK in body or (header.id is not None and not is_valid_id(header.id)):
        return None
    for turn in header.turns:
        for message in turn.messages:
            if memoryview(message.content)[0] not in _CONTENT_BEGINS:
                return None
    if header.usage_totals is None and any(_has_alternatives(turn) for turn in header.turns):
        return None  # What they used counts as well.
    session = _bodiless(header, fallback_id)
    contents = [bytes(message.content) for turn in header.turns for message in turn.messages]
    return _row(
        session,
        file,
        title=_named(session) or _first_prompt(header),
        messages=len(contents),
        has_code=any(_FENCE.encode() in content for content in contents),
        has_attachment=False,
    )


def _has_alternatives(turn: _Turn) -> bool:
    return bytes(turn.alternatives) not in (_NULL, b"[]")


def _bodiless(header: _Header, fallback_id: str) -> Session:
    return Session(
        id=header.id or fallback_id,
        format=header.format or FORMAT,
        title=header.title,
        model=header.model,
        system=header.system,
        created_at=parse_time(header.created_at),
        updated_at=parse_time(header.updated_at),
        status="active" if header.status is None else header.status,
        parent=Parent(id=header.parent.id, turn=header.parent.turn) if header.parent else None,
        turns=tuple(_bodiless_turn(turn, header.usage_totals is None) for turn in header.turns),
        usage_totals=_usage(header.usage_totals),
        meta=meta_of(header.meta, []) or Meta(),
    )


def _bodiless_turn(turn: _Turn, is_usage_summed: bool) -> Turn:
    return Turn(
        id="",
        usage=_usage(turn.usage) if is_usage_summed else None,
        latency_ms=turn.latency_ms,
        cost=None if turn.cost_estimate is None else nanousd(turn.cost_estimate),
        finish=turn.finish,
        inherited=bool(turn.inherited),
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    return Usage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )


def _named(session: Session) -> str | None:
    named = session.title or session.meta.extra.get("title")
    return named if isinstance(named, str) and named.strip() else None


def _first_prompt(header: _Header) -> str:
    for content in _prompts(header):
        said = msgspec.json.decode(content, type=str | None)
        if said is not None and said.strip():
            return title_from(said)
    return UNTITLED


def _prompts(header: _Header) -> Iterator[bytes]:
    for turn in header.turns:
        for message in turn.messages:
            if message.role == "user":
                yield bytes(message.content)
                break
