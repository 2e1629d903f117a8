"""The dialogs of the history, the trash and of folders, driven by keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dialog_values import NOW, Host, now

from tui_sessions.model.results import TrashRow
from tui_sessions.model.steps import StepRow
from tui_sessions.tui.screens.folder import FolderDialog
from tui_sessions.tui.screens.history import HistoryDialog
from tui_sessions.tui.screens.move import MoveDialog
from tui_sessions.tui.screens.trash import TrashChoice, TrashDialog


def gone(number: int, *, days: int = 0) -> TrashRow:
    return TrashRow(
        entry=f"e{number}",
        id=f"id{number}",
        title=f"Soup {number}",
        path=f"work/soup{number}.json",
        deleted_at=NOW - timedelta(days=days),
    )


def trash(*rows: TrashRow) -> Host:
    return Host(lambda: TrashDialog(rows or [gone(1), gone(2), gone(3)], now=now))


async def test_space_marks_what_is_taken_back_together() -> None:
    host = trash()
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("space", "down", "space")
        assert "◆" in host.text()
        await pilot.press("enter")
        assert host.answers == [TrashChoice(action="restore", entries=("e1", "e3"))]


async def test_a_second_space_takes_the_mark_away() -> None:
    host = trash()
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("space", "up", "space", "enter")
        assert host.answers == [TrashChoice(action="restore", entries=("e2",))]


async def test_the_trash_is_searched_by_typing_and_tells_all_about_a_row() -> None:
    host = trash()
    async with host.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await pilot.press(*"soup2")
        await pilot.pause()
        assert "work/soup2.json · id2 · deleted 10 Nov 2026" in host.text()
        await pilot.press("delete")
        assert host.answers == [TrashChoice(action="remove", entries=("e2",))]


async def test_everything_or_only_what_is_old_is_emptied() -> None:
    host = trash(gone(1), gone(2, days=31))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+o")
        assert host.answers == [TrashChoice(action="empty-old")]
    host = trash(gone(1))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert "Nothing here is older than 30 days." in host.text()
        await pilot.press("ctrl+e")
        assert host.answers == [TrashChoice(action="empty")]


async def test_an_empty_trash_says_so_and_empties_nothing() -> None:
    host = Host(lambda: TrashDialog([], now=now))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+e", "space", "delete", "enter")
        await pilot.pause()
        assert "The trash is empty." in host.text()
        assert host.answers == []


def done(number: int, **more: Any) -> StepRow:
    return StepRow(id=f"s{number}", at=NOW, label=f"tags of {number} sessions", count=1200, **more)


async def test_a_step_is_chosen_with_its_count_and_age() -> None:
    host = Host(lambda: HistoryDialog([done(1), done(2)], now=now))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "tags of 2 sessions" in host.text()
        assert "1,200" in host.text()
        await pilot.press("down", "enter")
        assert host.answers == ["s2"]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (done(1, is_undone=True), "taken back already. U in a list"),
        (done(1, trouble="It was written by a newer version."), "written by a newer version"),
    ],
)
async def test_what_cannot_be_taken_back_says_why(step: StepRow, why: str) -> None:
    host = Host(lambda: HistoryDialog([step], now=now, redo_key="U"))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert why in host.text()
        assert host.answers == []


async def test_a_folder_that_is_not_there_yet_can_be_typed() -> None:
    host = Host(lambda: MoveDialog(["/", "work"], what="3 sessions"))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "Move 3 sessions to" in host.text()
        await pilot.press(*"new", "slash", *"place", "enter")
        assert host.answers == ["new/place"]


@pytest.mark.parametrize("typed", ["..", "a//b", "."])
async def test_a_folder_elsewhere_is_complained_about(typed: str) -> None:
    host = Host(lambda: FolderDialog("New folder", ""))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*({"/": "slash", ".": "full_stop"}.get(char, char) for char in typed))
        await pilot.press("enter")
        await pilot.pause()
        assert "needs a name" in host.text()
        assert host.answers == []


async def test_a_new_folder_begins_where_the_cursor_stands() -> None:
    host = Host(lambda: FolderDialog("New folder", "work/"))
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"api", "enter")
        assert host.answers == ["work/api"]
