"""A session whose end is on the screen while all of it is still being read."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.session import Session


class Coming:
    """Reads the whole once: in a thread, or for whoever needs it before that is done."""

    def __init__(self, end: Session, read: Callable[[], Session]) -> None:
        self.end = end
        """What is known by now: the last turns, and what is said about the session."""
        self._read: Callable[[], Session] | None = read
        self._reading = Lock()
        self._found: Session | TuiSessionsError | None = None

    def whole(self) -> Session:
        """The session; waits for it. Raises what reading it raises. From any thread."""
        with self._reading:
            if self._found is None and self._read is not None:
                try:
                    self._found = self._read()
                except TuiSessionsError as problem:
                    self._found = problem
                self._read = None  # it holds the bytes of the file
        if isinstance(self._found, Session):
            return self._found
        assert self._found is not None
        raise self._found
