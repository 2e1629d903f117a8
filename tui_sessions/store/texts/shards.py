"""The words of the conversations in tables of bounded size, one row a turn. Knows no files.

FTS5 cannot take a row out of a table that keeps no texts. So a turn that is gone only loses its line in
`turns`, and what a table finds counts only where that line is there; a table that holds too many such dead
rows is emptied by its owner and dropped. Row numbers are never used again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence

import msgspec

from tui_sessions.codec.texts import ROLES, Texts, TurnTexts
from tui_sessions.model.words import indexed, is_plain
from tui_sessions.store.texts.database import said_table, shard_statement

SHARD_TURNS = 8_192
"""Turns in one table, and a few more. More makes the first result later and words half typed slow; fewer makes tables many."""
ROOM = 1 << 16
"""Row numbers set aside for each shard: the shard of a row is its number divided by this."""
_BULK_MEMORY = 32 << 20
_DEAD_PART = 3
_FEW_DEAD = 64


class Shard(msgspec.Struct):
    """One table, as its line in `shards` says."""

    number: int
    used: int = 0
    """Rows ever put in."""
    live: int = 0
    newest: int = 0
    """When the latest of its sessions was updated: microseconds since 1970."""
    is_full: bool = False


class Shards:
    """The tables as one transaction after the other changes them; `save` before each commit."""

    def __init__(self, writing: sqlite3.Connection, *, size: int, is_bulk: bool) -> None:
        self._writing = writing
        self._size = size
        self._is_bulk = is_bulk
        self._changed: set[int] = set()
        self._all: dict[int, Shard] = {}
        self._open: Shard | None = None
        self._is_in_pieces = True
        """Whether the open table was filled by more than one transaction."""
        self.closed = 0
        """How many tables were filled up."""
        for number, used, live, newest, is_full in writing.execute("SELECT * FROM shards"):
            shard = self._all[number] = Shard(number, used, live, newest, bool(is_full))
            if not is_full:
                self._open = shard

    def put(self, fid: int, texts: Texts, updated: int, *, is_new: bool) -> None:
        """Makes the rows of a session those of `texts`; turns that are as they were keep theirs."""
        kept: dict[int, list[tuple[int, int]]] = {}
        if not is_new:
            for rowid, place, digest in self._rows_of(fid):
                kept.setdefault(digest, []).append((rowid, place))
        added: list[tuple[int, int, TurnTexts]] = []
        for place, turn in enumerate(texts.turns):
            data = "\0".join(turn).encode("utf-8", "surrogatepass")
            digest = _digest(data)
            known = kept.get(digest)
            if known:
                rowid, old_place = known.pop(0)
                if old_place != place:
                    self._writing.execute(
                        "UPDATE turns SET place = ? WHERE rowid = ?", (place, rowid)
                    )
            elif any(turn):
                added.append((place, digest, turn if is_plain(data) else _prepared(turn)))
        self._bury(rowid for rows in kept.values() for rowid, _ in rows)
        self._add(fid, added, updated)

    def remove(self, fid: int) -> None:
        """The session is gone."""
        self._bury([rowid for rowid, _, _ in self._rows_of(fid)])

    def decayed(self) -> list[int]:
        """The shards of which too much is dead."""
        return [
            shard.number
            for shard in self._all.values()
            if shard.used - shard.live > max(_FEW_DEAD, shard.used // _DEAD_PART)
        ]

    def sessions_in(self, number: int) -> list[int]:
        """Whose turns a shard holds."""
        first = number * ROOM
        found = self._writing.execute(
            "SELECT DISTINCT fid FROM turns WHERE rowid >= ? AND rowid < ?", (first, first + ROOM)
        )
        return [fid for (fid,) in found]

    def empty(self, number: int, fid: int) -> None:
        """Takes the turns of a session out of a shard, which gets no new ones."""
        first = number * ROOM
        if self._open is not None and self._open.number == number:
            self._close()
        found = self._writing.execute(
            "SELECT rowid FROM turns WHERE fid = ? AND rowid >= ? AND rowid < ?",
            (fid, first, first + ROOM),
        )
        self._bury([rowid for (rowid,) in found.fetchall()])

    def drop(self, number: int) -> None:
        """Drops the table of a shard that is empty by now."""
        if self._open is not None and self._open.number == number:
            self._open = None
        del self._all[number]
        self._changed.discard(number)
        first = number * ROOM
        self._writing.execute(
            "DELETE FROM turns WHERE rowid >= ? AND rowid < ?", (first, first + ROOM)
        )
        self._writing.execute(f"DROP TABLE IF EXISTS {said_table(number)}")
        self._writing.execute("DELETE FROM shards WHERE number = ?", (number,))

    def save(self) -> None:
        """Writes down what is counted."""
        self._writing.executemany(
            "INSERT OR REPLACE INTO shards VALUES (?, ?, ?, ?, ?)",
            [msgspec.structs.astuple(self._all[number]) for number in sorted(self._changed)],
        )
        self._changed.clear()
        self._is_in_pieces = True

    def finish(self) -> None:
        """After many were put in at once: brings the table that is still open into its best shape."""
        if self._open is not None and self._is_bulk and self._is_in_pieces:
            self._optimize(self._open.number)

    def _rows_of(self, fid: int) -> list[tuple[int, int, int]]:
        return self._writing.execute(
            "SELECT rowid, place, digest FROM turns WHERE fid = ? ORDER BY place", (fid,)
        ).fetchall()

    def _add(self, fid: int, added: Sequence[tuple[int, int, TurnTexts]], updated: int) -> None:
        while added:
            shard = self._room()
            # A session stays together; only one with more turns than numbers are set aside is divided.
            now, added = added[: ROOM - shard.used], added[ROOM - shard.used :]
            first = shard.number * ROOM + shard.used
            self._writing.executemany(
                "INSERT INTO turns VALUES (?, ?, ?, ?)",
                [(first + count, fid, row[0], row[1]) for count, row in enumerate(now)],
            )
            self._writing.executemany(
                f"INSERT INTO {said_table(shard.number)}(rowid, {', '.join(ROLES)}) "
                "VALUES (?, ?, ?, ?, ?)",
                [(first + count, *row[2]) for count, row in enumerate(now)],
            )
            shard.used += len(now)
            shard.live += len(now)
            shard.newest = max(shard.newest, updated)
            self._changed.add(shard.number)
            if shard.used >= self._size:
                self._close()

    def _room(self) -> Shard:
        if self._open is None:
            number = self._next_number()
            self._open = self._all[number] = Shard(number)
            self._changed.add(number)
            self._is_in_pieces = False
            self._writing.execute(shard_statement(number))
            if self._is_bulk:
                # Filled by one transaction it is whole at once: half the work of merging it later.
                self._configure(said_table(number), "hashsize", _BULK_MEMORY)
        return self._open

    def _next_number(self) -> int:
        row = self._writing.execute("SELECT value FROM about WHERE name = 'shards'").fetchone()
        number = int(row[0]) if row else 0
        self._writing.execute("INSERT OR REPLACE INTO about VALUES ('shards', ?)", (number + 1,))
        return number

    def _close(self) -> None:
        if self._open is None:
            return
        self._open.is_full = True
        self._changed.add(self._open.number)
        if self._is_in_pieces:
            self._optimize(self._open.number)
        self._open = None
        self.closed += 1

    def _bury(self, rowids: Iterable[int]) -> None:
        for rowid in rowids:
            self._writing.execute("DELETE FROM turns WHERE rowid = ?", (rowid,))
            shard = self._all[rowid // ROOM]
            shard.live -= 1
            self._changed.add(shard.number)

    def _optimize(self, number: int) -> None:
        table = said_table(number)
        self._writing.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")

    def _configure(self, table: str, name: str, value: int) -> None:
        self._writing.execute(f"INSERT INTO {table}({table}, rank) VALUES (?, ?)", (name, value))


def _digest(data: bytes) -> int:
    """The same number for the same texts, and with near certainty for no others of one session."""
    return zlib.crc32(data) << 24 | len(data) & 0xFFFFFF


def _prepared(turn: TurnTexts) -> TurnTexts:
    user, assistant, system, tool = map(indexed, turn)
    return user, assistant, system, tool
