"""The row of a session file, and what it cost, without building its messages: what the index is made from.

A file whose every field has the type of DESIGN §3 takes the quick way; anything odd is decoded in full,
so that both always agree (held by a property test).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, NamedTuple

import msgspec

from tui_sessions.codec.decode import decode, meta_of
from tui_sessions.codec.fields import MAX_DOLLARS, MAX_WHOLE
from tui_sessions.codec.foreign import BOM
from tui_sessions.model.attachment import is_attached
from tui_sessions.model.charge import Charge
from tui_sessions.model.charges import UNSAID, call_charges, charges
from tui_sessions.model.housekeeping import NOTED
from tui_sessions.model.ids import is_valid_id
from tui_sessions.model.money import Cost, nanousd
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import FORMAT, UNTITLED, Meta, Parent, Session, title_from
from tui_sessions.model.times import parse_time
from tui_sessions.model.turn import CUT
from tui_sessions.model.usage import Usage

_Whole = Annotated[int, msgspec.Meta(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_Number = Annotated[float, msgspec.Meta(ge=-MAX_WHOLE, le=MAX_WHOLE)]
_Dollars = Annotated[float, msgspec.Meta(ge=-MAX_DOLLARS, le=MAX_DOLLARS)]
_NULL = b"null"
_CONTENT_BEGINS = frozenset(b'"n')
"""Text, null. Lists of parts are read by the full decoder alone."""
_FENCE, _ESCAPED_TICK = "```", b"\\u0060"
_UNSAID = (b'""', _NULL)


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: _Whole | None = None
    completion_tokens: _Whole | None = None
    total_tokens: _Whole | None = None
    cached_tokens: _Whole | None = None
    cache_write_tokens: _Whole | None = None
    reasoning_tokens: _Whole | None = None

    @property
    def total(self) -> int | None:
        """As `Usage.total`."""
        if self.total_tokens is not None:
            return self.total_tokens
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens


_UNKNOWN = _Usage()
_REFUSED = _Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)


class _Message(msgspec.Struct, gc=False):
    role: str
    content: msgspec.Raw = msgspec.Raw(_NULL)
    timestamp: str | float | None = None
    model: str | None = None
    persona: str | None = None
    inherited: bool | None = None


class _Turn(msgspec.Struct, gc=False):
    messages: list[_Message] = []
    usage: _Usage | None = None
    latency_ms: _Number | None = None
    first_token_ms: _Number | None = None
    cost_estimate: _Dollars | None = None
    finish: str | None = None
    inherited: bool | None = None
    alternatives: list[msgspec.Raw] | None = None
    deleted_cost_nanousd: Any = None
    unpriced: Any = None


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
    housekeeping: Any = None


_decoder = msgspec.json.Decoder(_Header)


class Read(NamedTuple):
    """What the index keeps of a file."""

    row: SessionRow
    charges: tuple[Charge, ...]


def read(data: bytes, *, fallback_id: str, path: str, size: int, modified_at: datetime) -> Read:
    """The row and the charges of the session that `data` holds. Raises `DamagedFileError`.

    `path` (relative to the library), `size` and `modified_at` are those of the file.
    """
    file = FileFacts(path=path, size=size, modified_at=modified_at)
    quick = _quickly(data, fallback_id, file)
    return quick if quick is not None else read_of(decode(data, fallback_id=fallback_id), file)


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a row says about the file itself."""

    path: str
    size: int
    modified_at: datetime


def read_of(session: Session, file: FileFacts) -> Read:
    """The row and the charges of a decoded session."""
    messages = [message for turn in session.turns for message in turn.messages]
    contents = [m.content for m in messages if not isinstance(m.content, str)]
    row = _row(
        session,
        file,
        title=session.shown_title,
        turns=len(session.turns),
        messages=len(messages),
        cost=session.cost,
        latencies=[turn.latency_ms for turn in session.turns if not turn.inherited],
        is_cut=bool(session.turns) and session.turns[-1].is_cut,
        has_code=any(_FENCE in message.text for message in messages),
        has_attachment=any(is_attached(p) for parts in contents for p in parts or ()),
    )
    return Read(row, charges(session, file.modified_at))


def _row(
    session: Session,
    file: FileFacts,
    *,
    title: str,
    turns: int,
    messages: int,
    cost: Cost,
    latencies: list[float | None],
    is_cut: bool,
    has_code: bool,
    has_attachment: bool,
) -> SessionRow:
    totals = session.totals
    known = [latency for latency in latencies if latency is not None]
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
        turns=turns,
        messages=messages,
        prompt_tokens=totals.prompt_tokens,
        completion_tokens=totals.completion_tokens,
        tokens=totals.total,
        cost=cost,
        mean_latency_ms=sum(known) / len(known) if known else None,
        parent_id=session.parent.id if session.parent else None,
        parent_turn=session.parent.turn if session.parent else None,
        is_cut=is_cut,
        is_read_only=session.is_read_only,
        has_notes=bool(session.meta.notes),
        has_code=has_code,
        has_attachment=has_attachment,
        size=file.size,
    )


def _quickly(data: bytes, fallback_id: str, file: FileFacts) -> Read | None:
    """None where the file is not in every known field as it should be."""
    try:
        body = data.removeprefix(BOM)
        str(body, "utf-8")  # What msgspec skips it does not check.
        header = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if _ESCAPED_TICK in body or (header.id is not None and not is_valid_id(header.id)):
        return None
    contents = [bytes(message.content) for turn in header.turns for message in turn.messages]
    if not _CONTENT_BEGINS.issuperset([content[0] for content in contents]):
        return None
    if any(_is_odd(turn) for turn in header.turns):
        return None
    session = _bodiless(header, fallback_id)
    found = _charges(header, session, file.modified_at)
    row = _row(
        session,
        file,
        title=_named(session) or _first_prompt(header),
        turns=len(header.turns),
        messages=len(contents),
        cost=Cost.total(charge.cost for charge in found),
        latencies=[turn.latency_ms for turn in header.turns if not turn.inherited],
        is_cut=bool(header.turns) and header.turns[-1].finish in CUT,
        has_code=any(_FENCE.encode() in content for content in contents),
        has_attachment=False,
    )
    return Read(row, found)


def _is_odd(turn: _Turn) -> bool:
    """Whether the full decoder must tell what it says and what in it counts."""
    if turn.alternatives or turn.deleted_cost_nanousd is not None or turn.unpriced is not None:
        return True
    # It may have thought and said nothing.
    return turn.finish in UNSAID and any(bytes(m.content) in _UNSAID for m in turn.messages)


def _charges(header: _Header, session: Session, fallback: datetime) -> tuple[Charge, ...]:
    """As `model.charges` has them, of turns that have one answer at most."""
    at = session.updated_at or session.created_at or fallback
    found = []
    for turn in header.turns:
        charge = None if turn.inherited else _charge(turn, session.model, at)
        if charge is not None:
            found.append(charge)
    if header.housekeeping is not None:
        found += call_charges(session, at)
    return tuple(found)


def _charge(turn: _Turn, model: str | None, at: datetime) -> Charge | None:
    said = asked = None
    for message in turn.messages:
        if message.role == "assistant":
            said = message
        elif asked is None and message.role == "user":
            asked = message
    usage, cost = turn.usage, None
    if turn.cost_estimate is not None:
        cost = nanousd(turn.cost_estimate)
    if usage is None or cost is None:
        if not _is_charged(said, usage, cost, turn.finish):
            return None
        if said is None and turn.finish == "error" and cost is None and not _is_used(usage):
            usage, cost = _REFUSED, 0
        usage = usage or _UNKNOWN
    teller = said or asked
    # One call instead of two: this is done for every turn of a library when it is read.
    return Charge(
        at=(said and said.timestamp and parse_time(said.timestamp))
        or (asked and asked.timestamp and parse_time(asked.timestamp))
        or at,
        model=(said and said.model) or model,
        persona=(teller and teller.persona) or None,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        tokens=usage.total,
        cost=cost,
        is_error=turn.finish == "error",
        latency_ms=turn.latency_ms,
        first_token_ms=turn.first_token_ms,
    )


def _is_charged(
    said: _Message | None, usage: _Usage | None, cost: int | None, finish: str | None
) -> bool:
    """Whether there is an answer, or a request that was refused, of which not all is known."""
    if said is not None:
        return not said.inherited or usage is not None or bool(cost)
    if cost is not None or finish == "error":
        return True
    return usage is not None and (finish not in UNSAID or _is_used(usage))


def _is_used(usage: _Usage | None) -> bool:
    return usage is not None and bool(
        usage.prompt_tokens or usage.completion_tokens or usage.total_tokens
    )


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
        usage_totals=_usage(header.usage_totals) or _added(header.turns),
        meta=meta_of(header.meta, []) or Meta(),
        extra={NOTED: header.housekeeping},
    )


def _added(turns: list[_Turn]) -> Usage:
    total = Usage()
    for turn in turns:
        if not turn.inherited:
            total = total.plus(_usage(turn.usage))
    return total


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
