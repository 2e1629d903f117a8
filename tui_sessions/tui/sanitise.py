"""The last gate before the terminal: nothing that is text can be a command to it.

Text from elsewhere is cleaned where it comes in; this catches what was forgotten, in our widgets
and in Textual's, none of which strips an escape sequence (TEXTUAL.md §2, "Safety").
"""

from __future__ import annotations

import re

from rich.cells import cell_len, split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui_sessions.model.text import UNSAFE, is_plain, without_floods

_JOINING = re.compile("[\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
"""What makes one picture of several, or a coloured one; a terminal may draw the parts side by side."""
_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
"""Measured as nothing, and drawn by some terminals as a picture of its own."""


class Sanitise(LineFilter):
    """Takes controls, bidi overrides and invisible characters out of every line that is drawn, and what
    would be wider on one terminal than on another."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """`segments` without them, and as wide as before; Textual's own control codes stay."""
        if not any(_is_unsafe(segment) for segment in segments):
            return segments
        return [segment if segment.control else _safe(segment) for segment in segments]


SANITISE = Sanitise()
"""The one instance: Textual keeps drawn lines by the identity of the filters, and a new one for
every line costs three times the time when scrolling. For `App.get_line_filters`."""


def _is_unsafe(segment: Segment) -> bool:
    text, style, control = segment
    if control:
        return False
    if style and style.link and UNSAFE.search(style.link):
        return True
    if text.isascii() and text.isprintable():
        return False
    if _JOINING.search(text):
        return True
    return not is_plain(text) and (bool(UNSAFE.search(text)) or without_floods(text) != text)


def _safe(segment: Segment) -> Segment:
    text, style, _ = segment
    # The address of a link reaches the terminal as it is; an unsafe one is no link.
    if style and style.link and UNSAFE.search(style.link):
        style = style.update_link(None)
    # Most of these measure no cell and vanish; a blank stands for what measures one, or the rest
    # of the line would move.
    text = UNSAFE.sub(lambda match: " " * cell_len(match.group()), text)
    return Segment(_steady(without_floods(text)), style)


def _steady(text: str) -> str:
    """`text` with every picture as wide as it was measured: one that is joined of several is the first of
    them, and one that is no wider by itself has a blank behind it."""
    if not _JOINING.search(text):
        return text
    spans, _ = split_graphemes(text)
    return "".join(_steady_piece(text[start:end], cells) for start, end, cells in spans)


def _steady_piece(piece: str, cells: int) -> str:
    if len(piece) == 1 or piece[0].isalpha():
        return piece
    if sum(map(cell_len, piece)) == cells and not _TONE.search(piece):
        return piece
    first = piece[0]
    return first + " " * (cells - cell_len(first))
