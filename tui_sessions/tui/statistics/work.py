"""Reads statistics off the screen's thread: one view at a time, the newest that was asked for next.

What was read is kept until the library changes, so that going back and forth costs nothing.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from textual.dom import DOMNode

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.statistics.reading import Read, Reading, Wanted

KEPT = 24
PASSING = ("session", "budgets")
"""These are read each time: they change without the library's doing."""
BROKEN_OFF = "The statistics could not be added up. The log says why."


class StatisticsWork:
    """Keys that are held down do not queue up: what nobody wants any more is not begun."""

    def __init__(self, node: DOMNode, reading: Reading) -> None:
        self._node = node
        self._reading = reading
        self.on_read: Callable[[Read], None] = lambda _: None
        self.on_trouble: Callable[[Wanted, str], None] = lambda *_: None
        self._wish: Wanted | None = None
        self._is_running = False
        self._age = 0
        """Of the library: what was begun before it changed is not kept."""
        self._kept: OrderedDict[Wanted, Read] = OrderedDict()
        self._lock = Lock()
        """Round `_wish` and `_is_running`, which the thread looks at as well."""

    def want(self, wanted: Wanted) -> bool:
        """Read it, unless it is known; whether it was handed over at once."""
        known = self._kept.get(wanted)
        if known is not None:
            with self._lock:
                self._wish = None
            self.on_read(known)
            return True
        with self._lock:
            self._wish = wanted
            if self._is_running:
                return False
            self._is_running = True
        self._node.run_worker(
            self._work, thread=True, group="statistics", exit_on_error=False, exclusive=False
        )
        return False

    def forget(self) -> None:
        """The library is another one by now."""
        self._age += 1
        self._kept.clear()

    def _work(self) -> None:
        wanted: Wanted | None = None
        is_done = False
        try:
            while (wanted := self._next()) is not None:
                self._read(wanted, self._age)
            is_done = True
        finally:
            # Also where something went wrong that nobody foresaw: the next wish finds nobody at work.
            if not is_done and wanted is not None:
                logging.getLogger(__name__).error("statistics broke off", exc_info=True)  # noqa: LOG014 - it is being raised
                with self._lock:
                    self._is_running = False
                self._hand_over(self._tell_trouble, wanted, BROKEN_OFF)

    def _next(self) -> Wanted | None:
        with self._lock:
            wanted, self._wish = self._wish, None
            self._is_running = wanted is not None
            return wanted

    def _read(self, wanted: Wanted, age: int) -> None:
        try:
            for read in self._reading.parts(wanted):
                self._hand_over(self._have_read, read, age)
                if self._wish not in (None, wanted):
                    return
        except TuiSessionsError as error:
            self._hand_over(self._tell_trouble, wanted, str(error))

    def _tell_trouble(self, wanted: Wanted, trouble: str) -> None:
        self.on_trouble(wanted, trouble)

    def _hand_over(self, call: Callable[..., Any], *values: Any) -> None:
        """Without waiting for the screen, which `call_from_thread` would."""
        self._node.call_later(call, *values)

    def _have_read(self, read: Read, age: int) -> None:
        is_kept = read.is_whole and read.wanted.view not in PASSING
        if age == self._age and is_kept:
            self._kept[read.wanted] = read
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self.on_read(read)
