"""What can still be read of a damaged session file, as a session. Pure, and never raises.

Nothing is made up: every text stands in the bytes. A message of which only a part is there says so by `DAMAGED`
in its `extra`; whose role is lost has the one of its place.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from tui_sessions.codec import gathering
from tui_sessions.codec.decode import decode, session_of
from tui_sessions.codec.encode import encode
from tui_sessions.codec.flat import groups, with_turns
from tui_sessions.codec.gathering import DAMAGED, Gathered, Piece
from tui_sessions.codec.legible import legible
from tui_sessions.codec.tolerant import read
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.session import FORMAT, Session

_A_ROLE = re.compile(r'(?<!\\)"role"\s*:')
_NOTHING = "Nothing of a conversation can be read in it."


class Salvaged(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a damaged file."""

    session: Session | None = None
    """None where not one message can be read."""
    kept: int = 0
    """Messages that are in it, those that are kept in part included."""
    torn: int = 0
    """How many of them are kept in part, or stand between damaged bytes."""
    lost: int = 0
    """Messages that are known to have been there, and cannot be read."""
    reasons: tuple[str, ...] = ()
    """What is wrong with the file, in sentences."""


def salvage(data: bytes, *, fallback_id: str = "") -> Salvaged:
    """What can be read of `data`; all of it where nothing is damaged."""
    try:
        session = decode(data, fallback_id=fallback_id)
    except DamagedFileError as error:
        return _salvaged(data, fallback_id, str(error))
    except (RecursionError, MemoryError):
        return _salvaged(data, fallback_id, "It cannot be read as a whole.")
    return Salvaged(session=session, kept=_messages_of(session))


def told(found: Salvaged) -> str:
    """What was found in a damaged file, in a few words."""
    if found.session is None:
        return "nothing of a conversation can be read"
    parts = [f"{found.kept:,} message{'' if found.kept == 1 else 's'} can be read"]
    if found.torn:
        parts.append(f"{found.torn:,} of them in part")
    if found.lost:
        parts.append(f"{found.lost:,} lost")
    return ", ".join(parts)


def _salvaged(data: bytes, fallback_id: str, why: str) -> Salvaged:
    found = legible(data)
    reasons = found.reasons or (why,)
    read_as = [_values(text) for text in found.texts]
    sides = [gathering.gathered(values) for values, _ in read_as]
    lost = [
        max(0, len(_A_ROLE.findall(text)) - gathering.roles_in(side)) if is_pieced else side.broken
        for text, side, (_, is_pieced) in zip(found.texts, sides, read_as, strict=True)
    ]
    all_of_it = sides[0] if len(sides) == 1 else gathering.united(*sides)
    pieces = gathering.without_doubles(all_of_it.pieces)
    session = _session(Gathered(all_of_it.header, pieces, 0), fallback_id)
    if session is None:
        return Salvaged(lost=max(lost), reasons=(*reasons, _NOTHING))
    return Salvaged(
        session=session,
        kept=_messages_of(session),
        torn=sum(DAMAGED in message.extra for turn in session.turns for message in turn.messages),
        lost=max(lost),
        reasons=reasons,
    )


def _values(text: str) -> tuple[list[Any], bool]:
    """The values of a text, and whether they had to be pieced together."""
    try:
        return [json.loads(text, strict=False)], False
    except (ValueError, RecursionError):
        return read(text), True


def _session(found: Gathered, fallback_id: str) -> Session | None:
    if not any(piece.messages for piece in found.pieces):
        return None
    header = {key: value for key, value in found.header.items() if key != "format"}
    header["format"] = FORMAT
    for raw in (_raw(header, found.pieces), _raw({"format": FORMAT}, _bare(found.pieces))):
        try:
            session = session_of(raw, fallback_id=fallback_id)
            encode(session)
        except (DamagedFileError, RecursionError, ValueError, TypeError):
            continue
        return session
    return None


def _raw(header: dict[str, Any], pieces: list[Piece]) -> dict[str, Any]:
    if all(piece.fields is None for piece in pieces):
        messages = [message for piece in pieces for message in piece.messages]
        return with_turns({**header, "messages": messages})
    turns: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for piece in (*pieces, Piece({}, [])):
        if piece.fields is None:
            waiting += piece.messages
            continue
        if turns and waiting and not _is_answered(turns[-1]):
            own = next((n for n, m in enumerate(waiting) if m["role"] == "user"), len(waiting))
            turns[-1]["messages"] += waiting[:own]
            waiting = waiting[own:]
        turns += ({"messages": group} for group in groups(waiting))
        waiting = []
        if piece.messages:
            turns.append({**piece.fields, "messages": list(piece.messages)})
    return {**header, "turns": turns}


def _is_answered(turn: dict[str, Any]) -> bool:
    return any(message["role"] == "assistant" for message in turn["messages"])


def _bare(pieces: list[Piece]) -> list[Piece]:
    """The same with nothing but who said what: for values that are odder than any file can hold."""
    wanted = ("role", "content", DAMAGED)
    return [
        Piece({}, [{k: m[k] for k in wanted if _is_plain(m.get(k))} for m in piece.messages])
        for piece in pieces
    ]


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool)


def _messages_of(session: Session) -> int:
    return sum(len(turn.messages) for turn in session.turns)
