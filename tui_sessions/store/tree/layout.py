"""Lays the tree out: groups, folders by name, sessions in order with their branches below them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tui_sessions.model.results import DamagedLine, DamagedRow, FolderLine, TreeLine
from tui_sessions.store.index.index import Index
from tui_sessions.store.tree.tree import PLACE, Run, Sum, Tree

PINNED = "pinned:"
SEARCH = "search:"
TRASH = "trash:"


class Group(NamedTuple):
    """Sessions that are shown once more, under a name."""

    key: str
    kind: str
    name: str
    query: str = ""
    fids: Sequence[int] | None = None
    """None where they are not known before it is opened."""


class Ground(NamedTuple):
    """What the tree of a library is laid out from; folders go by number."""

    paths: Mapping[int, str]
    order: Mapping[int, Sequence[int]]
    """The sessions in each folder, in order."""
    below: Mapping[int, Sequence[int]]
    """The branches of sessions, in order."""
    sums: Mapping[int, Sum]
    """Of the sessions that lie in a folder itself."""
    damaged: Sequence[DamagedRow] = ()
    is_whole: bool = True
    """Whether nothing was filtered away: then folders without a session are shown too."""


class Layout:
    """Lays the tree out."""

    def __init__(
        self, index: Index, ground: Ground, toggled: frozenset[str], *, is_filtered: bool
    ) -> None:
        self._index = index
        self._ground = ground
        self._toggled = frozenset() if is_filtered else toggled
        self._own_toggled = toggled
        self._branches = frozenset(fid for fids in ground.below.values() for fid in fids)
        self._unfolded = self._unfolded_parents()
        self._items: list[TreeLine | Run] = []
        self._folders = _Folders(ground)

    def tree(self, groups: Sequence[Group], trashed: int) -> Tree:
        """Groups first, then folders by name and what lies at the top, then the trash."""
        for group in groups:
            self._add_group(group)
        self._add_folders()
        if trashed:
            self._items.append(
                FolderLine(
                    key=TRASH,
                    depth=0,
                    kind="trash",
                    name="Trash",
                    path="",
                    is_open=False,
                    sessions=trashed,
                )
            )
        total = self._folders.sum_of("")
        return Tree(self._index, self._items, total, self._ground.below, self._is_open)

    def _is_open(self, key: str) -> bool:
        # A saved search is looked for when it is opened; all else is open until it is closed.
        return (key in self._own_toggled) if key.startswith(SEARCH) else key not in self._toggled

    def _unfolded_parents(self) -> frozenset[int]:
        closed = [key.removeprefix(PLACE) for key in self._toggled if key.startswith(PLACE)]
        folded = {self._index.fid_of(id) for id in closed} if self._ground.below else set()
        return frozenset(fid for fid in self._ground.below if fid not in folded)

    def _add_group(self, group: Group) -> None:
        is_open = self._is_open(group.key) and group.fids is not None
        self._items.append(
            FolderLine(
                key=group.key,
                depth=0,
                kind=group.kind,
                name=group.name,
                path=group.query,
                is_open=is_open,
                sessions=None if group.fids is None else len(group.fids),
            )
        )
        if is_open and group.fids:
            prefix = group.key if group.key.endswith(":") else f"{group.key}:"
            self._items.append(Run(group.fids, 1, prefix=prefix))

    def _add_folders(self) -> None:
        # A stack, because folders may be nested more deeply than Python recurses.
        waiting: list[tuple[str, str, int]] = [("inside", "", 0)]
        while waiting:
            step, folder, depth = waiting.pop()
            if step == "line":
                line = self._folders.line(folder, depth, self._is_open)
                self._items.append(line)
                if line.is_open:
                    waiting.append(("inside", folder, depth + 1))
            elif step == "inside":
                waiting.append(("sessions", folder, depth))
                inner = reversed(self._folders.inside(folder))
                waiting += [("line", name, depth) for name in inner]
            else:
                self._add_sessions(folder, depth)

    def _add_sessions(self, folder: str, depth: int) -> None:
        number = self._folders.numbers.get(folder)
        fids = self._ground.order.get(number, ()) if number is not None else ()
        if self._branches:
            fids = [fid for fid in fids if fid not in self._branches]
        self._add_runs(fids, depth)
        for row in self._folders.damaged.get(folder, ()):
            self._items.append(DamagedLine(key=f"damaged:{row.path}", depth=depth, row=row))

    def _add_runs(self, fids: Sequence[int], depth: int) -> None:
        """Sessions with the branches of those that are unfolded between them, however deep."""
        waiting = [self._level(fids, depth, is_branch=False)]
        while waiting:
            level = waiting[-1]
            cut = next(level.cuts, None)
            stop = len(level.fids) if cut is None else cut + 1
            if stop > level.begin:
                run = Run(level.fids[level.begin : stop], level.depth, level.is_branch)
                self._items.append(run)
            level.begin = stop
            if cut is None:
                waiting.pop()
            else:
                branches = self._ground.below[level.fids[cut]]
                waiting.append(self._level(branches, level.depth + 1, is_branch=True))

    def _level(self, fids: Sequence[int], depth: int, *, is_branch: bool) -> _Level:
        unfolded = self._unfolded
        cuts = [at for at, fid in enumerate(fids) if fid in unfolded] if unfolded else []
        return _Level(fids, depth, is_branch, iter(cuts))


@dataclass
class _Level:
    """Sessions below one another, laid out as far as `begin`; at the cuts branches come between."""

    fids: Sequence[int]
    depth: int
    is_branch: bool
    cuts: Iterator[int]
    begin: int = 0


class _Folders:
    """The folders, with what is in and below them."""

    def __init__(self, ground: Ground) -> None:
        self.numbers = {path: number for number, path in ground.paths.items()}
        self.damaged: dict[str, list[DamagedRow]] = {}
        self._inside: dict[str, set[str]] = {}
        self._sums: dict[str, Sum] = {}
        for row in ground.damaged:
            self.damaged.setdefault(row.path.rpartition("/")[0], []).append(row)
        shown = set(self.damaged) | {
            path
            for number, path in ground.paths.items()
            if ground.is_whole or number in ground.sums
        }
        for path in shown:
            number = self.numbers.get(path)
            self._add(path, ground.sums.get(number, Sum()) if number is not None else Sum())

    def inside(self, path: str) -> list[str]:
        """The folders in a folder, by name."""
        return sorted(self._inside.get(path, ()), key=lambda name: (name.casefold(), name))

    def sum_of(self, path: str) -> Sum:
        """Of all that is in it and below."""
        return self._sums.get(path, Sum())

    def line(self, path: str, depth: int, is_open: Callable[[str], bool]) -> FolderLine:
        """The folder as a line."""
        count, cost = self.sum_of(path)
        return FolderLine(
            key=f"folder:{path}",
            depth=depth,
            name=path.rpartition("/")[2],
            path=path,
            is_open=is_open(f"folder:{path}"),
            sessions=count,
            cost=cost,
        )

    def _add(self, folder: str, own: Sum) -> None:
        self._sums[folder] = self.sum_of(folder).plus(own)
        while folder:
            above = folder.rpartition("/")[0]
            self._inside.setdefault(above, set()).add(folder)
            self._sums[above] = self.sum_of(above).plus(own)
            folder = above
