"""Other paths in the conversation: hop to them, the marks at forks; extract turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from branch_user import at, hop, open_at, open_id
from family_values import grow, stock, without_turn

from tui_sessions.tui.screens.branch_map import BranchMapScreen
from tui_sessions.tui.screens.extract import ExtractDialog
from tui_sessions.wiring import Services

Workspace = Callable[..., Any]


# hop


async def test_hopping_goes_round_the_paths_of_a_fork_and_lands_where_they_part(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t3")
        seen = []
        for number in (2, 3, 1):
            await hop(user, 1)
            await user.see(f"path {number} of 3")
            seen.append(open_id(user))
            first = {"left": "left1", "right": "right1", "trunk": "t3"}[open_id(user)]
            await user.until(lambda first=first: at(user) == first, first)
        assert seen == ["left", "right", "trunk"]
        await hop(user, -1)
        assert open_id(user) == "right"


async def test_hopping_from_the_last_shared_turn_or_far_behind_takes_the_fork_meant(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t4")
        await hop(user, -1)
        assert open_id(user) == "right"
        await open_at(user, "left", "t1")
        await hop(user, 1)
        assert open_id(user) == "early"


async def test_hopping_lands_behind_the_last_shared_turn_although_turns_were_deleted(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        user.library.update("trunk", lambda now: without_turn(now, "t1"))
        await open_at(user, "left", "left1")
        await hop(user, -1)
        assert open_id(user) == "trunk"
        await user.until(lambda: at(user) == "t3", "t3")


async def test_keys_of_the_conversation_hop_and_open_the_map(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t3")
        await user.press("greater_than_sign")
        await user.until(lambda: open_id(user) == "left", "the next path")
        await user.until(lambda: at(user) == "left1", "its turn")
        await user.press("less_than_sign")
        await user.until(lambda: open_id(user) == "trunk", "the former path")
        await user.press("B")
        await user.until(lambda: isinstance(user.screen, BranchMapScreen), "the map")
        await user.press("B")
        await user.until(lambda: not isinstance(user.screen, BranchMapScreen), "the main screen")


async def test_a_session_without_branches_says_how_to_make_one(workspace: Workspace) -> None:
    async with workspace() as user:
        await user.ask("alone")
        await user.answered()
        await hop(user, 1)
        await user.see("No other path leaves this session. b branches here.")


async def test_a_draft_has_no_paths(workspace: Workspace) -> None:
    async with workspace() as user:
        await user.command(":map")
        await user.see("There is nothing to draw yet")
        for command in (":promote", ":detach", ":merge", ":extract 1", ":next-path"):
            assert not user.stage.screen.run_named(command.split()[0][1:], "")


async def test_hopping_back_goes_to_the_branch_that_was_come_from(
    workspace: Workspace, made_services: Callable[..., Services]
) -> None:
    library = made_services().library
    stock(library)
    library.branch("trunk", 4, title="Late", new_id="late")
    grow(library, "late", "late1", "late 1")
    async with workspace() as user:
        await open_at(user, "late", "t3")
        await hop(user, 1)
        assert open_id(user) == "left"
        await user.until(lambda: at(user) == "left1", "its turn")
        await hop(user, -1)
        assert open_id(user) == "late"
        await user.until(lambda: at(user) == "t3", "the turn that was left")


# marks


async def test_turns_at_which_paths_part_are_marked_and_the_marks_follow_the_library(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        user.stage.open_session("trunk")
        forks = {"t2": 1, "t3": 2}
        await user.until(lambda: user.stage.conversation.forks == forks, "marks")
        user.stage.open_session("left")
        await user.until(
            lambda: user.stage.conversation.forks == {"t2": 1, "left1": 2}, "marks of the branch"
        )
        user.library.history.delete(["right"])
        user.stage.library_changed()
        await user.until(
            lambda: user.stage.conversation.forks == {"t2": 1, "left1": 1}, "fewer marks"
        )


# extract


async def test_turns_are_extracted_by_number_or_asked_for(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t2")
        user.stage.screen.desk.branches.extract("2-3")
        await user.until(lambda: open_id(user) != "trunk", "the new session")
        assert [turn.id for turn in user.stage.workspace.session.turns] == ["t2", "t3"]
        await open_at(user, "trunk", "t2")
        user.stage.screen.desk.branches.extract()
        await user.until(lambda: isinstance(user.screen, ExtractDialog), "the question")
        await user.see("turn 2 will be copied")
        await user.type("1-9")
        await user.press("enter")
        await user.see("There are no turns 1-9 here; the session has 4.")
        await user.press("home", "shift+end", "delete")
        await user.type("3-")
        await user.press("enter")
        await user.until(lambda: open_id(user) != "trunk", "the new session")
        assert [turn.id for turn in user.stage.workspace.session.turns] == ["t3", "t4"]


async def test_what_is_taken_back_while_it_is_open_leads_back_to_where_it_was_made(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t2")
        user.stage.screen.desk.branches.extract("2-3")
        await user.until(lambda: open_id(user) != "trunk", "the new session")
        await user.command(":undo")
        await user.until(lambda: open_id(user) == "trunk", "where the turns came from")
        user.stage.screen.desk.filing.branch_now(2, "a try")
        await user.until(lambda: open_id(user) != "trunk", "the branch")
        await user.command(":undo")
        await user.until(lambda: open_id(user) == "trunk", "the parent")


async def test_what_is_long_to_extract_takes_nobody_away_from_another_session(
    workspace: Workspace, shelf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.tui.branches.AT_ONCE_TURNS", 0)
    async with workspace() as user:
        await open_at(user, "trunk", "t2")
        user.stage.screen.desk.branches.extract("2-3")
        user.stage.open_draft()
        await user.see("2 turns copied to")
        assert user.stage.workspace.is_draft


# deletion


async def test_who_deletes_a_session_is_told_that_its_branches_stay(
    workspace: Workspace, shelf: None
) -> None:
    async with workspace() as user:
        await open_at(user, "trunk", "t3")
        count = user.library.branches("trunk")
        assert count > 1
        await user.command(":delete")
        await user.see(f"Its {count} branches stay.")
        await user.press("enter")
        await user.until(lambda: not user.library.has("trunk"), "the trunk gone")
        assert user.library.has("left")
