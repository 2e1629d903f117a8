"""What the full text needs to know of the index of rows, which counts the files and holds their facts."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Protocol

from tui_sessions.model.query import Query
from tui_sessions.store.index.index import Index

_SUMMED = """
SELECT count(*), max(NOT is_lasting), sum(fid), sum(size), sum(mtime_ns % 1000000007),
  sum(mtime_ns / 1000000007), sum(inode % 1000000007) FROM files
"""
_SEEN = """
CREATE TEMP VIEW seen AS SELECT f.fid, f.path, f.size, f.mtime_ns, f.inode, s.updated
  FROM rows.files f CROSS JOIN rows.sessions s ON s.fid = f.fid
"""


class Source(Protocol):
    """The index of rows as the full text sees it. A file is a number there, its fid."""

    @property
    def build(self) -> str:
        """Another one when the fids have another meaning: all that is known by fid is worth nothing then."""
        ...

    def generation(self) -> str:
        """Another one whenever a session file came, went or changed; "" where that cannot be told."""
        ...

    def total(self) -> int:
        """How many session files there are."""
        ...

    def lend(self, writing: sqlite3.Connection) -> None:
        """Makes `seen` there, a table or view with a line for each session file: fid, path, size, mtime_ns,
        inode, updated. A size below zero: the stamp is not to be relied on."""
        ...

    def take_back(self, writing: sqlite3.Connection) -> None:
        """Takes it away again."""
        ...

    def stamps(self) -> Iterable[tuple[int, bytes, int, int, int]]:
        """Every session file, last updated first: fid, path below the library, size, mtime in nanoseconds,
        inode."""
        ...

    def fids(self, query: Query) -> set[int] | None:
        """The sessions that match; None is all of them. The query holds no terms about texts."""
        ...

    def newest(self, query: Query) -> Collection[int]:
        """The sessions that match, last updated first. The query holds no terms about texts."""
        ...

    def ids_of(self, fids: Collection[int]) -> dict[int, str]:
        """The ids of those that are still there."""
        ...


class IndexSource:
    """`Source` of the index on disk."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @property
    def build(self) -> str:
        """See `Source`."""
        return self._index.build

    def generation(self) -> str:
        """See `Source`: sums of all stamps, which is much quicker than comparing them one by one."""
        self._index.ids_of(())  # Waits where the directory was never looked at.
        sums = self._index.ask(lambda reading: reading.execute(_SUMMED).fetchone())
        return "" if sums[1] else ".".join(map(str, sums))

    def total(self) -> int:
        """See `Source`."""

        def count(reading: sqlite3.Connection) -> int:
            return int(reading.execute("SELECT count(*) FROM sessions").fetchone()[0])

        return self._index.ask(count)

    def lend(self, writing: sqlite3.Connection) -> None:
        """See `Source`: the index itself where it is a file, which takes no time of the interpreter."""
        if self._is_attached(writing):
            writing.execute(_SEEN)
            return
        writing.execute(
            "CREATE TEMP TABLE seen "
            "(fid INTEGER PRIMARY KEY, path BLOB, size INTEGER, mtime_ns INTEGER, inode INTEGER, updated INTEGER)"
        )
        stamps = list(self._index.stamps())
        writing.executemany(
            "INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?)",
            [(*stamp, -place) for place, stamp in enumerate(stamps)],
        )

    def _is_attached(self, writing: sqlite3.Connection) -> bool:
        """Whether the file is the one we read: it may be deleted, or made anew by another program."""
        path, build = self._index.database.path, self.build
        if path is None or not path.exists():  # Attaching would make an empty one.
            return False
        writing.execute("ATTACH ? AS rows", (os.fspath(path),))
        with suppress(sqlite3.OperationalError):
            found = writing.execute("SELECT value FROM rows.about WHERE name = 'build'").fetchone()
            if found == (build,):
                return True
        writing.execute("DETACH rows")
        return False

    def take_back(self, writing: sqlite3.Connection) -> None:
        """See `Source`."""
        attached = [name for _, name, _ in writing.execute("PRAGMA database_list")]
        if "rows" in attached:
            writing.execute("DROP VIEW IF EXISTS temp.seen")
            writing.execute("DETACH rows")
        else:
            writing.execute("DROP TABLE IF EXISTS temp.seen")

    def stamps(self) -> Iterable[tuple[int, bytes, int, int, int]]:
        """See `Source`."""
        return self._index.stamps()

    def fids(self, query: Query) -> set[int] | None:
        """See `Source`."""
        return self._index.fids(query)

    def newest(self, query: Query) -> Collection[int]:
        """See `Source`."""
        return self._index.fids_in_order(query, "updated")

    def ids_of(self, fids: Collection[int]) -> dict[int, str]:
        """See `Source`."""
        return self._index.ids_of(fids)
