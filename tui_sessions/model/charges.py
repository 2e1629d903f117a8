"""What counts: each answer that was paid for, once. The measure for every sum, whoever adds it up.

What an answer cost that stands in several files is counted in one of them; in the others its turn is
inherited, or it is marked as counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tui_sessions.model.charge import Charge
from tui_sessions.model.hidden_costs import used_anything
from tui_sessions.model.housekeeping import calls
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost
from tui_sessions.model.turn import INHERITED, Alternative, Turn
from tui_sessions.model.usage import Usage

if TYPE_CHECKING:
    # Not at run time: a session's cost is the sum of its charges, so `session` imports this module.
    from tui_sessions.model.session import Session

DELETED = "deleted_cost_nanousd"
"""In a turn's `extra`: what answers cost that were taken out. It was paid, and stays in the turn's cost."""
UNPRICED = "unpriced"
"""In a turn's `extra`: how many requests went into its answers whose cost is unknown and that no answer
tells of by itself: a part of an answer that was continued, an attempt that failed after it was charged."""
PERSONA = "persona"
"""In the `extra` of a prompt and of its answer: the persona that was asked."""
UNSAID = frozenset({"error", "cancelled", "interrupted"})
"""Ends of an answer that may have none: without a word, a count or a cost nothing was charged."""
NOTHING = Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)
"""What a request used that was refused."""
_MOST_DELETED = 2**53
_MOST_UNPRICED = 10_000


class Counted(NamedTuple):
    """One answer of a turn as it counts."""

    message: Message | None
    """None: of what left no words."""
    figures: Turn | Alternative | None
    """None: of answers that were taken out, and of requests that no answer tells of."""
    usage: Usage | None
    cost: int | None


def charges(session: Session, fallback: datetime) -> tuple[Charge, ...]:
    """All that a session's own file counts; at `fallback` where nothing in it has a time.

    Every answer and alternative of its own turns, one charge for what deleted answers cost, one for each
    request of unknown cost that no answer tells of, one for each housekeeping call. A prompt that was never
    answered has none; one that was refused has one of nothing.
    """
    at = session.updated_at or session.created_at or fallback
    found = []
    for turn in session.turns:
        asked = turn.prompt
        began = (asked and asked.timestamp) or at
        for one in counted(turn):
            found.append(_charge(one, asked, session.model, began))
    return (*found, *call_charges(session, at))


def call_charges(session: Session, fallback: datetime) -> list[Charge]:
    """Those of the housekeeping calls, at `fallback` where they have no time."""
    return [
        charge_of(
            call.usage or Usage(),
            call.cost,
            at=call.timestamp or fallback,
            model=call.model or session.model,
        )
        for call in calls(session)
    ]


def costs(session: Session) -> Iterator[int | None]:
    """What each of the charges cost, in nano-dollars."""
    for turn in session.turns:
        # Nearly all turns; the cost of a long session is asked for with every key.
        if turn.cost is not None and not turn.alternatives and not turn.extra:
            if not turn.inherited:
                yield turn.cost
        else:
            for one in counted(turn):
                yield one.cost
    for call in calls(session):
        yield call.cost


def turn_cost(turn: Turn) -> Cost:
    """What a turn cost here with all its answers; nothing where it is inherited."""
    return Cost.total(one.cost for one in counted(turn))


def counted(turn: Turn) -> list[Counted]:
    """The answers of a turn that count here; their known costs add up to what the turn cost."""
    if turn.inherited:
        return []
    found = [
        Counted(other.message, other, other.usage, None if turn.cost is None else other.cost)
        for other in turn.alternatives
        if not _is_counted_elsewhere(other)
    ]
    standing = _standing(turn)
    if standing is not None:
        found.append(standing)
    found = [kept for one in found if (kept := _if_charged(one)) is not None]
    deleted = deleted_cost(turn)
    if deleted and turn.cost is not None:
        found.append(Counted(None, None, NOTHING, deleted))
    hidden = Counted(None, None, NOTHING, None)
    return [*found, *[hidden] * unpriced(turn)]


def own_cost(turn: Turn) -> int | None:
    """What the chosen answer alone cost: a turn's cost counts its alternatives too."""
    own = _rest(turn)
    # Files of other programs have costs without prices. Where nothing is left for it, or it is not
    # even known to have used anything, its cost is unknown, not free.
    is_known = turn.price is not None or not turn.alternatives or (own and turn.usage is not None)
    return own if is_known else None


def deleted_cost(turn: Turn) -> int:
    """What the answers cost that were taken out."""
    noted = _whole(turn.extra.get(DELETED))
    return noted if abs(noted) <= _MOST_DELETED else 0


def unpriced(turn: Turn) -> int:
    """How many requests of unknown cost went into the answers of the turn, beside the answers whose own
    cost is unknown."""
    noted = _whole(turn.extra.get(UNPRICED))
    return noted if 0 < noted <= _MOST_UNPRICED else 0


def charge_of(
    usage: Usage,
    cost: int | None,
    *,
    at: datetime,
    model: str | None,
    persona: str | None = None,
    is_error: bool = False,
    latency_ms: float | None = None,
    first_token_ms: float | None = None,
) -> Charge:
    """The charge of one answer or call."""
    return Charge(
        at=at,
        model=model,
        persona=persona,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        tokens=usage.total,
        cost=cost,
        is_error=is_error,
        latency_ms=latency_ms,
        first_token_ms=first_token_ms,
    )


def _charge(one: Counted, asked: Message | None, model: str | None, began: datetime) -> Charge:
    said, figures = one.message, one.figures
    teller = said or asked  # What was never said is known by its prompt alone.
    persona = teller.extra.get(PERSONA) if teller else None
    return charge_of(
        one.usage or Usage(),
        one.cost,
        at=(said and said.timestamp) or began,
        model=(said and said.model) or model,
        persona=persona if isinstance(persona, str) and persona else None,
        is_error=figures is not None and figures.finish == "error",
        latency_ms=figures.latency_ms if figures else None,
        first_token_ms=figures.first_token_ms if figures else None,
    )


def _standing(turn: Turn) -> Counted | None:
    """The chosen answer, or what one used that left no word."""
    rest, message = _rest(turn), turn.answer
    cost = own_cost(turn)
    if cost is None and rest:
        cost = rest  # Whosever it is, it was paid.
    is_here = message is not None or turn.usage is not None or rest
    if not is_here and cost is not None and not turn.alternatives:
        is_here = DELETED not in turn.extra
    if not is_here and turn.finish != "error":
        return None
    if message is not None and turn.usage is None and not cost and _is_marked(message):
        return None
    return Counted(message, turn, turn.usage, cost)


def _if_charged(one: Counted) -> Counted | None:
    """As it is; with nothing where the request was refused; None where nothing was answered."""
    is_used = one.usage is not None and used_anything(one.usage)
    if is_used or one.cost is not None or one.figures is None:
        return one
    said = one.message
    if one.figures.finish not in UNSAID or (said is not None and (said.text or said.reasoning)):
        return one
    is_refused = one.figures.finish == "error"
    return one._replace(usage=NOTHING, cost=0) if is_refused else None


def _rest(turn: Turn) -> int | None:
    """What is left of a turn's cost when its other answers are paid."""
    if turn.cost is None:
        return None
    return turn.cost - sum(other.cost or 0 for other in turn.alternatives) - deleted_cost(turn)


def _is_counted_elsewhere(other: Alternative) -> bool:
    if other.usage is not None or other.cost:
        return False
    return _is_marked(other.message) or not _MOVED.isdisjoint(other.extra)


def _whole(noted: Any) -> int:
    """A session file may say anything there."""
    return noted if isinstance(noted, int) and not isinstance(noted, bool) else 0


def _is_marked(message: Message) -> bool:
    return message.extra.get(INHERITED) is True


_MOVED = frozenset({"inherited_usage", "inherited_cost"})
