"""One SQLite file that may be lost at any time: opened, made, made again, or kept in memory instead.

Two connections, so that what reads never waits for what writes, and a third for what reads for long; each
is used by one thread at a time.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.store.files import FILE_MODE, make_folder
from tui_sessions.store.refusal import reason

BUSY_S = 5.0
"""How long another program may hold the file before we go on without it."""
_MEMORY = ":memory:"
_SIDES = ("", "-wal", "-shm")


class Database:
    """Tables on disk where that can be; else in memory, with the reason in `problem`."""

    def __init__(self, path: Path | None, version: int, statements: Sequence[str]) -> None:
        self._wanted = path
        self._version = version
        self._statements = statements
        self.problem = ""
        """Why the file is not used, "" where it is or none was wanted."""
        self.path: Path | None = path
        """The file in use; None in memory."""
        self.writing_lock = threading.RLock()
        self._reading_lock = self.writing_lock
        self._aside: sqlite3.Connection | None = None
        """Made when first asked for."""
        self._aside_lock = threading.Lock()
        self.changes = 0
        """Counts our own transactions."""
        self._others: int | None = None
        """What `others_wrote` was told last."""
        self._open()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises `sqlite3.Error`."""
        with self._reading_lock:
            return self._reading.execute(sql, values).fetchall()

    def fetch(self, ask: Callable[[sqlite3.Connection], Any]) -> Any:
        """What `ask` answers of the connection that reads; for what is more than a list of rows."""
        with self._reading_lock:
            return ask(self._reading)

    def fetch_aside(self, ask: Callable[[sqlite3.Connection], Any]) -> Any:
        """`fetch` for what may take a second or more: the screen goes on reading meanwhile."""
        place = self.path
        if place is None:  # In memory there is one connection only.
            return self.fetch(ask)
        with self._aside_lock:
            if self._aside is None:
                self._aside = _connected(str(place))
            return ask(self._aside)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection that writes: all or nothing. Raises `sqlite3.Error`."""
        with self.writing_lock:
            self._writing.execute("BEGIN IMMEDIATE")
            try:
                yield self._writing
                self._writing.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._writing.execute("ROLLBACK")
                raise
            self.changes += 1

    def write(self, act: Callable[[sqlite3.Connection], None]) -> None:
        """Does `act` in a transaction. Raises `sqlite3.Error`."""
        with self.transaction() as writing:
            act(writing)

    @property
    def stamp(self) -> tuple[int, int]:
        """Another one where anything was written, by us or by another program."""
        with self._reading_lock:
            return self.changes, self._reading.execute("PRAGMA data_version").fetchone()[0]

    def others_wrote(self) -> bool:
        """Whether another program wrote here since this was asked last."""
        with self.writing_lock, suppress(sqlite3.Error):
            # Of the connection that writes: our own transactions do not count there.
            before, now = self._others, self._writing.execute("PRAGMA data_version").fetchone()[0]
            self._others = now
            return before not in (None, now)
        return False

    def start_again(self, why: sqlite3.Error) -> None:
        """After an error: a file that is garbage is made anew once, otherwise memory serves."""
        with self._aside_lock, self.writing_lock, self._reading_lock:
            is_garbage = not isinstance(why, sqlite3.OperationalError) or _are_others(why)
            self.close()
            if self.path is not None and is_garbage and not self.problem:
                self.problem = "The index was damaged and was made again."
                with suppress(OSError):
                    _remove(self.path)
                self._open()
            else:
                self._use_memory(why)

    def vacuum(self) -> int:
        """Gives back what is not used; how many bytes."""
        if self.path is None:
            return 0
        before = self.size
        with self.writing_lock:
            self._writing.execute("VACUUM")
            self._writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return max(0, before - self.size)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        if self.path is None:
            return 0
        total = 0
        for side in _SIDES:
            with suppress(OSError):
                total += os.stat(f"{self.path}{side}").st_size
        return total

    def close(self) -> None:
        """Lets go of the file."""
        aside = {self._aside} if self._aside is not None else set()
        for connection in {self._reading, self._writing, *aside}:
            with suppress(sqlite3.Error):
                connection.close()
        self._aside = None

    def _open(self) -> None:
        if self._wanted is None:
            self._use_memory(None)
            return
        try:
            self._open_file(self._wanted)
        except sqlite3.OperationalError as error:
            self._use_memory(error)
        except sqlite3.DatabaseError:  # garbage
            try:
                _remove(self._wanted)
                self._open_file(self._wanted)
            except (sqlite3.Error, OSError) as error:
                self._use_memory(error)
        except (OSError, TuiSessionsError) as error:
            self._use_memory(error)

    def _open_file(self, path: Path) -> None:
        make_folder(path.parent)
        # Made by us first: what SQLite makes itself, others may read.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE))
        self._writing = _connected(str(path))
        try:
            self._make_tables()
            self._reading = _connected(str(path))
        except BaseException:
            self._writing.close()
            raise
        self._reading_lock = threading.RLock()
        self.path = path

    def _make_tables(self) -> None:
        if self._found_version() == self._version:
            return
        self._writing.execute("BEGIN IMMEDIATE")
        if self._found_version() != self._version:  # else another program was quicker
            for kind, name in self._writing.execute(
                "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                quoted = name.replace('"', '""')
                self._writing.execute(f'DROP {kind} IF EXISTS "{quoted}"')
            for statement in self._statements:
                self._writing.execute(statement)
            self._writing.execute(f"PRAGMA user_version = {self._version}")
        self._writing.execute("COMMIT")

    def _found_version(self) -> int:
        return int(self._writing.execute("PRAGMA user_version").fetchone()[0])

    def _use_memory(self, why: BaseException | None) -> None:
        if why is not None:
            # Without the cure that may follow: it is meant for the library, not for its cache.
            told = reason(why) if isinstance(why, OSError) else str(why)
            what = clean_line(told).partition(". ")[0].rstrip(".")
            place = f" {clean_line(str(self._wanted))}" if str(self._wanted) not in what else ""
            self.problem = (
                f"The index{place} cannot be used ({what}). "
                "Everything works without it, but takes longer to begin."
            )
        self.path = None
        self._reading_lock = self.writing_lock
        self._writing = self._reading = _connected(_MEMORY)
        for statement in self._statements:
            self._writing.execute(statement)


def _are_others(why: sqlite3.OperationalError) -> bool:
    """Whether the error is that the tables are not those that we make."""
    return any(words in str(why) for words in ("no such", "has no column", "columns but"))


def _connected(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        place, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        # Losing the last moments at a power cut costs a scan; a sync each time would cost more.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -2000")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _remove(path: Path) -> None:
    for side in _SIDES:
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{side}")
