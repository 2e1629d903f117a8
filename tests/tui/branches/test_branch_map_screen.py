"""The map of branches on the real screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from branch_user import at, open_at, open_id, open_map
from family_values import grow, stock

from tui_sessions.tui.screens.branch_map import BranchMapScreen
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.wiring import Services

Workspace = Callable[..., Any]


async def test_the_map_shows_the_family_and_enter_goes_to_the_turn_under_the_cursor(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t4")
        await open_map(user)
        await user.see("Branches of Trunk", "4 paths · 10 turns", "right 1", "left 1")
        await user.see("turn 4 of 4")
        await user.press("j")
        await user.see("leaves Trunk after turn 2", "turn 4 of 4")
        await user.press("h")
        await user.see("turn 3 of 4", "left 1")
        await user.press("enter")
        await user.until(lambda: open_id(user) == "left", "the branch")
        await user.until(lambda: at(user) == "left1", "its fork")


async def test_going_left_over_the_fork_walks_on_along_the_other_path(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "left", "left1")
        screen = await open_map(user)
        graph = screen._graph
        assert (graph.current.id, graph.turn) == ("left", 3)  # type: ignore[union-attr]
        await user.press("h")
        assert (graph.current.id, graph.turn) == ("trunk", 2)  # type: ignore[union-attr]
        await user.press("h", "h", "h")
        assert graph.turn == 1
        await user.press("dollar_sign")
        assert graph.turn == 4
        await user.press("G", "0")
        assert (graph.current.id, graph.turn) == ("early", 2)  # type: ignore[union-attr]


async def test_leaving_the_map_changes_nothing(workspace: Workspace, shelf: None) -> None:
    async with workspace() as user:
        await open_at(user, "left", "left2")
        await open_map(user)
        await user.press("k", "escape")
        await user.until(lambda: not isinstance(user.screen, BranchMapScreen), "the main screen")
        assert open_id(user) == "left"


async def test_promoting_on_the_map_redraws_it_and_undo_takes_it_back(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "left", "left1")
        screen = await open_map(user)
        await user.press("P")
        await user.see("Branches of Left", "“Left” has its place now; “Trunk” is its branch.")
        assert screen._family.paths[0].id == "left"
        assert user.library.load("left").cost.nanousd == 4_000_000
        await user.press("u")
        await user.see("Branches of Trunk")
        assert user.library.load("left").cost.nanousd == 2_000_000
        await user.press("U")
        await user.see("Branches of Left")


async def test_merging_asks_and_what_was_merged_is_in_the_parent(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "left", "left1")
        await open_map(user)
        await user.press("M")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "the question")
        await user.see("Put 2 turns of “Left” behind those of “Trunk”?")
        await user.press("escape")
        assert len(user.library.load("trunk").turns) == 4
        await user.press("M")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "the question")
        await user.press("enter")
        await user.see("2 turns put at the end of “Trunk”.")
        assert [turn.id for turn in user.library.load("trunk").turns][4:] == ["left1", "left2"]
        await user.press("M")
        await user.see("“Trunk” has all turns of this branch already.")


async def test_detaching_on_the_map_leaves_the_session_alone_on_it(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "left", "left1")
        await open_map(user)
        await user.press("D")
        await user.see("“Left” is a session of its own.", "1 path", "No other path yet.")
        assert user.library.load("left").parent is None
        await user.press("D")
        await user.see("“Left” is a session of its own already.")


async def test_the_first_path_refuses_what_only_a_branch_can(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t1")
        await open_map(user)
        await user.press("P")
        await user.see("“Trunk” is no branch of another session.")


async def test_deleting_and_renaming_on_the_map_show_at_once(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t1")
        await open_map(user)
        await user.press("j", "delete")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "the question")
        await user.press("enter")
        await user.see("3 paths")
        await user.press("f2")
        await user.see("Rename")
        await user.type("other")
        await user.press("enter")
        await user.until(lambda: "other" in user.text(), "the new title")
        assert isinstance(user.screen, BranchMapScreen)


async def test_the_map_goes_on_without_the_open_session_and_ends_with_the_last(
    workspace: Workspace, made_services: Callable[..., Services]
) -> None:
    library = made_services().library
    stock(library)
    library.history.delete(["early", "right"])
    async with workspace() as user:
        await open_at(user, "left", "left1")
        await open_map(user)
        for _ in range(2):
            await user.press("delete")
            await user.until(lambda: isinstance(user.screen, ConfirmDialog), "the question")
            await user.press("enter")
            await user.until(lambda: not isinstance(user.screen, ConfirmDialog), "the answer")
        await user.until(lambda: not isinstance(user.screen, BranchMapScreen), "the main screen")
        assert not user.library.has("left")
        assert not user.library.has("trunk")


async def test_long_sessions_are_changed_in_a_thread(
    workspace: Workspace, shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.tui.branches.AT_ONCE_TURNS", 2)
    async with workspace() as user:
        await open_at(user, "left", "left1")
        await open_map(user)
        await user.press("P")
        await user.see("“Left” has its place now", "Branches of Left")
        await user.press("u")
        await user.see("Branches of Trunk")
        await user.press("M")
        await user.until(lambda: isinstance(user.screen, ConfirmDialog), "the question")
        await user.press("enter")
        await user.see("2 turns put at the end of “Trunk”.")


async def test_what_another_program_does_shows_on_the_map(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t1")
        await open_map(user)
        await user.see("4 paths")
        user.library.branch("trunk", 3, title="Fresh", new_id="fresh")
        user.stage.library_changed()
        await user.see("5 paths", "Fresh")


async def test_two_marked_paths_are_compared(
    workspace: Workspace, shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workspace() as user:
        compared: list[tuple[str, str]] = []
        await open_at(user, "trunk", "t1")
        branches = user.stage.screen.desk.branches
        monkeypatch.setattr(branches, "compare", lambda *ids: compared.append(ids))
        await open_map(user)
        await user.press("equals_sign")
        await user.see("Mark two paths first")
        await user.press("space", "space", "equals_sign")
        await user.press("space", "equals_sign")
        assert compared == [("trunk", "left"), ("left", "right")]


async def test_help_on_the_map_explains_the_drawing(workspace: Workspace, shelf: None) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t1")
        await open_map(user)
        await user.press("f1")
        await user.see("Help · Branches", "put its turns behind those of its parent")


async def test_an_answering_session_is_not_promoted(workspace: Workspace, shelf: None) -> None:
    async with workspace(**{"providers.demo.words_per_s": "5"}) as user:
        user.stage.open_session("left")
        await user.ask("slowly")
        await user.until(lambda: user.so_far(), "some of the answer")
        assert not user.stage.screen.run_named("promote", "")
        await user.see("“Left” is being answered. Stop the answer first (esc).")
        assert user.library.load("left").parent is not None
        await user.press("escape")
        await user.answered()


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (240, 60)])
async def test_the_map_works_at_any_size(
    size: tuple[int, int], workspace: Workspace, made_services: Callable[..., Services]
) -> None:
    library = made_services().library
    stock(library)
    for number in range(30):
        library.branch("trunk", number % 5, title=f"more {number}", new_id=f"m{number}")
    grow(library, "m3", "m3x", "x")
    async with workspace(size=size) as user:
        user.stage.open_session("m3")
        screen = await open_map(user)
        for key in ("g", "G", "pageup", "pagedown", "ctrl+d", "k", "l", "h"):
            await user.press(key)
        assert screen._graph.current is not None
        await user.press("escape")
        await user.until(lambda: not isinstance(user.screen, BranchMapScreen), "the main screen")
