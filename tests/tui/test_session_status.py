"""The line below a conversation."""

from __future__ import annotations

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.tui.session_status import session_status

ASKED = Turn(
    id="t",
    messages=(Message(role="user", content="Why?"),),
    usage=Usage(prompt_tokens=1_000, completion_tokens=500, total_tokens=1_500),
    cost=12_300_000,
)


def test_it_tells_context_tokens_and_money():
    session = Session(id="s", turns=(ASKED,))
    assert (
        session_status(session, used=12_800, size=128_000)
        == "context 12.8k of 128k (10 %) · 1.5k tok · $0.0123"
    )


def test_what_nobody_knows_is_left_out_or_marked():
    said = (*ASKED.messages, Message(role="assistant", content="Hello."))
    session = Session(id="s", turns=(Turn(id="t", messages=said),))
    assert session_status(session, used=None, size=None) == "? tok · 1 unpriced"
    assert session_status(session, used=900, size=None) == "context 900 · ? tok · 1 unpriced"


def test_little_of_the_context_is_not_nothing():
    session = Session(id="s", turns=(ASKED,))
    assert "(<1 %)" in session_status(session, used=100, size=128_000)


def test_without_a_turn_there_is_nothing_to_tell():
    assert session_status(Session(id="s"), used=None, size=None) == ""
