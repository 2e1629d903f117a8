"""Alternatives: nothing is lost and nothing counted twice, whichever answer stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.answers import (
    add_cost,
    answers,
    finish_answer,
    own_cost,
    position,
    set_aside,
    with_chosen,
)
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import Change, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

START = datetime(2026, 1, 1, tzinfo=UTC)


def turn_of(costs: list[int]) -> Turn:
    given_answers = [
        Alternative(
            message=Message(
                role="assistant", content=f"a{n}", timestamp=START + timedelta(minutes=n)
            ),
            cost=cost,
            price=Price(source="t"),
            finish="stop",
        )
        for n, cost in enumerate(costs)
    ]
    *others, last = given_answers
    return Turn(
        id="t",
        messages=(Message(role="user", content="q"), last.message),
        cost=sum(costs),
        price=last.price,
        finish="stop",
        alternatives=tuple(others),
    )


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=5), st.lists(st.integers(0, 9), max_size=8)
)
def test_choosing_round_and_round_keeps_every_answer_and_the_sum(costs, choices):
    turn = turn_of(costs)
    for choice in choices:
        index = choice % len(costs)
        turn = with_chosen(turn, index)
        assert position(turn) == index
        assert own_cost(turn) == costs[index]
    assert [answer.message.content for answer in answers(turn)] == [
        f"a{n}" for n in range(len(costs))
    ]
    assert [answer.cost for answer in answers(turn)] == costs
    assert turn.cost == sum(costs)


def test_setting_aside_leaves_the_prompt_alone():
    bare = set_aside(turn_of([5, 7]))
    assert bare.answer is None
    assert [message.role for message in bare.messages] == ["user"]
    assert [other.cost for other in bare.alternatives] == [5, 7]
    assert bare.cost == 12


def said(text: str, minute: int, **figures: object) -> Alternative:
    message = Message(
        role="assistant",
        content=text,
        timestamp=START + timedelta(minutes=minute),
        model=str(figures.pop("model", "m")),
    )
    return Alternative(message=message, **{"finish": "stop", **figures})


def asked(*changes: Change) -> Turn:
    """A turn without an answer, after these changes."""
    turn = Turn(id="t", messages=(Message(role="user", content="q"),))
    session = Session(id="s").with_turn(turn)
    for change in changes:
        session = change(session)
    return session.turns[0]


def test_the_first_answer_that_ends_stands_and_later_ones_stand_beside_it():
    one, two = said("one", 1, cost=5), said("two", 2, cost=7)
    turn = asked(finish_answer("t", one), finish_answer("t", two))
    assert (turn.answer, turn.alternatives, turn.cost) == (one.message, (two,), 12)


def test_an_answer_without_a_word_adds_its_figures_and_no_answer():
    used = Usage(completion_tokens=3)
    empty = said("", 1, cost=5, usage=used, finish="filter")
    first = asked(finish_answer("t", empty))
    assert (first.answer, first.finish, first.cost, first.usage) == (None, "filter", 5, used)
    then = asked(finish_answer("t", empty), finish_answer("t", said("x", 2, cost=1, usage=used)))
    assert (then.finish, then.cost, then.usage) == ("stop", 6, Usage(completion_tokens=6))
    late = asked(finish_answer("t", said("x", 2, cost=1, usage=used)), finish_answer("t", empty))
    assert (late.finish, late.cost, late.usage) == ("stop", 6, Usage(completion_tokens=6))


def test_the_rest_of_an_answer_finds_it_wherever_it_is_now_with_its_marks():
    begun = said("Cut", 1, cost=5, finish="length", price=Price(source="t"))
    marked = msgspec.structs.replace(begun.message, extra={"bookmarked": True})
    whole = said("Cut off.", 1, cost=2)
    turn = asked(
        finish_answer("t", msgspec.structs.replace(begun, message=marked)),
        finish_answer("t", said("Other", 2, cost=1, price=Price(source="t"))),
        lambda session: session.with_turn(with_chosen(session.turns[0], 1)),
        finish_answer("t", whole, before=begun),
    )
    (rest,) = turn.alternatives
    assert (rest.message.text, rest.message.extra) == ("Cut off.", {"bookmarked": True})
    assert (turn.answer.text, turn.cost, rest.cost) == ("Other", 8, 7)


def test_the_rest_of_an_answer_that_was_edited_meanwhile_stands_beside_it():
    used = Usage(completion_tokens=3)
    begun = said("Cut", 1, finish="length", usage=used)
    edited = msgspec.structs.replace(
        begun, message=msgspec.structs.replace(begun.message, content="Mine")
    )
    whole = said("Cut off.", 1, usage=Usage(completion_tokens=5))
    turn = asked(finish_answer("t", edited), finish_answer("t", whole, before=begun))
    assert turn.answer.text == "Mine"
    assert [(o.message.text, o.usage.completion_tokens) for o in turn.alternatives] == [
        ("Cut off.", 2)
    ]


def test_a_late_cost_goes_to_its_own_answer():
    one, two = said("one", 1, model="a"), said("two", 2, model="b")
    priced = {"cost": 7, "price": Price(source="t")}
    turn = asked(
        finish_answer("t", one),
        finish_answer("t", two),
        add_cost("t", msgspec.structs.replace(two, **priced)),
    )
    assert (turn.cost, turn.price, turn.alternatives[0].cost) == (7, None, 7)
    both = asked(
        finish_answer("t", one),
        finish_answer("t", two),
        add_cost("t", msgspec.structs.replace(two, **priced)),
        add_cost("t", msgspec.structs.replace(one, **priced)),
    )
    assert (both.cost, own_cost(both), both.alternatives[0].cost) == (14, 7, 7)


def test_a_cost_without_a_price_stays_with_its_answer_while_others_are_chosen():
    turn = asked(finish_answer("t", said("Paid", 1, cost=5, usage=Usage(total_tokens=9))))
    for answer in (said("Unknown", 2), said("Free", 3, cost=0, price=Price(source="free"))):
        turn = finish_answer("t", answer)(Session(id="s", turns=(set_aside(turn),))).turns[0]
    for index in (0, 1, 2, 1, 0, 2):
        turn = with_chosen(turn, index)
        assert own_cost(turn) == (5, None, 0)[index]
