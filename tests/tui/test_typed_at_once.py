"""Whoever opens a session and types before it is shown means that session."""

from __future__ import annotations

import pytest

from tui_sessions.config.drafts import Draft
from tui_sessions.tui.screens.main import MainScreen


@pytest.fixture(autouse=True)
def opens_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that begins after the first paint has begun, but the session is not open yet."""
    begin = MainScreen._begin

    def begin_without_it(screen: MainScreen) -> None:
        wanted, screen._open_at_start = screen._open_at_start, None
        begin(screen)
        screen._open_at_start = wanted

    monkeypatch.setattr(MainScreen, "_begin", begin_without_it)


async def test_a_prompt_goes_to_the_session_that_was_asked_for(workspace, made_services):
    made_services().new_session(session_id="wanted", title="Wanted")
    async with workspace(open_id="wanted") as user:
        await user.type("at once")
        await user.press("enter")
        await user.answered()
        (file,) = user.files()
        assert file["id"] == "wanted"
        assert file["turns"][0]["messages"][0]["content"] == "at once"
        assert user.stage.prompt.text == ""


async def test_a_command_is_meant_for_it_too(workspace, made_services):
    made_services().new_session(session_id="wanted", title="Wanted")
    async with workspace(open_id="wanted") as user:
        await user.command(":rename Another")
        await user.until(lambda: [file["title"] for file in user.files()] == ["Another"])


async def test_what_was_left_unsent_there_is_seen_before_anything_is_sent(workspace, made_services):
    services = made_services()
    services.new_session(session_id="wanted", title="Wanted")
    services.drafts.keep("wanted", Draft("half a thought "))
    services.drafts.keep("", Draft("of a new session"))
    async with workspace(open_id="wanted") as user:
        await user.type("at once")
        await user.press("enter")
        assert user.stage.prompt.text == "half a thought at once"
        assert user.files()[0]["turns"] == []
        assert user.stage.workspace.services.drafts.load()[""].text == "of a new session"
