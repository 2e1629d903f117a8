"""Sessions for a preview, read off the screen's thread; the last ones are kept. Handed over on the screen's
thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

from textual.dom import DOMNode

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.session import Session


class Readable(Protocol):
    """What is asked of the library."""

    def load(self, session_id: str) -> Session:
        """A session."""


class SessionReading:
    """Reads one session at a time: what is wanted anew takes the place of what was wanted before."""

    def __init__(self, node: DOMNode, library: Readable, *, group: str, most: int) -> None:
        """`group` names the workers; `most` sessions are kept."""
        self._node = node
        self._library = library
        self._group = group
        self._most = most
        self._wanted = ""
        self._kept: OrderedDict[str, Session] = OrderedDict()
        self.on_session: Callable[[str, Session | None, str], None] = ignored
        """Told the id, the session, else why it cannot be read."""

    def read(self, session_id: str) -> None:
        """Read a session, or hand over the one that is kept."""
        self._wanted = session_id
        known = self.known(session_id)
        if known is not None:
            self.on_session(session_id, known, "")
            return
        self._node.run_worker(
            lambda: self._read(session_id),
            thread=True,
            group=self._group,
            exclusive=True,
            exit_on_error=False,
        )

    def known(self, session_id: str) -> Session | None:
        """The session where it was read already."""
        return self._kept.get(session_id)

    def keep(self, session: Session) -> None:
        """A session was read by somebody else. On the screen's thread."""
        self._kept[session.id] = session
        self._kept.move_to_end(session.id)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Files may have changed."""
        self._kept.clear()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._wanted = ""
        self.on_session = ignored
        self.forget()

    def _read(self, session_id: str) -> None:
        try:
            session, problem = self._library.load(session_id), ""
        except TuiSessionsError as error:
            session, problem = None, str(error)
        # Without waiting for the screen, which `call_from_thread` would.
        self._node.call_later(self._have_read, session_id, session, problem)

    def _have_read(self, session_id: str, session: Session | None, problem: str) -> None:
        if session is not None:
            self.keep(session)
        if session_id == self._wanted:
            self.on_session(session_id, session, problem)


def ignored(*_: Any) -> None:
    """Nobody looks."""
