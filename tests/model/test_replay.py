"""A session in time: what stood there after so many seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.message import Message
from tui_sessions.model.replay import LONGEST_PAUSE_S, Moment, Replay
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def turn(number: int, text: str = "x" * 100, **more: object) -> Turn:
    at = NOW + timedelta(hours=number)
    prompt = Message(role="user", content="Why?", timestamp=at)
    answer = Message(role="assistant", content=text, timestamp=at + timedelta(seconds=5))
    return Turn(id=f"t{number}", messages=(prompt, answer), finish="stop", **more)  # type: ignore[arg-type]


def replay(*turns: Turn) -> Replay:
    return Replay(Session(id="s", turns=turns))


def test_an_answer_takes_the_time_it_took_and_waits_for_its_first_word():
    told = replay(turn(0, latency_ms=2000.0, first_token_ms=1000.0))
    assert told.seconds == 2.0
    assert told.at(0.5) == Moment(0, True, 0, 0)
    assert told.at(1.5) == Moment(0, True, 0, 50)
    assert told.at(2.0) == Moment(1)


def test_thinking_comes_before_the_text():
    thoughtful = turn(0, "a" * 50, latency_ms=1000.0, first_token_ms=0.0)
    answer = Message(role="assistant", content="a" * 50, reasoning="b" * 50)
    told = replay(Turn(id="t", messages=(thoughtful.messages[0], answer), latency_ms=1000.0,
                       first_token_ms=0.0))  # fmt: skip
    assert told.at(0.25) == Moment(0, True, 25, 0)
    assert told.at(0.75) == Moment(0, True, 50, 25)


def test_a_night_between_two_turns_is_a_short_pause():
    told = replay(turn(0, latency_ms=1000.0), turn(9, latency_ms=1000.0))
    assert told.beginning_of(1) == 1.0 + LONGEST_PAUSE_S


def test_steps_stop_at_prompts_and_ends_of_answers_both_ways():
    told = replay(turn(0, latency_ms=1000.0), turn(9, latency_ms=1000.0))
    stops, at = [], 0.0
    while at < told.seconds:
        at = told.step(at, 1)
        stops.append(at)
    assert stops == [1.0, 4.0, 5.0]
    assert told.step(4.5, -1) == 4.0
    assert told.step(1.0, -1) == 0.0


def test_the_turn_that_is_being_answered_stands_without_its_answer_and_its_end():
    told = replay(turn(0), turn(1))
    shown = told.shown(Moment(1, True, 0, 3))
    assert [len(t.messages) for t in shown.turns] == [2, 1]
    assert (shown.turns[1].finish, shown.turns[0].finish) == (None, "stop")


def test_a_session_without_times_has_a_pace_all_the_same():
    bare = Turn(id="t", messages=(Message(role="user", content="a"),
                                  Message(role="assistant", content="b" * 500)))  # fmt: skip
    assert 1 < replay(bare, msg_id(bare)).seconds < 10


def msg_id(turn: Turn) -> Turn:
    return Turn(id="u", messages=turn.messages)


latencies = st.one_of(st.none(), st.floats(-5, 1e5))
turns = st.lists(
    st.tuples(st.text(max_size=40), latencies, latencies, st.booleans()), min_size=0, max_size=5
)


@given(turns, st.lists(st.floats(0, 1e3), max_size=8))
def test_time_never_runs_back_and_ends_with_the_whole(rows, moments):
    told = replay(
        *(
            turn(number, text, latency_ms=whole, first_token_ms=first)
            if answered
            else Turn(id=f"t{number}", messages=(Message(role="user", content=text),))
            for number, (text, whole, first, answered) in enumerate(rows)
        )
    )
    assert told.at(told.seconds).turns == len(rows)
    before = (0, 0, 0)
    for seconds in sorted(moments):
        moment = told.at(seconds)
        now = (moment.turns, moment.thought, moment.said)
        assert now >= before or now[0] > before[0]
        before = now
