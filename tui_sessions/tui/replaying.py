"""Watching a session being written once more, from the workspace."""

from __future__ import annotations

from tui_sessions.errors import UsageError
from tui_sessions.tui.stage import Stage


class Replaying:
    """Opens the replay of the session that is looked at."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def replay(self, words: str = "") -> None:
        """Replay the open session, at its pace or so many times as fast. Raises `UsageError`."""
        from tui_sessions.tui.screens.replay import ReplayScreen

        session = self._stage.workspace.session
        if not session.turns:
            raise UsageError("There is nothing to replay yet: send a prompt first.")
        screen = ReplayScreen(session, speed=speed_in(words))

        def left(turn_id: str | None) -> None:
            if turn_id is not None:
                self._stage.screen.set_focus(self._stage.conversation)
                self._stage.conversation.go_to(turn_id)

        self._stage.app.push_screen(screen, left)


def speed_in(words: str) -> float:
    """A speed as people write it: `4`, `4x`, `0.5`. Raises `UsageError`."""
    text = words.strip().lower().removesuffix("x").removesuffix("×").removeprefix("×")
    if not text:
        return 1.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 1000:
        raise UsageError(f":replay takes a speed from 0.1 to 1000, such as :replay 4; not {words}.")
    return speed
