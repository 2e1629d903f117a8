"""An answer that a crash cut off, told apart from all others, and how it is taken out again."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tui_sessions.model.answers import answers, set_aside, with_chosen
from tui_sessions.model.message import Message
from tui_sessions.model.session import Change, Session
from tui_sessions.model.times import format_time, parse_time
from tui_sessions.model.turn import Turn

INTERRUPTED = "interrupted"


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What is noted of it."""

    session_id: str
    turn_id: str
    at: str
    """The time of the answer, as it is written in its file."""
    characters: int
    """How many came."""
    before: int = 0
    """How many of them had been there before: it was being continued."""
    before_reasoning: int = 0
    finish_before: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Tells it from the others."""
        return (self.session_id, self.turn_id, self.at)

    @property
    def moment(self) -> datetime | None:
        """When its last piece came."""
        return parse_time(self.at)


def cut_in(before: Session, after: Session, turn_id: str) -> Cut | None:
    """The note of the cut answer that `after` has and `before` had not, or not so long."""
    was, now = before.turn(turn_id), after.turn(turn_id)
    if now is None:
        return None
    old = [answer.message for answer in answers(was)] if was is not None else []
    for answer in answers(now):
        message = answer.message
        if answer.finish != INTERRUPTED or message in old:
            continue
        begun = next((one for one in old if _goes_on(one, message)), None) if old else None
        is_grown = begun is not None and len(answers(now)) == len(old)
        return Cut(
            session_id=after.id,
            turn_id=turn_id,
            at="" if message.timestamp is None else format_time(message.timestamp),
            characters=len(message.text) + len(message.reasoning or ""),
            before=len(begun.text) if is_grown and begun is not None else 0,
            before_reasoning=len(begun.reasoning or "") if is_grown and begun is not None else 0,
            finish_before=was.finish if is_grown and was is not None else None,
        )
    return Cut(session_id=after.id, turn_id=turn_id, at="", characters=0)


def found_cut(session: Session, cut: Cut) -> Message | None:
    """The cut answer in `session`, where it is still as the crash left it."""
    turn = session.turn(cut.turn_id)
    if turn is None:
        return None
    for answer in answers(turn):
        if answer.finish == INTERRUPTED and _is_it(answer.message, cut):
            return answer.message
    return None


def is_standing(session: Session, cut: Cut) -> bool:
    """Whether it is the answer that is shown: only that can be continued."""
    turn = session.turn(cut.turn_id)
    return turn is not None and turn.answer is not None and _is_it(turn.answer, cut)


def drop(cut: Cut) -> Change:
    """Take out what the crash left: the answer, or what had come of its rest."""

    def change(session: Session) -> Session:
        turn, message = session.turn(cut.turn_id), found_cut(session, cut)
        if turn is None or message is None:
            return session
        if cut.before or cut.before_reasoning:
            return session.with_turn(_shortened(turn, message, cut))
        return session.with_turn(_without(turn, message))

    return change


def _shortened(turn: Turn, message: Message, cut: Cut) -> Turn:
    replace = msgspec.structs.replace
    short = replace(
        message,
        content=message.text[: cut.before],
        reasoning=(message.reasoning or "")[: cut.before_reasoning] or None,
    )
    if turn.answer is not None and _is_it(turn.answer, cut):
        return replace(turn.with_answer(short), finish=cut.finish_before)
    others = tuple(
        replace(other, message=short) if other.message is message else other
        for other in turn.alternatives
    )
    return replace(turn, alternatives=others)


def _without(turn: Turn, message: Message) -> Turn:
    replace = msgspec.structs.replace
    if turn.answer is None or not (turn.answer is message or turn.answer == message):
        kept = tuple(other for other in turn.alternatives if other.message != message)
        return replace(turn, alternatives=kept)
    if not turn.alternatives:
        return replace(turn.with_answer(None), finish=None, error=None)
    bare = set_aside(turn)
    rest = replace(bare, alternatives=bare.alternatives[:-1])
    return with_chosen(rest, len(rest.alternatives) - 1)


def _is_it(message: Message, cut: Cut) -> bool:
    return message.timestamp is not None and format_time(message.timestamp) == cut.at


def _goes_on(begun: Message, message: Message) -> bool:
    return message.text.startswith(begun.text) and (message.reasoning or "").startswith(
        begun.reasoning or ""
    )
