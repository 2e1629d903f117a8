"""Finding words in a conversation: which turns have them, the next place that shows one, and the marks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import Line, Look, Run, line_text
from tui_sessions.tui.widgets.conversation.slots import Slot


class Spot(NamedTuple):
    """Where a hit is shown: the slot, the row within it, and the how manyeth hit of that row."""

    slot: int
    row: int
    nth: int = 0


class Finding:
    """One query over one session."""

    goes_round = True
    """Whether the first hit comes after the last one."""

    def __init__(self, query: str, session: Session) -> None:
        self.query = query
        self.at: Spot | None = None
        """The hit that was gone to."""
        self.number = 0
        """Which of all hits that is, from 1."""
        self._pattern = re.compile(re.escape(query), re.IGNORECASE)
        self._slots: list[int] = []
        self._before = [0]
        """How many hits there are before each of the slots, and in all of them at the end."""
        wanted = query.lower()
        for number, turn in enumerate(session.turns, 1):
            hits = sum(message.text.lower().count(wanted) for message in turn.messages)
            if hits:
                self._slots.append(number)
                self._before.append(self._before[-1] + hits)

    @property
    def hits(self) -> int:
        """How often the texts have it."""
        return self._before[-1]

    def over(self, session: Session) -> Finding:
        """The same over the turns as they are now, at the same place."""
        again = Finding(self.query, session)
        again.at, again.number = self.at, min(self.number, again.hits)
        return again

    def go(self, layout: Layout, start: Spot, step: int) -> Anchor | None:
        """The nearest hit after `start` (before it, where `step` is -1), round and round; its row."""
        for turn, number in enumerate(self._order(start.slot, step)):
            spots = self._spots(number, layout.slot(number))
            places = list(enumerate(spots))
            if number == start.slot and turn == 0:
                places = [(at, spot) for at, spot in places if (spot > start) == (step > 0)]
                places = [(at, spot) for at, spot in places if spot != start]
            if places:
                index, self.at = places[0 if step > 0 else -1]
                # What is shown may have fewer hits than the text, or more: links, folded messages.
                before = self._before[bisect_left(self._slots, number)]
                here = self._before[bisect_left(self._slots, number) + 1] - before
                self.number = before + min(index + 1, here)
                return Anchor(self.at.slot, self.at.row)
        return None

    def marked(self, line: Line, anchor: Anchor) -> Line:
        """The `line` at `anchor` with its hits marked."""
        spans = self.marks(line_text(line))
        if not spans:
            return line
        line = _marked(line, spans, "match")
        if self.at is not None and anchor == self.at[:2] and self.at.nth < len(spans):
            line = _marked(line, [spans[self.at.nth]], "match-current")
        return line

    def marks(self, text: str) -> Sequence[tuple[int, int]]:
        """The places of the hits in a text."""
        return [found.span() for found in self._pattern.finditer(text)]

    def _order(self, slot: int, step: int) -> Iterator[int]:
        """The slots with hits from `slot` on; where it goes round, the first once more at the end."""
        slots = self._slots
        if not slots:
            return
        first = bisect_left(slots, slot) if step > 0 else bisect_right(slots, slot) - 1
        if not self.goes_round:
            yield from slots[first:] if step > 0 else reversed(slots[: first + 1])
            return
        for turn in range(len(slots) + 1):
            yield slots[(first + step * turn) % len(slots)]

    def _spots(self, number: int, slot: Slot) -> list[Spot]:
        """The hits that a slot shows, in order; where none can be seen, its first row."""
        spots = []
        for row in range(slot.height):
            part, within = slot.at(row)
            if part.kind == "body":
                found = self.marks(part.row_text(within))
                spots += [Spot(number, row, nth) for nth, _ in enumerate(found)]
        return spots or [Spot(number, 0)]


def _marked(line: Line, spans: Sequence[tuple[int, int]], name: str) -> Line:
    runs: list[Run] = []
    at = 0
    for text, look in line:
        cuts = {0, len(text)}
        for span in spans:
            cuts.update(edge - at for edge in span if at < edge < at + len(text))
        edges = sorted(cuts)
        for start, stop in pairwise(edges):
            hit = any(first <= at + start < last for first, last in spans)
            runs.append((text[start:stop], Look(name, 0, look.url) if hit else look))
        at += len(text)
    return tuple(runs)
