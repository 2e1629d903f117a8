"""The last gate before the terminal: nothing that is text can be a command to it.

Text from elsewhere is cleaned where it comes in; this catches what was forgotten, in our widgets
and in Textual's, none of which strips an escape sequence (TEXTUAL.md §2, "Safety").
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui_sessions.model.text import UNSAFE


class Sanitise(LineFilter):
    """Takes controls, bidi overrides and invisible characters out of every line that is drawn."""

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
    return bool(UNSAFE.search(text) or (style and style.link and UNSAFE.search(style.link)))


def _safe(segment: Segment) -> Segment:
    text, style, _ = segment
    # The address of a link reaches the terminal as it is; an unsafe one is no link.
    if style and style.link and UNSAFE.search(style.link):
        style = style.update_link(None)
    # Most of these measure no cell and vanish; a blank stands for what measures one, or the rest
    # of the line would move.
    return Segment(UNSAFE.sub(lambda match: " " * cell_len(match.group()), text), style)
