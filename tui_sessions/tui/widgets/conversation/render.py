"""Blocks into lines for a width."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation.code import DrawnCode
from tui_sessions.tui.widgets.conversation.inline import RAISED
from tui_sessions.tui.widgets.conversation.lines import (
    BOLD,
    EMPTY,
    TEXT,
    Line,
    Look,
    line_text,
)
from tui_sessions.tui.widgets.conversation.markdown import (
    Block,
    Code,
    Definition,
    Footnote,
    Heading,
    Item,
    Items,
    Maths,
    Paragraph,
    Picture,
    Plain,
    Quote,
    Rule,
    Table,
)
from tui_sessions.tui.widgets.conversation.pictures import DrawnPicture, named
from tui_sessions.tui.widgets.conversation.tables import table_rows
from tui_sessions.tui.widgets.conversation.wrap import steady, wrapped

_NARROWEST = 12
"""What is nested is not indented further than this leaves."""
_QUOTE = Look("quote")
_MARKER = Look("marker")
_TOGETHER = (Plain, Definition, Footnote)
_BULLETS = ("•", "◦", "▪")
_OPEN, _DONE = "☐ ", "✓ "
_FORMULA_INDENT = 4
_ALERTS = {"note": "i", "tip": "✦", "important": "!", "warning": "▲", "caution": "■"}


class Drawn(Protocol):
    """A block laid out for a width."""

    @property
    def height(self) -> int:
        """Rows."""
        ...

    def line(self, index: int) -> Line:
        """The row `index`."""
        ...

    def place(self, index: int) -> int:
        """What stands on the row `index`, in a measure that does not depend on the width."""
        ...

    def row_at(self, place: int) -> int:
        """The row of a `place`."""
        ...


class DrawnLines:
    """Lines as they are; a place counts the letters above."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines

    @property
    def height(self) -> int:
        """Rows."""
        return len(self._lines)

    def line(self, index: int) -> Line:
        """The row `index`."""
        return self._lines[index]

    def place(self, index: int) -> int:
        """The letters above the row."""
        return sum(_letters(line) for line in self._lines[:index])

    def row_at(self, place: int) -> int:
        """The row in which the letter `place` stands."""
        ends = list(accumulate(_letters(line) for line in self._lines))
        return max(0, min(bisect_right(ends, place), len(ends) - 1))


class DrawnRows(DrawnLines):
    """The rows of a table, each of some lines; a place is a row and a line of it."""

    def __init__(self, rows: Sequence[Sequence[Line]]) -> None:
        super().__init__([line for row in rows for line in row])
        self._starts = [0, *accumulate(map(len, rows))][:-1]

    def place(self, index: int) -> int:
        """The row on which the line stands, and the how manyeth of its lines that is."""
        row = bisect_right(self._starts, index) - 1
        return (row << 20) + index - self._starts[row]

    def row_at(self, place: int) -> int:
        """The line of a `place`, or the last one of its row."""
        row = min(place >> 20, len(self._starts) - 1)
        stop = self._starts[row + 1] if row + 1 < len(self._starts) else self.height
        return max(0, min(self._starts[row] + (place & 0xFFFFF), stop - 1))


def drawn(block: Block, width: int) -> Drawn:
    """`block` laid out for `width` cells."""
    width = max(1, width)
    match block:
        case Code(text, language) if not is_formula(block):
            return DrawnCode(text, language, width)
        case Table():
            return DrawnRows(table_rows(block, width))
        case Picture(name, url):
            return DrawnPicture(name, url, width)
        case _:
            return DrawnLines(block_lines(block, width))


def is_formula(block: Code) -> bool:
    """Whether a fence holds maths."""
    return block.language.lower() == "math" and bool(block.text.strip())


def block_lines(block: Block, width: int, depth: int = 0) -> list[Line]:
    """The lines of `block`; `depth` counts the lists it stands in."""
    match block:
        case Paragraph(runs):
            return wrapped(runs, width)
        case Definition(runs):
            return wrapped(runs, width)
        case Heading(level, runs):
            return wrapped([(text, _headed(look, level)) for text, look in runs], width)
        case Maths(source):
            return _formula(source, width)
        case Picture(name):
            return wrapped(named(name), width)
        case Footnote():
            return _footnote(block, width, depth)
        case Plain(text, look):
            return wrapped([(text, look)], width)
        case Code(text) if is_formula(block):
            return _formula(text, width)
        case Code(text, language):
            code = DrawnCode(text, language, width)
            return [code.line(index) for index in range(code.height)]
        case Quote():
            return _quote(block, width, depth)
        case Items():
            return _items(block, width, depth)
        case Table():
            return [line for row in table_rows(block, width) for line in row]
        case Rule():
            return [(("─" * width, Look("grid")),)]


def gap_before(previous: Block | None, block: Block) -> int:
    """The blank rows between two blocks; link definitions stand together, and footnotes."""
    if previous is None:
        return 0
    return 0 if type(previous) is type(block) and isinstance(block, _TOGETHER) else 1


def _headed(look: Look, level: int) -> Look:
    return look._replace(marks=look.marks | BOLD) if level <= 3 else look


def _quote(block: Quote, width: int, depth: int) -> list[Line]:
    inner = width - 2 if width > _NARROWEST else width
    lines: list[Line] = []
    if block.alert:
        title = f"{_ALERTS[block.alert]} {block.alert.capitalize()}"
        lines = wrapped([(title, Look(block.alert, BOLD))], inner)
    if block.blocks or not lines:
        lines += _stacked(block.blocks, inner, depth)
    return [(("│ ", _QUOTE), *line) for line in lines] if inner < width else lines


def _footnote(block: Footnote, width: int, depth: int) -> list[Line]:
    marker = f"{block.number.translate(RAISED)} "
    if width - len(marker) < _NARROWEST or not block.number.isdecimal():
        return [
            *wrapped([(marker.rstrip(), _MARKER)], width),
            *_stacked(block.blocks, width, depth),
        ]
    return _hanging(marker, _MARKER, _stacked(block.blocks, width - len(marker), depth))


def _hanging(marker: str, look: Look, lines: Sequence[Line]) -> list[Line]:
    """`lines` behind their marker."""
    rest = (" " * len(marker), TEXT)
    return [((marker, look), *lines[0]), *((rest, *line) if line else EMPTY for line in lines[1:])]


def _formula(source: str, width: int) -> list[Line]:
    """A formula on lines of its own; as it was written where it is not understood."""
    from tui_sessions.tui.widgets.conversation.maths import formula_rows  # Most texts have none.

    indent = _FORMULA_INDENT if width >= 2 * _NARROWEST else 0
    rows = formula_rows(source, width - indent)
    if rows is None:
        lines = wrapped([(source, Look("code"))], width - indent)
    else:
        lines = [line for row in rows for line in _formula_row(steady(row), width - indent)]
    return [((" " * indent, TEXT), *line) for line in lines] if indent else lines


def _formula_row(row: str, width: int) -> list[Line]:
    if cell_len(row) <= width:
        return [((row, TEXT),)]
    return wrapped([(row, TEXT)], width)


def _stacked(
    blocks: Sequence[Block], width: int, depth: int, *, is_tight: bool = False
) -> list[Line]:
    """The lines of `blocks`, one below the other."""
    lines: list[Line] = []
    previous: Block | None = None
    for block in blocks:
        if not is_tight:
            lines.extend([EMPTY] * gap_before(previous, block))
        lines.extend(block_lines(block, width, depth))
        previous = block
    return lines or [EMPTY]


def _items(block: Items, width: int, depth: int) -> list[Line]:
    lines: list[Line] = []
    last = (block.start or 0) + len(block.items) - 1
    for number, item in enumerate(block.items):
        if number and not block.is_tight:
            lines.append(EMPTY)
        if block.start is None:
            marker = _BULLETS[depth % 3] + " "
        else:
            marker = f"{block.start + number}. ".rjust(len(str(last)) + 2)
        lines.extend(_item(item, marker, width, depth, is_tight=block.is_tight))
    return lines


def _item(item: Item, marker: str, width: int, depth: int, *, is_tight: bool) -> list[Line]:
    look = _MARKER
    if item.done is not None:
        marker = (marker if marker[0] not in _BULLETS else "") + (_DONE if item.done else _OPEN)
        look = Look("done" if item.done else "open")
    indent = len(marker) if width - len(marker) >= _NARROWEST else 0
    lines = _stacked(item.blocks, width - indent, depth + 1, is_tight=is_tight)
    if not indent:
        return [*wrapped([(marker.strip(), look)], width), *lines]
    return _hanging(marker, look, lines)


def _letters(line: Line) -> int:
    """The characters of a line that wrapping never drops or adds."""
    text = line_text(line)
    return len(text) - sum(map(text.count, " │☐✓"))
