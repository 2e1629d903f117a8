"""A long session shows its end at once and all of it as soon as it is read; nothing ever takes the end
for the whole."""

from __future__ import annotations

from threading import Event, get_ident
from typing import Any

import pytest

from tui_sessions.errors import DamagedFileError
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store import writer
from tui_sessions.tui.screens import prompt_screen
from tui_sessions.tui.stage import READING_REST

TURNS = 200


def long_session() -> Session:
    turns = [
        Turn(
            id=f"t{number}",
            messages=(
                Message(role="user", content=f"prompt {number}."),
                Message(role="assistant", content=f"answer {number}."),
            ),
            cost=1_000_000,
        )
        for number in range(TURNS)
    ]
    return Session(id="long", title="A long one", model="demo/demo", turns=tuple(turns))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Reading all of a session waits for it; nothing is too short to have an end."""
    go_on, real, main = Event(), writer.Writer._opened_in, get_ident()

    def slow(self: Any, *args: Any) -> Any:
        if get_ident() != main:
            go_on.wait(20)
        return real(self, *args)

    monkeypatch.setattr(writer.Writer, "_opened_in", slow)
    monkeypatch.setattr(writer, "LARGE", 0)
    return go_on


async def opened_end(user: Any) -> None:
    """The long session is chosen in the tree; its end is on the screen."""
    user.library.create(long_session(), name="long")
    user.stage.open_session("long")
    await user.see("answer 199.", READING_REST)


async def test_its_end_is_there_before_the_rest(workspace: Any, gate: Event) -> None:
    async with workspace() as user:
        await opened_end(user)
        stage = user.stage
        assert not stage.workspace.is_whole
        assert len(stage.workspace.seen.turns) < TURNS
        assert "A long one" in stage.conversation.border_title
        assert "$0.20" not in user.text()
        gate.set()
        await user.see("$0.20")
        assert READING_REST not in user.text()
        assert "answer 199." in user.text()
        assert stage.workspace.is_whole
        assert len(stage.workspace.session.turns) == TURNS
        assert len(stage.conversation._layout.session.turns) == TURNS


async def test_a_key_in_the_conversation_acts_on_the_whole(workspace: Any, gate: Event) -> None:
    async with workspace() as user:
        await opened_end(user)
        user.stage.conversation.focus()
        gate.set()
        await user.press("g")
        await user.see("prompt 0.")
        assert user.stage.workspace.is_whole


async def test_neither_typing_nor_news_of_others_wait_for_the_rest(
    workspace: Any, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt_screen, "REST_S", 0.01)
    async with workspace() as user:
        await opened_end(user)
        user.stage.prompt.focus()
        await user.type("hello")
        user.stage.library_changed(frozenset({"other.json"}))
        await user.until(lambda: user.screen._resting is None, "the end of the rest")
        assert not user.stage.workspace.is_whole
        gate.set()
        await user.see("$0.20", "next ≈")


async def test_who_asks_for_the_session_gets_all_of_it(workspace: Any, gate: Event) -> None:
    async with workspace() as user:
        await opened_end(user)
        gate.set()
        assert len(user.stage.workspace.session.turns) == TURNS
        assert len(user.stage.conversation._layout.session.turns) == TURNS
        assert user.stage.conversation.complete is None
        await user.see("$0.20")


async def test_another_session_may_be_opened_meanwhile(workspace: Any, gate: Event) -> None:
    async with workspace() as user:
        await opened_end(user)
        user.stage.open_draft()
        gate.set()
        await user.until(lambda: not user.screen.workers._workers, "the end of the reading")
        await user.see("New session")
        assert user.stage.workspace.is_draft
        assert user.stage.workspace.session.turns == ()


async def test_what_cannot_be_read_after_all_is_said(
    workspace: Any, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workspace() as user:
        await opened_end(user)

        def fail(*_: Any, **__: Any) -> Session:
            raise DamagedFileError("It is not JSON.")

        monkeypatch.setattr(writer, "decode", fail)
        gate.set()
        await user.see("long.json cannot be read as a session.", "New session")
        assert user.stage.workspace.is_draft


async def test_who_left_it_higher_up_comes_back_there(workspace: Any, gate: Event) -> None:
    gate.set()
    async with workspace() as user:
        await opened_end(user)
        await user.see("$0.20")
        user.stage.conversation.focus()
        await user.press("g")
        await user.see("prompt 0.")
        user.stage.open_draft()
        user.stage.open_session("long")
        await user.see("prompt 0.")
        assert user.stage.workspace.is_whole


async def test_one_that_is_being_answered_is_read_as_a_whole(workspace: Any, gate: Event) -> None:
    gate.set()
    async with workspace(**{"providers.demo.words_per_s": "4"}) as user:
        await opened_end(user)
        await user.ask("and now?")
        await user.see("answering")
        user.stage.open_draft()
        user.stage.open_session("long")
        assert user.stage.workspace.is_whole
        await user.see("and now?")
