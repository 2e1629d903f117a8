"""Undo, redo, the history and the trash on the screen, also after a restart."""

from __future__ import annotations

import json

from textual.widgets import Input


async def asked(user, *prompts):
    """Sessions, one for each prompt."""
    for prompt in prompts:
        await user.press("ctrl+n")
        await user.ask(prompt)
        await user.answered()


async def test_what_was_done_yesterday_is_taken_back_today(workspace):
    async with workspace() as user:
        await asked(user, "First")
        await user.command(":tag python")
        await user.until(lambda: user.files()[0]["meta"]["tags"] == ["python"], "the tag")
    async with workspace() as user:
        await user.command(":undo")
        await user.see("Taken back: tags of “First”.")
        assert not user.files()[0].get("meta", {}).get("tags")


async def test_keys_undo_and_redo_in_a_list(workspace):
    async with workspace() as user:
        await asked(user, "First")
        await user.command(":status paused")
        await user.until(lambda: user.files()[0]["status"] == "paused", "the status")
        await user.press("f6", "u")
        await user.until(lambda: user.files()[0]["status"] == "active", "the status before")
        await user.press("U")
        await user.until(lambda: user.files()[0]["status"] == "paused", "the status again")


async def test_nothing_to_take_back_is_said(workspace):
    async with workspace() as user:
        await user.command(":undo")
        await user.see("nothing to take back")
        await user.press("ctrl+u")
        await user.command(":redo")
        await user.see("nothing to")


async def test_any_step_of_the_history_is_taken_back(workspace):
    async with workspace() as user:
        await asked(user, "First")
        await user.command(":tag python")
        await user.command(":status paused")
        await user.command(":history")
        await user.see("status of “First”", "tags of “First”")
        await user.press("down", "enter")
        await user.see("Taken back: tags of “First”.")
        (session,) = user.files()
        assert session["status"] == "paused"
        assert not session.get("meta", {}).get("tags")
        await user.command(":history")
        await user.see("tags of “First” · taken back")


async def test_a_deleted_turn_comes_back_and_what_came_since_stays(workspace):
    async with workspace() as user:
        await user.ask("one")
        await user.answered()
        await user.ask("two")
        await user.answered()
        await user.press("f7", "g", "delete")
        await user.until(lambda: len(user.files()[0]["turns"]) == 1, "one turn")
        await user.ask("three")
        await user.answered()
        await user.command(":undo")
        await user.until(lambda: len(user.files()[0]["turns"]) == 3, "three turns")
        prompts = [turn["messages"][0]["content"] for turn in user.files()[0]["turns"]]
        assert prompts == ["one", "two", "three"]


async def test_the_trash_is_looked_through_and_several_come_back_as_one_step(workspace):
    async with workspace() as user:
        await asked(user, "About apples", "About pears", "About plums")
        await user.press("f6", "asterisk", "delete", "enter")
        await user.until(lambda: user.files() == [], "no files")
        await user.command(":trash")
        await user.see("Trash", "3 deleted sessions")
        await user.type("apples")
        await user.see("1 of 3 deleted sessions")
        await user.press("space")
        user.screen.query_one(Input).value = ""
        await user.see("3 deleted sessions", "◆")
        await user.type("pears")
        await user.see("1 of 3 deleted sessions")
        await user.press("space", "enter")
        await user.see("Restored 2 sessions.")
        assert len(user.files()) == 2
        await user.command(":undo")
        await user.until(lambda: user.files() == [], "in the trash again")


async def test_what_is_restored_alone_is_opened(workspace):
    async with workspace() as user:
        await asked(user, "About apples")
        await user.command(":delete")
        await user.press("enter")
        await user.see("New session")
        await user.command(":trash")
        await user.press("enter")
        await user.until(
            lambda: user.stage.workspace.session.shown_title == "About apples", "the session open"
        )


async def test_the_trash_is_emptied_only_after_a_question(workspace):
    async with workspace() as user:
        await asked(user, "About apples")
        await user.command(":delete")
        await user.press("enter")
        await user.command(":trash")
        await user.see("1 deleted session")
        await user.press("ctrl+e")
        await user.see("Remove “About apples” for good?")
        await user.press("escape")
        await user.see("1 deleted session")
        await user.press("ctrl+e", "enter")
        await user.see("1 removed for good.")
        assert user.library.trash() == ()


async def test_the_line_of_the_trash_opens_it(workspace):
    async with workspace() as user:
        await asked(user, "About apples", "About pears")
        await user.command(":delete")
        await user.press("enter")
        await user.until(lambda: user.stage.sessions.go_to("trash:"), "the line of the trash")
        if not user.stage.sessions.has_focus:
            await user.press("f6")
        user.stage.sessions.go_to("trash:")
        await user.press("enter")
        await user.see("1 deleted session")


async def test_a_draft_that_was_saved_under_a_name_is_one_step(workspace):
    async with workspace() as user:
        await user.command(":save soup")
        await user.until(lambda: (user.library.root / "soup.json").exists(), "the file")
        await user.command(":undo")
        await user.until(lambda: not (user.library.root / "soup.json").exists(), "no file")
        assert len(user.library.trash()) == 1


async def test_a_newer_change_is_taken_back_before_that_of_the_draft(workspace):
    async with workspace() as user:
        user.screen.run_named("system", "Be brief")
        await user.ask("First")
        await user.answered()
        await user.command(":tag python")
        await user.command(":undo")
        await user.see("Taken back: tags")
        await user.command(":undo")
        await user.see("Taken back: system prompt")
        assert user.stage.workspace.session.system is None
        assert not json.loads(json.dumps(user.files()[0])).get("system")
