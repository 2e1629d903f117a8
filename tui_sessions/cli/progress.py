"""How far a long action is, on a terminal only; and ctrl+c that lets it end between two sessions."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tui_sessions.cli.console import Console

_QUIET_S = 0.4
"""What is done before this needs no bar."""
_STEP_S = 0.1
_CELLS = 24

Report = Callable[[int, int], None]
Stop = Callable[[], bool]


class _Bar:
    def __init__(self, console: Console, label: str, clock: Callable[[], float]) -> None:
        self._console = console
        self._label = label
        self._clock = clock
        self._next = clock() + _QUIET_S
        self._is_drawn = False

    def show(self, done: int, total: int) -> None:
        now = self._clock()
        if now < self._next or total <= 0:
            return
        self._next = now + _STEP_S
        self._is_drawn = True
        full = min(_CELLS, _CELLS * done // total)
        bar = "━" * full + "─" * (_CELLS - full)
        self._console.draw(f"{self._label} {bar} {done:,} of {total:,}")

    def clear(self) -> None:
        if self._is_drawn:
            self._console.draw("")


@contextmanager
def progress(
    console: Console, label: str, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Report | None]:
    """What is to be called with (done, total) as the work goes on; None where nobody watches."""
    if not console.can_draw:
        yield None
        return
    bar = _Bar(console, label, clock)
    try:
        yield bar.show
    finally:
        bar.clear()


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Makes ctrl+c a wish that the work looks at between two sessions, so that none is left half done
    and what was done is counted. The second ctrl+c ends at once."""
    is_asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_asked
        if is_asked:
            raise KeyboardInterrupt
        is_asked = True

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # Not the main thread: nobody can press ctrl+c here.
        yield lambda: False
        return
    try:
        yield lambda: is_asked
    finally:
        signal.signal(signal.SIGINT, before)
