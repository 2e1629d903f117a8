"""The file that holds the full text. It may be lost, garbage or locked at any time: then it is made anew, or
not used and `problem` says why.

Beside the index of rows and not in it, so that filling it, which takes minutes, makes nothing else wait.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_sessions.errors import StoreError
from tui_sessions.model.text import clean_line
from tui_sessions.store.files import FILE_MODE, make_folder
from tui_sessions.store.refusal import reason

VERSION = 2
"""To be raised whenever a table, or what is put into one, changes."""
BUSY_S = 2.0
"""How long another program may hold the file before we go on without it."""
_APPLICATION = 0x74757378
"""Tells the file from any other SQLite file: `tusx`."""
_SIDES = ("", "-wal", "-shm")
_IDLE_READERS = 2
_ASKED_EVERY = 2_000
"""Steps of SQLite's machine between two questions whether to stop."""
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE sessions (
  fid INTEGER PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
  updated INTEGER NOT NULL);
CREATE TABLE shards (
  number INTEGER PRIMARY KEY, used INTEGER NOT NULL, live INTEGER NOT NULL, newest INTEGER NOT NULL,
  is_full INTEGER NOT NULL);
CREATE TABLE turns (
  rowid INTEGER PRIMARY KEY, fid INTEGER NOT NULL, place INTEGER NOT NULL, digest INTEGER NOT NULL);
CREATE INDEX turns_by_session ON turns (fid);
CREATE VIRTUAL TABLE heads USING fts5(
  title, tags, notes, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M*'");
"""

Stop = Callable[[], bool]
_Identity = tuple[int, int]
"""Device and inode."""


class Database:
    """The file, opened when it is first needed. Readers never wait for the writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """Why the file is not used, "" where it is."""
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._ready: _Identity | None = None
        """The file that was found good: another program may put a new one there."""

    @property
    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for side in _SIDES:
            with suppress(OSError):
                total += os.stat(f"{self.path}{side}").st_size
        return total

    @contextmanager
    def reading(self, stop: Stop | None = None) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile. What it does ends with `OperationalError` when
        `stop` says so. Raises `sqlite3.Error`, `StoreError`."""
        connection, ready = self._taken()
        connection.set_progress_handler(stop, _ASKED_EVERY)
        try:
            yield connection
        except sqlite3.Error:
            connection.close()
            raise
        finally:
            self._put_back(connection, ready)

    @contextmanager
    def filling(self) -> Iterator[sqlite3.Connection | None]:
        """The connection that writes; None where another thread or program is filling the file now.

        Raises `sqlite3.Error`, `StoreError`.
        """
        with self._filler() as is_ours:
            if not is_ours:
                yield None
                return
            self._make_ready()
            connection = _connected(self.path)
            try:
                connection.execute("PRAGMA cache_size = -32000")
                yield connection
            finally:
                connection.close()

    def discard(self) -> None:
        """Throws the file away; the next one to fill it begins anew."""
        with self._lock:
            self._ready = None
            self._close_idle()
            for side in _SIDES:
                with suppress(OSError):  # Whoever opens what stays there tells.
                    os.unlink(f"{self.path}{side}")

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._close_idle()

    def _taken(self) -> tuple[sqlite3.Connection, _Identity | None]:
        self._make_ready()
        with self._lock:
            ready = self._ready
            if self._idle:
                return self._idle.pop(), ready
        return _connected(self.path), ready

    def _put_back(self, connection: sqlite3.Connection, ready: _Identity | None) -> None:
        with self._lock, suppress(sqlite3.ProgrammingError):  # It was closed after an error.
            connection.set_progress_handler(None, 0)
            if len(self._idle) < _IDLE_READERS and ready == self._ready:
                self._idle.append(connection)
            else:
                connection.close()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _filler(self) -> Iterator[bool]:
        """Whether we are the one that fills the file: one thread of one program at a time."""
        try:
            make_folder(self.path.parent)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(f"{self.path}.lock", flags, FILE_MODE)
        except OSError as error:
            raise StoreError(f"{reason(error)}") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise StoreError(f"{reason(error)}") from error
                yield False
                return
            yield True
        finally:
            os.close(descriptor)

    def _make_ready(self) -> None:
        with self._lock:
            if self._ready is not None and self._ready == _identity(self.path):
                return
            self._close_idle()
            try:
                self._open_or_make()
            except OSError as error:
                raise StoreError(f"{reason(error)}") from error
            self._ready = _identity(self.path)

    def _open_or_make(self) -> None:
        make_folder(self.path.parent)
        for is_last in (False, True):
            # Made by us first: what SQLite makes itself, others may read.
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            os.close(os.open(self.path, flags, FILE_MODE))
            try:
                if _has_tables(self.path):
                    return
                why: sqlite3.Error | None = None
            except sqlite3.OperationalError:
                raise  # Locked, or the disk is full: it may be good.
            except sqlite3.DatabaseError as error:
                why = error
            if is_last and why is not None:
                raise why
            for side in _SIDES:
                with suppress(OSError):  # Whoever opens what stays there tells.
                    os.unlink(f"{self.path}{side}")


def said_table(number: int) -> str:
    """The name of a shard's table."""
    return f"said_{number}"


def shard_statement(number: int) -> str:
    """Makes the table of a shard: words only, the texts stay in the session files."""
    return (
        # Words of the first column take the least room, and assistants say most.
        f"CREATE VIRTUAL TABLE {said_table(number)} USING fts5(assistant, user, system, tool, "
        "content = '', tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
    )


def in_words(error: Exception) -> str:
    """Why the file cannot be used, for a person."""
    # Without the cure that may follow: it is meant for the library, not for its cache.
    return clean_line(str(error)).partition(". ")[0].rstrip(".")


def _identity(path: Path) -> _Identity | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last moments, which are read again; a sync each time would cost more.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -8000")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _has_tables(path: Path) -> bool:
    """Whether the file is ours and of this version, tables made where it is new."""
    connection = _connected(path)
    try:
        if _marks(connection) == (_APPLICATION, VERSION):
            return True
        connection.execute("BEGIN IMMEDIATE")
        if _marks(connection) == (_APPLICATION, VERSION):  # Another program was quicker.
            return True
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return False
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
        return True
    finally:
        connection.close()


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    return application, connection.execute("PRAGMA user_version").fetchone()[0]
