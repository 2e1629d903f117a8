"""The library as a tree of folders, sessions, branches and damaged files: one flat list, shown by window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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


class Forest:
    """Sorted rows laid out by folder and parent, of which any folding makes a tree."""

    def __init__(self, rows: Sequence[SessionRow], damaged: Iterable[DamagedRow]) -> None:
        sessions: dict[str, list[SessionRow]] = defaultdict(list)
        for row in rows:
            sessions[row.folder].append(row)
        self._folders = _Folders(sessions, damaged)
        self._total = len(rows)
        self._below: dict[str, list[SessionRow]] = {}
        """The branches by their parent's id."""
        self._tops: dict[str, list[SessionRow]] = {}
        """The other sessions by folder. A branch that was moved away is shown where it lies."""
        for folder, inside in sessions.items():
            parents = _parents(inside)
            self._tops[folder] = [row for row in inside if row.id not in parents]
            for row in inside:
                if row.id in parents:
                    self._below.setdefault(parents[row.id], []).append(row)

    def tree(self, closed: frozenset[str]) -> Tree:
        """The tree with the places of these keys folded."""
        items: list[_Item] = []
        # A stack, because folders and branches may be nested more deeply than Python recurses.
        waiting: list[_Item | _Inside] = [_Inside("", 0)]
        while waiting:
            item = waiting.pop()
            if isinstance(item, _Inside):
                waiting += reversed(self._inside(item, closed))
                continue
            items.append(item)
            if isinstance(item, _Branch):
                if item.is_open:
                    branches = self._below[item.row.id]
                    waiting += reversed(self._branches(branches, item.depth + 1, True, closed))
            elif isinstance(item, FolderLine) and item.is_open:
                waiting.append(_Inside(item.path, item.depth + 1))
        return Tree(items, self._total)

    def _inside(self, place: _Inside, closed: frozenset[str]) -> list[_Item]:
        folder, depth = place
        return [
            *self._folders.lines(folder, depth, closed),
            *self._branches(self._tops.get(folder, ()), depth, False, closed),
            *self._folders.damaged_lines(folder, depth),
        ]

    def _branches(
        self, rows: Iterable[SessionRow], depth: int, is_branch: bool, closed: frozenset[str]
    ) -> list[_Branch]:
        below = self._below
        return [
            _Branch(row, depth, is_branch, f"session:{row.id}" not in closed, len(below[row.id]))
            if row.id in below
            else _Branch(row, depth, is_branch, False, 0)
            for row in rows
        ]


class _Folders:
    """The folders that something lies in, with what is in and below them."""

    def __init__(
        self, sessions: Mapping[str, list[SessionRow]], damaged: Iterable[DamagedRow]
    ) -> None:
        self._sessions = sessions
        self._damaged: dict[str, list[DamagedRow]] = defaultdict(list)
        self._inside: dict[str, set[str]] = defaultdict(set)
        self._sums: dict[str, tuple[int, Cost]] = {}
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


def _parents(rows: list[SessionRow]) -> dict[str, str]:
    """The listed parent of each branch in one folder, without those that lead round in a circle."""
    branches = [row for row in rows if row.parent_id is not None]
    ids = {row.id for row in rows} if branches else set()
    parents = {row.id: row.parent_id for row in branches if row.parent_id in ids and row.parent_id}
    safe: set[str] = set()
    for start in list(parents):
        walked: set[str] = set()
        at: str | None = start
        while at is not None and at not in safe and at not in walked:
            walked.add(at)
            at = parents.get(at)
        if at is not None and at in walked:
            del parents[at]  # A circle, which hand-edited files can make, is opened here.
        safe |= walked
    return parents


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
