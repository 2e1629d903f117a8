"""A selection in the text of a conversation: what it covers, as it is read and as it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from tui_sessions.model.text import clean
from tui_sessions.tui.widgets.conversation.blocks import blocks_of
from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.markdown import Block, Code, block_starts, is_too_much
from tui_sessions.tui.widgets.conversation.reader import Mark, Point, Reader, is_joined
from tui_sessions.tui.widgets.conversation.slots import live_number

Unit = Literal["character", "word", "line"]
_WORD = re.compile(r"\w+|[^\w\s]+|[^\S\n]+|\n")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Selection:
    """From `start` to `caret`, both included, in any order; whole words or lines where `unit` says so."""

    start: Mark
    caret: Mark
    unit: Unit = "character"
    cell: int | None = None
    """The cell that the caret keeps to on its way over rows."""

    def moved(self, caret: Mark, cell: int | None = None) -> Selection:
        """The same up to another character."""
        return replace(self, caret=caret, cell=cell)

    def turned(self) -> Selection:
        """The same with the caret at the other end."""
        return replace(self, start=self.caret, caret=self.start, cell=None)


Span = tuple[Point, Point]
"""The first and the last character."""


def span(reader: Reader, selection: Selection) -> Span | None:
    """What is selected now; None where an end is gone."""
    start, caret = reader.point(selection.start), reader.point(selection.caret)
    if start is None or caret is None:
        return None
    first, last = min(start, caret), max(start, caret)
    if selection.unit == "line":
        return _line(reader, first)[0], _line(reader, last)[1]
    if selection.unit == "word":
        return _word(reader, first)[0], _word(reader, last)[1]
    return first, last._replace(offset=_whole(reader.passage(last).text, last.offset))


def _whole(text: str, offset: int) -> int:
    """The place of the last of the characters that share a cell with the one at `offset`."""
    while offset + 1 < len(text) and is_joined(text, offset + 1):
        offset += 1
    return offset


def _line(reader: Reader, point: Point) -> Span:
    text = reader.passage(point).text
    stop = text.find("\n", point.offset)
    last = (len(text) if stop < 0 else stop) - 1
    start = text.rfind("\n", 0, point.offset) + 1
    return point._replace(offset=start), point._replace(offset=max(start, last))


def _word(reader: Reader, point: Point) -> Span:
    text, offset = reader.passage(point).text, point.offset
    low = max(text.rfind("\n", 0, offset) + 1, offset - 1_000)
    for found in _WORD.finditer(text, low):
        if found.end() > offset:
            first = point._replace(offset=min(found.start(), offset))
            return first, point._replace(offset=max(offset, found.end() - 1))
    return point, point


def size(reader: Reader, covered: Span) -> int:
    """About how many characters are selected, without laying out what lies between."""
    first, last = covered
    if first.slot == last.slot:
        pieces = range(first.piece, last.piece + 1)
        return sum(len(reader.passage(Point(first.slot, piece, 0)).text) for piece in pieces)
    turns = (reader.layout.turn(slot) for slot in range(first.slot, last.slot + 1))
    return sum(len(message.text) for turn in turns if turn for message in turn.messages)


def text_of(reader: Reader, covered: Span) -> str:
    """The text as it is read."""
    return "".join(gap + part for gap, part in _parts(reader, covered)).rstrip("\n")


def _parts(reader: Reader, covered: Span) -> list[tuple[str, str]]:
    """The selected text of each piece, behind what stands between it and the one before."""
    first, last = covered
    parts: list[tuple[str, str]] = []
    for slot in range(first.slot, last.slot + 1):
        pieces = reader.pieces(slot)
        for number, piece in enumerate(pieces):
            point = Point(slot, number, 0)
            if not first[:2] <= point[:2] <= last[:2] or reader.passage(point).is_empty:
                continue
            gap = "\n\n" if parts else ""
            if parts and number and pieces[number - 1].of == piece.of:
                above = pieces[number - 1]
                gap = "\n" * (1 + piece.first - above.first - above.height)
            parts.append((gap, _cut(reader, point, covered)))
    return parts


def _cut(reader: Reader, point: Point, covered: Span) -> str:
    text = reader.passage(point).text
    low, high = _range(point, covered, len(text))
    return text[low:high]


def _range(point: Point, covered: Span, length: int) -> tuple[int, int]:
    first, last = covered
    low = first.offset if point[:2] == first[:2] else 0
    high = last.offset + 1 if point[:2] == last[:2] else length
    return low, high


def markdown_of(reader: Reader, covered: Span) -> str:
    """The text as it was written: whole lines of it, or whole blocks, where it is shown otherwise."""
    first, last = covered
    found: list[str] = []
    for slot in range(first.slot, last.slot + 1):
        pieces = list(enumerate(reader.pieces(slot)))
        chosen = [(n, p) for n, p in pieces if first[:2] <= (slot, n) <= last[:2]]
        for of, group in groupby(chosen, key=lambda entry: entry[1].of):
            numbers = [number for number, _ in group]
            points = [Point(slot, number, 0) for number in numbers]
            source = _source(reader, slot, *of)
            found.append(_written(reader, points, covered, source))
    return "\n\n".join(part for part in found if part.strip())


def _source(reader: Reader, slot: int, message: int, kind: str) -> str | None:
    """The Markdown of a message; None for what is none."""
    turn, live = reader.layout.turn(slot), reader.layout.live
    if turn is None or kind != "body":
        return None
    if live is not None and live.turn_id == turn.id and message == live_number(turn):
        return clean(live.text)
    return clean(turn.messages[message].text)


def _written(reader: Reader, points: Sequence[Point], covered: Span, source: str | None) -> str:
    """What is selected of one message, as it was written."""
    pieces = reader.pieces(points[0].slot)
    body = pieces[points[0].piece].part.content
    if source is None or not isinstance(body, Body):
        return "\n\n".join(_cut(reader, point, covered) for point in points)
    blocks = [pieces[point.piece].block for point in points]
    if blocks[0] == 0 and blocks[-1] == len(body.blocks) - 1 and _is_whole(reader, points, covered):
        return source.strip("\n")
    sources = sources_of(source, len(body.blocks))
    if sources is None:
        return source.strip("\n")
    parts: list[str] = []
    for point, number in zip(points, blocks, strict=True):
        text = reader.passage(point).text
        low, high = _range(point, covered, len(text))
        parts.append(_lines_of(body.blocks[number], sources[number], text, low, high))
    return "\n\n".join(parts)


def _is_whole(reader: Reader, points: Sequence[Point], covered: Span) -> bool:
    end = len(reader.passage(points[-1]).text)
    return _range(points[0], covered, 0)[0] == 0 and _range(points[-1], covered, end)[1] >= end


def sources_of(text: str, count: int) -> list[list[str]] | None:
    """The lines of each of the `count` blocks of a message; None where they cannot be told apart."""
    if is_too_much(text):
        return None
    starts = block_starts(text)
    lines = text.split("\n")
    if len(starts) != count or len(blocks_of(text)) != count:
        return None
    found = [
        lines[start:stop] for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]
    for block in found:
        while block and not block[-1].strip():
            block.pop()
    return found


def _lines_of(block: Block, source: list[str], text: str, low: int, high: int) -> str:
    """Of the lines of a block those that hold its text from `low` to `high`."""
    shown = text.split("\n")
    first, last = text.count("\n", 0, low), text.count("\n", 0, max(low, high - 1))
    if low == 0 and high >= len(text):
        return "\n".join(source)
    fence = _FENCE.match(source[0]) if source else None
    if isinstance(block, Code) and fence is not None:
        inside = source[1 : 1 + len(shown)]
        return "\n".join((source[0], *inside[first : last + 1], fence[0]))
    if len(source) != len(shown):
        return "\n".join(source)
    if source[first : last + 1] == shown[first : last + 1]:
        return text[low:high]
    return "\n".join(source[first : last + 1])
