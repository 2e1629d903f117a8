"""The text of a conversation as it is laid out: from places in it to rows and back, lazily and at any length.

What can be selected are messages, thinking that is shown, and how an answer ended; not who said it when.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.layout import Anchor, Layout
from tui_sessions.tui.widgets.conversation.lines import Line, line_text
from tui_sessions.tui.widgets.conversation.markdown import Code
from tui_sessions.tui.widgets.conversation.passages import (
    Passage,
    Row,
    as_it_stands,
    content,
    errors_of,
    passage,
)
from tui_sessions.tui.widgets.conversation.slots import Part, Slot

_KEPT = 400
_JOINER = "\u200d"
_KINDS = ("body", "thought", "note")


class Point(NamedTuple):
    """A character: its slot, its piece of the slot, its place in the text of the piece."""

    slot: int
    piece: int
    offset: int


class Mark(NamedTuple):
    """A character by what it stands in: it leads back to it at any width, among any other turns."""

    turn_id: str
    message: int
    kind: str
    block: int
    offset: int


class Piece(NamedTuple):
    """A block of a message, or a text without blocks, on its rows of a slot."""

    part: Part
    block: int
    first: int
    height: int

    @property
    def of(self) -> tuple[int, str]:
        """The message, and what of it."""
        return self.part.message, self.part.kind


def is_joined(text: str, offset: int) -> bool:
    """Whether the character has no cell of its own: a combining mark, or one that is joined to the last."""
    if text[offset].isascii():
        return False
    return cell_len(text[offset]) == 0 or text[offset - 1 : offset] == _JOINER


class Reader:
    """Reads what a layout shows."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._pieces: dict[int, tuple[list[Part], tuple[Piece, ...]]] = {}
        self._passages: dict[tuple[int, int], tuple[object, tuple[object, ...], Passage]] = {}

    # from rows to text

    def pieces(self, number: int) -> tuple[Piece, ...]:
        """What can be selected of a slot, from top to bottom."""
        slot = self.layout.slot(number)
        known = self._pieces.get(slot.serial)
        if known is not None and known[0] is slot.parts:
            return known[1]
        if len(self._pieces) > _KEPT:
            self._pieces.clear()
        found = tuple(_pieces_of(slot, is_preface=number == 0))
        self._pieces[slot.serial] = (slot.parts, found)
        return found

    def passage(self, point: Point) -> Passage:
        """The text of the piece in which a point stands."""
        piece = self.pieces(point.slot)[point.piece]
        value, stamp = self._value(point.slot, piece)
        key = (id(piece.part.content), piece.block)
        known = self._passages.get(key)
        if known is not None and known[0] is value and known[1] == stamp:
            return known[2]
        if len(self._passages) > _KEPT:
            self._passages.clear()
        made = self._made(point.slot, piece)
        self._passages[key] = (value, stamp, made)
        return made

    def _value(self, slot: int, piece: Piece) -> tuple[object, tuple[object, ...]]:
        """What a passage is made of, and what changes with it."""
        body = piece.part.content
        if not isinstance(body, Body):
            return body, ()
        block, grown = body.blocks[piece.block], ""
        if isinstance(block, Code) and not block.text:
            top = _top(self.layout.slot(slot), piece)
            grown = line_text(body.line(piece.first - top + piece.height - 1))
        return block, (piece.height, body.width, grown)

    def _made(self, slot: int, piece: Piece) -> Passage:
        body = piece.part.content
        if not isinstance(body, Body):
            is_note = piece.part.kind == "note"
            return as_it_stands(errors_of(body) if is_note else body)
        return passage(
            body, piece.block, piece.first - _top(self.layout.slot(slot), piece), piece.height
        )

    def at(self, anchor: Anchor) -> tuple[Point, int] | None:
        """The piece on a row, and the row's number within it; None where nothing can be selected."""
        pieces = self.pieces(anchor.slot)
        index = bisect_right(pieces, anchor.row, key=lambda piece: piece.first) - 1
        if index < 0 or anchor.row >= pieces[index].first + pieces[index].height:
            return None
        return Point(anchor.slot, index, 0), anchor.row - pieces[index].first

    def row(self, anchor: Anchor) -> Row | None:
        """What of a row can be selected."""
        found = self.at(anchor)
        return None if found is None else self.passage(found[0]).row(found[1])

    def anchor(self, point: Point) -> Anchor:
        """The row on which a point stands."""
        piece = self.pieces(point.slot)[point.piece]
        return Anchor(point.slot, piece.first + self.passage(point).row_of(point.offset))

    def columns(self, anchor: Anchor, first: Point, last: Point) -> tuple[int, int] | None:
        """Of a row's characters those from `first` to `last`, both included, by where they stand."""
        found = self.at(anchor)
        row = self.row(anchor)
        if found is None or row is None:
            return None
        here = found[0][:2]
        start = first.offset if here == first[:2] else 0 if here > first[:2] else None
        stop = last.offset if here == last[:2] else row.last if here < last[:2] else None
        if start is None or stop is None or stop < row.start or start > row.last:
            return None
        if not row.columns:
            return row.indent, row.indent
        low, high = max(start, row.start) - row.start, min(stop, row.last) - row.start
        return row.columns[low], row.columns[high] + 1

    def column(self, point: Point) -> int:
        """Where in its line a point stands."""
        row = self.row(self.anchor(point))
        if row is None or not row.columns:
            return row.indent if row else 0
        return row.columns[max(0, min(point.offset - row.start, len(row.columns) - 1))]

    def cell(self, point: Point) -> int:
        """The cell of its line on which a point begins."""
        _, line = self.layout.part(self.anchor(point))
        return cell_len(line_text(line)[: self.column(point)])

    def beside(self, anchor: Anchor, cell: int) -> Point | None:
        """The character at a cell of a row, or the nearest one on it."""
        found, row = self.at(anchor), self.row(anchor)
        if found is None or row is None:
            return None
        text, index = line_text(self.layout.part(anchor)[1]), 0
        for index, column in enumerate(row.columns):  # noqa: B007
            if cell_len(text[: column + 1]) > cell:
                break
        return self._letter(found[0], row, row.start + index)

    # going on

    def next_row(self, anchor: Anchor, step: int) -> Anchor | None:
        """The next row on which something can be selected, or the former one."""
        slot, row = anchor.slot, anchor.row + step
        while 0 <= slot <= self.layout.last:
            height = self.layout.slot(slot).height
            while 0 <= row < height:
                if self.row(Anchor(slot, row)) is not None:
                    return Anchor(slot, row)
                row += step
            slot += step
            if 0 <= slot <= self.layout.last:
                row = 0 if step > 0 else self.layout.slot(slot).height - 1
        return None

    def next_piece(self, point: Point, step: int) -> Point | None:
        """The beginning of the next piece, or of the former one."""
        slot, piece = point.slot, point.piece + step
        while True:
            while 0 <= piece < len(self.pieces(slot)):
                found = Point(slot, piece, 0)
                if not self.passage(found).is_empty:
                    return found
                piece += step
            slot += step
            if not 0 <= slot <= self.layout.last:
                return None
            piece = 0 if step > 0 else len(self.pieces(slot)) - 1

    def on_row(self, anchor: Anchor, *, is_last: bool = False) -> Point | None:
        """The first or last character of a row."""
        found, row = self.at(anchor), self.row(anchor)
        if found is None or row is None:
            return None
        return self._letter(found[0], row, row.last if is_last else row.start)

    def _letter(self, point: Point, row: Row, offset: int) -> Point:
        """The character at an offset of a row, or the one that it belongs to."""
        text = self.passage(point).text
        while offset > row.start and is_joined(text, offset):
            offset -= 1
        return point._replace(offset=offset)

    def nearest(self, point: Point) -> Point:
        """The point, where it can be stood upon; else the end of the row before it."""
        row = self.row(self.anchor(point))
        if row is None:
            return point
        return self._letter(point, row, max(row.start, min(point.offset, row.last)))

    # what lasts

    def mark(self, point: Point) -> Mark:
        """The point, in a way that lasts."""
        piece = self.pieces(point.slot)[point.piece]
        turn = self.layout.turn(point.slot)
        return Mark(turn.id if turn else "", *piece.of, piece.block, point.offset)

    def point(self, mark: Mark) -> Point | None:
        """Where a mark is now; None where its turn or its message is gone."""
        slot = self.layout.slot_of(mark.turn_id)
        if slot is None:
            return None
        of = [n for n, piece in enumerate(self.pieces(slot)) if piece.of == mark[1:3]]
        if not of:
            return None
        point = Point(slot, of[min(mark.block, len(of) - 1)], mark.offset)
        if mark.block >= len(of):
            point = point._replace(offset=len(self.passage(point).text))
        return self.nearest(point)


def _pieces_of(slot: Slot, *, is_preface: bool) -> list[Piece]:
    found: list[Piece] = []
    first = 0
    for part in slot.parts:
        if part.kind in _KINDS or (is_preface and part.kind == "rest"):
            if isinstance(part.content, Body):
                found.extend(_blocks(part, part.content, first))
            elif part.kind != "note" or any(map(_has_text, errors_of(part.content))):
                found.append(Piece(part, 0, first, part.height))
        first += part.height
    return found


def _has_text(line: Line) -> bool:
    found = content(line)
    return found is not None and bool(found.text)


def _blocks(part: Part, body: Body, first: int) -> list[Piece]:
    found = []
    for block in range(len(body.blocks)):
        rows = body.rows_of(block)
        if rows:
            found.append(Piece(part, block, first + rows.start, len(rows)))
    return found


def _top(slot: Slot, piece: Piece) -> int:
    """The first row of the part of a piece."""
    return slot.start(piece.part.kind, piece.part.message) or 0
