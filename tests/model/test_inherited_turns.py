"""A turn that a branch shares with its parent, asked anew in the branch."""

from __future__ import annotations

from tui_sessions.model.answers import finish_answer, set_aside
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage


def answer(text: str, cost: int | None, tokens: int | None) -> Alternative:
    used = None if tokens is None else Usage(total_tokens=tokens)
    message = Message(role="assistant", content=text)
    return Alternative(message=message, usage=used, cost=cost)


def branch() -> Session:
    said = (Message(role="user", content="why?"), Message(role="assistant", content="because"))
    turn = Turn(
        id="t",
        messages=said,
        usage=Usage(total_tokens=7),
        cost=100,
        alternatives=(answer("so", 40, 3),),
    )
    return Session(id="b").with_turns((turn.as_inherited(),))


def asked_again(session: Session, outcome: Alternative) -> Session:
    return finish_answer("t", outcome)(session.with_turn(set_aside(session.turns[0])))


def test_only_what_the_branch_itself_paid_is_counted() -> None:
    session = asked_again(branch(), answer("therefore", 25, 5))
    assert session.cost.nanousd == 25
    assert session.totals.total_tokens == 5
    (turn,) = session.turns
    assert (turn.inherited_cost, turn.inherited_usage) == (100, Usage(total_tokens=7))
    assert turn.alternatives[0].extra == {
        "inherited_usage": {"total_tokens": 3},
        "inherited_cost": 4e-08,
    }


def test_an_answer_that_never_came_leaves_the_turn_inherited() -> None:
    session = asked_again(branch(), answer("", None, None))
    assert session.turns[0].inherited
    assert session.cost.nanousd == 0
