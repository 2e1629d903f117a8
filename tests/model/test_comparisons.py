"""Verdicts on answers: kept with the turn, read safely, told apart; and what is best in what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.model.answers import answers
from tui_sessions.model.comparisons import (
    Figures,
    Verdict,
    best,
    call_even,
    choose,
    figures,
    note_verdict,
    verdict,
)
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


def answer(number: int, model: str, **more: Any) -> Alternative:
    said = Message(
        role="assistant",
        content=f"answer {number}",
        model=model,
        timestamp=NOW + timedelta(seconds=number),
    )
    return Alternative(message=said, finish="stop", **more)


def compared(*models: str) -> Session:
    """A session whose only turn has an answer of each model; the last one stands."""
    *others, last = [answer(number, model) for number, model in enumerate(models)]
    prompt = Message(role="user", content="Which?", timestamp=NOW)
    turn = Turn(id="t1", messages=(prompt, last.message), alternatives=tuple(others), finish="stop")
    return Session(id="s1", turns=(turn,))


def kept(session: Session) -> Verdict | None:
    """The verdict after a way through the file."""
    reread = decode(encode(session), fallback_id="s1")
    assert reread.turns[0].extra == session.turns[0].extra
    return verdict(reread.turns[0])


def test_the_answer_that_is_picked_stands_and_the_verdict_names_the_others() -> None:
    session = choose("t1", 0, NOW, "shorter")(compared("a/one", "b/two", "c/three"))
    assert session.turns[0].answer.text == "answer 0"
    found = kept(session)
    assert found is not None
    assert (found.result, found.chosen, found.over) == ("chosen", "a/one", ("b/two", "c/three"))
    assert (found.note, found.at) == ("shorter", NOW)


def test_the_verdict_stands_in_the_file_as_the_contract_says() -> None:
    session = choose("t1", 1, NOW)(compared("a/one", "b/two"))
    in_file = session.turns[0].extra["verdict"]
    assert {"chosen", "over", "at", "note"} <= set(in_file)
    assert in_file["chosen"] == "b/two"
    assert in_file["over"] == ["a/one"]


def test_picking_loses_no_answer_and_no_cost() -> None:
    before = compared("a/one", "b/two", "c/three")
    after = choose("t1", 1, NOW)(before)
    assert answers(after.turns[0]) == answers(before.turns[0])
    assert after.turns[0].cost == before.turns[0].cost


def test_of_two_answers_of_one_model_only_the_picked_one_is_meant() -> None:
    session = choose("t1", 1, NOW)(compared("a/one", "a/one"))
    found = kept(session)
    assert found is not None
    assert [found.is_for(other) for other in answers(session.turns[0])] == [False, True]


def test_a_tie_and_none_any_good_name_all_of_them() -> None:
    tie = kept(call_even("t1", NOW)(compared("a/one", "b/two")))
    none = kept(call_even("t1", NOW, is_any_good=False)(compared("a/one", "b/two")))
    assert tie is not None
    assert none is not None
    assert (tie.result, tie.over, tie.chosen) == ("tie", ("a/one", "b/two"), "")
    assert none.result == "none"


def test_a_note_waits_for_its_verdict_and_stays_with_the_next_one() -> None:
    session = note_verdict("t1", "says why", NOW)(compared("a/one", "b/two"))
    found = kept(session)
    assert found is not None
    assert (found.result, found.note) == ("open", "says why")
    found = kept(choose("t1", 0, NOW)(session))
    assert found is not None
    assert (found.result, found.note) == ("chosen", "says why")


def test_an_empty_note_takes_a_verdict_away_that_is_nothing_else() -> None:
    session = note_verdict("t1", "why", NOW)(compared("a/one", "b/two"))
    assert note_verdict("t1", "", NOW)(session).turns == compared("a/one", "b/two").turns
    picked = choose("t1", 0, NOW, "why")(compared("a/one", "b/two"))
    found = verdict(note_verdict("t1", "", NOW)(picked).turns[0])
    assert found is not None
    assert (found.result, found.note) == ("chosen", "")


@pytest.mark.parametrize("index", [-1, 2, 99])
def test_an_answer_that_is_not_there_is_not_picked(index: int) -> None:
    session = compared("a/one", "b/two")
    assert choose("t1", index, NOW)(session) == session
    assert choose("gone", 0, NOW)(session) == session


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["chosen", "over", "at", "note", "result", "x"]), inner)
    ),
)


@given(ANYTHING)
def test_whatever_a_file_holds_is_read_without_an_error(value: Any) -> None:
    found = verdict(Turn(id="t1", extra={"verdict": value}))
    assert found is None or isinstance(found, Verdict)


def test_speed_counts_from_the_first_token_on() -> None:
    given = answer(
        0,
        "a/one",
        usage=Usage(completion_tokens=100),
        latency_ms=3000.0,
        first_token_ms=1000.0,
        cost=5,
    )
    assert figures(given) == Figures(
        first_token_ms=1000.0,
        latency_ms=3000.0,
        tokens=100,
        cost=5,
        tokens_per_s=50.0,
        is_whole=True,
    )


def test_what_is_unknown_stays_unknown() -> None:
    assert figures(answer(0, "a/one")) == Figures(is_whole=True)


def test_the_best_of_each_figure_is_found_among_whole_answers() -> None:
    quick = Figures(latency_ms=1.0, cost=9, tokens_per_s=5.0, is_whole=True)
    cheap = Figures(latency_ms=2.0, cost=3, tokens_per_s=9.0, is_whole=True)
    stopped = Figures(latency_ms=0.1, cost=1)
    assert best([quick, cheap, stopped]) == (
        frozenset({"latency_ms"}),
        frozenset({"cost", "tokens_per_s"}),
        frozenset(),
    )


def test_where_all_are_alike_none_is_best() -> None:
    same = Figures(latency_ms=1.0, cost=0, is_whole=True)
    assert best([same, same]) == (frozenset(), frozenset())
    assert best([same]) == (frozenset(),)
