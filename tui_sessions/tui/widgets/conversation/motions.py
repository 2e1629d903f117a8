"""Ways through the text that is laid out: from a point to another, by character, row, word, paragraph, message.

Every one stays where it is when there is no further way. Knows no Textual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tui_sessions.tui.widgets.conversation.layout import Anchor
from tui_sessions.tui.widgets.conversation.reader import Point, Reader, is_joined

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_WORDS = re.compile(rf"(?:\w[{_MARKS}]*)+|(?:[^\w\s{_MARKS}][{_MARKS}]*)+")
"""What stands on a letter belongs to it: no word begins with an accent."""
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+(?=\S)")
_BACK = 4_000
"""Characters looked at on the way back to the beginning of a word."""


def left(reader: Reader, point: Point) -> Point:
    """The character before, also on the row above."""
    anchor = reader.anchor(point)
    row, text = reader.row(anchor), reader.passage(point).text
    if row is not None and point.offset > row.start:
        offset = point.offset - 1
        while offset > row.start and is_joined(text, offset):
            offset -= 1
        return point._replace(offset=offset)
    former = reader.next_row(anchor, -1)
    return (reader.on_row(former, is_last=True) if former else None) or point


def right(reader: Reader, point: Point) -> Point:
    """The character behind, also on the row below."""
    anchor = reader.anchor(point)
    row, text = reader.row(anchor), reader.passage(point).text
    if row is not None:
        offset = point.offset + 1
        while offset <= row.last and is_joined(text, offset):
            offset += 1
        if offset <= row.last:
            return point._replace(offset=offset)
    following = reader.next_row(anchor, 1)
    return (reader.on_row(following) if following else None) or point


def by_rows(reader: Reader, point: Point, rows: int, cell: int) -> Point:
    """So many rows further, or back, near a cell."""
    anchor, step = reader.anchor(point), 1 if rows > 0 else -1
    for _ in range(abs(rows)):
        following = reader.next_row(anchor, step)
        if following is None:
            break
        anchor = following
    return reader.beside(anchor, cell) or point


def by_pages(reader: Reader, point: Point, rows: int, cell: int) -> Point:
    """So many rows further, or back, those between the messages counted too, near a cell."""
    step = 1 if rows > 0 else -1
    anchor = reader.layout.moved(reader.anchor(point), rows)
    if reader.row(anchor) is None:
        found = reader.next_row(anchor, step) or reader.next_row(anchor, -step)
        if found is None:
            return point
        anchor = found
    return reader.beside(anchor, cell) or point


def row_start(reader: Reader, point: Point) -> Point:
    """The first character of the row."""
    return reader.on_row(reader.anchor(point)) or point


def row_text(reader: Reader, point: Point) -> Point:
    """The first character of the row that is no blank."""
    start = row_start(reader, point)
    row, text = reader.row(reader.anchor(point)), reader.passage(point).text
    offset = start.offset
    while row is not None and offset < row.last and text[offset].isspace():
        offset += 1
    return start._replace(offset=offset)


def row_end(reader: Reader, point: Point) -> Point:
    """The last character of the row."""
    return reader.on_row(reader.anchor(point), is_last=True) or point


def next_word(reader: Reader, point: Point) -> Point:
    """The beginning of the next word."""
    text = reader.passage(point).text
    found = _WORDS.search(text, point.offset)
    if found is not None and found.start() == point.offset:
        found = _WORDS.search(text, found.end())
    if found is not None:
        return point._replace(offset=found.start())
    return _first_word(reader, point) or _last(reader, point)


def word_end(reader: Reader, point: Point) -> Point:
    """The end of the word, or of the next one."""
    found = _WORDS.search(reader.passage(point).text, point.offset + 1)
    if found is not None:
        return reader.nearest(point._replace(offset=found.end() - 1))
    following = _first_word(reader, point)
    if following is None:
        return _last(reader, point)
    word = _WORDS.match(reader.passage(following).text, following.offset)
    return reader.nearest(following._replace(offset=word.end() - 1)) if word else following


def former_word(reader: Reader, point: Point) -> Point:
    """The beginning of the word, or of the former one."""
    at: Point | None = point
    stop = point.offset
    while at is not None:
        text = reader.passage(at).text
        low = max(0, stop - _BACK)
        while low > 0 and not text[low - 1].isspace():
            low -= 1
        starts = [found.start() for found in _WORDS.finditer(text, low, stop)]
        if starts:
            return at._replace(offset=starts[-1])
        if low > 0:
            stop = low
            continue
        at = reader.next_piece(at, -1)
        stop = len(reader.passage(at).text) if at is not None else 0
    return row_start(reader, first(reader, point))


def next_paragraph(reader: Reader, point: Point) -> Point:
    """The text behind the next blank line."""
    found = _BLANK_LINES.search(reader.passage(point).text, point.offset)
    if found is not None:
        return reader.nearest(point._replace(offset=found.end()))
    following = reader.next_piece(point, 1)
    return _last(reader, point) if following is None else _begin(reader, following)


def former_paragraph(reader: Reader, point: Point) -> Point:
    """The beginning of the paragraph, or of the former one."""
    for found in reversed([*_BLANK_LINES.finditer(reader.passage(point).text, 0, point.offset)]):
        if found.end() < point.offset:
            return reader.nearest(point._replace(offset=found.end()))
    begin = _begin(reader, point)
    if begin.offset < point.offset:
        return begin
    former = reader.next_piece(point, -1)
    if former is None:
        return begin
    starts = [0, *(m.end() for m in _BLANK_LINES.finditer(reader.passage(former).text))]
    return reader.nearest(former._replace(offset=starts[-1]))


def next_message(reader: Reader, point: Point) -> Point:
    """The beginning of the next message."""
    return _message(reader, point, 1)


def former_message(reader: Reader, point: Point) -> Point:
    """The beginning of the message, or of the former one."""
    begin = _message_start(reader, point)
    if begin < point:
        return begin
    former = reader.next_piece(point, -1)
    return begin if former is None else _message_start(reader, former)


def first(reader: Reader, point: Point) -> Point:
    """The very first character."""
    anchor = reader.next_row(Anchor(0, -1), 1)
    return (reader.on_row(anchor) if anchor else None) or point


def last(reader: Reader, point: Point) -> Point:
    """The very last character."""
    number = reader.layout.last
    anchor = reader.next_row(Anchor(number, reader.layout.slot(number).height), -1)
    return (reader.on_row(anchor, is_last=True) if anchor else None) or point


MOTIONS: Mapping[str, Callable[[Reader, Point], Point]] = {
    "left": left,
    "right": right,
    "row_start": row_start,
    "row_text": row_text,
    "row_end": row_end,
    "next_word": next_word,
    "word_end": word_end,
    "former_word": former_word,
    "next_paragraph": next_paragraph,
    "former_paragraph": former_paragraph,
    "next_message": next_message,
    "former_message": former_message,
    "first": first,
    "last": last,
}
"""The ways by name; those by rows need to know the cell as well."""


def _begin(reader: Reader, point: Point) -> Point:
    return reader.nearest(point._replace(offset=0))


def _last(reader: Reader, point: Point) -> Point:
    return reader.nearest(point._replace(offset=max(0, len(reader.passage(point).text) - 1)))


def _first_word(reader: Reader, point: Point) -> Point | None:
    """The beginning of the first word in the pieces behind."""
    following = reader.next_piece(point, 1)
    while following is not None:
        found = _WORDS.search(reader.passage(following).text)
        if found is not None:
            return following._replace(offset=found.start())
        following = reader.next_piece(following, 1)
    return None


def _message(reader: Reader, point: Point, step: int) -> Point:
    of, slot = reader.pieces(point.slot)[point.piece].part.message, point.slot
    following = reader.next_piece(point, step)
    while following is not None:
        if following.slot != slot or _number(reader, following) != of:
            return _begin(reader, following)
        following = reader.next_piece(following, step)
    return point


def _message_start(reader: Reader, point: Point) -> Point:
    pieces, number = reader.pieces(point.slot), _number(reader, point)
    piece = next(n for n, piece in enumerate(pieces) if piece.part.message == number)
    return _begin(reader, Point(point.slot, piece, 0))


def _number(reader: Reader, point: Point) -> int:
    return reader.pieces(point.slot)[point.piece].part.message
