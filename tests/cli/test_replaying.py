"""`replay` prints a session as it was written."""

from __future__ import annotations

import io
import sys
from itertools import pairwise

from tui_sessions.cli.console import Console
from tui_sessions.cli.replaying import run
from tui_sessions.model.message import Message
from tui_sessions.model.replay import Replay
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn


def told(*turns: Turn) -> Replay:
    return Replay(Session(id="s", turns=turns))


def turn(prompt: str, answer: str, **more: object) -> Turn:
    messages = (
        Message(role="user", content=prompt),
        Message(role="assistant", content=answer, model="demo/demo", reasoning="hm"),
    )
    return Turn(id=prompt, messages=messages, latency_ms=1000.0, first_token_ms=0.0, **more)  # type: ignore[arg-type]


def printed(replay: Replay, monkeypatch, *, is_timed: bool, begin: float = 0.0) -> list[str]:
    """What stood there at every pause, and at the end."""
    seconds, shown = [0.0], []
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)

    def pause(wait: float) -> None:
        shown.append(out.getvalue())
        seconds[0] += wait

    run(replay, Console(), begin=begin, speed=2.0, is_timed=is_timed, clock=lambda: seconds[0],
        pause=pause)  # fmt: skip
    return [*shown, out.getvalue()]


def test_the_text_grows_and_ends_with_all_that_was_said(monkeypatch):
    shown = printed(
        told(turn("One?", "1" * 40), turn("Two?", "2" * 40)), monkeypatch, is_timed=True
    )
    assert all(later.startswith(before) for before, later in pairwise(shown))
    assert len({len(text) for text in shown}) > 10
    for words in ("One?", "1" * 40, "Two?", "2" * 40, "hm", "assistant · demo"):
        assert shown[-1].count(words) >= 1


def test_where_nobody_watches_everything_comes_at_once(monkeypatch):
    shown = printed(told(turn("One?", "1" * 40)), monkeypatch, is_timed=False)
    assert len(shown) == 1
    assert "1" * 40 in shown[0]


def test_a_replay_begins_with_a_later_turn(monkeypatch):
    replay = told(turn("One?", "1" * 40), turn("Two?", "2" * 40))
    shown = printed(replay, monkeypatch, is_timed=True, begin=replay.beginning_of(1))
    assert "One?" not in shown[-1]
    assert "2" * 40 in shown[-1]


def test_a_session_without_turns_is_replayed_in_no_time(monkeypatch):
    assert printed(told(), monkeypatch, is_timed=True) == [""]
