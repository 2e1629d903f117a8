"""The text of a message laid out for a width: blocks one below the other, whole or growing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from tui_sessions.tui.widgets.conversation.blocks import GrowingText
from tui_sessions.tui.widgets.conversation.code import DrawnCode
from tui_sessions.tui.widgets.conversation.lines import EMPTY, Line, line_text
from tui_sessions.tui.widgets.conversation.markdown import Block, Code
from tui_sessions.tui.widgets.conversation.render import Drawn, drawn, gap_before


class Body:
    """Blocks laid out for `width` cells."""

    def __init__(self, blocks: Iterable[Block], width: int) -> None:
        self.width = width
        self.blocks: list[Block] = []
        self._drawn: list[Drawn] = []
        self._starts: list[int] = []
        for block in blocks:
            self._add(block, drawn(block, width))

    @property
    def height(self) -> int:
        """Rows."""
        return self._starts[-1] + self._drawn[-1].height if self._starts else 0

    def line(self, index: int) -> Line:
        """The row `index`."""
        at = bisect_right(self._starts, index) - 1
        row = index - self._starts[at]
        return self._drawn[at].line(row) if row < self._drawn[at].height else EMPTY

    def row_text(self, index: int) -> str:
        """What the row `index` says."""
        at = bisect_right(self._starts, index) - 1
        row, layout = index - self._starts[at], self._drawn[at]
        if isinstance(layout, DrawnCode) and row < layout.height:
            return layout.row_text(row)
        return line_text(self.line(index))

    def code_text(self, block: int) -> str:
        """The code of a block as far as it has come, tabs as blanks; "" of what is none."""
        layout = self._drawn[block]
        return layout.source if isinstance(layout, DrawnCode) else ""

    def place(self, index: int) -> tuple[int, int]:
        """What stands on the row `index`: the block, and a measure within it that no width changes."""
        at = bisect_right(self._starts, index) - 1
        if at < 0:
            return 0, 0
        row = min(index - self._starts[at], self._drawn[at].height - 1)
        return at, self._drawn[at].place(row)

    def row_at(self, place: tuple[int, int]) -> int:
        """The row of a `place`."""
        block, within = place
        if not self._starts:
            return 0
        if block >= len(self._starts):
            return self.height - 1
        return self._starts[block] + self._drawn[block].row_at(within)

    def rows_of(self, block: int) -> range:
        """The rows of a block, without the gap above it."""
        start = self._starts[block]
        return range(start, start + self._drawn[block].height)

    def relaid(self, width: int) -> Body:
        """The same for another width."""
        return self if width == self.width else Body(self.blocks, width)

    def _add(self, block: Block, layout: Drawn) -> None:
        gap = gap_before(self.blocks[-1] if self.blocks else None, block)
        self._starts.append(self.height + gap)
        self.blocks.append(block)
        self._drawn.append(layout)

    def _cut_to(self, count: int) -> None:
        del self.blocks[count:], self._drawn[count:], self._starts[count:]


class GrowingBody(Body):
    """A text that is arriving: finished blocks are laid out once, the last one with every feed."""

    def __init__(self, width: int) -> None:
        super().__init__((), width)
        self._growing = GrowingText()
        self._settled = 0
        self._open: DrawnCode | None = None
        self._open_lines = 0

    @property
    def text(self) -> str:
        """All that came (clean)."""
        return self._growing.text

    def feed(self, text: str) -> int:
        """Take a piece (clean). Returns the first row that may have changed."""
        growing = self._growing
        changed = self._starts[self._settled] if self._settled < len(self._starts) else self.height
        growing.feed(text)
        if len(growing.settled) > self._settled or growing.fence is None:
            self._cut_to(self._settled)
            self._open = None
        for block in growing.settled[self._settled :]:
            self._add(block, drawn(block, self.width))
        self._settled = len(growing.settled)
        if growing.fence is not None:
            self._grow_fence()
        for block in growing.tail:
            self._add(block, drawn(block, self.width))
        return changed

    def finished(self) -> Body:
        """The body of the whole text; what was laid out already is taken over."""
        body = Body((), self.width)
        ours = dict(zip(map(id, self.blocks), self._drawn, strict=True))
        for block in self._growing.finish():
            body._add(block, ours.get(id(block)) or drawn(block, self.width))
        return body

    def _grow_fence(self) -> None:
        growing, fence = self._growing, self._growing.fence
        assert fence is not None
        if self._open is None:
            self._cut_to(self._settled)
            self._open = DrawnCode(None, fence.language, self.width)
            self._open_lines = 0
            self._add(Code("", fence.language), self._open)
        partial = growing.partial
        is_shown = not fence.lines or (partial and not fence.may_close(partial))
        self._open.grow(fence.lines[self._open_lines :], partial if is_shown else None)
        self._open_lines = len(fence.lines)
