"""Finding words in a conversation: which turns have them, the next row that shows one, and the marks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import Line, Look, Run, line_text
from tui_sessions.tui.widgets.conversation.slots import Slot


class Finding:
    """One query over one session."""

    def __init__(self, query: str, session: Session) -> None:
        self.query = query
        self.hits = 0
        """How often the texts have it."""
        self.at: Anchor | None = None
        """The row of the hit that was gone to."""
        self._pattern = re.compile(re.escape(query), re.IGNORECASE)
        self._slots: list[int] = []
        wanted = query.lower()
        for number, turn in enumerate(session.turns, 1):
            hits = sum(message.text.lower().count(wanted) for message in turn.messages)
            if hits:
                self._slots.append(number)
                self.hits += hits

    def go(self, layout: Layout, start: Anchor, step: int) -> Anchor | None:
        """The nearest row with a hit after `start` (before it, where `step` is -1), round and round."""
        for number in self._order(start.slot, step):
            slot = layout.slot(number)
            rows = self._rows(slot)
            if number == start.slot and number == self._first_slot(start.slot, step):
                rows = [row for row in rows if (row - start.row) * step > 0]
            if rows:
                self.at = Anchor(number, rows[0] if step > 0 else rows[-1])
                return self.at
        return None

    def marked(self, line: Line, *, is_current: bool) -> Line:
        """`line` with its hits marked."""
        spans = [found.span() for found in self._pattern.finditer(line_text(line))]
        return _marked(line, spans, "match-current" if is_current else "match") if spans else line

    def _order(self, slot: int, step: int) -> Iterator[int]:
        """The slots with hits from `slot` on, all round, the first once more at the end."""
        slots = self._slots
        if not slots:
            return
        first = bisect_left(slots, slot) if step > 0 else bisect_right(slots, slot) - 1
        for turn in range(len(slots) + 1):
            yield slots[(first + step * turn) % len(slots)]

    def _first_slot(self, slot: int, step: int) -> int:
        return next(self._order(slot, step))

    def _rows(self, slot: Slot) -> list[int]:
        """The rows that show a hit; where a hit is broken over two rows, the first row."""
        rows = []
        for row in range(slot.height):
            part, within = slot.at(row)
            if part.kind == "body" and self._pattern.search(line_text(part.line(within))):
                rows.append(row)
        return rows or [0]


def _marked(line: Line, spans: list[tuple[int, int]], name: str) -> Line:
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
