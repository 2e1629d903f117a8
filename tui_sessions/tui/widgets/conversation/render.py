"""Blocks into lines for a width."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

from tui_sessions.tui.widgets.conversation.code import DrawnCode
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
    Heading,
    Item,
    Items,
    Paragraph,
    Plain,
    Quote,
    Rule,
    Table,
)
from tui_sessions.tui.widgets.conversation.tables import table_lines
from tui_sessions.tui.widgets.conversation.wrap import wrapped

_NARROWEST = 12
"""What is nested is not indented further than this leaves."""
_QUOTE = Look("quote")
_MARKER = Look("marker")
_BULLETS = ("•", "◦", "▪")


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


def drawn(block: Block, width: int) -> Drawn:
    """`block` laid out for `width` cells."""
    if isinstance(block, Code):
        return DrawnCode(block.text, block.language, width)
    return DrawnLines(block_lines(block, max(1, width)))


def block_lines(block: Block, width: int, depth: int = 0) -> list[Line]:
    """The lines of `block`; `depth` counts the lists it stands in."""
    match block:
        case Paragraph(runs):
            return wrapped(runs, width)
        case Heading(level, runs):
            return wrapped([(text, _headed(look, level)) for text, look in runs], width)
        case Plain(text, look):
            return wrapped([(text, look)], width)
        case Code(text, language):
            code = DrawnCode(text, language, width)
            return [code.line(index) for index in range(code.height)]
        case Quote(blocks):
            bar = ("│ ", _QUOTE)
            inner = width - 2 if width > _NARROWEST else width
            lines = _stacked(blocks, inner, depth)
            return [(bar, *line) for line in lines] if inner < width else lines
        case Items():
            return _items(block, width, depth)
        case Table():
            return table_lines(block, width)
        case Rule():
            return [(("─" * width, Look("grid")),)]


def gap_before(previous: Block | None, block: Block) -> int:
    """The blank rows between two blocks; link definitions stand together."""
    if previous is None:
        return 0
    return 0 if isinstance(previous, Plain) and isinstance(block, Plain) else 1


def _headed(look: Look, level: int) -> Look:
    return look._replace(marks=look.marks | BOLD) if level <= 3 else look


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
    for number, item in enumerate(block.items):
        if number and not block.is_tight:
            lines.append(EMPTY)
        marker = _marker(item, None if block.start is None else block.start + number, depth)
        lines.extend(_item(item, marker, width, depth, is_tight=block.is_tight))
    return lines


def _marker(item: Item, number: int | None, depth: int) -> str:
    if item.done is not None:
        return "[x] " if item.done else "[ ] "
    return f"{_BULLETS[depth % 3]} " if number is None else f"{number}. "


def _item(item: Item, marker: str, width: int, depth: int, *, is_tight: bool) -> list[Line]:
    indent = len(marker) if width - len(marker) >= _NARROWEST else 0
    look = Look("done") if item.done else _MARKER
    lines = _stacked(item.blocks, width - indent, depth + 1, is_tight=is_tight)
    if not indent:
        return [*wrapped([(marker.strip(), look)], width), *lines]
    rest = (" " * indent, TEXT)
    return [((marker, look), *lines[0]), *((rest, *line) if line else EMPTY for line in lines[1:])]


def _letters(line: Line) -> int:
    """The characters of a line that wrapping never drops or adds."""
    text = line_text(line)
    return len(text) - text.count(" ") - text.count("│")
