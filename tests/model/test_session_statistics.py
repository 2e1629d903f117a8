"""The statistics of one session: its own file, added up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tui_sessions.model.message import Message, Part
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.model.session_facts import session_fact_words
from tui_sessions.model.session_statistics import session_statistics
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

AT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def turn(number: int, cost: int | None, **values) -> Turn:
    at = AT + timedelta(minutes=number)
    messages = (
        Message(role="user", content="Q", timestamp=at),
        Message(role="assistant", content="A", timestamp=at, model=values.pop("model", "o/x")),
    )
    usage = Usage(prompt_tokens=10, completion_tokens=5, cached_tokens=2)
    settled = {"usage": usage, "latency_ms": 1000.0 * number, "first_token_ms": 100.0, **values}
    return Turn(id=f"t{number}", messages=messages, cost=cost, finish="stop", **settled)


def test_messages_tokens_cost_and_times_are_added_up():
    found = session_statistics(
        Session(id="s", title="T", turns=(turn(1, 500), turn(3, None, model="p/y"))), AT
    )
    assert (found.turns, found.messages) == (2, 4)
    assert found.by_role == (("user", 2), ("assistant", 2))
    assert (found.sum.prompt_tokens, found.sum.completion_tokens, found.sum.tokens) == (20, 10, 30)
    assert found.sum.cached_tokens == 4
    assert found.sum.cost == Cost(500, 1, 1)
    assert (found.mean_ms, found.median_ms, found.first_token_ms) == (2000.0, 2000.0, 100.0)
    assert found.duration_ms == 120_000
    assert [(s.key, s.sum.answers) for s in found.by_model] == [("o/x", 1), ("p/y", 1)]


def test_what_was_inherited_is_counted_in_the_parent():
    own = turn(2, 700)
    found = session_statistics(Session(id="s", turns=(turn(1, 500).as_inherited(), own)), AT)
    assert (found.turns, found.inherited, found.messages) == (2, 1, 4)
    assert found.sum.cost == Cost(700, 1, 0)
    assert found.sum.answers == 1


def test_alternatives_count_and_are_named():
    other = Alternative(
        message=Message(role="assistant", content="B", model="p/y"),
        usage=Usage(prompt_tokens=10, completion_tokens=9),
        cost=200,
    )
    found = session_statistics(Session(id="s", turns=(turn(1, 700, alternatives=(other,)),)), AT)
    assert found.alternatives == 1
    assert found.sum.answers == 2
    assert found.sum.cost.nanousd == 700
    assert sorted(s.key for s in found.by_model) == ["o/x", "p/y"]


def test_an_empty_session_has_nothing_and_says_so():
    found = session_statistics(Session(id="s"), AT)
    words = dict(session_fact_words(found))
    assert found.sum.answers == 0
    assert found.duration_ms is None
    assert (words["Messages"], words["Duration"], words["Cost"]) == ("0 · none", "?", "$0")


def test_facts_say_what_is_unknown_and_leave_out_what_nobody_has():
    part = Part(kind="image", extra={"name": "a.png"})
    asked = Message(role="user", content=(Part(kind="text", text="see"), part))
    bare = Turn(id="t", messages=(asked, Message(role="assistant", content="A")), finish="stop")
    words = dict(session_fact_words(session_statistics(Session(id="s", turns=(bare,)), AT)))
    assert words["Files"] == "1"
    assert words["Tokens"] == "?"
    assert words["Cost"] == "1 unpriced"
    assert words["Mean response time"] == "?"
    assert "Errors" not in words
    assert "Tokens in" not in words


def test_control_characters_of_a_title_do_not_pass():
    words = session_fact_words(session_statistics(Session(id="s", title="a\x1b[31mb"), AT))
    assert "\x1b" not in "".join(value for _, value in words)
