"""Wrapping: runs of text into lines of at most so many cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rich.cells import cell_len

from tui_sessions.tui.widgets.conversation.lines import TAB, Line, Run, chopped, line_text

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60"
    "\U00020000-\U0003fffd"
)
_FLAG = "\U0001f1e6-\U0001f1ff"
_PIECES = (
    f" +|[{_WIDE}][\u0300-\u036f\u3099\u309a\ufe00-\ufe0f]*|[{_FLAG}]{{1,2}}|[^ {_WIDE}{_FLAG}]+"
)
"""Blanks, single wide characters (a line may break beside each), flags, words."""
_UNSTEADY = re.compile("[\u200d\ufe0e\ufe0f]|(?<=[^ \n])[\U0001f3fb-\U0001f3ff]")
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")


@cache
def _pieces() -> re.Pattern[str]:
    """Made when a line is first broken: that takes 3 ms, which the first paint does not wait for."""
    return re.compile(_PIECES)


def wrapped(runs: Sequence[Run], width: int) -> list[Line]:
    """`runs` in lines of at most `width` cells, broken at blanks, beside wide characters, at `\\n`,
    and inside words that are longer than a line. Blanks at a break are dropped."""
    width = max(1, width)
    lines: list[Line] = []
    for paragraph in _paragraphs(runs, width):
        text = line_text(paragraph)
        if len(text) <= width and text.isascii():
            lines.append(tuple(paragraph))
            continue
        lines.extend(_cut(paragraph, _breaks(text, width)))
    return lines


def steady(text: str) -> str:
    """`text` with every character as wide as all terminals draw it. What joins emoji into one picture,
    tones it or asks for its coloured form is left out of what is drawn: half of the terminals draw the
    parts side by side, and would push the rest of the row out of the pane."""
    if text.isascii():
        return text
    return _TONE.sub("▪", _UNSTEADY.sub("", text))


def longest_piece(text: str) -> int:
    """The cells of the longest piece that wrapping leaves whole."""
    return max((cell_len(piece) for piece in _pieces().findall(text.replace("\n", " "))), default=0)


def _narrow(text: str) -> str:
    """`text` for a width of one cell."""
    return "".join("▯" if cell_len(char) > 1 else char for char in text)


def _paragraphs(runs: Sequence[Run], width: int) -> Iterator[list[Run]]:
    """The runs of each hard line, tabs expanded."""
    line: list[Run] = []
    for text, look in runs:
        if "\t" in text:
            text = text.replace("\t", " " * TAB)
        if not text.isascii():
            text = steady(text) if width > 1 else _narrow(steady(text))
        first, *others = text.split("\n")
        if first:
            line.append((first, look))
        for other in others:
            yield line
            line = [(other, look)] if other else []
    yield line


def _breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Where each line starts and stops in `text`."""
    lines: list[tuple[int, int]] = []
    start = stop = room_used = at = 0
    for piece in _pieces().findall(text):
        cells = len(piece) if piece.isascii() else cell_len(piece)
        end = at + len(piece)
        if piece[0] == " ":
            room_used += cells
        elif room_used + cells <= width:
            stop, room_used = end, room_used + cells
        else:
            if stop > start:
                lines.append((start, stop))
            start, room_used = at, cells
            if cells > width:
                *full, last = chopped(piece, width)
                for part in full:
                    lines.append((start, start + len(part)))
                    start += len(part)
                room_used = cell_len(last)
            stop = end
        at = end
    if stop > start or not lines:
        lines.append((start, stop))
    return lines


def _cut(runs: Sequence[Run], spans: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """The lines that `spans` (in order) cut out of `runs`, in one pass."""
    index = at = 0
    for start, stop in spans:
        line: list[Run] = []
        while index < len(runs):
            text, look = runs[index]
            end = at + len(text)
            if end > start:
                piece = text[max(0, start - at) : stop - at]
                if piece:
                    line.append((piece, look))
            if end > stop:
                break
            at = end
            index += 1
        yield tuple(line)
