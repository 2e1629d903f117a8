"""Pin, star, notes and further keys on the real screen: kept in the file, shown, found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def library(tmp_path: Path) -> None:
    root = tmp_path / "library"
    root.mkdir()
    metas: list[dict[str, Any]] = [
        {"tags": ["python"], "project": "docs", "pinned": "yes"},
        {"notes": "old words", "starred": True},
    ]
    for number, meta in enumerate(metas):
        value = {"id": f"s{number}", "title": f"Session {number}", "turns": [], "meta": meta}
        (root / f"{number}.json").write_text(json.dumps(value))


def meta(user: Any, number: int) -> dict[str, Any]:
    return user.files()[number].get("meta", {})


async def test_pin_and_star_are_kept_shown_and_taken_back(workspace):
    async with workspace(open_id="s1") as user:
        await user.see("at hand     starred")
        await user.command(":pin")
        await user.see("at hand     pinned, starred")
        assert meta(user, 1)["pinned"] is True
        await user.command(":star")
        await user.see("at hand     pinned")
        assert "starred" not in meta(user, 1)
        await user.command(":undo")
        await user.until(lambda: meta(user, 1).get("starred") is True)


async def test_the_form_turns_pin_and_star_and_leaves_other_values_alone(workspace):
    async with workspace(open_id="s0") as user:
        await user.see("Session 0", "pinned      yes")
        await user.press("f8", *["down"] * 4)
        await user.press("right", "right", "enter")
        await user.until(lambda: meta(user, 0).get("starred") is True)
        assert meta(user, 0)["pinned"] == "yes"


async def test_notes_take_several_lines_are_saved_and_found(workspace):
    async with workspace(open_id="s0") as user:
        await user.see("at hand")
        notes = next(row for row in user.stage.details._rows if row.field.key == "notes").editor
        notes.focus()
        await user.press(*"first", "enter", *"second", "enter", "enter", *"last", "up", "home", "x")
        await user.until(lambda: notes.text == "first\nsecond\nx\nlast", notes.text)
        await user.press("f6", "slash")
        await user.until(lambda: meta(user, 0).get("notes") == "first\nsecond\nx\nlast")
        await user.type("has:notes")
        await user.type(" -meta.starred:true")
        await user.see_no("Session 1")
        assert "▎  Session 0" in user.text()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("has:notes", [1]),
        ("-has:notes", [0]),
        ("is:starred", [1]),
        ("is:pinned", []),
        ("meta.pinned:yes", [0]),
        ("meta.starred:true", [1]),
        ("has:tags", [0]),
        ("project:docs", [0]),
    ],
)
async def test_what_is_kept_can_be_filtered_by(workspace, query, found):
    async with workspace() as user:
        await user.see("Session 0", "Session 1")
        await user.press("f6", "slash")
        await user.type(query)
        for number in (0, 1):
            title = f"Session {number}"
            await user.until(lambda t=title, n=number: (t in user.text()) == (n in found), query)


async def test_the_form_completes_project_and_tags_from_those_in_use(workspace):
    async with workspace(open_id="s1") as user:
        await user.see("at hand     starred")
        await user.press("f8", "down", *"py", "right", "enter", "down", *"do")
        project = user.screen.focused
        await user.until(lambda: project._suggestion == "docs", "the suggestion")
        await user.press("right", "enter")
        await user.until(lambda: meta(user, 1).get("project") == "docs")
        assert meta(user, 1)["tags"] == ["python"]
