"""What goes along with a prompt: a chip for each file, in one line or two, with a cross to take it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.choice_list import cropped

GLYPH = "▣"
CROSS = "×"
WIDEST_NAME = 40
_GAP = 2
_LEAST = 24


@dataclass(frozen=True, slots=True)
class Chip:
    """One file, as it is shown."""

    name: str
    about: str = ""
    """Its size, or what is being done with it."""
    problem: str = ""
    """Why it cannot be sent, in a few words."""
    is_waiting: bool = False
    """Whether it is not there yet; it cannot be taken off then."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A chip where it stands: what is drawn at `x`, `cells` wide; -1 is the word about those left out."""

    index: int
    x: int
    text: str
    cells: int


def arranged(chips: Sequence[Chip], width: int, most_rows: int) -> list[list[Placed]]:
    """Chips in rows of `width` cells; those that find no place are counted at the end of the last row."""
    rows: list[list[Placed]] = [[]]
    x = 0
    for index, chip in enumerate(chips):
        # Of several, none takes the room of all the others for what is wrong with it.
        room = width if len(chips) == 1 else min(width, max(_LEAST, width // 2))
        text = written(chip, room)
        cells = cell_len(text)
        if chip.problem and index == len(chips) - 1:
            # What was attached last may say all of it: the rest of its row, or a row of its own, is free.
            is_free = x == 0 or len(rows) < most_rows
            text = written(chip, width if is_free else max(room, width - x))
            cells = cell_len(text)
        if x and x + cells > width:
            if len(rows) == most_rows:
                _count_rest(rows[-1], len(chips), width)
                return rows
            rows.append([])
            x = 0
        rows[-1].append(Placed(index, x, text, cells))
        x += cells + _GAP
    return rows


def _count_rest(row: list[Placed], total: int, width: int) -> None:
    """Say how many more there are, in place of as many chips as that needs."""
    while row:
        last = row[-1]
        word = f"{total - last.index - 1} more"
        x = last.x + last.cells + _GAP
        if x + len(word) <= width or len(row) == 1:
            row.append(Placed(-1, x, word, len(word)))
            return
        row.pop()


def written(chip: Chip, width: int) -> str:
    """`▣ plan.pdf 120 kB ×`, in at most so many cells, the cross always there."""
    name = cropped(clean_line(chip.name) or "file", WIDEST_NAME)
    words = [GLYPH, name, clean_line(chip.about)]
    if chip.problem:
        words.append(f"· {clean_line(chip.problem)}")
    text = " ".join(filter(None, words))
    if chip.is_waiting:
        return cropped(text, max(4, width))
    return f"{cropped(text, max(2, width - 2))} {CROSS}"


class ChipLine(Widget, can_focus=False):
    """Takes no room where nothing is attached."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chip--text", "chip--wrong", "chip--muted"}
    DEFAULT_CSS = """
    ChipLine { height: auto; padding: 0 1; display: none; }
    ChipLine > .chip--text { color: $foreground; }
    ChipLine > .chip--wrong { color: $text-warning; }
    ChipLine > .chip--muted { color: $text-muted; }
    """

    @dataclass
    class TakenOff(Message):
        """The cross of a chip was clicked."""

        index: int

    def __init__(self) -> None:
        super().__init__()
        self._chips: tuple[Chip, ...] = ()
        self.most_rows = 2

    @property
    def rows(self) -> int:
        """Lines that it takes in the width that it has."""
        return len(self._rows()) if self._chips else 0

    def show(self, chips: Sequence[Chip]) -> None:
        """Show these and no others."""
        self._chips = tuple(chips)
        self.display = bool(chips)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as they fill."""
        return len(arranged(self._chips, width, self.most_rows))

    def render_line(self, y: int) -> Strip:
        """One row of chips."""
        rows, width = self._rows(), self.content_size.width
        ground = self.rich_style
        segments, x = [], 0
        for placed in rows[y] if y < len(rows) else ():
            segments.append(Segment(" " * (placed.x - x), ground))
            segments.append(Segment(placed.text, self.get_component_rich_style(self._kind(placed))))
            x = placed.x + placed.cells
        return Strip(segments).adjust_cell_length(width, ground)

    def on_click(self, event: events.Click) -> None:
        """On the cross: take it off."""
        event.stop()
        offset = event.get_content_offset(self)
        rows = self._rows()
        if offset is None or not offset.y < len(rows):
            return
        for placed in rows[offset.y]:
            at_cross = placed.x + placed.cells - 2 <= offset.x < placed.x + placed.cells
            if at_cross and placed.text.endswith(CROSS):
                self.post_message(self.TakenOff(placed.index))

    def _rows(self) -> list[list[Placed]]:
        return arranged(self._chips, self.content_size.width or 80, self.most_rows)

    def _kind(self, placed: Placed) -> str:
        if placed.index < 0:
            return "chip--muted"
        chip = self._chips[placed.index]
        return "chip--wrong" if chip.problem else "chip--muted" if chip.is_waiting else "chip--text"
