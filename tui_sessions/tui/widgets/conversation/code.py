"""A block of code laid out for a width; it can grow at its end while it streams."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

from tui_sessions.tui.widgets.conversation.highlight import (
    HIGHLIGHT_WHOLE,
    SURFACE,
    highlighted,
    highlighted_line,
)
from tui_sessions.tui.widgets.conversation.lines import (
    TAB,
    Line,
    Look,
    Run,
    chopped,
    cropped,
    line_text,
    padded,
)
from tui_sessions.tui.widgets.conversation.wrap import steady

LABEL = Look("label")
_GROWTH = 1.3
"""While it streams, a block is highlighted as a whole each time it grew by so much: in the sum a few
times the cost of once, where once a frame would be the square."""


class DrawnCode:
    """Code on its surface: a line with the language, then the code, long lines wrapped.

    Highlighting happens when a line is asked for, so that what is never seen costs nothing.
    """

    def __init__(self, text: str | None, language: str, width: int) -> None:
        """`text` None: nothing yet, `grow` brings it."""
        self._language = language
        self._width = max(1, width)
        self._room = max(1, self._width - 2)
        self._label_rows = 1 if language else 0
        self._sources: list[str] = []
        self._firsts: list[int] = []
        """The row on which each source line begins."""
        self._rows = 0
        self._size = 0
        self._is_open = text is None
        self._marked: tuple[Line, ...] | None = None
        self._marked_size = 0
        self._has_partial = False
        if text is not None:
            self.grow(text.split("\n"))

    @property
    def height(self) -> int:
        """Rows."""
        return self._label_rows + self._rows

    @property
    def source(self) -> str:
        """The code as far as it has come, tabs as blanks."""
        return "\n".join(self._sources)

    def grow(self, lines: Iterable[str], partial: str | None = None) -> None:
        """Add whole lines, and a `partial` last one that the next call replaces."""
        if self._has_partial:
            self._drop_last()
        for line in lines:
            self._add(line)
        self._has_partial = partial is not None
        if partial is not None:
            self._add(partial)

    def line(self, index: int) -> Line:
        """The row `index`, as wide as the block."""
        row = index - self._label_rows
        if row < 0:
            label = cropped(((f" {steady(self._language)}", LABEL),), self._width)
            return padded(label, self._width, SURFACE)
        source = bisect_right(self._firsts, row) - 1
        runs = self._runs(source)
        if row > self._firsts[source] or self._rows_of(source) > 1:
            within = row - self._firsts[source]
            runs = _cut(runs, *_span(self._sources[source], self._room, within))
        return padded(cropped(((" ", SURFACE), *runs), self._width), self._width, SURFACE)

    def row_text(self, index: int) -> str:
        """What stands on the row `index`, without its colours: highlighting a megabyte only to look for a
        word in it takes seconds."""
        row = index - self._label_rows
        if row < 0:
            return line_text(cropped(((f" {steady(self._language)}", LABEL),), self._width))
        source = bisect_right(self._firsts, row) - 1
        line, within = self._sources[source], row - self._firsts[source]
        if within == 0 and self._rows_of(source) == 1:
            return f" {line}"
        start, stop = _span(line, self._room, within)
        return f" {line[start:stop]}"

    def place(self, index: int) -> int:
        """What stands on the row `index`, in a measure that does not depend on the width."""
        row = index - self._label_rows
        if row < 0:
            return 0
        source = bisect_right(self._firsts, row) - 1
        return (source << 20) + min((row - self._firsts[source]) * self._room + 1, 0xFFFFF)

    def row_at(self, place: int) -> int:
        """The row of a `place`."""
        if place <= 0 or not self._firsts:
            return 0
        source = min(place >> 20, len(self._firsts) - 1)
        within = ((place & 0xFFFFF) - 1) // self._room
        return self._label_rows + self._firsts[source] + min(within, self._rows_of(source) - 1)

    def _add(self, line: str) -> None:
        line = steady(line.expandtabs(TAB))
        self._sources.append(line)
        self._firsts.append(self._rows)
        self._size += len(line) + 1
        short = len(line) <= self._room and line.isascii()
        self._rows += 1 if short else len(chopped(line, self._room))

    def _drop_last(self) -> None:
        self._size -= len(self._sources.pop()) + 1
        self._rows = self._firsts.pop()

    def _rows_of(self, source: int) -> int:
        following = source + 1
        end = self._firsts[following] if following < len(self._firsts) else self._rows
        return end - self._firsts[source]

    def _runs(self, source: int) -> Line:
        """The highlighted line `source`."""
        if self._size > HIGHLIGHT_WHOLE:
            return highlighted_line(self._sources[source], self._language)
        if not self._is_open:
            if self._marked is None:
                self._marked = highlighted("\n".join(self._sources), self._language)
            return self._marked[source]
        if self._marked is None or self._size > self._marked_size * _GROWTH:
            whole = self._sources[:-1] if self._has_partial else self._sources
            self._marked = highlighted("\n".join(whole), self._language) if whole else ()
            self._marked_size = self._size
        if source < len(self._marked):
            return self._marked[source]
        return highlighted_line(self._sources[source], self._language)


def _span(line: str, room: int, row: int) -> tuple[int, int]:
    """Where the wrapped row `row` of `line` starts and stops."""
    if line.isascii():
        return row * room, (row + 1) * room
    starts = _starts(line, room)
    return starts[row], starts[row + 1]


@lru_cache(maxsize=8)
def _starts(line: str, room: int) -> tuple[int, ...]:
    return (0, *accumulate(map(len, chopped(line, room))))


def _cut(runs: Line, start: int, stop: int) -> Line:
    """The characters from `start` to `stop`."""
    kept: list[Run] = []
    at = 0
    for text, look in runs:
        piece = text[max(0, start - at) : max(0, stop - at)]
        if piece:
            kept.append((piece, look))
        at += len(text)
    return tuple(kept)
