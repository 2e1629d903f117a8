"""Brings the full text up to date with the session files, in small transactions, newest sessions first.

What was done stays done: a run that is stopped or killed is continued by the next one.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tui_sessions.codec.texts import Texts, read_texts
from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.ids import new_id
from tui_sessions.model.term import micros
from tui_sessions.model.words import indexed
from tui_sessions.store import files
from tui_sessions.store.index.reconcile import RACY_NS
from tui_sessions.store.texts.database import Stop, said_table
from tui_sessions.store.texts.differences import Differences, ToRead, differences
from tui_sessions.store.texts.shards import SHARD_TURNS, Shards
from tui_sessions.store.texts.source import Source

Progress = Callable[[int, int], None]
_TRANSACTION_S = 0.25
_BULK_TRANSACTION_S = 3.0
"""Readers wait for no transaction; a longer one only means that more is done again after a crash."""
_TOLD_EVERY_S = 0.1
_PAUSE_S = 0.002
"""Between transactions, so that who waits for the interpreter or the file gets it."""
_BULK = 500
"""From so many sessions on tables are filled in the way that is quicker for many."""
_UNREAD = files.Stamp(-1, -1, -1)
"""Fits no file: it is tried again when anything changes."""


class Indexing:
    """One run over the library's files."""

    def __init__(
        self,
        root: Path,
        source: Source,
        writing: sqlite3.Connection,
        *,
        shard_turns: int = SHARD_TURNS,
    ) -> None:
        self._root = os.fsencode(root)
        self._source = source
        self._writing = writing
        self._shard_turns = shard_turns
        self.done = 0
        self.total = 0

    def run(self, progress: Progress | None, stop: Stop | None) -> bool:
        """True when anything was changed. Raises `sqlite3.Error`."""
        self._demand_same_build()
        generation = self._source.generation()
        if generation and generation == self._about("generation"):
            return False
        found = differences(self._writing, self._source)
        self.done, self.total = found.known, found.total
        self._writing.execute("BEGIN IMMEDIATE")
        try:
            is_whole = self._bring_up(found, progress, stop)
            if is_whole:
                self._write_about("generation", generation)
            self._writing.execute("COMMIT")
        except BaseException:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            raise
        return bool(found.to_read or found.gone)

    def _bring_up(self, found: Differences, progress: Progress | None, stop: Stop | None) -> bool:
        todo = found.to_read
        is_bulk = len(todo) >= _BULK
        shards = Shards(self._writing, size=self._shard_turns, is_bulk=is_bulk)
        pace = _Pace(_BULK_TRANSACTION_S if is_bulk else _TRANSACTION_S)
        for fid in found.gone:
            self._remove(shards, fid)
            if self._is_stopped(pace, shards, stop):
                return False
        for count, file in enumerate(todo, 1):
            self._take(shards, file)
            self.done += file.is_new
            if progress is not None and (pace.is_to_be_told() or count == len(todo)):
                progress(count, len(todo))
            if self._is_stopped(pace, shards, stop):
                return False
        is_whole = self._mend(shards, pace, stop)
        shards.finish()
        self._save(shards)
        return is_whole

    def _demand_same_build(self) -> None:
        build = self._source.build
        if self._about("build") == build:
            return
        self._writing.execute("BEGIN IMMEDIATE")
        numbers = self._writing.execute("SELECT number FROM shards").fetchall()
        for (number,) in numbers:
            self._writing.execute(f"DROP TABLE IF EXISTS {said_table(number)}")
        for table in ("sessions", "shards", "turns", "heads"):
            self._writing.execute(f"DELETE FROM {table}")
        self._writing.execute("DELETE FROM about WHERE name <> 'shards'")
        self._write_about("build", build)
        self._writing.execute("COMMIT")

    def _take(self, shards: Shards, file: ToRead) -> None:
        texts, stamp = self._read(file)
        moment = stamp.mtime_ns // 1000 if texts.updated_at is None else micros(texts.updated_at)
        shards.put(file.fid, texts, moment, is_new=file.is_new)
        self._put_head(file, texts)
        self._writing.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?)", (file.fid, *stamp, moment)
        )

    def _read(self, file: ToRead) -> tuple[Texts, files.Stamp]:
        try:
            content = files.read(os.fsdecode(os.path.join(self._root, file.path)))
        except (FileNotFoundError, StoreError):
            return Texts(), _UNREAD
        except DamagedFileError:
            return Texts(), file.stamp
        stamp = content.stamp
        if abs(time.time_ns() - stamp.mtime_ns) < RACY_NS:
            stamp = _UNREAD  # It may change once more without another stamp.
        try:
            return read_texts(content.data), stamp
        except DamagedFileError:
            return Texts(), file.stamp

    def _put_head(self, file: ToRead, texts: Texts) -> None:
        if not file.is_new:
            self._writing.execute("DELETE FROM heads WHERE rowid = ?", (file.fid,))
        head = (indexed(texts.title), indexed("\n".join(texts.tags)), indexed(texts.notes))
        if any(head):
            self._writing.execute(
                "INSERT INTO heads(rowid, title, tags, notes) VALUES (?, ?, ?, ?)",
                (file.fid, *head),
            )

    def _remove(self, shards: Shards, fid: int) -> None:
        shards.remove(fid)
        self._writing.execute("DELETE FROM heads WHERE rowid = ?", (fid,))
        self._writing.execute("DELETE FROM sessions WHERE fid = ?", (fid,))

    def _mend(self, shards: Shards, pace: _Pace, stop: Stop | None) -> bool:
        """Moves what lives in decayed tables into the newest, and drops them."""
        for number in shards.decayed():
            for file in self._files_of(shards.sessions_in(number)):
                shards.empty(number, file.fid)
                self._take(shards, file)
                if self._is_stopped(pace, shards, stop):
                    return False
            shards.drop(number)
        return True

    def _files_of(self, fids: Iterable[int]) -> Iterator[ToRead]:
        wanted = set(fids)
        for fid, path, size, mtime_ns, inode in list(self._source.stamps()):
            if fid in wanted:
                yield ToRead(fid, path, files.Stamp(size, mtime_ns, inode), is_new=False)

    def _is_stopped(self, pace: _Pace, shards: Shards, stop: Stop | None) -> bool:
        """Commits when it is time, and asks whether to go on."""
        is_stopped = stop is not None and stop()
        if is_stopped or pace.is_over(shards.closed):
            self._save(shards)
            self._writing.execute("COMMIT")
            if not is_stopped:
                time.sleep(_PAUSE_S)
            self._writing.execute("BEGIN IMMEDIATE")
            pace.began = time.perf_counter()
        return is_stopped

    def _save(self, shards: Shards) -> None:
        shards.save()
        self._write_about("serial", new_id())

    def _about(self, name: str) -> str:
        row = self._writing.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def _write_about(self, name: str, value: str) -> None:
        self._writing.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


class _Pace:
    """When to end a transaction, and when to tell how far it is."""

    def __init__(self, limit_s: float) -> None:
        self.began = self._told = time.perf_counter()
        self._limit_s = limit_s
        self._closed = 0

    def is_over(self, closed: int) -> bool:
        """Whether the transaction is to end: after a time, and with each table that is `closed`."""
        is_new_table = closed > self._closed
        self._closed = closed
        return is_new_table or time.perf_counter() - self.began >= self._limit_s

    def is_to_be_told(self) -> bool:
        """Whether it is some time since it was told."""
        now = time.perf_counter()
        if now - self._told < _TOLD_EVERY_S:
            return False
        self._told = now
        return True
