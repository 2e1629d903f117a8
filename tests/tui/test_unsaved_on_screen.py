"""What the disk refuses stands on the screen, is tried again, and can be saved elsewhere."""

from __future__ import annotations

import json

import pytest

from tui_sessions.errors import StoreError
from tui_sessions.store.rescue import Rescue
from tui_sessions.tui import unsaved


@pytest.fixture
def refused(monkeypatch):
    """`refused(user)` makes the disk refuse every change of a session, `refused(user, False)` no more."""
    real = {}

    def switch(user, is_on=True):
        library = user.library
        real.setdefault("update", library.update)

        def full(*_):
            raise StoreError("The disk is full.")

        monkeypatch.setattr(library, "update", full if is_on else real["update"])

    monkeypatch.setattr(unsaved, "PAUSE_S", 3600)
    return switch


@pytest.fixture(autouse=True)
def places(monkeypatch, tmp_path):
    monkeypatch.setattr(Rescue, "_places", lambda self: iter([tmp_path]))


async def answer_refused(user, refused):
    await user.ask("Keep me")
    await user.until(user.so_far, "text")
    refused(user)
    await user.press("escape")
    await user.answered()
    await user.see("The answer is not saved: The disk is full.", "r try again", "save elsewhere")


SLOW = {"providers.demo.words_per_s": "60"}


async def test_the_line_tries_again_with_one_key(workspace, refused):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        await user.press("alt+g", "r")
        await user.see("is not saved")
        refused(user, False)
        await user.press("r")
        await user.see_no("is not saved")
        await user.see("Everything is saved now.")
        assert len(user.files()[0]["turns"][0]["messages"]) == 2
        assert user.stage.prompt.area.has_focus


async def test_save_as_tries_again_as_well(workspace, refused):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        refused(user, False)
        user.screen.run_named("save", "")
        await user.see_no("is not saved")


async def test_the_whole_session_is_saved_elsewhere(workspace, refused, tmp_path):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        await user.press("alt+g", "e")
        await user.see("Save elsewhere", "Nothing is overwritten.")
        await user.press("enter")
        await user.see("A copy with everything is in", "A copy is in")
        (path,) = tmp_path.glob("tui-sessions-*.json")
        (turn,) = json.loads(path.read_text())["turns"]
        assert [message["role"] for message in turn["messages"]] == ["user", "assistant"]
        await user.see("is not saved")
        await user.press("ctrl+q")
        await user.until(lambda: user.app._exit, "the end: nothing would be lost")


async def test_a_copy_overwrites_nothing(workspace, refused, tmp_path):
    (tmp_path / "mine.json").write_text("precious")
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        await user.command(f":save-elsewhere {tmp_path}/mine.json")
        await user.see("already")
        assert (tmp_path / "mine.json").read_text() == "precious"


async def test_quitting_offers_a_copy(workspace, refused, tmp_path):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        await user.press("ctrl+q")
        await user.see("Quit without saving the answer?", "save elsewhere")
        await user.press("e")
        await user.see("Save elsewhere")
        await user.press("enter")
        await user.until(lambda: user.app._exit, "the end")
        assert list(tmp_path.glob("tui-sessions-*.json"))


async def test_an_edit_that_is_refused_is_shown_and_made_later(workspace, refused):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refused(user)
        await user.command(":rename Typed with care")
        await user.see("The change is not saved: The disk is full.")
        assert user.stage.workspace.session.title == "Typed with care"
        first = user.stage.workspace.session.id
        await user.press("ctrl+n")
        user.stage.open_session(first)
        assert user.stage.workspace.session.title == "Typed with care"
        refused(user, False)
        user.screen.run_named("save", "")
        await user.see_no("is not saved")
        assert user.files()[0]["title"] == "Typed with care"
        user.screen.run_named("undo", "")
        await user.until(lambda: user.files()[0].get("title") != "Typed with care", "undone")


async def test_a_deletion_that_is_refused_is_not_made_later(workspace, refused):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refused(user)
        user.screen.desk.talking.delete_turn(user.stage.workspace.session.turns[0].id)
        await user.see("The disk is full.")
        assert not user.screen.desk.unsaved.is_waiting


async def test_quitting_with_an_edit_in_memory_asks(workspace, refused):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refused(user)
        await user.command(":rename Typed with care")
        await user.press("ctrl+q")
        await user.see("Quit without saving the change?")
        await user.press("escape")
        assert user.app.is_running


async def test_a_draft_that_the_disk_refuses_is_said_and_kept(workspace, monkeypatch):
    from tui_sessions.config import drafts

    def full(*_):
        raise OSError(28, "No space left on device")

    async with workspace() as user:
        with monkeypatch.context() as patched:
            patched.setattr(drafts, "write_private", full)
            await user.type("half a thought")
            await user.see("What is typed in the prompt is not saved: the disk is full")
            await user.press("ctrl+q")
            await user.see("Quit without saving what is typed in the prompt?")
            await user.press("escape")
        user.screen.run_named("save", "")
        await user.see_no("is not saved")


async def test_the_end_of_the_terminal_copies_what_is_only_in_memory(workspace, refused, tmp_path):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        user.app.terminal_gone()
        await user.until(lambda: user.app._exit, "the end")
    (path,) = tmp_path.glob("tui-sessions-*.json")
    (turn,) = json.loads(path.read_text())["turns"]
    assert len(turn["messages"]) == 2
    assert user.app.return_code == 129


async def test_a_session_that_is_deleted_while_it_is_answered_loses_nothing(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("Keep me")
        await user.until(user.so_far, "text")
        session_id = user.stage.workspace.session.id
        user.library.path(session_id).unlink()
        user.app.services.turns.stop(session_id)
        await user.answered()
        await user.see("The session was deleted while it was answered")
        (kept,) = user.files()
        assert kept["title"] == "Keep me (recovered)"
        assert len(kept["turns"][0]["messages"]) == 2


async def test_the_reserve_that_was_given_up_is_said(workspace, monkeypatch):
    async with workspace() as user:
        reserve = user.library.reserve
        monkeypatch.setattr(type(reserve), "is_given_up", property(lambda _: True))
        await user.ask("First")
        await user.answered()
        await user.see("The disk is full: the room that was held back was given up")
