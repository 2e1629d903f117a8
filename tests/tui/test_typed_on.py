"""Letters typed straight behind a key that brings a line of text: all of them arrive in one go."""

from __future__ import annotations

import json

import pytest
from textual import events
from textual.widgets import Input


@pytest.fixture
def two_sessions(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    for name in ("Monads", "Python"):
        said = {"role": "user", "content": f"About {name}"}
        session = {"id": f"{name:x<12}", "title": name, "turns": [{"id": "t", "messages": [said]}]}
        (folder / f"{name}.json").write_text(json.dumps(session))


def burst(user, text: str) -> None:
    """As a terminal hands over what was typed while the program was busy."""
    for char in text:
        key = {"/": "slash", ":": "colon"}.get(char, char)
        user.app.post_message(events.Key(key, char))


@pytest.mark.parametrize("text", ["monad", "spymN"])
async def test_letters_behind_the_slash_are_the_filter_and_no_keys(workspace, two_sessions, text):
    async with workspace() as user:
        await user.see("Monads")
        await user.press("f6", "down")
        burst(user, f"/{text}")
        line = user.screen.query_one("#filter", Input)
        await user.until(lambda: line.value == text, "all letters, in order")
        assert not list(user.library.history.steps())
        assert len(user.app.screen_stack) == 1
        await user.press("escape")
        burst(user, "/x")
        await user.until(lambda: line.value == "x", "a new filter")


async def test_letters_behind_the_slash_are_looked_for_in_the_conversation(workspace, two_sessions):
    async with workspace(open_id="Monadsxxxxxx") as user:
        await user.press("f7")
        burst(user, "/bret")
        line = user.screen.query_one("#find_line", Input)
        await user.until(lambda: line.value == "bret", "all letters, in order")
        assert len(user.app.screen_stack) == 1
        await user.press("escape", "slash")
        await user.type("once")
        assert line.value == "once"


@pytest.mark.parametrize("pane", ["f6", "f7"])
async def test_a_colon_in_a_pane_begins_a_command_and_no_letter_of_it_is_a_key(
    workspace, two_sessions, pane
):
    async with workspace(open_id="Monadsxxxxxx") as user:
        await user.see("Monads")
        await user.press(pane)
        burst(user, ":repexry")
        await user.until(lambda: user.stage.prompt.text == ":repexry", "all letters, in order")
        assert user.stage.prompt.area.has_focus
        await user.press("ctrl+u", *"draft", pane)
        burst(user, ":x")
        await user.until(lambda: user.stage.prompt.text == "draftx", "what was written")
        assert not list(user.library.history.steps())


async def test_a_slash_is_a_letter_while_titles_are_jumped_to(workspace, two_sessions):
    async with workspace() as user:
        await user.see("Monads")
        await user.press("f6", "apostrophe", "slash")
        assert user.stage.sessions.has_focus
