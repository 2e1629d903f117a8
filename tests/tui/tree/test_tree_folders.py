"""Folders and saved searches in the tree: made, renamed, removed, and what is folded in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from library_files import fruit, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fruit(tmp_path / "library")
    return tmp_path / "library"


async def on(user: Any, key: str) -> None:
    """Wait for a line of the tree, and put the cursor there."""
    await user.until(lambda: user.stage.sessions.go_to(key), key)
    if not user.stage.sessions.has_focus:
        await user.press("f6")
    assert user.stage.sessions.go_to(key)


async def test_a_folder_is_made_renamed_and_removed_again_when_it_is_empty(workspace, root):
    async with workspace() as user:
        await on(user, "folder:work")
        await user.press("N")
        await user.see("New folder")
        await user.type("api")
        await user.press("enter")
        await user.until(lambda: (root / "work/api").is_dir(), "the folder")
        await on(user, "folder:work/api")
        await user.press("f2")
        await user.see("Rename the folder")
        await user.press("backspace")
        await user.type("ps")
        await user.press("enter")
        await user.until(lambda: (root / "work/apps").is_dir(), "its new name")
        await on(user, "folder:work/apps")
        await user.press("delete")
        await user.see("The folder work/apps is removed.")
        assert not (root / "work/apps").exists()
        await user.command(":undo")
        await user.until(lambda: (root / "work/apps").is_dir(), "the folder again")


async def test_a_renamed_folder_takes_its_sessions_along_and_stays_folded(workspace, root):
    async with workspace() as user:
        await on(user, "folder:work")
        await user.press("enter", "f2")
        await user.see("Rename the folder")
        await user.type("ing")
        await user.press("enter")
        await user.until(lambda: (root / "working/apple.json").exists(), "the files")
        await on(user, "folder:working")
        assert not user.stage.sessions.cursor_line.is_open
        await user.command(":undo")
        await user.until(lambda: (root / "work/apple.json").exists(), "the files back")


async def test_a_folder_with_sessions_asks_before_they_go(workspace, root):
    async with workspace() as user:
        await on(user, "folder:work")
        await user.press("delete")
        await user.see("Put the 2 sessions in work into the trash?")
        await user.press("enter")
        await user.see("2 sessions are in the trash.")
        assert (root / "work").is_dir()


async def test_a_folder_that_differs_in_case_alone_is_left_out(workspace, root):
    put(root, "grape", folder="Work")
    async with workspace() as user:
        await on(user, "folder:work")
        await user.press("space")
        await user.until(
            lambda: user.stage.sessions.marked == {"session:apple", "session:banana"}, "the marks"
        )


async def test_a_filter_is_saved_as_a_smart_folder_renamed_and_forgotten(workspace, root):
    async with workspace() as user:
        await on(user, "folder:work")
        await user.press("slash")
        await user.type("folder:work")
        await user.press("enter")
        await user.command(":save-search Mine")
        await user.see("Saved as Mine.")
        await user.press("f6", "slash")
        await user.press("ctrl+u", "enter")
        await on(user, "search:Mine")
        saved = json.loads((root / ".tui-sessions/searches.json").read_text())
        assert saved == [{"name": "Mine", "query": "folder:work"}]
        await user.press("space")
        await user.until(
            lambda: user.stage.sessions.marked == {"session:apple", "session:banana"}, "the marks"
        )
        await user.press("escape")
        await on(user, "search:Mine")
        await user.press("f2")
        await user.see("Rename the saved search")
        await user.type("Yours")
        await user.press("enter")
        await on(user, "search:Yours")
        await user.press("delete")
        await user.see(":save-search Yours folder:work brings it back.")
        await user.until(lambda: user.stage.sessions._lines.source.position("search:Yours") is None)
        assert len(user.files()) == 4


async def test_a_search_with_a_mistake_is_not_saved(workspace, root):
    async with workspace() as user:
        await user.command(":save-search Bad cost:lots")
        await user.see("cost")
        assert not (root / ".tui-sessions/searches.json").exists()


async def test_a_pinned_session_stands_on_top_as_well_and_is_deleted_once(workspace, root):
    async with workspace() as user:
        await on(user, "session:cherry")
        await user.press("p")
        await on(user, "pinned:cherry")
        await user.press("delete")
        await user.see("Put “cherry” into the trash?")
        await user.press("enter")
        await user.until(lambda: not (root / "cherry.json").exists(), "the file gone")


async def test_the_tree_stays_where_it_was_when_another_program_writes(workspace, root):
    for number in range(60):
        put(root, f"n{number:02}", folder="many")
    async with workspace() as user:
        await on(user, "session:n30")
        await user.press("j", "k")
        tree = user.stage.sessions
        row, key = tree.cursor - tree.scroll_offset.y, tree.cursor_line.key
        put(root, "zz", folder="aaa")
        user.library.refresh()
        user.stage.show_tree_now()
        assert tree.cursor_line.key == key
        assert tree.cursor - tree.scroll_offset.y == row
