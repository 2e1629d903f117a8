"""Somebody who goes from branch to branch on the real screen."""

from __future__ import annotations

from typing import Any

from tui_sessions.tui.screens.branch_map import BranchMapScreen


def open_id(user: Any) -> str:
    return str(user.stage.workspace.session.id)


def at(user: Any) -> str | None:
    """The turn that keys act on."""
    found: str | None = user.stage.conversation.current_turn_id
    return found


async def open_at(user: Any, session_id: str, turn_id: str) -> None:
    user.stage.open_session(session_id)
    await user.press("f7")
    user.stage.conversation.focus()
    user.stage.conversation.go_to(turn_id)
    await user.until(lambda: at(user) == turn_id, turn_id)


async def hop(user: Any, step: int) -> None:
    user.stage.screen.desk.branches.hop(step)


async def open_map(user: Any) -> BranchMapScreen:
    user.stage.screen.desk.branches.map()
    await user.until(lambda: isinstance(user.screen, BranchMapScreen), "the map")
    await user.until(lambda: user.screen._graph.current is not None, "its paths")
    screen: BranchMapScreen = user.screen
    return screen
