"""Costs that are reckoned once their price is known."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.answers import DELETED, UNPRICED, own_cost
from tui_sessions.model.charges import turn_cost
from tui_sessions.model.housekeeping import Call, calls, with_call
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.reprice import NO_COUNTS, PARTLY, reckoning, repriced
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OLD = datetime(2026, 1, 1, tzinfo=UTC)
USED = Usage(prompt_tokens=10, completion_tokens=5)
PRICE = Price(source="test", date="2026-11-01")


def price(model: str, usage: Usage | None, at: datetime) -> tuple[int | None, Price | None]:
    """One for a token in the old days, two today; nothing is known of strangers."""
    if model.startswith("strange/") or usage is None or usage.total is None:
        return None, None
    return usage.total * (1 if at < datetime(2026, 6, 1, tzinfo=UTC) else 2), PRICE


def said(text: str, model: str | None = "a/b", at: datetime | None = NOW) -> Message:
    return Message(role="assistant", content=text, model=model, timestamp=at)


def turn(**more: object) -> Turn:
    messages = (Message(role="user", content="hi", timestamp=OLD), said("Hello."))
    return Turn(**{"id": "t", "messages": messages, "usage": USED, **more})


def of(*turns: Turn, **more: object) -> Session:
    return Session(id="s", model="a/b", turns=turns, **more)


def test_what_is_unpriced_gets_the_price_of_its_day() -> None:
    session, deals = repriced(of(turn()), price, NOW)
    assert (session.turns[0].cost, session.turns[0].price) == (30, PRICE)
    assert [(deal.before, deal.after) for deal in deals] == [(None, 30)]
    old = turn(messages=(Message(role="user", content="hi"), said("Hello.", at=OLD)))
    assert repriced(of(old), price, NOW)[0].turns[0].cost == 15


def test_what_has_a_cost_keeps_it_unless_all_are_reckoned_anew() -> None:
    session = of(turn(cost=7, price=Price(source="openrouter")))
    assert repriced(session, price, NOW) == (session, ())
    again, deals = repriced(session, price, NOW, is_anew=True)
    assert (again.turns[0].cost, again.turns[0].price) == (30, PRICE)
    assert [(deal.before, deal.after) for deal in deals] == [(7, 30)]


def test_alternatives_are_priced_each_for_itself() -> None:
    others = (
        Alternative(message=said("One", "a/c"), usage=USED),
        Alternative(message=said("Two", "strange/x"), usage=USED),
        Alternative(message=said("Three"), usage=USED, cost=4, price=PRICE),
    )
    session, deals = repriced(of(turn(cost=4, alternatives=others)), price, NOW)
    (after,) = session.turns
    assert [other.cost for other in after.alternatives] == [30, None, 4]
    assert (after.cost, own_cost(after)) == (64, 30)
    assert {deal.why for deal in deals} == {"", "no price for strange/x"}


def test_what_was_deleted_stays_paid() -> None:
    session, _ = repriced(
        of(turn(cost=9, alternatives=(), extra={DELETED: 9})), price, NOW, is_anew=True
    )
    assert turn_cost(session.turns[0]).nanousd == session.turns[0].cost


@pytest.mark.parametrize("usage", [None, Usage(), Usage(prompt_tokens=10)])
def test_without_both_counts_it_stays_unknown_and_says_so(usage: Usage | None) -> None:
    session = of(turn(usage=usage))
    assert repriced(session, price, NOW)[0] == session
    assert repriced(session, price, NOW)[1][0].why == NO_COUNTS


def test_hidden_parts_stay_unknown() -> None:
    session = of(turn(cost=5, price=PRICE, extra={UNPRICED: 2}))
    after, deals = repriced(session, price, NOW)
    assert after == session
    assert [deal.why for deal in deals] == [PARTLY, PARTLY]


def test_inherited_turns_are_the_parents_business() -> None:
    session = of(turn(cost=None).as_inherited())
    assert repriced(session, price, NOW) == (session, ())


def test_titles_and_tags_are_priced_too() -> None:
    session = with_call(Call(kind="title", model="a/b", timestamp=NOW, usage=USED))(of())
    session = with_call(Call(kind="tags", model="strange/x", usage=USED, cost=3))(session)
    after, deals = repriced(session, price, NOW)
    assert [call.cost for call in calls(after)] == [30, 3]
    assert [(deal.before, deal.after) for deal in deals] == [(None, 30)]


def test_the_reckoning_tells_by_model_and_what_stays_unknown() -> None:
    strange = turn(messages=(said("x", "strange/x"),))
    deals = [
        ("one", repriced(of(turn(), strange), price, NOW)[1]),
        ("two", repriced(of(strange, turn(usage=None)), price, NOW)[1]),
    ]
    found = reckoning(deals)
    assert found.session_ids == ("one",)
    assert found.priced == 1
    assert [(one.model, one.priced, one.left) for one in found.models] == [
        ("a/b", 1, 1),
        ("strange/x", 0, 2),
    ]
    assert found.left == (("no price for strange/x", 2), (NO_COUNTS, 1))
    assert (found.before.unknown, found.after.nanousd, found.after.unknown) == (4, 30, 3)


costs = st.one_of(st.none(), st.integers(0, 100))
usages = st.sampled_from([None, USED, Usage(prompt_tokens=3)])
models = st.sampled_from(["a/b", "strange/x"])


@given(
    st.lists(st.tuples(models, usages, costs), max_size=3),
    usages,
    costs,
    st.integers(0, 2),
    st.integers(0, 9),
    st.booleans(),
)
def test_however_they_are_mixed_the_sums_hold_and_nothing_is_lost(
    others, usage, own, hidden, deleted, is_anew
) -> None:
    alternatives = tuple(
        Alternative(message=said(f"{n}", model), usage=used, cost=cost, price=cost and PRICE)
        for n, (model, used, cost) in enumerate(others)
    )
    known = [cost for _, _, cost in others if cost is not None]
    known += [own] if own is not None else []
    known += [deleted] if deleted and known else []
    before = turn(
        usage=usage,
        cost=sum(known) if known else None,
        price=PRICE if own is not None else None,
        alternatives=alternatives,
        extra={UNPRICED: hidden, DELETED: deleted if known else 0},
    )
    session, deals = repriced(of(before), price, NOW, is_anew=is_anew)
    (after,) = session.turns
    assert msgspec.structs.replace(after, cost=None, price=None, alternatives=()) == (
        msgspec.structs.replace(before, cost=None, price=None, alternatives=())
    )
    gained = sum((deal.after or 0) - (deal.before or 0) for deal in deals)
    assert turn_cost(after).nanousd == turn_cost(before).nanousd + gained
    fewer = sum(deal.before is None and deal.after is not None for deal in deals)
    assert turn_cost(after).unknown == turn_cost(before).unknown - fewer
    assert repriced(session, price, NOW)[0] == session
