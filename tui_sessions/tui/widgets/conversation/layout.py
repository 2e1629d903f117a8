"""Which rows there are: turns laid out when they come into view, heights estimated until then.

Everything near the reader is counted exactly; estimates only serve the scrollbar and long jumps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.lines import Line
from tui_sessions.tui.widgets.conversation.live import LiveAnswer
from tui_sessions.tui.widgets.conversation.slots import (
    Part,
    Place,
    Setting,
    Slot,
    body_of,
    preface,
    relive,
    turn_slot,
)

_SLOTS_KEPT = 96
_BODIES_KEPT = 256


class Anchor(NamedTuple):
    """A row: the slot (0 is the system prompt, then the turns), and the row within it."""

    slot: int
    row: int


class Layout:
    """The rows of one session at one width."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.session: Session | None = None
        self.live: LiveAnswer | None = None
        self._turns: tuple[Turn, ...] = ()
        self._sizes: list[tuple[int, int]] = []
        """Of every turn: messages and characters."""
        self._heights: list[int] = [0]
        self._offsets: list[int] = [0]
        self._dirty_from = 0
        self._slots: OrderedDict[int, Slot] = OrderedDict()
        self._bodies: OrderedDict[str, Body] = OrderedDict()

    def load(self, session: Session | None) -> None:
        """Take a session; what is unchanged since the last one stays laid out."""
        old, heights, slots, sizes = self._turns, self._heights, self._slots, self._sizes
        turns = session.turns if session else ()
        is_same = session is not None and self.session is not None and session.id == self.session.id
        before = self.session
        self.session, self._turns = session, turns
        self._slots, self._heights, self._sizes = OrderedDict(), [0], []
        width = 8 * self.setting.width
        if session and session.model != self.setting.model:
            self.setting = self.setting._replace(model=session.model)
            slots.clear()
        if before is None or session is None or before.system != session.system:
            slots.pop(1, None)
        for number, turn in enumerate(turns):
            is_kept = is_same and number < len(old) and (old[number] is turn or old[number] == turn)
            size = sizes[number] if is_kept else _size(turn)
            self._sizes.append(size)
            self._heights.append(heights[number + 1] if is_kept else _rows(size, width))
            if is_kept and number + 1 in slots:
                self._slots[number + 1] = slots[number + 1]
        self._dirty_from = 0
        self.slot(0)

    def relay(self, setting: Setting) -> None:
        """Lay out for another width or other hints."""
        self.setting = setting
        self._slots.clear()
        width = 8 * setting.width
        self._heights = [0, *(_rows(size, width) for size in self._sizes)]
        self._dirty_from = 0
        if self.live is not None:
            self.live.relaid(setting.width)
        self.slot(0)

    def forget(self, slot: int) -> None:
        """Lay out a slot again when it is next asked for."""
        self._slots.pop(slot, None)

    @property
    def last(self) -> int:
        """The last slot."""
        return len(self._turns)

    @property
    def total(self) -> int:
        """All rows, as far as they are known."""
        return self._offset(len(self._heights))

    def slot(self, number: int) -> Slot:
        """A slot, laid out."""
        found = self._slots.get(number)
        if found is None:
            found = self._slots[number] = self._laid_out(number)
            if len(self._slots) > _SLOTS_KEPT:
                self._slots.popitem(last=False)
        else:
            self._slots.move_to_end(number)
        self._set_height(number, found.height)
        return found

    def slot_of(self, turn_id: str) -> int | None:
        """The slot of a turn; searched from the end, where the work is."""
        if not turn_id:
            return 0
        turns = self._turns
        return next((n + 1 for n in range(len(turns) - 1, -1, -1) if turns[n].id == turn_id), None)

    def turn(self, slot: int) -> Turn | None:
        """The turn in a slot."""
        return self._turns[slot - 1] if 0 < slot <= len(self._turns) else None

    def part(self, anchor: Anchor) -> tuple[Part, Line]:
        """What a row belongs to, and the row."""
        part, within = self.slot(anchor.slot).at(anchor.row)
        return part, part.line(within)

    def offset(self, anchor: Anchor) -> int:
        """The number of a row, counted from the top."""
        return self._offset(anchor.slot) + anchor.row

    def at(self, row: int) -> Anchor:
        """The row of a number: exact as far as heights are known."""
        self._offset(len(self._heights))
        slot = max(0, min(bisect_right(self._offsets, row) - 1, self.last))
        return self.moved(Anchor(slot, max(0, row - self._offsets[slot])), 0)

    def moved(self, anchor: Anchor, rows: int) -> Anchor:
        """The row so many `rows` further (back, where negative), counted exactly."""
        slot, row = anchor.slot, anchor.row + rows
        while row < 0 and slot > 0:
            slot -= 1
            row += self.slot(slot).height
        row = max(0, row)
        while row >= (height := self.slot(slot).height):
            if slot == self.last:
                return Anchor(slot, max(0, height - 1))
            row -= height
            slot += 1
        return Anchor(slot, row)

    def end(self, height: int) -> Anchor:
        """The first row of the last screenful."""
        return self.moved(Anchor(self.last, self.slot(self.last).height), -height)

    def window(self, top: Anchor, height: int) -> list[Anchor]:
        """The rows from `top` on, at most `height` of them."""
        rows: list[Anchor] = []
        slot, first = top
        while len(rows) < height and slot <= self.last:
            stop = min(self.slot(slot).height, first + height - len(rows))
            rows.extend(Anchor(slot, row) for row in range(first, stop))
            slot, first = slot + 1, 0
        return rows

    def place(self, anchor: Anchor) -> tuple[str, Place]:
        """What stands on a row, by turn id: it survives other widths and other turns."""
        turn = self.turn(anchor.slot)
        return (turn.id if turn else "", self.slot(anchor.slot).place(anchor.row))

    def anchor(self, turn_id: str, place: Place) -> Anchor | None:
        """The row of a place; None where the turn is gone."""
        slot = self.slot_of(turn_id)
        return None if slot is None else Anchor(slot, self.slot(slot).row_at(place))

    def relive(self) -> int | None:
        """Bring the arriving answer's slot up to date; its number."""
        slot = self.slot_of(self.live.turn_id) if self.live else None
        if slot is None or self.live is None:
            return None
        relive(self.slot(slot), self.live, self.setting)
        self._set_height(slot, self._slots[slot].height)
        return slot

    def body(self, text: str) -> Body:
        """A raw text, laid out; kept for when it is asked for again."""
        found = self._bodies.get(text)
        body = (
            body_of(text, self.setting.width) if found is None else found.relaid(self.setting.width)
        )
        self.keep_body(text, body)
        return body

    def keep_body(self, text: str, body: Body) -> None:
        """Keep what is laid out already."""
        self._bodies[text] = body
        self._bodies.move_to_end(text)
        if len(self._bodies) > _BODIES_KEPT:
            self._bodies.popitem(last=False)

    def _laid_out(self, number: int) -> Slot:
        if number == 0:
            return preface(self.session, self.setting) if self.session else Slot([])
        turn = self._turns[number - 1]
        live = self.live if self.live and self.live.turn_id == turn.id else None
        return turn_slot(
            turn,
            self.setting,
            self.body,
            is_first=number == 1 and self.slot(0).height == 0,
            day_before=_last_day(self._turns[number - 2]) if number > 1 else None,
            live=live,
        )

    def _set_height(self, slot: int, height: int) -> None:
        if self._heights[slot] != height:
            self._heights[slot] = height
            self._dirty_from = min(self._dirty_from, slot)

    def _offset(self, slot: int) -> int:
        """The rows above a slot."""
        if self._dirty_from < len(self._heights):
            del self._offsets[self._dirty_from + 1 :]
            at = self._offsets[-1]
            for height in self._heights[self._dirty_from :]:
                at += height
                self._offsets.append(at)
            self._dirty_from = len(self._heights)
        return self._offsets[slot]


def _size(turn: Turn) -> tuple[int, int]:
    return len(turn.messages), sum(_length(message.content) for message in turn.messages)


def _rows(size: tuple[int, int], width: int) -> int:
    """About so many rows at an eighth of `width`: text fills seven eighths of them, a header and a gap
    come on top of every message."""
    messages, characters = size
    return 3 * messages + 9 * characters // width


def _length(content: object) -> int:
    if isinstance(content, str):
        return len(content)
    return 80 * len(content) if isinstance(content, tuple) else 0


def _last_day(turn: Turn) -> date | None:
    """The local day on which the last thing in a turn was said."""
    for message in reversed(turn.messages):
        if message.timestamp is not None:
            return message.timestamp.astimezone().date()
    return None
