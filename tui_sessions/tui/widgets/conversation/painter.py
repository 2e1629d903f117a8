"""Strips for rows: coloured once, kept while their look and text stay."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container

from rich.style import Style
from textual.strip import Strip

from tui_sessions.tui.widgets.conversation.lines import Line, Look, line_cells
from tui_sessions.tui.widgets.conversation.palette import MARGIN, Palette
from tui_sessions.tui.widgets.conversation.wrap import wrapped

_KEPT = 2_000
_MUTED = Look("muted")

RowKey = tuple[int, int, bool, *tuple[int, ...]]
"""The serial of a layout, a row of it, whether it belongs to the message under the cursor, and what of it is
selected."""


class Painter:
    """Draws rows `width` cells wide."""

    def __init__(self, component: Callable[[str], Style]) -> None:
        self._component = component
        self._palette: Palette | None = None
        self._strips: OrderedDict[RowKey, Strip] = OrderedDict()
        self.width = 0
        self.has_bars = True
        """Whether who speaks is told by a bar in the margin too."""

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        if self._palette is None:
            self._palette = Palette(self._component)
        return self._palette

    def resize(self, width: int) -> None:
        """Draw for another width."""
        if width != self.width:
            self.width = width
            self.forget()

    def set_bars(self, has_bars: bool) -> bool:
        """Draw bars, or none; whether that is a change."""
        if has_bars == self.has_bars:
            return False
        self.has_bars = has_bars
        self.forget()
        return True

    def recolour(self) -> bool:
        """Take the colours anew; False where they are the same, or were never needed."""
        old, self._palette = self._palette, None
        if old is None or self.palette == old:
            return False
        self.forget()
        return True

    def forget(self) -> None:
        """Draw everything again."""
        self._strips.clear()

    def forget_rows(self, serial: int, first: int, but: Container[int]) -> None:
        """Draw the rows of a layout from `first` on again, `but` some."""
        for key in [key for key in self._strips if key[0] == serial]:
            if key[1] >= first and key[1] not in but:
                del self._strips[key]

    def row(self, key: RowKey, make: Callable[[], tuple[Line, str]]) -> Strip:
        """The strip of a row; `make` gives its line and its bar."""
        strip = self._strips.get(key)
        if strip is None:
            line, bar = make()
            bar = bar if self.has_bars else ""
            strip = self.palette.strip(line, bar, self.width, is_current=key[2])
            self._strips[key] = strip
            if len(self._strips) > _KEPT:
                self._strips.popitem(last=False)
        else:
            self._strips.move_to_end(key)
        return strip

    def blank(self) -> Strip:
        """A row with nothing."""
        return self.row((-1, 0, False), lambda: ((), ""))

    def below(self, page_width: int, key: str) -> Strip:
        """The mark that there is new text further down, at the right edge."""
        words = f" ↓ new text below · {key} "
        line = ((" " * max(0, page_width - MARGIN - len(words)), Look()), (words, Look("below")))
        return self.palette.strip(line, "", self.width, is_current=False)

    def notice(self, text: str, page_width: int, height: int) -> list[Strip]:
        """What an empty pane says, a third from its top."""
        room = max(1, page_width - MARGIN - 1)
        lines = wrapped([(text, _MUTED)], room)[:height]
        strips = [self.blank()] * ((height - len(lines)) // 3)
        for line in lines:
            indent = (" " * ((room - line_cells(line)) // 2), _MUTED)
            strips.append(self.palette.strip((indent, *line), "", self.width, is_current=False))
        return strips
