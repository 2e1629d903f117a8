"""Sessions that branched off one another: who leaves whom where, and which paths there are at a fork.

Known from the rows of lists alone. A branch leaves the session to which the last turn that it shares
belongs: one that was made of a branch before its own first turn leaves the session behind that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from tui_sessions.model.circles import openers
from tui_sessions.model.results import SessionRow

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One session of a family."""

    id: str
    row: SessionRow | None
    """None where it is not there any more: only its branches still name it."""
    leaves: str | None = None
    """The session that it leaves; None for the first one."""
    shared: int = 0
    """How many of its turns are of that one."""
    turns: int = 0
    depth: int = 0
    """How many forks lie before it."""

    @property
    def own_turns(self) -> int:
        """How many turns it has after its fork."""
        return max(0, self.turns - self.shared)


class Fork(msgspec.Struct, frozen=True, kw_only=True):
    """A place where paths part, as one session passes it."""

    at: int
    """How many turns they share: the number, from 0, of the first that differs."""
    ids: tuple[str, ...]
    """Who goes on otherwise, the session among them: the one that was there first, then by age."""
    own: int
    """Which of them is the session."""

    def place(self, turns: int) -> int:
        """The turn of a session of so many turns that the fork is shown at, from 0; -1 for none."""
        return min(self.at, turns - 1)

    def next_id(self, step: int) -> str:
        """The path `step` further on, round and round."""
        return self.ids[(self.own + step) % len(self.ids)]


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """All paths that began as one conversation, each after the one that it leaves; of those that leave one
    session, the last fork first, so that no line of a drawing crosses another."""

    paths: tuple[Path, ...]
    is_whole: bool = True
    """False where there are more than can be shown."""

    def path(self, session_id: str) -> Path | None:
        """The path of that session."""
        return next((path for path in self.paths if path.id == session_id), None)

    def parent(self, session_id: str) -> Path | None:
        """The path that a session leaves; its row is None where that is not there any more."""
        path = self.path(session_id)
        return None if path is None or path.leaves is None else self.path(path.leaves)

    def forks(self, session_id: str) -> tuple[Fork, ...]:
        """The places where other paths leave this session, or it leaves another, in order."""
        by_id = {path.id: path for path in self.paths}
        below: dict[str, list[Path]] = {}
        for path in self.paths:
            if path.leaves is not None:
                below.setdefault(path.leaves, []).append(path)
        forks: list[Fork] = []
        at, came_by = by_id.get(session_id), None
        while at is not None:
            forks += _forks_of(at, below.get(at.id, []), session_id, came_by)
            came_by = at
            at = by_id.get(at.leaves) if at.leaves is not None else None
        return tuple(sorted(forks, key=lambda fork: fork.at))

    def fork_near(self, session_id: str, turn: int) -> Fork | None:
        """The fork at a turn (from 0) of a session, else at the next one, else the last one before, else the
        first one after."""
        path, forks = self.path(session_id), self.forks(session_id)
        if path is None or not forks:
            return None
        for wanted in (turn, turn + 1):
            for fork in forks:
                if fork.at == wanted:
                    return fork
        before = [fork for fork in forks if fork.at < turn]
        return before[-1] if before else forks[0]


def family_of(rows: Iterable[SessionRow], *, is_whole: bool = True) -> Family:
    """The family of these rows. Links that lead in a circle, which hand-edited files can make, are cut at
    the first session by its path; parents that are missing are there without a row."""
    by_id = {row.id: row for row in rows}
    links = _without_circles(by_id)
    turns = {id: row.turns for id, row in by_id.items()}
    for parent, shared in links.values():
        if parent not in by_id:
            turns[parent] = max(turns.get(parent, 0), shared)
    children: dict[str, list[tuple[int, datetime, str]]] = {}
    shares: dict[str, int] = {}
    for id, (parent, shared) in links.items():
        while parent in links and shared <= links[parent][1]:
            parent = links[parent][0]
        shares[id] = shared
        age = by_id[id].created_at or by_id[id].updated_at or _EARLIEST
        children.setdefault(parent, []).append((-shared, age, id))
    paths: list[Path] = []
    waiting: list[tuple[str, str | None, int]] = [(id, None, 0) for id in turns if id not in links]
    while waiting:
        id, leaves, depth = waiting.pop()
        shared = shares.get(id, 0)
        path = Path(
            id=id, row=by_id.get(id), leaves=leaves, shared=shared, turns=turns[id], depth=depth
        )
        paths.append(path)
        waiting += [
            (child, id, depth + 1) for *_, child in sorted(children.get(id, ()), reverse=True)
        ]
    return Family(paths=tuple(paths), is_whole=is_whole)


def _without_circles(by_id: Mapping[str, SessionRow]) -> dict[str, tuple[str, int]]:
    """The parent of each branch, and how many turns both share."""
    links = {
        row.id: (row.parent_id, max(0, min(row.parent_turn or 0, row.turns)))
        for row in by_id.values()
        if row.parent_id is not None
    }
    parents = {id: parent for id, (parent, _) in links.items()}
    for opener in openers(parents, lambda id: by_id[id].path):
        del links[opener]
    return links


def _forks_of(owner: Path, below: list[Path], session_id: str, came_by: Path | None) -> list[Fork]:
    """The forks of `owner` that a session passes: up to where `came_by` leaves it; all where it is that
    session itself."""
    forks = []
    places = {path.shared for path in below if came_by is None or path.shared <= came_by.shared}
    for at in sorted(places):
        leaving = (path for path in below if path.shared == at and path.row is not None)
        ids = [path.id for path in sorted(leaving, key=_age)]
        own = 0
        if came_by is None or at < came_by.shared:
            ids.insert(0, session_id)
        else:
            own = ids.index(came_by.id)
            ids[own] = session_id
            there = _standing_for(owner, below, at)
            if there is not None:
                ids.insert(0, there)
                own += 1
        if len(ids) > 1:
            forks.append(Fork(at=at, ids=tuple(ids), own=own))
    return forks


def _standing_for(owner: Path, below: list[Path], at: int) -> str | None:
    """Who shows how `owner` goes on: where it is gone, the first that left it later."""
    if owner.row is not None:
        return owner.id
    later = sorted((path for path in below if path.shared > at), key=_age)
    return later[0].id if later else None


def _age(path: Path) -> tuple[datetime, str]:
    row = path.row
    age = _EARLIEST if row is None else row.created_at or row.updated_at or _EARLIEST
    return age, path.id
