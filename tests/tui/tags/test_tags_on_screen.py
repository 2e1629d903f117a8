"""Tags of the whole library on the real screen: listed, shown, renamed, merged, taken off, taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.model.query import parse_query
from tui_sessions.tui.tagging import filter_for, having

TAGS = [["py", "web"], ["python", "PY"], ["python"], []]


@pytest.fixture(autouse=True)
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    root.mkdir()
    for number, tags in enumerate(TAGS):
        value = {"id": f"s{number}", "title": f"Session {number}", "turns": []}
        (root / f"{number}.json").write_text(json.dumps(value | {"meta": {"tags": tags}}))
    return root


def tags_on_disk(user: Any) -> list[list[str]]:
    return [file.get("meta", {}).get("tags", []) for file in user.files()]


async def listed(user: Any) -> None:
    await user.see("Session 3")
    await user.command(":tags")
    await user.see("3 tags")


async def test_the_sessions_of_a_tag_are_shown_in_the_tree(workspace):
    async with workspace((80, 24)) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.command(":tags")
        await user.see("3 tags")
        await user.type("web")
        await user.press("enter")
        await user.see("tag:web", "Session 0")
        await user.see_no("Session 1")
        assert user.screen.focused.id == "tree"


async def test_merging_two_tags_is_one_step_that_one_key_takes_back(workspace):
    async with workspace(open_id="s1") as user:
        await listed(user)
        await user.press("f2")
        await user.see("Rename the tag py")
        await user.type("PYTHON")
        await user.press("enter")
        await user.see("Merge py into python?", "2 sessions will have python instead.")
        await user.press("enter")
        await user.see("py is python now in 2 sessions.", "2 tags")
        assert tags_on_disk(user) == [["python", "web"], ["python"], ["python"], []]
        await user.press("escape")
        assert user.stage.workspace.session.meta.tags == ("python",)
        await user.press("f6", "u")
        await user.until(lambda: tags_on_disk(user) == TAGS, "what was before")


async def test_a_tag_is_taken_off_everywhere(workspace):
    async with workspace() as user:
        await listed(user)
        await user.type("web")
        await user.press("delete")
        await user.see("Take web off 1 session?")
        await user.press("enter")
        await user.see("web is taken off in 1 session.", "2 tags")
        assert tags_on_disk(user) == [["py"], *TAGS[1:]]


async def test_a_session_that_cannot_be_changed_is_told_and_the_others_are_done(workspace, library):
    newer = {"id": "new", "title": "Newer", "format": 99, "turns": [], "meta": {"tags": ["web"]}}
    (library / "newer.json").write_text(json.dumps(newer))
    async with workspace() as user:
        await user.see("Newer")
        await listed(user)
        await user.type("web")
        await user.press("delete", "enter")
        await user.see("web is taken off in 1 session.", "1 session could not")
        assert "web" in json.loads((library / "newer.json").read_text())["meta"]["tags"]


@pytest.mark.parametrize("tag", ["python", "two words", "c++", "a:b", "x-y_z", "prefix*", "京都"])
def test_the_filter_for_a_tag_finds_that_tag_alone(tag: str) -> None:
    assert parse_query(filter_for(tag)).groups[0][0].value == having(tag).groups[0][0].value
