"""The lines of a family's drawing: from left to right the turns, from each fork a line downwards.

Pure: cells with a role each; roles become colours in the widget. A path is drawn below the one that it
leaves, the last fork first, so that no line crosses another.
"""

from __future__ import annotations

from bisect import bisect_right
from enum import Enum

from tui_sessions.model.family import Family, Path

MOST_PER_TURN = 3
"""Cells that a turn takes where there is room for it."""
STATION, END, EMPTY = "•", "●", "○"
LINE, GONE, DOWN, TURNS_OFF, GOES_ON, FORK, LAST_FORK = "─", "┄", "│", "╰", "├", "┬", "╮"
GLYPHS = (STATION, END, EMPTY, LINE, GONE, DOWN, TURNS_OFF, GOES_ON, FORK, LAST_FORK)


class Role(Enum):
    """What a piece is, which decides how it looks."""

    TEXT = "text"
    TITLE = "title"
    MUTED = "muted"
    LINE = "line"
    OPEN = "open"
    TURN = "turn"
    """The turn under the cursor."""
    ACCENT = "accent"


Cell = tuple[str, Role]
BLANK: Cell = (" ", Role.LINE)


class Shape:
    """Where everything of a family stands in a drawing of at most so many cells."""

    def __init__(self, family: Family, most_cells: int) -> None:
        self._paths = family.paths
        self._below: dict[str | None, list[Path]] = {}
        for path in family.paths:
            self._below.setdefault(path.leaves, []).append(path)
        self._order = {
            path.id: number for paths in self._below.values() for number, path in enumerate(paths)
        }
        self._by_id = {path.id: path for path in family.paths}
        self.turns = max((max(path.turns, path.shared) for path in family.paths), default=0)
        """Of the longest path."""
        room = max(4, most_cells)
        self.per_turn = min(MOST_PER_TURN, (room - 2) // max(1, self.turns))
        """Cells for a turn; 0 where several turns share one."""
        self.cells = room if self.per_turn == 0 else self.turns * self.per_turn + 2
        self._anchors = self._placed() if self.per_turn == 0 else []

    def column(self, turns: int) -> int:
        """The cell behind so many turns."""
        if self.per_turn:
            return turns * self.per_turn
        after = bisect_right(self._anchors, (turns, self.cells))
        left, right = self._anchors[after - 1], self._anchors[min(after, len(self._anchors) - 1)]
        if right[0] == left[0]:
            return left[1]
        return left[1] + (turns - left[0]) * (right[1] - left[1]) // (right[0] - left[0])

    def turn_at(self, path: Path, cell: int) -> int:
        """The turn of a path whose end is nearest to a cell."""
        first, last = min(path.shared + 1, path.turns), path.turns
        while first < last:
            middle = (first + last) // 2
            if self.column(middle) < cell:
                first = middle + 1
            else:
                last = middle
        return first

    def line(self, number: int, *, turn: int | None = None, is_open: bool = False) -> list[Cell]:
        """The cells of a path's line, with a turn of it marked."""
        path = self._paths[number]
        cells: list[Cell] = [BLANK] * self.cells
        for column in self._passing(path):
            cells[column] = (DOWN, Role.LINE)
        role = Role.OPEN if is_open else Role.LINE
        start, end = self.column(path.shared), self._end(path)
        kids = self._below.get(path.id, [])
        glyph = GONE if path.row is None else LINE
        for column in range(start, end + 1):
            cells[column] = (glyph, role)
        if self.per_turn > 1 and path.row is not None:
            for count in range(path.shared + 1, path.turns):
                cells[self.column(count)] = (STATION, role)
        elif self.per_turn <= 1:
            for kid in kids:
                cells[self.column(kid.shared)] = (FORK, role)
        if path.row is not None:
            cells[end] = (END if path.own_turns else EMPTY, role)
        self._reach_out(path, kids, end, cells)
        cells[start] = (self._first(path, kids), Role.LINE if path.leaves else role)
        if turn is not None and path.row is not None:
            place = min(self.column(turn), end) if turn > path.shared else end
            cells[place] = (cells[place][0], Role.TURN)
        return cells

    def ruler(self) -> str:
        """The numbers of turns, each before the end of its own."""
        text = ""
        step = 1
        while self.column(step) < 4 and step < self.turns:
            step += 1
        nice = next(
            (n * 10**e for e in range(9) for n in (1, 2, 5) if n * 10**e >= step), self.turns
        )
        for turn in range(nice, self.turns + 1, max(1, nice)):
            at = self.column(turn) + 1 - len(str(turn))
            if at > len(text) or (not text and at >= 0):
                text = f"{text:{at}}{turn}"
        return text[: self.cells]

    def _end(self, path: Path) -> int:
        """The cell of its last turn; one beyond the fork at least."""
        start = self.column(path.shared)
        return min(self.cells - 1, max(self.column(path.turns), start + 1))

    def _first(self, path: Path, kids: list[Path]) -> str:
        """How a line begins: out of the one that it leaves."""
        if path.leaves is None:
            if any(kid.shared == 0 for kid in kids):
                return "┌"
            return GONE if path.row is None else LINE
        later = self._later(path)
        return GOES_ON if self.column(path.shared) in later else TURNS_OFF

    def _reach_out(self, path: Path, kids: list[Path], end: int, cells: list[Cell]) -> None:
        """To where others left it behind what is its end now: turns were deleted."""
        last = max((self.column(kid.shared) for kid in kids), default=0)
        for column in range(end + 1, last + 1):
            cells[column] = (GONE, Role.LINE)
        if last > end:
            cells[last] = (LAST_FORK, Role.LINE)

    def _later(self, path: Path) -> set[int]:
        """The cells in which lines go on down to those that leave the same path further below."""
        siblings = self._below[path.leaves]
        return {self.column(one.shared) for one in siblings[self._order[path.id] + 1 :]}

    def _passing(self, path: Path) -> set[int]:
        """The cells in which lines pass it on their way down."""
        passing: set[int] = set()
        at: Path | None = path
        while at is not None and at.leaves is not None:
            passing |= self._later(at)
            at = self._by_id.get(at.leaves)
        return passing

    def _placed(self) -> list[tuple[int, int]]:
        """Turns with their cells, between which the others are spread: the forks keep apart where they can."""
        last = self.cells - 1
        forks = sorted({path.shared for path in self._paths if 0 < path.shared < self.turns})
        gap = 2 if 2 * len(forks) + 2 < last else 1 if len(forks) + 1 < last else 0
        cells: list[int] = []
        for turn in forks:
            least = cells[-1] + gap if cells else min(1, gap)
            cells.append(max(round(turn * last / self.turns), least))
        limit = last - min(1, gap)
        for number in range(len(cells) - 1, -1, -1):
            cells[number] = max(0, min(cells[number], limit))
            limit = cells[number] - gap
        return [(0, 0), *zip(forks, cells, strict=True), (max(1, self.turns), last)]
