"""What the disk refuses stands on the screen, is tried again, and can be saved elsewhere."""

from __future__ import annotations

import json

import pytest

from tui_sessions.errors import ConflictError, StoreError
from tui_sessions.store.locks import Locks
from tui_sessions.store.rescue import Rescue
from tui_sessions.tui import unsaved
from tui_sessions.tui.screens.save_elsewhere import SaveElsewhereDialog


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


async def test_a_change_that_has_become_impossible_is_not_called_saved(workspace, refused):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refused(user)
        await user.command(":rename Typed with care")
        await user.see("The change is not saved")
        user.library.path(user.stage.workspace.session.id).unlink()
        user.library.refresh()
        refused(user, False)
        user.screen.desk.unsaved.try_again()
        await user.see("There is no session")
        assert "Everything is saved" not in user.text()


async def test_a_change_waits_for_another_program_that_writes_the_session(workspace, refused):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refused(user)
        await user.command(":rename Typed with care")
        refused(user, False)
        held, locks = user.stage.workspace.held, user.library._locks
        session_id = user.stage.workspace.session.id
        locks._timeout_s = 0.0
        with Locks(locks._folder).held(session_id), pytest.raises(ConflictError):
            held.save()
        assert held.count() == 1
        held.save()
        assert user.files()[0]["title"] == "Typed with care"


async def test_nobody_waits_for_another_program_while_it_is_tried_again(workspace, refused):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        refused(user, False)
        locks, session_id = user.library._locks, user.stage.workspace.session.id
        locks._timeout_s = 3600.0  # Whoever waits, waits for ever.
        with Locks(locks._folder).held(session_id):
            assert not user.screen.desk.unsaved.try_again()
        await user.see("is being written by")
        assert user.screen.desk.unsaved.try_again()
        assert len(user.files()[0]["turns"][0]["messages"]) == 2


async def test_a_prompt_that_was_sent_is_not_called_unsaved(workspace, monkeypatch):
    from tui_sessions.config import drafts

    def full(*_):
        raise OSError(28, "No space left on device")

    async with workspace() as user:
        kept = user.app.services.drafts
        await user.type("half a thought")
        await user.until(kept.load, "the draft")
        monkeypatch.setattr(drafts, "write_private", full)
        await user.press("enter")
        await user.answered()
        await user.until(lambda: kept.problem, "the refusal")
        await user.press("f8")
        assert not user.screen.desk.unsaved.is_waiting
        assert "is not saved" not in user.text()
        assert "The disk is full" not in user.text()
        monkeypatch.undo()
        user.screen.desk.unsaved.try_again()
        assert not kept.problem
        assert kept.load() == {}


async def test_what_is_typed_in_another_session_is_called_that_and_copied(
    workspace, monkeypatch, tmp_path
):
    from tui_sessions.config import drafts

    def full(*_):
        raise OSError(28, "No space left on device")

    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        with monkeypatch.context() as patched:
            patched.setattr(drafts, "write_private", full)
            await user.type("half a thought")
            await user.see("What is typed in the prompt is not saved")
            user.screen.run_named("new", "")
            user.screen.desk.unsaved.try_again()
            await user.see("What is typed in another session is not saved")
            user.screen.desk.unsaved.save_elsewhere(str(tmp_path / "copy"))
            assert not user.screen.desk.unsaved.unsafe()
        (path,) = tmp_path.glob("copy*")
        assert json.loads(path.read_text())["meta"]["unsent_prompt"] == "half a thought"
        user.screen.desk.unsaved.try_again()
        await user.see_no("is not saved")


async def test_quitting_names_the_answer_and_the_form(workspace, refused, monkeypatch):
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        monkeypatch.setattr(user.screen, "finish", lambda: "The title is too long.")
        await user.press("ctrl+q")
        await user.see(
            "Quit without saving the answer and the details?",
            "· The disk is full.",
            "· The title is too long.",
        )
        await user.press("escape")


async def test_what_is_typed_after_a_copy_is_asked_about(workspace, refused, tmp_path, monkeypatch):
    from tui_sessions.config import drafts

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts, "write_private", full)
    async with workspace() as user:
        await user.type("half")
        await user.see("What is typed in the prompt is not saved")
        user.screen.desk.unsaved.save_elsewhere(str(tmp_path / "copy"))
        assert not user.screen.desk.unsaved.unsafe()
        await user.type(" a thought")
        assert user.screen.desk.unsaved.unsafe() == "What is typed in the prompt"


async def test_the_second_place_is_tried_where_the_first_has_no_room(
    workspace, refused, tmp_path, monkeypatch
):
    roomy = tmp_path / "roomy"
    roomy.mkdir()
    monkeypatch.setattr(Rescue, "_places", lambda self: iter([tmp_path / "gone", roomy]))
    async with workspace(**SLOW) as user:
        await answer_refused(user, refused)
        user.app.terminal_gone()
        await user.until(lambda: user.app._exit, "the end")
    assert list(roomy.glob("tui-sessions-*.json"))


@pytest.mark.parametrize("is_asked", [True, False])
async def test_an_answer_that_the_end_cuts_and_the_disk_refuses_is_copied(
    workspace, refused, tmp_path, is_asked
):
    async with workspace(**SLOW) as user:
        await user.ask("Keep me")
        await user.until(user.so_far, "text")
        refused(user)
        if is_asked:
            await user.press("ctrl+q")
        else:
            user.app.terminal_gone()
        await user.until(lambda: user.app._exit, "the end")
    (path,) = tmp_path.glob("tui-sessions-*.json")
    (turn,) = json.loads(path.read_text())["turns"]
    assert [message["role"] for message in turn["messages"]] == ["user", "assistant"]
    assert str(path) in user.app.leaving.last_words


async def test_a_signal_ends_the_program_whatever_is_wrong(workspace, monkeypatch):
    async with workspace() as user:

        def broken():
            raise RuntimeError("the form is gone")

        monkeypatch.setattr(user.screen, "finish", broken)
        with pytest.raises(RuntimeError):
            user.app.leaving.leave(15)
        await user.until(lambda: user.app._exit, "the end")
    assert user.app.return_code == 143


async def test_a_place_that_is_only_memory_is_called_that(workspace):
    async with workspace() as user:
        user.screen.app.push_screen(SaveElsewhereDialog("/dev/shm/soup.json", lambda path: path))
        await user.see("/dev/shm is memory")
        await user.press("home", "x")
        await user.see_no("/dev/shm is memory")
        await user.press("escape")
