"""What goes wrong around the screen is said in one sentence, and ends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_sessions.errors import StoreError, UsageError
from tui_sessions.tui.editor import editor_command


def refuse(monkeypatch, owner, name):
    """Let the disk refuse one call of the library."""

    def full(*_, **__):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(owner, name, full)


async def test_a_file_that_is_damaged_under_a_running_answer_does_not_end_the_program(workspace):
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("Keep me")
        await user.until(user.so_far, "text")
        session = user.stage.workspace.session
        path = user.library.path(session.id)
        whole = path.read_bytes()
        path.write_text("{ not a session")
        await user.press("escape")
        await user.answered()
        await user.see("The answer is not saved", "■ stopped")
        path.write_bytes(whole)
        await user.command(":save")
        await user.press("escape")
        await user.until(lambda: not user.app.services.turns.unsaved_ids(), "the answer on disk")


async def test_an_answer_whose_session_is_gone_keeps_no_other_session_from_being_answered(
    workspace,
):
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("First")
        await user.until(user.so_far, "text")
        first = user.stage.workspace.session.id
        await user.press("ctrl+n")
        user.library.delete(first)
        user.app.services.turns.stop(first)
        await user.answered()
        assert user.app.services.turns.unsaved_ids() == set()
        await user.see("moved to the trash while it was answered")
        await user.ask("Second")
        await user.until(lambda: user.files(), "the second session")
        await user.press("escape")
        await user.answered()


async def test_clearing_waits_for_the_answer_that_is_coming(workspace):
    async with workspace(**{"providers.demo.words_per_s": "60"}) as user:
        await user.ask("Keep me")
        await user.until(user.so_far, "text")
        user.screen.run_named("clear", "")
        await user.see("Stop the answer first")
        await user.press("escape")
        await user.answered()
        assert len(user.files()[0]["turns"]) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("context", "²"),
        ("context", "9" * 30),
        ("context", "9" * 5000),
        ("clear", "--keep-last ²"),
        ("clear", "--keep-last " + "9" * 5000),
    ],
)
async def test_a_number_that_is_none_is_said_to_be_none(workspace, command):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        assert user.screen.run_named(*command) is False
        assert len(user.files()[0]["turns"]) == 1


async def test_a_turn_that_could_not_be_deleted_is_not_said_to_be(workspace, monkeypatch):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refuse(monkeypatch, user.library, "update")
        desk = user.screen.desk
        desk.talking.delete_turn(user.stage.workspace.session.turns[0].id)
        await user.see("The disk is full.")
        assert "The turn is deleted" not in user.text()


async def test_a_session_that_could_not_be_deleted_stays_open(workspace, monkeypatch):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        first = user.stage.workspace.session.id
        refuse(monkeypatch, user.library, "delete")
        user.screen.desk.bulk.delete_now((first,))
        await user.see("The disk is full.")
        assert user.stage.workspace.session.id == first
        assert "in the trash" not in user.text()


@pytest.mark.parametrize("command", [("status", "paused"), ("system", "Be brief")])
async def test_what_could_not_be_set_is_not_said_to_be(workspace, monkeypatch, command):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        refuse(monkeypatch, user.library, "update")
        user.screen.run_named(*command)
        await user.see("The disk is full.")
        assert "Status: paused" not in user.text()
        assert "is set." not in user.text()


async def test_a_branch_that_could_not_be_made_leaves_the_prompt_alone(workspace, monkeypatch):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        await user.type("half a thought")
        refuse(monkeypatch, user.library, "branch")
        user.screen.desk.talking.edit_prompt(user.stage.workspace.session.turns[0].id)
        await user.see("The disk is full.")
        assert user.stage.prompt.text == "half a thought"


async def test_what_was_changed_in_a_draft_is_taken_back_after_it_was_sent(workspace):
    async with workspace() as user:
        user.screen.run_named("system", "Be brief")
        await user.ask("First")
        await user.answered()
        user.screen.run_named("undo", "")
        await user.see("Taken back: system prompt")
        assert user.stage.workspace.session.system is None
        assert len(user.stage.workspace.session.turns) == 1
        assert user.stage.workspace.session.created_at is not None
        assert user.files()[0].get("system") in (None, "")


async def test_a_form_that_the_disk_refuses_is_asked_about_before_the_end(workspace, monkeypatch):
    async with workspace((150, 80)) as user:
        await user.ask("First")
        await user.answered()
        await user.press("f8")
        await user.type("typed title")
        refuse(monkeypatch, user.library, "update")
        await user.press("ctrl+q")
        await user.see("The disk is full.")
        assert user.app.is_running
        assert len(user.app.screen_stack) == 2


@pytest.mark.parametrize("folder", ["~nobody-of-that-name/exports", ""])
async def test_a_folder_that_cannot_be_found_is_no_end_to_exporting(workspace, monkeypatch, folder):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    async with workspace(**{"export.dir": folder}) as user:
        await user.ask("First")
        await user.answered()
        monkeypatch.setattr(Path, "cwd", gone)
        user.screen.run_named("export", "")
        await user.see("folder")


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
def test_an_editor_of_spaces_is_said_to_be_none(variable):
    with pytest.raises(UsageError, match="EDITOR"):
        editor_command({variable: "  "})


async def test_a_model_that_nobody_answers_for_leaves_no_empty_file(workspace):
    async with workspace(**{"chat.model": "nobody/m"}) as user:
        await user.ask("Do not lose me")
        await user.see("nobody")
        assert user.files() == []
        assert user.stage.prompt.text == "Do not lose me"


async def test_undo_leaves_a_branch_that_is_being_answered(workspace):
    async with workspace(**{"providers.demo.words_per_s": "30"}) as user:
        await user.ask("Root")
        await user.press("escape")
        await user.answered()
        await user.press("ctrl+b")
        await user.see("Branch here")
        await user.press("enter")
        await user.until(lambda: len(user.files()) == 2, "the branch")
        await user.ask("More")
        await user.until(lambda: user.stage.services.turns.running_ids(), "an answer")
        user.app.screen.run_named("undo", "")
        await user.see("being answered")
        assert len(user.files()) == 2


async def test_the_palette_types_out_what_needs_words(workspace):
    async with workspace() as user:
        await user.press("ctrl+p")
        await user.type("system")
        await user.see(":system")
        await user.app.workers.wait_for_complete()  # sessions are looked for as well
        await user.press("enter")
        await user.until(lambda: user.stage.prompt.text == ":system ", "the command typed out")


async def test_the_open_session_deleted_by_another_program_is_told(workspace, made_services):
    async with workspace() as user:
        await user.ask("Short lived")
        await user.answered()
        (path,) = user.library.root.glob("*.json")
        made_services().library.delete(user.stage.workspace.session_id)
        assert not path.exists()
        user.app.screen.desk.watching.look()
        await user.see("deleted outside")
        assert user.stage.workspace.is_draft
