"""Marks and what is done with them on the real screen: one step for all, undone as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from library_files import fruit, meta, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fruit(tmp_path / "library")
    return tmp_path / "library"


async def at(user: Any, key: str) -> None:
    """Put the cursor of the tree on a line."""
    await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
    if not user.stage.sessions.has_focus:
        await user.press("f6")
    assert user.stage.sessions.go_to(key), key


def tagged(root: Path) -> set[str]:
    names = ("apple", "banana", "cherry", "date")
    return {name for name in names if "ripe" in meta(root, name).get("tags", [])}


async def test_a_star_marks_all_and_one_tag_goes_to_all_and_comes_back_with_one_key(
    workspace, root
):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("asterisk")
        await user.see("4 marked", "clear 4 marks")
        await user.command(":tag ripe")
        await user.see("Tagged 4 sessions.")
        assert tagged(root) == {"apple", "banana", "cherry", "date"}
        await user.see_no("4 marked")
        await user.command(":undo")
        await user.see("Taken back: tags of 4 sessions.")
        assert tagged(root) == set()
        await user.command(":redo")
        await user.see("Done again: tags of 4 sessions.")
        assert len(tagged(root)) == 4


async def test_a_star_marks_what_matches_also_where_it_is_folded(workspace, root):
    async with workspace() as user:
        await at(user, "folder:work")
        await user.press("enter", "asterisk")
        await user.see("4 marked")
        await user.press("escape", "slash")
        await user.type("an")
        await user.press("enter", "asterisk")
        await user.see("1 marked")
        assert user.stage.sessions.marked == {"session:banana"}


async def test_space_on_a_folder_marks_what_is_in_it(workspace, root):
    async with workspace() as user:
        await at(user, "folder:work")
        await user.press("space")
        await user.until(
            lambda: user.stage.sessions.marked == {"session:apple", "session:banana"}, "the marks"
        )
        await at(user, "folder:work")
        await user.press("space")
        await user.until(lambda: not user.stage.sessions.marked, "no marks")


async def test_without_marks_a_key_means_the_line_and_a_folder_all_in_it(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("p")
        await user.see("Pinned “cherry”.")
        assert meta(root, "cherry")["pinned"] is True
        await at(user, "session:cherry")
        await user.press("p")
        await user.see("Unpinned “cherry”.")
        await at(user, "folder:work")
        await user.press("s")
        await user.see("Starred 2 sessions.")
        assert meta(root, "apple")["starred"] is True
        assert meta(root, "banana")["starred"] is True
        assert "starred" not in meta(root, "date")


async def test_the_open_session_is_meant_where_the_tree_has_no_focus(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        user.stage.open_session("date")
        await user.command(":tag ripe")
        await user.until(lambda: tagged(root) == {"date"}, "the tag")


async def test_the_tags_that_all_have_are_edited_and_each_keeps_its_others(workspace, root):
    put(root, "cherry", meta={"tags": ["red", "Fruit"]})
    put(root, "date", meta={"tags": ["fruit", "brown"]})
    async with workspace() as user:
        await at(user, "session:cherry")
        user.stage.sessions.set_marked(["session:cherry", "session:date"])
        await user.press("ctrl+t")
        await user.see("Tags of 2 sessions")
        await user.press("backspace", "backspace")
        await user.type("sweet")
        await user.press("enter")
        await user.see("Tagged 2 sessions.")
        assert meta(root, "cherry")["tags"] == ["red", "sweet"]
        assert meta(root, "date")["tags"] == ["brown", "sweet"]


async def test_marked_sessions_move_together_and_back(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        user.stage.sessions.set_marked(["session:cherry", "session:apple"])
        await user.press("m")
        await user.see("Move 2 sessions to")
        await user.type("new/place")
        await user.press("enter")
        await user.see("Moved to new/place: 2 sessions.")
        assert {path.name for path in (root / "new/place").iterdir()} == {
            "apple.json",
            "cherry.json",
        }
        await user.command(":undo")
        await user.until(lambda: (root / "cherry.json").exists(), "cherry where it was")
        assert (root / "work/apple.json").exists()


async def test_a_session_moves_to_the_top(workspace, root):
    async with workspace() as user:
        await at(user, "session:apple")
        await user.press("m")
        await user.see("Move “apple” to", "top of the library")
        await user.press("enter")
        await user.until(lambda: (root / "apple.json").exists(), "apple at the top")


async def test_marked_sessions_are_deleted_after_a_question_and_one_key_brings_them_back(
    workspace, root
):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("asterisk", "delete")
        await user.see("Put 4 sessions into the trash?")
        await user.press("enter")
        await user.see("4 sessions are in the trash.")
        assert user.files() == []
        await user.command(":undo")
        await user.until(lambda: len(user.files()) == 4, "all files again")


async def test_a_question_left_with_escape_deletes_nothing_and_keeps_the_marks(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("space", "delete")
        await user.see("Put “cherry” into the trash?")
        await user.press("escape")
        assert len(user.files()) == 4
        assert user.stage.sessions.marked == {"session:cherry"}


async def test_marked_sessions_are_exported_into_one_file(workspace, root, tmp_path):
    async with workspace(**{"export.dir": str(tmp_path / "out")}) as user:
        await at(user, "folder:work")
        await user.press("ctrl+e")
        await user.see("Export 2 sessions")
        await user.press("enter")
        await user.see("Exported to")
        (path,) = (tmp_path / "out").iterdir()
        text = path.read_text()
        assert "About apple" in text
        assert "About banana" in text


async def test_what_refuses_is_told_and_the_others_are_done(workspace, root):
    newer = json.loads((root / "cherry.json").read_text()) | {"format": 999}
    (root / "cherry.json").write_text(json.dumps(newer))
    async with workspace() as user:
        await at(user, "session:date")
        await user.press("asterisk")
        await user.command(":tag ripe")
        await user.see("Tagged 3 sessions; 1 refused:")
        assert tagged(root) == {"apple", "banana", "date"}


async def test_a_long_job_shows_how_far_it_is_and_escape_stops_it(workspace, root, monkeypatch):
    async with workspace() as user:
        await at(user, "session:date")
        update = user.library.update
        seen = []

        def slowly(session_id, change):
            seen.append(session_id)
            while len(seen) == 2 and not user.app.screen.desk.jobs._worker.is_cancelled:
                pass
            return update(session_id, change)

        monkeypatch.setattr(user.library, "update", slowly)
        await user.press("asterisk")
        user.screen.run_named("tag", "ripe")
        await user.see("Tags of 4 sessions: 1 of 4", "stops")
        await user.press("escape")
        await user.see("Tagged 2 sessions; stopped before the others.")
        assert len(tagged(root)) == 2
        await user.command(":undo")
        await user.until(lambda: not tagged(root), "no tag")


async def test_quitting_stops_a_long_job_and_what_was_done_is_one_step(
    workspace, root, monkeypatch
):
    async with workspace() as user:
        await at(user, "session:date")
        update = user.library.update
        seen = []

        def slowly(session_id, change):
            seen.append(session_id)
            while len(seen) == 2 and not user.app.screen_stack[0].desk.jobs._worker.is_cancelled:
                pass
            return update(session_id, change)

        monkeypatch.setattr(user.library, "update", slowly)
        await user.press("asterisk")
        user.screen.run_named("tag", "ripe")
        await user.until(lambda: len(seen) == 2, "the second session")
        await user.press("ctrl+q")
    async with workspace() as user:
        assert len(tagged(root)) == 2
        await user.command(":undo")
        await user.until(lambda: not tagged(root), "no tag")


async def test_one_job_at_a_time(workspace, root, monkeypatch):
    async with workspace() as user:
        await at(user, "session:date")
        update = user.library.update
        is_let = []

        def slowly(session_id, change):
            while not is_let:
                pass
            return update(session_id, change)

        monkeypatch.setattr(user.library, "update", slowly)
        await user.press("asterisk")
        user.screen.run_named("tag", "ripe")
        user.screen.run_named("status", "paused")
        await user.see("Tags of 4 sessions is not done yet")
        is_let.append(True)
        await user.see("Tagged 4 sessions.")
        assert "Status paused" not in user.text()


async def test_typing_ahead_is_shown_below_the_tree(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("apostrophe", *"da")
        await user.see("' da")
        assert user.stage.sessions.cursor_line.key == "session:date"
        await user.press("x")
        await user.see("no such title")
        await user.press("escape")
        await user.see_no("no such title")


async def test_a_range_is_shown_below_the_tree(workspace, root):
    async with workspace() as user:
        await at(user, "session:cherry")
        await user.press("V")
        await user.see("· range ·" if user.stage.sessions.marked else "range · 4")
        await user.press("V")
        await user.see("1 marked · 4")
