"""Costs that are unknown, reckoned from prices that are known today, each at the day of its answer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from tui_sessions.model.charges import Counted, counted
from tui_sessions.model.hidden_costs import used_anything
from tui_sessions.model.housekeeping import Call, calls, with_prices
from tui_sessions.model.money import Cost, Price
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

Pricer = Callable[[str, Usage | None, datetime], tuple[int | None, Price | None]]
"""Nano-dollars and price of what a model (`provider/name`) used at a time; both None where unknown."""

NO_COUNTS = "no token counts"
PARTLY = "a part of the answer without token counts"
NO_MODEL = "no model named"


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """One answer or call that was looked at."""

    model: str
    before: int | None
    after: int | None
    why: str = ""
    """Why it stays unknown."""


class ModelDeal(msgspec.Struct, frozen=True, kw_only=True):
    """What is reckoned for one model."""

    model: str
    priced: int
    """How many answers get a cost, or another one."""
    left: int
    """How many stay unknown."""
    before: Cost
    after: Cost


class Reckoning(msgspec.Struct, frozen=True, kw_only=True):
    """What a repricing would do, or did."""

    session_ids: tuple[str, ...] = ()
    """The sessions that it changes."""
    models: tuple[ModelDeal, ...] = ()
    """Of which any gets a cost or stays unknown, the one that becomes dearest first."""
    left: tuple[tuple[str, int], ...] = ()
    """Why some stay unknown, and how many, the most first."""
    before: Cost = Cost()
    """All that was looked at, known costs included."""
    after: Cost = Cost()

    @property
    def priced(self) -> int:
        """How many answers get a cost, or another one."""
        return sum(model.priced for model in self.models)


def repriced(
    session: Session, price: Pricer, now: datetime, *, is_anew: bool = False
) -> tuple[Session, tuple[Deal, ...]]:
    """The session with a cost for each answer and call that had none and can be priced; with `is_anew` also
    those that had one. What cannot be priced stays as it is."""
    at = session.updated_at or session.created_at or now
    deals: list[Deal] = []
    turns = tuple(_turn(turn, session.model, at, price, deals, is_anew) for turn in session.turns)
    found = calls(session)
    costs = tuple(_call_cost(call, session.model, at, price, deals, is_anew) for call in found)
    changed = session
    if any(new is not old for new, old in zip(turns, session.turns, strict=True)):
        changed = msgspec.structs.replace(changed, turns=turns)
    if costs != tuple(call.cost for call in found):
        changed = with_prices(costs)(changed)
    return changed, tuple(deals)


def reckoning(deals: Iterable[tuple[str, Iterable[Deal]]]) -> Reckoning:
    """What comes of the deals of sessions, each by its id."""
    ids, every = [], []
    for session_id, found in deals:
        some = list(found)
        every += some
        if any(deal.before != deal.after for deal in some):
            ids.append(session_id)
    by_model: dict[str, list[Deal]] = {}
    for deal in every:
        by_model.setdefault(deal.model, []).append(deal)
    models = [_of_model(model, some) for model, some in by_model.items()]
    models = [model for model in models if model.priced or model.left]
    models.sort(key=lambda one: (-one.after.nanousd, -one.priced, one.model))
    left = Counter(deal.why for deal in every if deal.after is None)
    return Reckoning(
        session_ids=tuple(ids),
        models=tuple(models),
        left=tuple(left.most_common()),
        before=Cost.total(deal.before for deal in every),
        after=Cost.total(deal.after for deal in every),
    )


def _of_model(model: str, deals: list[Deal]) -> ModelDeal:
    return ModelDeal(
        model=model,
        priced=sum(deal.before != deal.after for deal in deals),
        left=sum(deal.after is None for deal in deals),
        before=Cost.total(deal.before for deal in deals),
        after=Cost.total(deal.after for deal in deals),
    )


def _turn(
    turn: Turn,
    model: str | None,
    at: datetime,
    price: Pricer,
    deals: list[Deal],
    is_anew: bool,
) -> Turn:
    """The turn with what could be priced; the very same where nothing was."""
    found: dict[int, tuple[int, Price | None]] = {}
    asked = turn.prompt
    began = (asked and asked.timestamp) or at
    for one in counted(turn):
        if one.figures is None:  # what was deleted, and what is hidden
            if one.cost is None:
                deals.append(Deal(model=model or "?", before=None, after=None, why=PARTLY))
            continue
        if one.cost is not None and not (is_anew and _has_used(one)):
            continue
        said = one.message
        who = (said and said.model) or model
        when = (said and said.timestamp) or began
        deal, known = _deal(who, one.usage, one.cost, when, price)
        deals.append(deal)
        if deal.after is not None and deal.after != deal.before:
            found[id(one.figures)] = (deal.after, known)
    return _with_costs(turn, found) if found else turn


def _has_used(one: Counted) -> bool:
    return one.usage is not None and used_anything(one.usage)


def _deal(
    model: str | None, usage: Usage | None, before: int | None, at: datetime, price: Pricer
) -> tuple[Deal, Price | None]:
    shown = clean_line(model or "?")
    if usage is None or None in (usage.prompt_tokens, usage.completion_tokens):
        return Deal(model=shown, before=before, after=before, why=NO_COUNTS), None
    if not model:
        return Deal(model=shown, before=before, after=before, why=NO_MODEL), None
    after, known = price(model, usage, at)
    if after is None:
        return Deal(model=shown, before=before, after=before, why=f"no price for {shown}"), None
    return Deal(model=shown, before=before, after=after), known


def _with_costs(turn: Turn, found: dict[int, tuple[int, Price | None]]) -> Turn:
    """The turn with these costs, by the `id` of what they are of: itself, or one of its alternatives."""
    before = {id(one.figures): one.cost for one in counted(turn) if one.figures is not None}
    others = tuple(_priced(other, found.get(id(other))) for other in turn.alternatives)
    own = found.get(id(turn))
    if turn.cost is None:
        # What the alternatives say they cost did not count; it does now.
        total = sum(other.cost or 0 for other in others) + (own[0] if own else 0)
    else:
        total = turn.cost + sum(cost - (before[key] or 0) for key, (cost, _) in found.items())
    changed = msgspec.structs.replace(turn, alternatives=others, cost=total)
    return changed if own is None else msgspec.structs.replace(changed, price=own[1])


def _priced(other: Alternative, found: tuple[int, Price | None] | None) -> Alternative:
    return other if found is None else msgspec.structs.replace(other, cost=found[0], price=found[1])


def _call_cost(
    call: Call,
    model: str | None,
    at: datetime,
    price: Pricer,
    deals: list[Deal],
    is_anew: bool,
) -> int | None:
    if call.cost is not None and not is_anew:
        return call.cost
    deal, _ = _deal(call.model or model, call.usage, call.cost, call.timestamp or at, price)
    deals.append(deal)
    return deal.after
