"""Answers that could not be written: a line that stands until they are, and trying again by itself."""

from __future__ import annotations

from textual.timer import Timer

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.status_line import StatusLine

PAUSE_S = 3.0
"""Between two tries."""


class Unsaved:
    """Watches over `Turns.unsaved_ids`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._timer: Timer | None = None

    def tell(self, reason: str) -> None:
        """An answer could not be saved: say so until it is."""
        self._say(reason)
        if self._timer is None:
            self._timer = self._stage.screen.set_interval(PAUSE_S, self.try_again)

    def try_again(self) -> bool:
        """Whether everything is saved now; says so where it was not before."""
        turns = self._stage.services.turns
        try:
            turns.save_again()
        except TuiSessionsError as problem:
            self._say(str(problem))
            return False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._line.clear()
            self._stage.say("The answer is saved now.")
        return True

    @property
    def _line(self) -> StatusLine:
        return self._stage.screen.query_one("#unsaved", StatusLine)

    def _say(self, reason: str) -> None:
        count = self._stage.services.turns.unsaved_count()
        what = "The answer is" if count == 1 else f"{count} answers are"
        self._line.say(f"{what} not saved: {reason}", kind="error", key=":save tries again")
