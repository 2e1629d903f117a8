"""The answers of one turn: the one that stands in it and its alternatives, in order of time."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tui_sessions.model.charges import DELETED, UNPRICED, own_cost, unpriced
from tui_sessions.model.hidden_costs import Asked, asked, hidden
from tui_sessions.model.message import Message
from tui_sessions.model.session import Change, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

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


def is_wordless(answer: Alternative | None) -> bool:
    """Whether nothing was said."""
    return answer is None or not (answer.message.text or answer.message.reasoning)


def is_same(one: Message, other: Message | None) -> bool:
    """Whether both are one answer, as far as can be told: it has no id of its own."""
    return other is not None and (one.timestamp, one.model, one.text, one.reasoning) == (
        other.timestamp,
        other.model,
        other.text,
        other.reasoning,
    )


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


def set_answer_aside(turn_id: str) -> Change:
    """Make a turn ready for another answer."""

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        return session if turn is None else session.with_turn(set_aside(turn))

    return change


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
    """Put a new turn at the end; the session remembers the model it is now sent to. One that was paused is
    active again."""

    def change(session: Session) -> Session:
        status = "active" if session.status == "paused" else session.status
        return msgspec.structs.replace(
            session.with_turn(turn), model=model or session.model, status=status
        )

    return change


def finish_answer(
    turn_id: str, outcome: Alternative, *, before: Alternative | None = None
) -> Change:
    """Put a finished answer into its turn, its cost on top of what the turn cost before.

    The first that ends stands; where another stands by then, it becomes an alternative. With `before`
    it is that answer with its rest, and takes its place wherever that is now. An answer without a
    word leaves none: what it used counts with the one that stands, the last where none did.
    """

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None:
            return session
        if turn.inherited and (outcome.usage is not None or outcome.cost is not None):
            turn = _without_notes(turn.as_own())
        finished = _finished(turn, outcome, before)
        finished = _noting(finished, _hidden_in(turn, outcome, before))
        cost = _sum(turn.cost, outcome.cost)
        return session.with_turn(msgspec.structs.replace(finished, cost=cost))

    return change


def add_cost(turn_id: str, outcome: Alternative, *, before: Alternative | None = None) -> Change:
    """Count what an answer, or the rest of `before`, cost once that is known, with its price, wherever in
    the turn it is."""

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        if turn is None or outcome.cost is None:
            return session
        priced = _noting(_priced(turn, outcome), -_shown_by(turn, outcome, before))
        cost = _sum(turn.cost, outcome.cost)
        return session.with_turn(msgspec.structs.replace(priced, cost=cost))

    return change


def with_turn_of(session: Session, known: Session, turn_id: str) -> Session:
    """`session` with that turn as it is in `known`, in its place there; as it was where it has one."""
    turn = known.turn(turn_id)
    if turn is None or session.turn(turn_id) is not None:
        return session
    before = {other.id for other in known.turns[: known.turns.index(turn)]}
    ids = [other.id for other in session.turns]
    place = max((ids.index(found) + 1 for found in before.intersection(ids)), default=0)
    asked = _asked_at(turn)
    for other in session.turns[place:]:
        moment = _asked_at(other)
        if other.id not in before and asked is not None and moment is not None and moment > asked:
            break
        place += 1
    return session.with_turns((*session.turns[:place], turn, *session.turns[place:]))


def _asked_at(turn: Turn) -> datetime | None:
    return None if turn.prompt is None else turn.prompt.timestamp


def delete_turn(turn_id: str) -> Change:
    """Take a turn out."""
    return lambda session: session.with_turns(tuple(t for t in session.turns if t.id != turn_id))


def _finished(turn: Turn, outcome: Alternative, before: Alternative | None) -> Turn:
    """The turn with the answer in its place; its cost is not counted here."""
    if before is not None:
        continued = _continued(turn, outcome, before.message)
        if continued is not None:
            return continued
        # It was changed or taken out while its rest came. What it used before is counted there.
        used = before.usage
        rest = outcome.usage.plus(used, sign=-1) if outcome.usage is not None else None
        outcome = msgspec.structs.replace(outcome, usage=rest)
    if is_wordless(outcome):
        return _without_a_word(turn, outcome)
    if turn.answer is None:
        return _standing(turn, outcome, _used(turn.usage, outcome.usage))
    return msgspec.structs.replace(turn, alternatives=(*turn.alternatives, outcome))


def _continued(turn: Turn, outcome: Alternative, begun: Message) -> Turn | None:
    """The turn with the answer in the place of its beginning; None where that is not there any more."""
    if turn.answer is not None and is_same(turn.answer, begun):
        return _standing(turn, _as_marked(outcome, turn.answer), outcome.usage)
    for index, other in enumerate(turn.alternatives):
        if is_same(other.message, begun):
            whole = msgspec.structs.replace(
                _as_marked(outcome, other.message),
                cost=_sum(other.cost, outcome.cost),
                extra=other.extra,
            )
            others = (*turn.alternatives[:index], whole, *turn.alternatives[index + 1 :])
            return msgspec.structs.replace(turn, alternatives=others)
    return None


def _without_a_word(turn: Turn, outcome: Alternative) -> Turn:
    if turn.answer is None and not turn.alternatives:
        return _standing(turn, outcome, _used(turn.usage, outcome.usage))
    used = _used(turn.usage, outcome.usage)
    if turn.answer is None:
        turn = with_chosen(turn, len(turn.alternatives) - 1)
        used = _used(turn.usage, used)
    return msgspec.structs.replace(turn, usage=used)


def _standing(turn: Turn, outcome: Alternative, usage: Usage | None) -> Turn:
    answer = None if is_wordless(outcome) else outcome.message
    return msgspec.structs.replace(
        turn.with_answer(answer),
        usage=usage,
        latency_ms=outcome.latency_ms,
        first_token_ms=outcome.first_token_ms,
        price=outcome.price,
        finish=outcome.finish,
        error=outcome.error,
    )


def _priced(turn: Turn, outcome: Alternative) -> Turn:
    """The turn with the price at the answer it belongs to, where that can be told."""
    if turn.price is None and turn.answer is not None and _is_of(turn.answer, outcome):
        return msgspec.structs.replace(turn, price=outcome.price)
    for index, other in enumerate(turn.alternatives):
        if other.price is None and _is_of(other.message, outcome):
            priced = msgspec.structs.replace(
                other, cost=_sum(other.cost, outcome.cost), price=outcome.price
            )
            others = (*turn.alternatives[:index], priced, *turn.alternatives[index + 1 :])
            return msgspec.structs.replace(turn, alternatives=others)
    return turn


def _hidden_in(turn: Turn, outcome: Alternative, before: Alternative | None) -> int:
    """How many requests of unknown cost are no longer seen once `outcome` is put into `turn`."""
    if before is not None:
        return hidden(_begun(before), _rest(outcome, before))
    now = asked(outcome.cost, outcome.usage, has_text=not is_wordless(outcome))
    if turn.answer is not None and not is_wordless(outcome):
        return 0  # It stands for itself, among the alternatives.
    standing = asked(own_cost(turn), turn.usage, has_text=turn.answer is not None)
    if standing is None and turn.alternatives:
        last = turn.alternatives[-1]
        standing = asked(last.cost, last.usage, has_text=True) if is_wordless(outcome) else None
    return hidden(standing, now)


def _shown_by(turn: Turn, outcome: Alternative, before: Alternative | None) -> int:
    """How many of the hidden requests are known with the cost of `outcome`, which came late."""
    unknown = msgspec.structs.replace(outcome, cost=None)
    if before is not None:
        first = _begun(before)
        return hidden(first, _rest(unknown, before)) - hidden(first, _rest(outcome, before))
    # Only beside an answer that has a price was it surely noted. Of several that come late one may stay noted
    # although all are known: a sum is rather called a part than too small.
    is_noted = turn.price is not None and own_cost(turn) is not None
    return int(is_wordless(outcome) and is_noted)


def _begun(before: Alternative) -> Asked | None:
    return asked(before.cost, before.usage, has_text=not is_wordless(before))


def _rest(outcome: Alternative, before: Alternative) -> Asked | None:
    """What the request for the rest used."""
    usage = outcome.usage and outcome.usage.plus(before.usage, sign=-1)
    has_text = (outcome.message.text, outcome.message.reasoning) != (
        before.message.text,
        before.message.reasoning,
    )
    return asked(outcome.cost, usage, has_text=has_text)


def _noting(turn: Turn, more: int) -> Turn:
    """The turn with so many more hidden requests of unknown cost."""
    if not more:
        return turn
    count = max(0, unpriced(turn) + more)
    others = {key: value for key, value in turn.extra.items() if key != UNPRICED}
    extra = {**others, UNPRICED: count} if count else others
    return msgspec.structs.replace(turn, extra=extra)


def _without_notes(turn: Turn) -> Turn:
    """What the parent noted of its own money does not count here."""
    kept = {key: value for key, value in turn.extra.items() if key not in (DELETED, UNPRICED)}
    return msgspec.structs.replace(turn, extra=kept)


def _as_marked(outcome: Alternative, now: Message) -> Alternative:
    """With what was noted about the message while its rest came."""
    message = msgspec.structs.replace(outcome.message, extra=now.extra)
    return msgspec.structs.replace(outcome, message=message)


def _is_of(message: Message, outcome: Alternative) -> bool:
    said = outcome.message
    return (message.timestamp, message.model) == (said.timestamp, said.model)


def _used(one: Usage | None, other: Usage | None) -> Usage | None:
    return other if one is None else one.plus(other)


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other
