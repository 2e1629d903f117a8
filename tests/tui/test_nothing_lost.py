"""What is typed and not sent, and what the disk refuses, is not lost."""

from __future__ import annotations

import pytest

from tui_sessions.errors import StoreError
from tui_sessions.tui import unsaved


async def test_an_unsent_prompt_waits_with_its_session_while_one_looks_at_another(workspace):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        first = user.stage.workspace.session.id
        await user.type("half a thought")
        await user.press("ctrl+n")
        await user.see("New session")
        assert user.stage.prompt.text == ""
        await user.type("for the new one")
        user.stage.open_session(first)
        assert user.stage.prompt.text == "half a thought"
        await user.press("ctrl+n")
        assert user.stage.prompt.text == "for the new one"


async def test_an_unsent_prompt_is_back_after_quitting(workspace):
    async with workspace() as user:
        await user.type("not yet sent")
        await user.press("ctrl+q")
    async with workspace() as user:
        assert user.stage.prompt.text == "not yet sent"
        await user.press("enter")
        await user.answered()
        assert user.files()[0]["turns"][0]["messages"][0]["content"] == "not yet sent"
    async with workspace() as user:
        assert user.stage.prompt.text == ""


async def test_a_command_that_was_run_is_no_unsent_prompt(workspace):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        first = user.stage.workspace.session.id
        await user.command(":new")
        await user.see("New session")
        user.stage.open_session(first)
        assert user.stage.prompt.text == ""


@pytest.fixture
def refused(monkeypatch):
    """`refused(user)` makes the disk refuse answers from now on, `refused(user, False)` no more."""
    real = {}

    def switch(user, is_on=True):
        library = user.library
        real.setdefault("update", library.update)

        def full(*_):
            raise StoreError("The disk is full.")

        monkeypatch.setattr(library, "update", full if is_on else real["update"])

    monkeypatch.setattr(unsaved, "PAUSE_S", 0.05)
    return switch


async def test_an_answer_that_cannot_be_saved_stays_on_the_screen_and_is_saved_later(
    workspace, refused
):
    async with workspace((150, 80), **{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("Keep me")
        await user.until(user.so_far, "text")
        refused(user)
        await user.press("escape")
        await user.answered()
        await user.see("The answer is not saved: The disk is full.", "■ stopped")
        first = user.stage.workspace.session.id
        await user.press("ctrl+n")
        user.stage.open_session(first)
        await user.see("■ stopped")
        refused(user, False)
        await user.see_no("is not saved")
        (session,) = user.files()
        assert session["turns"][0]["messages"][1]["content"].startswith("I")


async def test_a_prompt_behind_an_unsaved_answer_stays_until_that_is_saved(workspace, refused):
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        refused(user)
        await user.press("escape")
        await user.answered()
        await user.ask("Two")
        assert user.stage.prompt.text == "Two"
        refused(user, False)
        await user.press("enter")
        await user.answered()
        turns = user.files()[0]["turns"]
        assert [len(turn["messages"]) for turn in turns] == [2, 2]


async def test_quitting_with_an_unsaved_answer_asks_and_leaves_only_on_yes(workspace, refused):
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        refused(user)
        await user.press("escape")
        await user.answered()
        await user.press("ctrl+q")
        await user.see("Quit without saving the answer?", "The disk is full.")
        await user.press("ctrl+q", "escape")
        await user.see("The answer is not saved")
        assert user.app.is_running
        await user.press("ctrl+q", "enter")
        await user.until(lambda: user.app._exit, "the end")
