"""One writer at a time for each session, among threads and programs. A lock dies with its holder."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_sessions.errors import ConflictError, StoreError
from tui_sessions.model.text import clean_line
from tui_sessions.store.files import FILE_MODE, let_go, make_folder
from tui_sessions.store.refusal import refused

TIMEOUT_S = 5.0
_PAUSE_S = 0.005
_FILES = 256
"""A fixed number of lock files: sessions that share one wait for each other for a few milliseconds."""


class Locks:
    """The locks of a library. flock itself: filelock costs 40 ms to import, more than the saving."""

    def __init__(self, folder: Path, *, timeout_s: float = TIMEOUT_S) -> None:
        self._folder = folder
        self._timeout_s = timeout_s
        self._root = folder.parent.parent
        self._known_as = _identity(self._root)
        """The directory of the library when a lock was last held; None before there is one."""
        self._hurry = threading.local()

    @contextmanager
    def hurried(self, within_s: float) -> Iterator[None]:
        """Meanwhile this thread waits so long at most, for all its locks together."""
        self._hurry.until = time.monotonic() + within_s
        try:
            yield
        finally:
            self._hurry.until = None

    @contextmanager
    def held(self, session_id: str) -> Iterator[None]:
        """Holds the lock of a session; never two at once. Raises `ConflictError`, `StoreError`."""
        name = f"{zlib.crc32(session_id.encode('utf-8', 'replace')) % _FILES:02x}"
        with self.held_as(name, busy=f"Session {session_id} is being written by another program."):
            yield

    @contextmanager
    def held_as(self, name: str, *, busy: str) -> Iterator[None]:
        """Holds a lock of that name; `busy` says who else may hold it. Raises like `held`."""
        self.refuse_moved()
        make_folder(self._folder)
        self._known_as = _identity(self._root)
        path = self._folder / f"{name}.lock"
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, FILE_MODE)
        except OSError as error:
            raise refused(error, "lock", path) from error
        try:
            self._refuse_special(descriptor, path)
            self._wait_for(descriptor, busy, path)
            yield
        finally:
            let_go(descriptor)

    def refuse_moved(self) -> None:
        """A library that was moved away or unmounted is not begun anew in its place: there, what is written
        would hide behind the disk once that is back. Raises `StoreError`."""
        if self._known_as is None or _identity(self._root) == self._known_as:
            return
        try:
            is_empty = not os.listdir(self._root)
        except OSError:
            is_empty = True
        if is_empty:
            raise StoreError(
                f"What was in {clean_line(str(self._root))} is not there any more: it was moved, or its "
                "disk is not mounted. Nothing was written."
            )

    def _refuse_special(self, descriptor: int, path: Path) -> None:
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError as error:
            raise refused(error, "lock", path) from error
        if not stat.S_ISREG(mode):
            raise StoreError(
                f"Cannot lock {clean_line(str(path))}: it is no regular file. Move it away."
            )

    def _wait_for(self, descriptor: int, busy: str, path: Path) -> None:
        deadline = time.monotonic() + self._timeout_s
        if (until := getattr(self._hurry, "until", None)) is not None:
            deadline = min(deadline, until)
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise ConflictError(f"{busy} Nothing was changed; try again.") from error
                time.sleep(_PAUSE_S)
            except OSError as error:
                raise refused(error, "lock", path) from error
            else:
                return


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino
