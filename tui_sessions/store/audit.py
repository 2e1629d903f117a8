"""The audit log: one JSON line for every durable change, written after it is durable. No text stands in it.

What is saved is saved whether the log takes its line or not: lines that the disk refuses wait in memory for
the next one, and `problem` says so as long as it lasts.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from functools import cached_property
from pathlib import Path

from tui_sessions.errors import StoreError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock, format_time
from tui_sessions.store.files import FILE_MODE, let_go, make_folder, write_all
from tui_sessions.store.refusal import reason

MAX_BYTES = 8_000_000
"""A log of the program's own is put aside when it is larger; those that were are kept."""
_MOST_WAITING = 10_000
_PATIENCE_S, _PAUSE_S = 0.5, 0.005
"""Whoever holds the lock on the log for longer, because it was stopped, does not stop us."""
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Audit:
    """Appends to one file; does nothing without one. Any method may be called from any thread, and none
    raises. Wire form: RELIABILITY §2."""

    def __init__(self, path: Path | None, now: Clock) -> None:
        self.path = path
        self.max_bytes: int | None = None
        """How large the file may grow before it is put aside; None where it is not ours."""
        self.problem = ""
        """Why lines wait, in a sentence; "" where all are written."""
        self.when_problem: Callable[[str], None] | None = None
        """Told of every change of `problem`, in whatever thread."""
        self._now = now
        self._waiting: list[bytes] = []
        self._lost = 0
        self._writing = threading.Lock()

    def record(self, action: str, session_id: str, **more: str) -> None:
        """One line."""
        self._append([{"action": action, "session": session_id, **more}])

    def record_each(self, action: str, session_ids: Iterable[str]) -> None:
        """A line for each of these sessions."""
        self._append([{"action": action, "session": one} for one in session_ids])

    def saved(self, before: Session | None, after: Session, *, action: str = "save") -> None:
        """A line for each message that is new, changed or taken out, else one for the session."""
        if self.path is None:
            return
        old = set(_fingerprints(before)) if before is not None else set()
        new = list(_fingerprints(after))
        lines = [
            {"action": action, "session": after.id, "message": message, "sha256": digest}
            for message, digest in new
            if (message, digest) not in old
        ]
        gone = {message for message, _ in old} - {message for message, _ in new}
        lines += [
            {"action": "remove", "session": after.id, "message": message}
            for message in sorted(gone)
        ]
        self._append(lines or [{"action": action, "session": after.id}])

    def write_waiting(self) -> bool:
        """Tries once more to write what waits; whether nothing does any more."""
        self._append([])
        return not self.problem

    @cached_property
    def _user(self) -> str:
        import pwd  # Only where an audit log is kept.

        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return str(os.geteuid())

    def _append(self, lines: list[dict[str, str]]) -> None:
        if self.path is None:
            return
        at, who = format_time(self._now()), {"user": self._user, "pid": os.getpid()}
        with self._writing:
            self._waiting += [
                (json.dumps({"at": at, **one, **who}) + "\n").encode() for one in lines
            ]
            problem = self._write(self.path)
        if problem != self.problem:
            self.problem = problem
            if self.when_problem is not None:
                self.when_problem(problem)

    def _write(self, path: Path) -> str:
        """Writes what waits; why it could not, in a sentence."""
        if not self._waiting:
            return ""
        try:
            make_folder(path.parent)
            _add(path, b"".join(self._waiting), self._aside)
        except (OSError, StoreError) as error:
            excess = max(0, len(self._waiting) - _MOST_WAITING)
            del self._waiting[:excess]
            self._lost += excess
            cause = error if isinstance(error, OSError) else error.__cause__
            why = reason(cause) if isinstance(cause, OSError) else str(error)
            lost = f", {self._lost:,} are lost" if self._lost else ""
            return (
                f"The audit log {clean_line(str(path))} cannot be written: {why}. "
                f"Everything is saved; {len(self._waiting):,} lines of the log wait{lost}."
            )
        self._waiting.clear()
        return ""

    def _aside(self, size: int) -> str | None:
        """The name that the file takes when it has grown too large."""
        if self.path is None or self.max_bytes is None or size < self.max_bytes:
            return None
        at = self._now().astimezone(UTC)
        return f"{self.path.stem}-{at:%Y%m%d-%H%M%S-%f}{self.path.suffix}"


def _add(path: Path, data: bytes, aside: Callable[[int], str | None]) -> None:
    """Adds whole lines to the end of a regular file, and nothing where it cannot take all. Raises `OSError`."""
    for _ in range(2):
        descriptor = os.open(path, _FLAGS, FILE_MODE)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
            is_alone = _is_locked(descriptor)
            size = os.fstat(descriptor).st_size
            name = aside(size) if is_alone and _is_still(path, status) else None
            if name is not None:
                os.rename(path, path.with_name(name))
                continue
            # What another program left torn at the end is not to spoil this line as well.
            is_torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
            try:
                write_all(descriptor, b"\n" + data if is_torn else data)
            except OSError:
                if is_alone:
                    os.ftruncate(descriptor, size)
                raise
            return
        finally:
            let_go(descriptor)


def _is_locked(descriptor: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno != errno.EWOULDBLOCK or time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE_S)
        else:
            return True


def _is_still(path: Path, status: os.stat_result) -> bool:
    """Whether another program has not put the file aside meanwhile."""
    now = os.stat(path, follow_symlinks=False)
    return (now.st_dev, now.st_ino) == (status.st_dev, status.st_ino)


def fingerprint(text: str) -> str:
    """What stands in the log for a text."""
    import hashlib  # Only where an audit log is kept.

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _fingerprints(session: Session) -> Iterator[tuple[str, str]]:
    for turn in session.turns:
        for message in turn.messages:
            yield f"{turn.id}:{message.role}", fingerprint(message.text)
