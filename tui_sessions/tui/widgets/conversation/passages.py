"""What stands on the rows of a block as one text: the lines that the width broke are whole again, and bars,
margins and labels are no part of it. Pure; finds the text of a row by laying the block out without a width.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from tui_sessions.tui.widgets.conversation.body import Body
from tui_sessions.tui.widgets.conversation.lines import TAB, Line, Look, chopped, line_text
from tui_sessions.tui.widgets.conversation.markdown import (
    Block,
    Code,
    Definition,
    Footnote,
    Heading,
    Items,
    Paragraph,
    Picture,
    Plain,
    Quote,
)
from tui_sessions.tui.widgets.conversation.render import block_lines, is_formula

_BAR = Look("quote")
_NESTED = 12
"""Columns that a list or a quote takes at most from what stands in it."""
_MOST_CELLS = 4_000_000
"""Cells of a block laid out without a width; one that would take more is taken as it stands."""


class Row(NamedTuple):
    """A row of a passage."""

    start: int
    """The place in the text of its first character."""
    columns: tuple[int, ...]
    """Where in the line each of its characters stands; none on an empty row."""
    indent: int = 0
    """Where the cursor stands on an empty row."""

    @property
    def last(self) -> int:
        """The place in the text of its last character."""
        return self.start + max(0, len(self.columns) - 1)


class Content(NamedTuple):
    """A line without what is no text."""

    text: str
    columns: tuple[int, ...]
    indent: int


class Passage:
    """A text, and the rows that it stands on; None for a row of which nothing belongs to it."""

    def __init__(self, text: str, rows: Sequence[Row | None]) -> None:
        self.text = text
        self._rows = rows
        self._shown = [number for number, row in enumerate(rows) if row is not None]
        self._starts = [row.start for row in rows if row is not None]

    @property
    def height(self) -> int:
        """Rows."""
        return len(self._rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is no row to stand on."""
        return not self._shown

    def row(self, number: int) -> Row | None:
        """A row."""
        return self._rows[number]

    def row_of(self, offset: int) -> int:
        """The number of the row on which the character at `offset` stands, or would."""
        at = bisect_right(self._starts, offset) - 1
        return self._shown[max(0, at)]


class CodePassage(Passage):
    """A block of code: its text as it was written, tabs and all. Rows are looked at one by one, since there
    may be twenty thousand."""

    def __init__(self, body: Body, block: int, text: str, first: int, height: int) -> None:
        self.text = text
        self._body, self._block, self._first, self._height = body, block, first, height
        self._room = max(1, max(1, body.width) - 2)
        self._lines = text.split("\n")
        self._line_starts = [0]
        for line in self._lines[:-1]:
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)

    @property
    def height(self) -> int:
        """Rows."""
        return self._height

    @property
    def is_empty(self) -> bool:
        """There is always a line."""
        return False

    def row(self, number: int) -> Row | None:
        """A row; None for the label."""
        place = self._body.place(self._first + number)[1]
        if place <= 0:
            return None
        source = min(place >> 20, len(self._lines) - 1)
        pieces = _pieces(self._lines[source], self._room)
        start, columns = pieces[min(number - self._row_of_line(source), len(pieces) - 1)]
        # A tab may take several rows of a very narrow pane.
        is_empty = not columns and bool(self._lines[source])
        return None if is_empty else Row(self._line_starts[source] + start, columns, 1)

    def row_of(self, offset: int) -> int:
        """The number of the row on which the character at `offset` stands, or would."""
        source = bisect_right(self._line_starts, offset) - 1
        pieces = _pieces(self._lines[source], self._room)
        within = offset - self._line_starts[source]
        piece = bisect_right(pieces, within, key=lambda piece: piece[0]) - 1
        return self._row_of_line(source) + max(0, piece)

    def _row_of_line(self, source: int) -> int:
        return self._body.row_at((self._block, (source << 20) + 1)) - self._first


@lru_cache(maxsize=16)
def _pieces(line: str, room: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The rows of a line of code: where each begins in it, and the column of each of its characters."""
    wide = line.expandtabs(TAB)
    found: list[tuple[int, tuple[int, ...]]] = []
    places = _expanded(line)
    at = index = 0
    for piece in chopped(wide, room):
        start = index
        while index < len(line) and places[index] < at + len(piece):
            index += 1
        found.append((start, tuple(places[n] - at + 1 for n in range(start, index))))
        at += len(piece)
    return tuple(found)


def _expanded(line: str) -> Sequence[int]:
    """Where each character stands once tabs are blanks."""
    if "\t" not in line:
        return range(len(line))
    places, at = [], 0
    for char in line:
        places.append(at)
        at += TAB - at % TAB if char == "\t" else 1
    return places


def passage(body: Body, block: int, first: int, height: int) -> Passage:
    """The block of a body, which stands on `height` rows from `first` on."""
    value = body.blocks[block]
    is_code = isinstance(value, Code) and not is_formula(value)
    if isinstance(value, Code) and is_code:
        # While it arrives, its text is nowhere but in what is laid out of it.
        text = value.text or body.code_text(block)
        if text:
            return CodePassage(body, block, text, first, height)
    lines = [body.line(first + row) for row in range(height)]
    whole = unwrapped(value)
    if whole is None:
        return as_it_stands(lines)
    # Of a picture only its name is text.
    named = len(block_lines(value, body.width)) if isinstance(value, Picture) else height
    rows = aligned(whole, [content(line) for line in lines[:named]])
    if rows is None:
        return as_it_stands(lines)
    return Passage("\n".join(whole), [*rows, *([None] * (height - named))])


def as_it_stands(lines: Iterable[Line]) -> Passage:
    """Every row a line of the text."""
    rows: list[Row | None] = []
    text, is_first = "", True
    for found in map(content, lines):
        if found is None:
            rows.append(None)
            continue
        if not is_first:
            text += "\n"
        rows.append(Row(len(text), found.columns, found.indent))
        text += found.text
        is_first = False
    return Passage(text, rows)


def errors_of(lines: Iterable[Line]) -> list[Line]:
    """Of the words about how an answer ended those of an error; what the program says besides is no text."""
    return [
        tuple((text, look if look.name == "error" else _BAR) for text, look in line)
        for line in lines
    ]


def content(line: Line) -> Content | None:
    """The line without bars, the surface of code and blanks at its end; None for a label."""
    text, at = "", 0
    columns: list[int] = []
    is_code = False
    for part, look in line:
        if look.name == "label":
            return None
        skipped = len(part) if look.name == "quote" else 0
        if look.name == "surface" and not is_code:
            is_code, skipped = True, 1
            if not text.strip(" "):
                text, columns = "", []
        text += part[skipped:]
        columns.extend(range(at + skipped, at + len(part)))
        at += len(part)
    kept = text.rstrip(" ")
    indent = columns[0] if columns else at
    return Content(kept, tuple(columns[: len(kept)]), indent)


def unwrapped(block: Block) -> list[str] | None:
    """The lines of a block that no width breaks; None where it has no such thing: a table."""
    longest = _longest(block)
    if longest is None:
        return None
    width = 2 * longest + 64
    if width * _code_lines(block) > _MOST_CELLS:
        return None
    found = [content(line) for line in block_lines(block, width)]
    return [line.text for line in found if line is not None]


def _longest(block: Block) -> int | None:
    """The characters of its longest line, with what is put before it."""
    match block:
        case Paragraph(runs) | Heading(_, runs) | Definition(runs):
            return _longest_line(line_text(runs))
        case Code() if is_formula(block):
            return None
        case Plain(text) | Code(text) | Picture(text):
            return _longest_line(text)
        case Quote(blocks) | Footnote(_, blocks):
            return _longest_of(blocks)
        case Items(items):
            return _longest_of([inner for item in items for inner in item.blocks])
        case _:
            return None


def _longest_line(text: str) -> int:
    return max(map(len, text.replace("\t", " " * TAB).split("\n")))


def _longest_of(blocks: Sequence[Block]) -> int | None:
    lengths = [_longest(block) for block in blocks]
    known = [length for length in lengths if length is not None]
    return None if len(known) < len(lengths) else _NESTED + max(known, default=0)


def _code_lines(block: Block) -> int:
    """Lines of code in it: they are as wide as the width."""
    match block:
        case Code(text):
            return text.count("\n") + 1
        case Quote(blocks) | Footnote(_, blocks):
            return sum(map(_code_lines, blocks))
        case Items(items):
            return sum(_code_lines(inner) for item in items for inner in item.blocks)
        case _:
            return 0


def aligned(lines: Sequence[str], rows: Sequence[Content | None]) -> list[Row | None] | None:
    """The `rows` as parts of the text of `lines`; None where they are not."""
    found: list[Row | None] = []
    text = "\n".join(lines)
    number = begin = at = 0
    """Of the line: its number, where it begins, and how far the rows have come."""
    for row in rows:
        if row is None:
            found.append(None)
            continue
        if number >= len(lines):
            return None
        placed = _placed(text, lines[number], begin, at, row)
        if placed is None:
            return None
        found.append(placed)
        at = placed.start + len(placed.columns)
        end = begin + len(lines[number])
        if not text[at:end].strip(" "):
            number, begin = number + 1, end + 1
            at = begin
    return None if any(line.strip(" ") for line in lines[number:]) else found


def _placed(text: str, line: str, begin: int, at: int, row: Content) -> Row | None:
    """Where a row stands in the line that is at."""
    words = row.text.lstrip(" ")
    if not words:
        is_blank = at == begin and not line.strip(" ")
        return Row(begin, (), row.indent) if is_blank else None
    lead = len(row.text) - len(words)
    blanks = len(line) - len(line.lstrip(" ")) if at == begin else 0
    place = begin + blanks if at == begin else at
    while at != begin and text.startswith(" ", place):
        place += 1
    if not text.startswith(words, place):
        return None
    own = min(lead, blanks)
    return Row(place - own, row.columns[lead - own :], row.indent)
