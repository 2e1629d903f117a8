"""Finding words in the conversation that is shown: the marks, and the keys that walk from hit to hit."""

from __future__ import annotations

import msgspec
from textual.actions import SkipAction

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.finding import Finding, Spot
from tui_sessions.tui.widgets.conversation.landing import LandingView
from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.lines import Line


class FindingView(LandingView):
    """Marks what is looked for, and goes to it."""

    FindRequested = requests.FindRequested
    Found = requests.Found

    _found_from = Spot(0, 0)
    """Where the window ended when the query was begun."""

    def show(self, session: Session | None) -> None:
        """Show a session. The one that is shown keeps the reader's place, and follows if it was at its
        end; another is shown where it was left, or at its end."""
        shown = self._layout.session
        if self._finding and (session is None or shown is None or shown.id != session.id):
            self.find("")
        super().show(session)
        if session is not None and session is not shown:
            self._find_again(session)

    def find(self, query: str) -> int:
        """Mark `query` wherever it is and go to the last hit above the end of the window; how many hits
        there are. An empty one ends finding.

        As a query is typed on, every letter begins where the first one did."""
        session = self._layout.session
        self._painter.forget()
        if not query.strip() or session is None:
            self._finding = None
            self._redraw()
            self._tell_found()
            return 0
        if self._finding is None or not self._is_typed_on(self._finding.query, query):
            last = self._window[-1] if self._window else Anchor(0, 0)
            self._found_from = Spot(last.slot, last.row + 1)
        finding = self._finding = Finding(query, self._with_live(session))
        self._find(self._found_from, -1)
        if finding.at is not None and finding.at > self._found_from:
            # Nothing above: the first one below is nearer than the last of all.
            self._find(self._found_from, 1)
        return finding.hits

    @staticmethod
    def _is_typed_on(before: str, now: str) -> bool:
        return before != now and (before.startswith(now) or now.startswith(before))

    @property
    def query_found(self) -> str:
        """What is being found, "" for nothing."""
        return self._finding.query if self._finding else ""

    def find_next(self) -> None:
        """Go to the next hit."""
        self._find_from_hit(1)

    def find_previous(self) -> None:
        """Go to the former hit."""
        self._find_from_hit(-1)

    def _with_live(self, session: Session) -> Session:
        """`session` with what has come of the answer that arrives, as it is shown."""
        live = self._layout.live
        turn = session.turn(live.turn_id) if live is not None else None
        if live is None or turn is None:
            return session
        shown = tuple(message for message in turn.messages if message is not turn.answer)
        return session.with_turn(msgspec.structs.replace(turn, messages=(*shown, live.message)))

    def _find_from_hit(self, step: int) -> None:
        session = self._layout.session
        if self._finding is not None and self._layout.live is not None and session is not None:
            self._finding = self._finding.over(self._with_live(session))  # more has come since
        if self._finding is not None:
            self._find(self._finding.at or Spot(*self._top), step)
            self._look_beyond(step)

    def _find(self, start: Spot, step: int) -> None:
        finding = self._finding
        found = finding.go(self._layout, start, step) if finding else None
        self._painter.forget()
        self._tell_found()
        if found is None:
            self._redraw()
            return
        self._chosen = self._key(found)
        if found in self._window:
            self._redraw()
        else:
            self._go(self._layout.moved(found, -(self._page.height // 3)))

    def _find_again(self, session: Session) -> None:
        """Turns came or went: look through what is there now."""
        if self._finding is not None:
            self._finding = self._finding.over(session)
            self._painter.forget()
            self._redraw()
            self._tell_found()

    def _tell_found(self) -> None:
        finding = self._finding
        if finding is None:
            self.post_message(self.Found("", 0, 0))
        else:
            self.post_message(self.Found(finding.query, finding.number, finding.hits))

    def _marked(self, line: Line, anchor: Anchor) -> Line:
        return line if self._finding is None else self._finding.marked(line, anchor)

    # keys

    def action_find(self) -> None:
        """Ask what to look for."""
        self.post_message(self.FindRequested())

    def action_find_next(self) -> None:
        """Go to the next hit."""
        self.find_next()

    def action_find_previous(self) -> None:
        """Go to the former hit."""
        self.find_previous()

    def action_find_end(self) -> None:
        """Take the marks away; with none, the key is the screen's."""
        if self._finding is None:
            raise SkipAction
        self.find("")
