"""The library as a tree of folders, sessions, branches and damaged files: one flat list, shown by window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from tui_sessions.model.money import Cost
from tui_sessions.model.results import (
    DamagedLine,
    DamagedRow,
    FolderLine,
    SessionLine,
    SessionRow,
    TreeLine,
)


class _Branch(NamedTuple):
    """A session's place: lines are made from these only when they come into the window."""

    row: SessionRow
    depth: int
    is_branch: bool
    is_open: bool
    branches: int


class _Inside(NamedTuple):
    """What lies in a folder, still to be laid out."""

    folder: str
    depth: int


_Item = FolderLine | _Branch | DamagedLine


class Tree:
    """The open lines of the tree in order, top to bottom."""

    def __init__(self, items: list[_Item], total: int) -> None:
        self._items = items
        self._positions: dict[str, int] | None = None
        self.total = total
        """How many sessions there are, in folded places too."""

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._items)

    def window(self, start: int, stop: int) -> tuple[TreeLine, ...]:
        """The lines from `start` up to `stop`, fewer at the ends."""
        return tuple(map(_line, self._items[max(start, 0) : max(stop, 0)]))

    def position(self, key: str) -> int | None:
        """Where the line of that key is; None where it is folded away or gone."""
        if self._positions is None:
            self._positions = {_key(item): place for place, item in enumerate(self._items)}
        return self._positions.get(key)


def grown(
    rows: Iterable[SessionRow],
    damaged: Iterable[DamagedRow],
    closed: frozenset[str],
) -> Tree:
    """The tree of `rows`, which are sorted already; `closed` has the keys that are folded."""
    rows = tuple(rows)
    below, tops = _placed(rows)
    folders = _Folders(rows, damaged)
    items: list[_Item] = []
    # A stack, because folders and branches may be nested more deeply than Python recurses.
    waiting: list[_Item | _Inside] = [_Inside("", 0)]
    while waiting:
        item = waiting.pop()
        inside: list[_Item] = []
        if isinstance(item, _Inside):
            inside += folders.lines(item.folder, item.depth, closed)
            inside += (_branch(row, item.depth, False, below, closed) for row in tops[item.folder])
            inside += folders.damaged_lines(item.folder, item.depth)
        else:
            items.append(item)
            if isinstance(item, FolderLine) and item.is_open:
                waiting.append(_Inside(item.path, item.depth + 1))
            elif isinstance(item, _Branch) and item.is_open:
                depth = item.depth + 1
                inside += (_branch(row, depth, True, below, closed) for row in below[item.row.id])
        waiting += reversed(inside)
    return Tree(items, len(rows))


class _Folders:
    """The folders that something lies in, with what is in and below them."""

    def __init__(self, rows: tuple[SessionRow, ...], damaged: Iterable[DamagedRow]) -> None:
        self._damaged: dict[str, list[DamagedRow]] = defaultdict(list)
        self._inside: dict[str, set[str]] = defaultdict(set)
        self._sessions: dict[str, list[SessionRow]] = defaultdict(list)
        self._sums: dict[str, tuple[int, Cost]] = {}
        for row in rows:
            self._sessions[row.folder].append(row)
        for broken in damaged:
            self._damaged[broken.path.rpartition("/")[0]].append(broken)
        for folder in {*self._sessions, *self._damaged}:
            self._add(folder)

    def lines(self, path: str, depth: int, closed: frozenset[str]) -> list[FolderLine]:
        """The folders in `path`, by name."""
        lines = []
        for folder in sorted(self._inside.get(path, ()), key=lambda name: (name.casefold(), name)):
            sessions, cost = self._sums[folder]
            key = f"folder:{folder}"
            lines.append(
                FolderLine(
                    key=key,
                    depth=depth,
                    name=folder.rpartition("/")[2],
                    path=folder,
                    is_open=key not in closed,
                    sessions=sessions,
                    cost=cost,
                )
            )
        return lines

    def damaged_lines(self, path: str, depth: int) -> list[DamagedLine]:
        """The damaged files in `path`."""
        return [
            DamagedLine(key=f"damaged:{row.path}", depth=depth, row=row)
            for row in self._damaged.get(path, ())
        ]

    def _add(self, folder: str) -> None:
        own = self._sessions.get(folder, ())
        cost = Cost(
            sum(row.cost.nanousd for row in own),
            sum(row.cost.known for row in own),
            sum(row.cost.unknown for row in own),
        )
        while folder:
            above = folder.rpartition("/")[0]
            self._inside[above].add(folder)
            count, sum_so_far = self._sums.get(folder, (0, Cost()))
            self._sums[folder] = (count + len(own), sum_so_far.plus(cost))
            folder = above


def _placed(
    rows: tuple[SessionRow, ...],
) -> tuple[dict[str, list[SessionRow]], dict[str, list[SessionRow]]]:
    """The branches by their parent's id, and the other sessions by folder.

    A branch that was moved to another folder than its parent's is shown where it lies.
    """
    parents = _parents(rows)
    below: dict[str, list[SessionRow]] = defaultdict(list)
    tops: dict[str, list[SessionRow]] = defaultdict(list)
    for row in rows:
        parent = parents.get(row.id)
        if parent is None:
            tops[row.folder].append(row)
        else:
            below[parent].append(row)
    return below, tops


def _parents(rows: tuple[SessionRow, ...]) -> dict[str, str]:
    """The listed parent of each branch, without those that lead round in a circle."""
    folder_of = {row.id: row.folder for row in rows if row.parent_id is not None}
    if not folder_of:
        return {}
    folder_of = {row.id: row.folder for row in rows}
    parents = {
        row.id: row.parent_id
        for row in rows
        if row.parent_id is not None and folder_of.get(row.parent_id) == row.folder
    }
    safe: set[str] = set()
    for start in list(parents):
        path: list[str] = []
        walked: set[str] = set()
        at: str | None = start
        while at is not None and at not in safe and at not in walked:
            walked.add(at)
            path.append(at)
            at = parents.get(at)
        if at is not None and at in walked:
            del parents[at]  # A circle, which hand-edited files can make, is opened here.
        safe.update(path)
    return parents


def _branch(
    row: SessionRow,
    depth: int,
    is_branch: bool,
    below: dict[str, list[SessionRow]],
    closed: frozenset[str],
) -> _Branch:
    branches = len(below[row.id]) if row.id in below else 0
    is_open = branches > 0 and f"session:{row.id}" not in closed
    return _Branch(row, depth, is_branch, is_open, branches)


def _key(item: _Item) -> str:
    return f"session:{item.row.id}" if isinstance(item, _Branch) else item.key


def _line(item: _Item) -> TreeLine:
    if not isinstance(item, _Branch):
        return item
    return SessionLine(
        key=_key(item),
        depth=item.depth,
        row=item.row,
        is_branch=item.is_branch,
        is_open=item.is_open,
        branches=item.branches,
    )
