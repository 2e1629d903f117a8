"""Edits of single messages as `Change` functions: bookmark, edit, take out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from tui_sessions.model.answers import set_aside, with_chosen
from tui_sessions.model.attachment import textless_parts, with_attachments, written_text
from tui_sessions.model.charges import DELETED, deleted_cost, own_cost
from tui_sessions.model.message import Message
from tui_sessions.model.session import Change, Session
from tui_sessions.model.times import format_time
from tui_sessions.model.turn import Turn

BOOKMARKED = "bookmarked"
EDITED = "edited_at"


def is_bookmarked(message: Message) -> bool:
    """Whether the reader put a bookmark there."""
    return message.extra.get(BOOKMARKED) is True


def set_bookmark(turn_id: str, number: int, *, is_set: bool) -> Change:
    """Put a bookmark on a message, or take it off."""

    def change(message: Message) -> Message:
        others = {key: value for key, value in message.extra.items() if key != BOOKMARKED}
        return msgspec.structs.replace(
            message, extra={**others, BOOKMARKED: True} if is_set else others
        )

    return _on_message(turn_id, number, change)


def edit_message(turn_id: str, number: int, text: str, now: datetime) -> Change:
    """Give a message another text, and say when that was done. What is no text in it stays."""

    def change(message: Message) -> Message:
        if text == written_text(message):
            return message
        return msgspec.structs.replace(
            message,
            content=with_attachments(text, textless_parts(message)),
            extra={**message.extra, EDITED: format_time(now)},
        )

    return _on_message(turn_id, number, change)


def delete_message(turn_id: str, number: int) -> Change:
    """Take one message out. Where it was the answer, the last of its alternatives stands again; what it
    cost was paid and stays in the turn's cost. A turn without a message goes."""

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None or not 0 <= number < len(turn.messages):
            return session
        if turn.messages[number] is turn.answer:
            return _with(session, _without_answer(turn))
        kept = (*turn.messages[:number], *turn.messages[number + 1 :])
        return _with(session, msgspec.structs.replace(turn, messages=kept))

    return change


def _with(session: Session, turn: Turn) -> Session:
    if turn.messages:
        return session.with_turn(turn)
    return session.with_turns(tuple(other for other in session.turns if other.id != turn.id))


def _without_answer(turn: Turn) -> Turn:
    if not turn.alternatives:
        return msgspec.structs.replace(turn.with_answer(None), finish=None, error=None)
    cost = own_cost(turn)
    bare = set_aside(turn)
    others = bare.alternatives[:-1]
    deleted = deleted_cost(bare) + (cost or 0)
    rest = msgspec.structs.replace(
        bare, alternatives=others, extra={**bare.extra, DELETED: deleted} if deleted else bare.extra
    )
    return with_chosen(rest, len(others) - 1)


def _on_message(turn_id: str, number: int, change: Callable[[Message], Message]) -> Change:
    def changed(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None or not 0 <= number < len(turn.messages):
            return session
        messages = list(turn.messages)
        messages[number] = change(messages[number])
        return session.with_turn(msgspec.structs.replace(turn, messages=tuple(messages)))

    return changed
