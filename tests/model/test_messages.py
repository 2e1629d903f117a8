"""Edits of single messages: bookmarks, other words, taking out."""

from __future__ import annotations

from datetime import UTC, datetime

from tui_sessions.model.answers import DELETED, answers, own_cost, standing_answer
from tui_sessions.model.message import Message, Part
from tui_sessions.model.messages import (
    EDITED,
    delete_message,
    edit_message,
    is_bookmarked,
    set_bookmark,
)
from tui_sessions.model.money import Price
from tui_sessions.model.session import Session
from tui_sessions.model.times import format_time
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PRICE = Price(source="own", date="2026-01-01")
PROMPT = Message(role="user", content="Why?")


def said(text: str) -> Message:
    return Message(role="assistant", content=text, timestamp=NOW)


def session(*turns: Turn) -> Session:
    return Session(id="s", turns=turns)


def one(**more: object) -> Session:
    return session(Turn(id="t", messages=(PROMPT, said("Because.")), **more))  # type: ignore[arg-type]


def test_a_bookmark_is_set_and_taken_off_without_a_trace():
    marked = set_bookmark("t", 1, is_set=True)(one())
    assert [is_bookmarked(m) for m in marked.turns[0].messages] == [False, True]
    assert set_bookmark("t", 1, is_set=False)(marked).turns == one().turns


def test_an_edited_answer_says_when_it_was_edited():
    edited = edit_message("t", 1, "Therefore.", NOW)(one()).turns[0].messages[1]
    assert (edited.text, edited.extra) == ("Therefore.", {EDITED: format_time(NOW)})


def test_a_text_of_another_program_is_there_once_after_an_edit():
    thought = Part(kind="thinking", extra={"thinking": "hm"})
    answer = Message(role="assistant", content=(thought, Part(kind="output_text", text="Old.")))
    before = session(Turn(id="t", messages=(PROMPT, answer)))
    after = edit_message("t", 1, "New.", NOW)(before).turns[0].messages[1]
    assert after.content == (Part(kind="text", text="New."), thought)


def test_an_odd_note_of_what_was_deleted_stops_no_deletion():
    other = Alternative(message=said("No."), cost=2)
    before = one(cost=5, price=PRICE, alternatives=(other,), extra={DELETED: "much"})
    after = delete_message("t", 1)(before).turns[0]
    assert (after.answer, after.cost, after.extra) == (said("No."), 5, {DELETED: 3})


def test_the_same_text_once_more_is_no_edit():
    assert edit_message("t", 1, "Because.", NOW)(one()).turns == one().turns


def test_editing_the_text_keeps_what_is_attached():
    picture = Part(kind="image", extra={"name": "a.png"})
    content = (Part(kind="text", text="Look"), picture)
    message = Message(role="user", content=content)
    before = session(Turn(id="t", messages=(message,)))
    after = edit_message("t", 0, "See", NOW)(before).turns[0].messages[0]
    assert after.content == (Part(kind="text", text="See"), picture)


def test_a_prompt_is_taken_out_and_its_answer_stays():
    assert [m.text for m in delete_message("t", 0)(one()).turns[0].messages] == ["Because."]


def test_an_answer_is_taken_out_and_what_it_cost_stays_counted():
    before = one(cost=7, price=PRICE, finish="stop", usage=Usage(total_tokens=3))
    after = delete_message("t", 1)(before)
    (turn,) = after.turns
    assert (turn.answer, turn.finish, turn.cost) == (None, None, 7)
    assert after.cost == before.cost
    assert after.totals == before.totals


def test_the_last_message_takes_its_turn_along():
    assert delete_message("t", 0)(session(Turn(id="t", messages=(PROMPT,)))).turns == ()


def test_in_place_of_a_deleted_answer_its_last_alternative_stands_with_its_own_cost():
    others = tuple(
        Alternative(message=said(text), cost=cost, price=PRICE)
        for text, cost in (("1", 1), ("2", 2))
    )
    before = one(cost=10, price=PRICE, alternatives=others)
    (turn,) = delete_message("t", 1)(before).turns
    assert turn.answer == said("2")
    assert [answer.message.text for answer in answers(turn)] == ["1", "2"]
    assert (turn.cost, own_cost(turn)) == (10, 2)
    again = delete_message("t", 1)(session(turn)).turns[0]
    assert (again.answer, again.cost, own_cost(again)) == (said("1"), 10, 1)


def test_what_is_not_there_changes_nothing():
    for change in (
        set_bookmark("gone", 0, is_set=True),
        edit_message("t", 9, "x", NOW),
        delete_message("t", 9),
        delete_message("t", -1),
    ):
        assert change(one()) == one()


def test_a_turn_that_was_deleted_down_still_gives_its_standing_answer():
    after = delete_message("t", 0)(one(cost=5, price=PRICE))
    standing = standing_answer(after.turns[0])
    assert standing is not None
    assert standing.cost == 5
