"""The text of an answer that is still arriving, kept in a file of its own so that no crash loses it.

Each line is the crc32 of a JSON record and the record: first `{"session": …, "turn": …, "at": …}`, with `model`
where it is known and `continues` where it begins with an answer that was there, then pieces, `t` for text and
`r` for reasoning. Every answer has a journal of its own, also where a turn gets several at once.
The owner holds a lock on the file; a journal whose lock is free is an orphan.
Written by `write()` at most every 50 ms or 256 characters (survives kill -9), synced at most once a second
(survives a power cut). Nothing is ever appended to a journal that was found.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tui_sessions.model.ids import new_id
from tui_sessions.model.times import format_time
from tui_sessions.store import files, reserve
from tui_sessions.store.refusal import refused

SUFFIX = ".journal"
BEING_MADE = ".new"
_WRITE_EVERY_S = 0.05
_WRITE_AT_CHARACTERS = 256
_SYNC_EVERY_S = 0.9
"""With the writing before it and the syncing itself, no more than a second is lost."""


class Journal:
    """The journal of one answer. `append` never raises: an answer outlives a disk that refuses it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._state = threading.Lock()
        self._pieces: list[tuple[str, bool]] = []
        self._characters = 0
        self._due = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._synced_at = time.monotonic()
        self._is_unsynced = False
        self.error: str | None = None
        """Why nothing is kept any more, where the disk refused."""

    @classmethod
    def open(
        cls,
        folder: Path,
        session_id: str,
        turn_id: str,
        *,
        at: datetime,
        model: str | None = None,
        continues: bool = False,
    ) -> Journal:
        """A new journal, durable and locked. Raises `StoreError`."""
        head = {"session": session_id, "turn": turn_id, "at": format_time(at)}
        head |= {"model": model} if model else {}
        head |= {"continues": "yes"} if continues else {}
        files.make_folder(folder)
        path = folder / f"{os.getpid()}-{new_id()}{SUFFIX}"
        # It takes its name only when it is locked and whole, so that nobody takes it for an orphan.
        made = path.with_suffix(BEING_MADE)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(made, flags, files.FILE_MODE)
            try:
                os.fchmod(descriptor, files.FILE_MODE)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                files.write_all(descriptor, line(head))
                os.fdatasync(descriptor)
                os.rename(made, path)
                files.sync_folder(folder)
            except BaseException:
                files.let_go(descriptor)
                for left in (made, path):
                    with suppress(OSError):
                        os.unlink(left)
                raise
        except OSError as error:
            if reserve.gave_way(error, path):
                return cls.open(
                    folder, session_id, turn_id, at=at, model=model, continues=continues
                )
            raise refused(error, "write", path) from error
        return cls(path, descriptor)

    def append(self, text: str, is_reasoning: bool = False) -> None:
        """Keeps a piece of the answer."""
        with self._state:
            if self._closed.is_set() or self.error is not None:
                return
            self._pieces.append((text, is_reasoning))
            self._characters += len(text)
            if self._characters >= _WRITE_AT_CHARACTERS:
                self._write()
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_writing, daemon=True)
                self._thread.start()
        if not self._due.is_set():  # Waking a thread that is awake costs as much as all the rest.
            self._due.set()

    def flush(self) -> None:
        """Writes what has not been written: the answer is whole, and a kill while it is saved costs no word."""
        with self._state:
            if not self._closed.is_set():
                self._write()

    def close(self) -> None:
        """Removes the journal: the answer is saved. Closing again does nothing."""
        with self._state:
            if self._closed.is_set():
                return
            self._closed.set()
            with suppress(OSError):  # Found later, it adds nothing to a turn that is answered.
                os.unlink(self._path)
            if self._thread is None:
                files.let_go(self._descriptor)
        self._due.set()

    def _keep_writing(self) -> None:
        # The thread closes the file, so that `close` never waits for a slow disk.
        try:
            while not self._closed.is_set():
                is_woken = self._due.wait(self._until_sync())
                if is_woken:
                    self._due.clear()
                    self._closed.wait(_WRITE_EVERY_S)
                with self._state:
                    if not self._closed.is_set():
                        self._write()
                self._sync_when_due()
        finally:
            files.let_go(self._descriptor)

    def _write(self) -> None:
        pieces, self._pieces, self._characters = self._pieces, [], 0
        records: list[dict[str, str]] = []
        for text, is_reasoning in pieces:
            key = "r" if is_reasoning else "t"
            if records and key in records[-1]:
                records[-1][key] += text
            else:
                records.append({key: text})
        if not records or self.error is not None:
            return
        try:
            files.write_all(self._descriptor, b"".join(map(line, records)))
            self._is_unsynced = True
        except OSError as error:
            # What stands there is torn by now, so nothing may follow it.
            self.error = str(refused(error, "write", self._path))

    def _until_sync(self) -> float | None:
        if not self._is_unsynced:
            return None
        return max(0.0, self._synced_at + _SYNC_EVERY_S - time.monotonic())

    def _sync_when_due(self) -> None:
        if self._closed.is_set() or self._until_sync() != 0.0:
            return
        self._is_unsynced = False
        self._synced_at = time.monotonic()
        try:
            os.fdatasync(self._descriptor)
        except OSError as error:
            self.error = str(refused(error, "write", self._path))


def line(record: dict[str, str]) -> bytes:
    """A record as it stands in a journal."""
    payload = json.dumps(record).encode()
    return f"{zlib.crc32(payload):08x} ".encode() + payload + b"\n"
