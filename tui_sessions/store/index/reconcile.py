"""Brings the index in step with the directory: what lies there now against what was written down.

A folder whose listing is byte for byte the one of last time is not looked at more closely.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from tui_sessions.store import files, scan
from tui_sessions.store.index import rows
from tui_sessions.store.index.database import Database

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
BATCH_S = 0.03
"""How much reading goes into one transaction."""
RACY_NS = 50_000_000
"""A file may change twice within one tick of the file system's clock: younger ones are read again."""


class Reconciler:
    """One pass over the library."""

    def __init__(
        self,
        root: Path,
        database: Database,
        written: set[str],
        progress: Progress | None,
        stop: Stop | None,
    ) -> None:
        self._root = root
        self._database = database
        self._written = written
        """Paths that we wrote or removed meanwhile: there our news is older."""
        self._progress = progress
        self._stop = stop
        self.is_changed = False

    def run(self, within: str = "") -> bool:
        """Looks at the folder `within` and all below it, "" for the library.

        False where it was stopped; what was done by then stays done. Raises `StoreError`.
        """
        top = os.fsencode(within)
        known = {
            path: digest
            for path, digest in self._database.rows("SELECT path, digest FROM folders")
            if not top or path == top or path.startswith(top + b"/")
        }
        changed: list[tuple[str, scan.Glance, bytes | None]] = []
        for folder, seen in self._folders(within):
            if self._is_stopped():
                return False
            path = os.fsencode(folder)
            before = known.pop(path, None)
            if before != seen.digest:
                changed.append((folder, seen, before))
        news = [(*folder, self._news(*folder[:2])) for folder in changed]
        total, count = sum(len(found) for *_, found in news), 0
        for folder, seen, before, found in news:
            for batch in self._batches(found, count, total):
                self._write(folder, batch)
            count += len(found)
            if self._is_stopped():
                return False
            self._finish(folder, seen, before)
        self._forget_folders(known)
        return True

    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop()

    def _folders(self, within: str) -> Iterator[tuple[str, scan.Glance]]:
        waiting = [within]
        while waiting:
            folder = waiting.pop()
            seen = scan.glance(self._root, folder)
            if seen is not None:
                waiting += seen.folders
                yield folder, seen
            elif not folder:
                yield folder, scan.Glance(b"-", ())  # A library that has no session yet.

    def _news(self, folder: str, seen: scan.Glance) -> list[scan.Found]:
        """The files that are new or changed; those that are gone are dropped at once."""
        stamps = {
            path: stamp
            for path, *stamp in self._database.rows(
                "SELECT path, size, mtime_ns, inode, is_lasting FROM files "
                "WHERE folder = (SELECT folder FROM folders WHERE path = ?)",
                (os.fsencode(folder),),
            )
        }
        if seen.trouble is not None:
            # What cannot be listed now is not forgotten for that.
            return [scan.Found(folder, files.Stamp(0, 0, 0), seen.trouble)]
        news = []
        try:
            for found in scan.found_files(self._root, folder):
                if stamps.pop(os.fsencode(found.path), None) != [*found.stamp, 1]:
                    news.append(found)
        except OSError:
            return []  # Gone or locked since it was glanced at: the next time will tell.
        if stamps:
            self._drop(stamps)
        return news

    def _batches(
        self, news: list[scan.Found], before: int, total: int
    ) -> Iterator[list[scan.Entry | str]]:
        """Entries of files, or the path of one that is gone meanwhile, until it is stopped."""
        batch: list[scan.Entry | str] = []
        began = time.monotonic()
        for count, found in enumerate(news, before + 1):
            batch.append(scan.read_entry(self._root, found) or found.path)
            if self._progress is not None:
                self._progress(count, total)
            if self._is_stopped():
                break
            if time.monotonic() - began > BATCH_S:
                yield batch
                batch, began = [], time.monotonic()
        if batch:
            yield batch

    def _write(self, folder: str, batch: list[scan.Entry | str]) -> None:
        with self._database.transaction() as writing:
            number = folder_number(writing, os.fsencode(folder))
            touched: set[str] = set()
            for item in batch:
                if isinstance(item, str) or item.path in self._written:
                    continue
                changed = rows.put(writing, _unless_racy(item), number)
                if changed is not None:
                    touched |= changed
                    self.is_changed = True
            rows.settle(writing, touched)

    def _finish(self, folder: str, seen: scan.Glance, before: bytes | None) -> None:
        """Writes down that the folder is known as it stands, unless something in it is to be read again,
        or was written by us or by another program since it was glanced at."""
        path = os.fsencode(folder)
        with self._database.transaction() as writing:
            known = writing.execute(
                "SELECT folder, digest FROM folders WHERE path = ?", (path,)
            ).fetchone()
            number = known[0] if known else folder_number(writing, path)
            self.is_changed |= known is None and folder != ""
            again = writing.execute(
                "SELECT 1 FROM files WHERE folder = ? AND NOT is_lasting LIMIT 1", (number,)
            ).fetchone()
            is_older = any(path.rpartition("/")[0] == folder for path in self._written)
            digest = None if again or seen.trouble or is_older else seen.digest
            writing.execute(
                "UPDATE folders SET digest = ? WHERE folder = ? AND digest IS ?",
                (digest, number, before),
            )

    def _drop(self, paths: Iterable[bytes]) -> None:
        with self._database.transaction() as writing:
            touched: set[str] = set()
            for path in paths:
                if os.fsdecode(path) not in self._written and self._is_gone(path):
                    touched |= drop_path(writing, path)
                    self.is_changed = True
            rows.settle(writing, touched)

    def _is_gone(self, path: bytes, *, is_folder: bool = False) -> bool:
        """Whether no file is there, or no folder: it may have been made since the folder was listed. What
        cannot be reached at the moment is not gone."""
        if scan.is_behind_link(self._root, os.fsdecode(path)):
            return True
        try:
            status = os.lstat(os.path.join(os.fsencode(self._root), path))
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) != is_folder

    def _forget_folders(self, paths: Iterable[bytes]) -> None:
        for path in paths:
            if not self._is_gone(path, is_folder=True):
                continue
            inside = self._database.rows(
                "SELECT files.path FROM files JOIN folders USING (folder) WHERE folders.path = ?",
                (path,),
            )
            self._drop([inner for (inner,) in inside])
            with self._database.transaction() as writing:
                # Its number is given anew: nothing may go by it any more.
                writing.execute(
                    "DELETE FROM folders WHERE path = ? "
                    "AND NOT EXISTS (SELECT 1 FROM files WHERE files.folder = folders.folder)",
                    (path,),
                )
            self.is_changed = True


def folder_number(writing: sqlite3.Connection, path: bytes) -> int:
    """The number of a folder, given to it now where it has none; those above it get theirs too."""
    known = writing.execute("SELECT folder FROM folders WHERE path = ?", (path,)).fetchone()
    if known is not None:
        return int(known[0])
    if path:
        folder_number(writing, path.rpartition(b"/")[0])
    cursor = writing.execute("INSERT INTO folders (path) VALUES (?)", (path,))
    return cursor.lastrowid or 0


def drop_path(writing: sqlite3.Connection, path: bytes) -> set[str]:
    """Forgets a file; the stated ids whose holders may have changed by it."""
    known = writing.execute("SELECT fid FROM files WHERE path = ?", (path,)).fetchone()
    return rows.drop(writing, known[0]) if known else set()


def _unless_racy(entry: scan.Entry) -> scan.Entry:
    if abs(time.time_ns() - entry.stamp.mtime_ns) > RACY_NS:
        return entry
    return msgspec.structs.replace(entry, is_lasting=False)
