"""The seconds until a server is asked again, counted down in one line on standard error."""

from __future__ import annotations

import asyncio
import math

from tui_sessions.cli.console import Console
from tui_sessions.engine.events import TurnWaiting
from tui_sessions.model.display import shown_wait

_HINT = " Ctrl+C stops."
TICK_S = 1.0


class Countdown:
    """One line, drawn over each second; where lines cannot be drawn over, one sentence; in a pipe nothing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next: asyncio.TimerHandle | None = None
        self._reason = ""
        self._over_at = 0.0
        self._is_drawn = False

    def begin(self, event: TurnWaiting) -> None:
        """Count from now."""
        self.end()
        if not self._console.can_draw:
            self._console.tell(shown_wait(event.reason, event.wait_s) + _HINT)
            return
        self._reason = event.reason
        self._over_at = asyncio.get_running_loop().time() + event.wait_s
        self._tick()

    def end(self) -> None:
        """Take the line away: something came, or nothing will."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._is_drawn:
            self._console.draw("")
            self._is_drawn = False

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        left_s = max(0.0, self._over_at - loop.time())
        # The figures first: the line is cut where the terminal ends.
        self._console.draw(shown_wait(self._reason, left_s, is_short=True) + _HINT)
        self._is_drawn = True
        if left_s:
            until_next_s = left_s - (math.ceil(left_s) - TICK_S)
            self._next = loop.call_later(until_next_s or TICK_S, self._tick)
