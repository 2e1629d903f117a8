"""What is not to be seen is said: in what is copied, pasted, and where a link leads."""

from __future__ import annotations

import json
import webbrowser
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tui_sessions.tui.screens.confirm import ConfirmDialog


def put(tmp_path: Path, answer: str) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": answer}]
    (tmp_path / "library").mkdir(exist_ok=True)
    session = {"id": "one", "title": "One", "turns": [{"id": "t", "messages": messages}]}
    (tmp_path / "library" / "one.json").write_text(json.dumps(session))


@pytest.fixture
def browsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    return opened


async def test_a_copy_says_that_hidden_characters_are_signs_in_it(
    workspace: Any, tmp_path: Path
) -> None:
    put(tmp_path, "rm\u202e -rf\x1b[2J")
    async with workspace(open_id="one") as user:
        user.stage.conversation.focus()
        await user.press("y")
        await user.see("2 hidden characters are a sign in it")
        assert user.app.clipboard == "rm· -rf␛[2J"


async def test_what_is_pasted_and_cannot_be_seen_is_said(workspace: Any) -> None:
    async with workspace() as user:
        user.stage.prompt.focus()
        area = user.app.focused
        area.post_message(events.Paste("name\u200b and \u202etxt"))
        await user.see("Pasted with 2 characters that are not to be seen", "name· and ·txt")
        assert user.stage.prompt.text == "name\u200b and \u202etxt"


async def test_a_link_that_lies_is_asked_about(
    workspace: Any, tmp_path: Path, browsed: list[str]
) -> None:
    put(tmp_path, "[https://good.example](https://evil.example/x)")
    async with workspace(open_id="one") as user:
        user.stage.conversation.focus()
        await user.command(":links")
        await user.see("! https://evil.example/x · https://good.example")
        await user.press("enter")
        await user.see("Open this address?", "reads good.example, and leads to evil.example")
        assert isinstance(user.screen, ConfirmDialog)
        await user.press("escape")
        assert browsed == []


async def test_an_address_that_is_dressed_up_is_opened_only_when_that_was_seen(
    workspace: Any, tmp_path: Path, browsed: list[str]
) -> None:
    put(tmp_path, "see https://раypal.com/login")
    async with workspace(open_id="one") as user:
        await user.see("(→ xn--ypal-43d9g.com)")
        user.stage.conversation.focus()
        await user.command(":links")
        await user.see("! xn--ypal-43d9g.com")
        await user.press("enter")
        await user.see("it leads to xn--ypal-43d9g.com")
        await user.press("y")
        await user.until(lambda: browsed == ["https://раypal.com/login"])
