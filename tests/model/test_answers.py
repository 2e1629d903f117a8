"""Alternatives: nothing is lost and nothing counted twice, whichever answer stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.answers import answers, own_cost, position, set_aside, with_chosen
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.turn import Alternative, Turn

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
