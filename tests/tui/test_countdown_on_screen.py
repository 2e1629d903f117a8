"""A server that wants to be left alone for a while: the seconds are counted down, and can be cut short."""

from __future__ import annotations

from typing import Any

import pytest

BUSY_S = 600.0
AT_SPEED = {"providers.demo.words_per_s": "100000", "chat.model": "demo/busy"}


@pytest.fixture(autouse=True)
def long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.providers.demo._BUSY_WAIT_S", BUSY_S)
    monkeypatch.setattr("tui_sessions.tui.countdown.TICK_S", 0.05)
    monkeypatch.setattr("tui_sessions.tui.screens.compare.TICK_S", 0.05)


def so_far(user: Any) -> Any:
    return user.app.services.turns.running(user.stage.workspace.session.id)


async def test_the_seconds_until_it_is_asked_again_are_counted_down(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("hello")
        await user.see("busy (429)", "Again in", "Enter asks at once", "esc stops")
        await user.see("Again in 9 min 5")  # it was ten minutes


async def test_enter_on_an_empty_prompt_asks_again_at_once(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("hello")
        await user.see("Again in")
        await user.press("enter")
        await user.answered()
        [session] = user.files()
        assert session["turns"][0]["finish"] == "stop"
        await user.see_no("Again in")


async def test_a_retry_of_what_is_waited_for_asks_again_at_once(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("hello")
        await user.see("Again in")
        await user.command(":retry")
        await user.answered()
        [session] = user.files()
        assert session["turns"][0]["finish"] == "stop"


async def test_escape_ends_the_waiting_and_the_reason_is_kept(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("hello")
        await user.see("Again in")
        await user.press("escape")
        await user.answered()
        [session] = user.files()
        [turn] = session["turns"]
        assert turn["finish"] == "cancelled"
        assert "busy (429)" in turn["error"]
        await user.see("busy (429)")
        await user.see_no("Again in")


async def test_what_is_queued_is_held_while_a_server_is_waited_for(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("first")
        await user.see("Again in")
        await user.ask("second")
        queue = user.app.services.queue
        session_id = user.stage.workspace.session.id
        await user.until(lambda: len(queue.waiting(session_id)) == 1)
        await user.press("escape")
        await user.answered()
        assert queue.is_held(session_id)


async def test_coming_back_to_a_session_that_waits_shows_the_seconds(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        await user.ask("hello")
        await user.see("Again in")
        waiting_id = user.stage.workspace.session.id
        await user.press("ctrl+n")
        await user.see_no("Again in")
        user.stage.open_session(waiting_id)
        await user.see("Again in")


async def test_answers_side_by_side_count_down_each(workspace: Any) -> None:
    async with workspace(**AT_SPEED) as user:
        user.stage.put_prompt("hello")
        await user.command(":compare demo/busy demo/fast")
        await user.see("Again in 9 min 5")
