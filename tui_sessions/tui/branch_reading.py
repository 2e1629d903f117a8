"""What the map of branches shows of the sessions themselves, read off the screen's thread: what was asked at
the forks, and the conversation behind a line. Everything is handed over on the screen's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from textual.dom import DOMNode

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.session import Session
from tui_sessions.tui.session_reading import Readable, SessionReading, ignored

SESSIONS_KEPT = 4
SMALL_TURNS = 400
"""A session of so many turns, read for its fork, is kept for the preview as well."""
WORDS_LENGTH = 200
BETWEEN_S = 0.05
"""So often what was found out is handed over."""


class BranchReading:
    """Reads for one map. What is wanted anew takes the place of what was wanted before."""

    def __init__(self, node: DOMNode, library: Readable) -> None:
        self._node = node
        self._library = library
        self.on_words: Callable[[Mapping[str, str]], None] = lambda _: None
        self.preview = SessionReading(node, library, group="branch-preview", most=SESSIONS_KEPT)
        self._wish: object = None

    def want(self, turns: Mapping[str, int]) -> None:
        """Find out what was asked in a turn (from 0) of each of these."""
        wish = self._wish = dict(turns)
        self._in_thread("branch-words", lambda: self._find_out(wish))

    def stop(self) -> None:
        """Nobody looks any more."""
        self._wish, self.on_words = None, ignored
        self.preview.stop()

    def _in_thread(self, group: str, work: Callable[[], None]) -> None:
        self._node.run_worker(work, thread=True, group=group, exclusive=True, exit_on_error=False)

    def _hand_over(self, call: Callable[..., Any], *values: Any) -> None:
        self._node.call_later(call, *values)

    def _find_out(self, wish: dict[str, int]) -> None:
        words: dict[str, str] = {}
        due = monotonic() + BETWEEN_S
        for session_id, turn in wish.items():
            if self._wish is not wish:
                break
            words[session_id] = self._words(session_id, turn)
            if monotonic() >= due:
                self._hand_over(self._tell, words)
                words, due = {}, monotonic() + BETWEEN_S
        if words:
            self._hand_over(self._tell, words)

    def _tell(self, words: Mapping[str, str]) -> None:
        self.on_words(words)

    def _words(self, session_id: str, turn: int) -> str:
        try:
            session = self._library.load(session_id)
        except TuiSessionsError:
            return ""
        if len(session.turns) <= SMALL_TURNS:
            self._hand_over(self.preview.keep, session)
        return asked(session, turn)


def asked(session: Session, turn: int) -> str:
    """The first words of what was asked in a turn (from 0), raw; "" where there is none."""
    if not 0 <= turn < len(session.turns):
        return ""
    prompt = session.turns[turn].prompt
    text = "" if prompt is None else prompt.text.strip()
    return text[:WORDS_LENGTH]
