"""Marks in the tree: one by one, in ranges, and what only the owner can know."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from session_tree_fakes import SpySource, TreeApp, folder, group, session
from textual.actions import SkipAction

from tui_sessions.model.results import TreeLine
from tui_sessions.tui.widgets.session_tree import SessionTree

WORK: Sequence[TreeLine] = (
    folder("work"),
    session("a", 1, folder="work", branches=1, is_open=True),
    session("b", 2, folder="work", is_branch=True, parent_id="a"),
    folder("rest", is_open=False),
    session("c"),
)
FLAT = [session(f"s{number}") for number in range(200)]


def marked(app: TreeApp) -> set[str]:
    return {key.removeprefix("session:") for key in app.tree.marked}


def diamonds(app: TreeApp) -> list[int]:
    return [y for y, row in enumerate(app.rows()) if row.startswith("◆")]


async def test_marks_are_told_drawn_and_taken_away() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("j", "space", "space", "escape")
        told = [set(message.marked) for message in app.of(SessionTree.MarksChanged)]
        assert told == [{"session:a"}, {"session:a", "session:b"}, set()]
        app.tree.set_marked(["session:c"])
        assert app.rows()[4].startswith("◆")


async def test_escape_without_marks_is_left_to_the_screen() -> None:
    app = TreeApp(WORK)
    async with app.run_test():
        with pytest.raises(SkipAction):
            app.tree.action_unmark()


async def test_space_on_a_folder_asks_for_all_that_is_in_it() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("space")
        assert [message.key for message in app.of(SessionTree.MarkBelowRequested)] == [
            "folder:work"
        ]
        assert marked(app) == set()
        assert app.tree.cursor == 1


async def test_marking_what_is_marked_already_takes_the_marks_away() -> None:
    app = TreeApp(WORK)
    async with app.run_test():
        app.tree.toggle_marked(["session:a", "session:b"])
        app.tree.toggle_marked(["session:b", "session:c"])
        assert marked(app) == {"a", "b", "c"}
        app.tree.toggle_marked(["session:b", "session:c"])
        assert marked(app) == {"a"}


async def test_a_star_asks_for_everything_also_for_what_is_folded() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("asterisk")
        assert len(app.of(SessionTree.MarkAllRequested)) == 1


@pytest.mark.parametrize("end", ["V", "space"])
async def test_a_range_grows_with_every_move_until_it_is_ended(end: str) -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("j", "V", "j", "j", "j", "k")
        assert diamonds(app) == [1, 2, 3]
        assert marked(app) == set()
        await pilot.press(end, "j", "j")
        assert marked(app) == {"s1", "s2", "s3"}
        assert diamonds(app) == [1, 2, 3]


async def test_a_range_goes_upwards_and_over_pages_as_well() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("G", "V", "g", "V")
        assert len(marked(app)) == 200


async def test_a_range_adds_to_the_marks_and_escape_gives_it_up_alone() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("space", "V", "j", "escape")
        assert marked(app) == {"s0"}
        assert diamonds(app) == [0]
        await pilot.press("escape")
        assert marked(app) == set()


async def test_a_range_over_folders_marks_the_sessions_between() -> None:
    app = TreeApp(WORK)
    async with app.run_test() as pilot:
        await pilot.press("V", "G", "V")
        assert marked(app) == {"a", "b", "c"}


async def test_shift_marks_on_the_way_and_a_plain_move_ends_it() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("j", "shift+down", "shift+down")
        assert diamonds(app) == [1, 2, 3]
        await pilot.press("shift+up", "j", "j")
        assert marked(app) == {"s1", "s2"}
        assert app.tree.cursor == 4
        await pilot.press("shift+up", "p")
        assert marked(app) == {"s1", "s2", "s3", "s4"}
        assert [message.name for message in app.of(SessionTree.Asked)] == ["pin"]


async def test_a_range_stays_with_its_lines_when_new_ones_come_above() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("j", "V", "j")
        app.tree.show(SpySource([session("new"), *FLAT]))
        await pilot.press("V")
        assert marked(app) == {"s1", "s2"}


async def test_what_is_told_of_a_range_is_that_there_is_one_and_what_it_marked() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("V", "j", "V")
        told = [
            (len(message.marked), message.is_range) for message in app.of(SessionTree.MarksChanged)
        ]
        assert told == [(0, True), (2, False)]


async def test_while_something_runs_escape_is_left_to_stop_it() -> None:
    app = TreeApp(FLAT)
    async with app.run_test() as pilot:
        await pilot.press("space")
        app.tree.is_busy = True
        with pytest.raises(SkipAction):
            app.tree.action_unmark()
        assert marked(app) == {"s0"}


async def test_a_mark_shows_wherever_its_session_stands() -> None:
    row = session("a").row
    twin = session("x", 1)
    pinned = [type(twin)(key="pinned:a", depth=1, row=row), session("a")]
    app = TreeApp([group("pinned"), *pinned])
    async with app.run_test() as pilot:
        await pilot.press("j", "space")
        assert marked(app) == {"a"}
        assert diamonds(app) == [1, 2]
