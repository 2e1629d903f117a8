"""Landing on a message that a search found: its marks, its number among all hits, and the way on to the
hits of other sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.finding import Finding, Spot
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.relaying import RelayingView
from tui_sessions.tui.widgets.conversation.slots import Slot

Place = tuple[str, bool]
"""A turn's id, and whether its prompt is meant and not its answer."""


class Search(msgspec.Struct, frozen=True, eq=False):
    """What was searched for, as far as one session needs it."""

    query: str
    find: Callable[[str], Sequence[tuple[int, int]]]
    """The places in a text of what was searched for."""
    best: Callable[[str], int] = lambda _: 0
    """The place in a text where what is rarest of it stands first."""
    numbers: Mapping[str, int] = {}
    """Which of all hits, counted from 1 over all sessions, stands in the turn of an id."""
    first: int = 0
    """The number of this session's first hit."""
    total: int = 0
    """All hits of all sessions."""


class Landed(Finding):
    """A search in one session. Its hits end with the session: others have further ones."""

    goes_round = False

    def __init__(self, search: Search, session: Session) -> None:
        # Without turns, because they are counted later, and in another way.
        super().__init__(search.query, msgspec.structs.replace(session, turns=()))
        self.search = search
        self.number = search.first
        self.is_used_up = False
        """Whether there was no further hit the last time that one was asked for."""
        self._uncounted: Session | None = session

    @property
    def hits(self) -> int:
        """Of all sessions."""
        return self.search.total

    def marks(self, text: str) -> Sequence[tuple[int, int]]:
        """The places of the hits in a text."""
        return self.search.find(text)

    def over(self, session: Session) -> Finding:
        """The same over the turns as they are now, at the same place."""
        again = Landed(self.search, session)
        again.at, again.number = self.at, self.number
        return again

    def go(self, layout: Layout, start: Spot, step: int) -> Anchor | None:
        """The nearest hit after `start` (before it, where `step` is -1) in this session; its row."""
        number = self.number
        found = super().go(layout, start, step)
        self.is_used_up = found is None
        self.number = number
        if found is not None:
            self._number_of(layout, found)
        return found

    def _order(self, slot: int, step: int) -> Iterator[int]:
        # Looking through a long session takes its time: not before one walks on in it.
        session, self._uncounted = self._uncounted, None
        for number, turn in enumerate(session.turns if session else (), 1):
            hits = sum(len(self.search.find(message.text)) for message in turn.messages)
            if hits:
                self._slots.append(number)
                self._before.append(self._before[-1] + hits)
        return super()._order(slot, step)

    def land(self, layout: Layout, number: int, turn: Turn, place: Place, is_last: bool) -> Anchor:
        """The row of the best hit in the turn's prompt, or answer; of the last one, where `is_last`.
        Where none is shown, the first row of the message."""
        slot = layout.slot(number)
        wanted = [
            message
            for message in slot.messages()
            if message < len(turn.messages) and (turn.messages[message].role == "user") == place[1]
        ]
        rows = [slot.rows_of(message) for message in wanted or slot.messages()[:1]]
        spots = [
            spot for spot in self._spots(number, slot) if any(spot.row in part for part in rows)
        ]
        fallback = Spot(number, rows[-1].start if rows else 0)
        if not spots:
            self.at = fallback
        else:
            self.at = spots[-1] if is_last else self._best(slot, spots)
        found = Anchor(self.at.slot, self.at.row)
        self._number_of(layout, found)
        return found

    def _best(self, slot: Slot, spots: Sequence[Spot]) -> Spot:
        """The first hit on or below the row where the rarest of the words stands."""
        first, last = spots[0].row, spots[-1].row
        lines = []
        for row in range(first, last + 1):
            part, within = slot.at(row)
            lines.append(part.row_text(within) if part.kind == "body" else "")
        text = "\n".join(lines)
        best = first + text.count("\n", 0, self.search.best(text))
        return next((spot for spot in spots if spot.row >= best), spots[0])

    def _number_of(self, layout: Layout, found: Anchor) -> None:
        turn = layout.turn(found.slot)
        if turn is not None:
            # A turn may have one of the words and still be no hit: then the one before counts.
            self.number = self.search.numbers.get(turn.id, self.number)


class LandingView(RelayingView):
    """Goes to what was found elsewhere."""

    HitsUsedUp = requests.HitsUsedUp

    _finding: Finding | None = None

    def land(self, search: Search, place: Place | None, *, is_last: bool = False) -> bool:
        """Mark what was searched for, and go to its first hit at a place, or to its last one there; with
        no place, only mark. False where that turn is not there."""
        session, landed = self._layout.session, self._finding
        if session is None:
            return False
        if not isinstance(landed, Landed) or landed.search is not search:
            landed = self._finding = Landed(search, session)
        self._painter.forget()
        number = self._layout.slot_of(place[0]) if place else None
        turn = self._layout.turn(number) if number else None
        if place is None or number is None or turn is None:
            self._redraw()
            self._tell_found()
            return place is None
        self._unfold_turn(number, turn)
        found = landed.land(self._layout, number, turn, place, is_last)
        self._chosen = self._key(found)
        self._go(self._layout.moved(found, -(self._page.height // 3)))
        self._tell_found()
        return True

    def _unfold_turn(self, number: int, turn: Turn) -> None:
        folded = {key for key in self._folds.closed if key[0] == turn.id}
        if folded:
            self._folds.closed.difference_update(folded)
            self._layout.forget(number)

    def _look_beyond(self, step: int) -> None:
        """Where a search has no further hit here, others may have."""
        if isinstance(self._finding, Landed) and self._finding.is_used_up:
            self.post_message(self.HitsUsedUp(step))

    def _tell_found(self) -> None:
        """Say which hit the reader is at."""
        raise NotImplementedError
