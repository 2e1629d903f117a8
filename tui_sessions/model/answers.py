"""The answers of one turn: the one that stands in it and its alternatives, in order of time."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tui_sessions.model.message import Message
from tui_sessions.model.session import Change, Session
from tui_sessions.model.turn import Alternative, Turn

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def answers(turn: Turn) -> tuple[Alternative, ...]:
    """Every answer, oldest first, the chosen one among them."""
    chosen = standing_answer(turn)
    found = turn.alternatives if chosen is None else (*turn.alternatives, chosen)
    return tuple(sorted(found, key=lambda answer: answer.message.timestamp or _EARLIEST))


def position(turn: Turn) -> int:
    """Where the chosen answer stands in `answers`, from 0; -1 without an answer."""
    chosen = standing_answer(turn)
    return -1 if chosen is None else answers(turn).index(chosen)


def standing_answer(turn: Turn) -> Alternative | None:
    """The chosen answer with its own figures."""
    message = turn.answer
    if message is None:
        return None
    return Alternative(
        message=message,
        usage=turn.usage,
        latency_ms=turn.latency_ms,
        first_token_ms=turn.first_token_ms,
        cost=own_cost(turn),
        price=turn.price,
        finish=turn.finish,
        error=turn.error,
    )


def own_cost(turn: Turn) -> int | None:
    """What the chosen answer alone cost: a turn's cost counts its alternatives too."""
    if turn.cost is None or (turn.alternatives and turn.price is None):
        return None
    return turn.cost - sum(other.cost or 0 for other in turn.alternatives)


def set_aside(turn: Turn) -> Turn:
    """The turn with its answer among the alternatives and none standing: ready for another."""
    chosen = standing_answer(turn)
    if chosen is None:
        return turn
    kept = (*turn.alternatives, chosen)
    bare = turn.with_answer(None)
    return msgspec.structs.replace(
        bare,
        alternatives=kept,
        usage=None,
        latency_ms=None,
        first_token_ms=None,
        price=None,
        finish=None,
        error=None,
    )


def with_chosen(turn: Turn, index: int) -> Turn:
    """The turn with the answer at `index` of `answers` standing in it."""
    choice = answers(turn)[index]
    bare = set_aside(turn)
    others = list(bare.alternatives)
    others.remove(choice)
    return msgspec.structs.replace(
        bare.with_answer(choice.message),
        alternatives=tuple(others),
        usage=choice.usage,
        latency_ms=choice.latency_ms,
        first_token_ms=choice.first_token_ms,
        price=choice.price,
        finish=choice.finish,
        error=choice.error,
    )


def step_answer(turn_id: str, step: int) -> Change:
    """Choose the next (1) or former (-1) answer of a turn, round and round."""

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None or len(answers(turn)) < 2:
            return session
        return session.with_turn(with_chosen(turn, (position(turn) + step) % len(answers(turn))))

    return change


def add_prompt(turn: Turn, *, model: str | None) -> Change:
    """Put a new turn at the end; the session remembers the model it is now sent to."""

    def change(session: Session) -> Session:
        return msgspec.structs.replace(session.with_turn(turn), model=model or session.model)

    return change


def finish_answer(turn_id: str, outcome: Alternative) -> Change:
    """Put a finished answer into its turn, its cost on top of what the turn cost before.

    An answer without a word leaves none, and the last alternative stands again where there is one.
    """

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None:
            return session
        return session.with_turn(_finished(turn, outcome))

    return change


def add_cost(turn_id: str, outcome: Alternative) -> Change:
    """Set cost and price once they are known, if that answer still stands."""

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None or outcome.cost is None or turn.price is not None:
            return session
        cost = (turn.cost or 0) + outcome.cost
        return session.with_turn(msgspec.structs.replace(turn, cost=cost, price=outcome.price))

    return change


def delete_turn(turn_id: str) -> Change:
    """Take a turn out."""
    return lambda session: session.with_turns(tuple(t for t in session.turns if t.id != turn_id))


def _finished(turn: Turn, outcome: Alternative) -> Turn:
    if _is_empty(outcome.message) and turn.alternatives:
        restored = with_chosen(turn, len(turn.alternatives) - 1)
        return msgspec.structs.replace(restored, cost=_sum(turn.cost, outcome.cost))
    answer = None if _is_empty(outcome.message) else outcome.message
    return msgspec.structs.replace(
        turn.with_answer(answer),
        usage=outcome.usage,
        latency_ms=outcome.latency_ms,
        first_token_ms=outcome.first_token_ms,
        cost=_sum(turn.cost, outcome.cost),
        price=outcome.price,
        finish=outcome.finish,
        error=outcome.error,
    )


def _is_empty(message: Message) -> bool:
    return not message.text and not message.reasoning


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other
