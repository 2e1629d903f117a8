"""The library as a tree of groups, folders, sessions, branches and damaged files: shown by window.

A hundred thousand sessions are arrays of numbers here; lines are made from them when they come into view.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tui_sessions.model.money import Cost
from tui_sessions.model.results import (
    DamagedLine,
    FolderLine,
    SessionLine,
    SessionRow,
    TreeLine,
)
from tui_sessions.store.index.index import Index

PLACE = "session:"
"""Begins the key of a session where it lies; where it is shown once more, another word does."""
GONE = SessionRow(id="", path="", title="…")
"""Stands for a session that went since the tree was laid out, until it is laid out anew."""


class Sum(NamedTuple):
    """How many sessions, and what they cost."""

    sessions: int = 0
    cost: Cost = Cost()

    def plus(self, other: Sum) -> Sum:
        """Both together."""
        return Sum(self.sessions + other.sessions, self.cost.plus(other.cost))


class Run(NamedTuple):
    """Sessions in a row, all at one depth."""

    fids: Sequence[int]
    depth: int
    is_branch: bool = False
    prefix: str = PLACE


class Tree:
    """The open lines of the tree in order, top to bottom."""

    def __init__(
        self,
        index: Index,
        items: Sequence[TreeLine | Run],
        total: Sum,
        below: Mapping[int, Sequence[int]],
        is_open: Callable[[str], bool],
    ) -> None:
        self._index = index
        self._items = items
        self._below = below
        self._is_open = is_open
        self._starts = array("q")
        self.count = 0
        """How many lines there are."""
        for item in items:
            self._starts.append(self.count)
            self.count += len(item.fids) if isinstance(item, Run) else 1
        self.total = total.sessions
        """How many sessions there are, in folded places too."""
        self.total_cost = total.cost

    def window(self, start: int, stop: int) -> tuple[TreeLine, ...]:
        """The lines from `start` up to `stop`, fewer at the ends."""
        start, stop = max(start, 0), min(max(stop, 0), self.count)
        pieces: list[TreeLine | Run] = []
        place = max(bisect_right(self._starts, start) - 1, 0)
        while place < len(self._items) and self._starts[place] < stop:
            item, first = self._items[place], self._starts[place]
            if isinstance(item, Run):
                item = item._replace(fids=item.fids[max(start - first, 0) : stop - first])
            pieces.append(item)
            place += 1
        return self._lines(pieces)

    def position(self, key: str) -> int | None:
        """Where the line of that key is; None where it is folded away or gone."""
        prefix, _, id = key.rpartition(":")
        row = self._index.fid_of(id) if id else None
        for start, item in zip(self._starts, self._items, strict=True):
            if not isinstance(item, Run):
                if item.key == key:
                    return start
            elif item.prefix == f"{prefix}:" and row is not None and row in item.fids:
                return start + item.fids.index(row)
        return None

    def find(self, text: str, after: int) -> int | None:
        """The next line after that place, or from the top again, whose title begins with `text`, else one
        that holds it; None where there is none."""
        begins, holds = self._index.titled(text)
        wanted = text.casefold()
        for fids, is_begun in ((begins, True), (holds, False)):
            places = self._places(fids, wanted, is_begun=is_begun)
            if places:
                return min(places, key=lambda place: (place <= after, place))
        return None

    def _places(self, fids: frozenset[int], wanted: str, *, is_begun: bool) -> list[int]:
        found = []
        for start, item in zip(self._starts, self._items, strict=True):
            if isinstance(item, Run):
                found += [start + at for at, fid in enumerate(item.fids) if fid in fids]
            else:
                name = _name(item).casefold()
                if name.startswith(wanted) if is_begun else wanted in name:
                    found.append(start)
        return found

    def _lines(self, pieces: Sequence[TreeLine | Run]) -> tuple[TreeLine, ...]:
        wanted = [fid for piece in pieces if isinstance(piece, Run) for fid in piece.fids]
        rows = self._index.rows_of(wanted) if wanted else {}
        lines: list[TreeLine] = []
        for piece in pieces:
            if isinstance(piece, Run):
                lines += [self._line(fid, rows.get(fid, GONE), piece) for fid in piece.fids]
            else:
                lines.append(piece)
        return tuple(lines)

    def _line(self, fid: int, row: SessionRow, run: Run) -> SessionLine:
        branches = len(self._below.get(fid, ())) if run.prefix == PLACE else 0
        return SessionLine(
            key=f"{run.prefix}{row.id}",
            depth=run.depth,
            row=row,
            is_branch=run.is_branch,
            is_open=branches > 0 and self._is_open(f"{PLACE}{row.id}"),
            branches=branches,
        )


def _name(line: TreeLine) -> str:
    match line:
        case FolderLine():
            return line.name
        case DamagedLine():
            return line.row.path.rpartition("/")[2]
    return line.row.title
