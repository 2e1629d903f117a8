"""What of a library goes into a backup, and each file read as one version while programs write.

Our own programs never change a file in place: they put another one under its name, so that what is opened
is whole. A file that somebody else writes while it is read is read again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.store import files
from tui_sessions.store.backup.manifest import (
    ATTACHMENT,
    HISTORY,
    JOURNAL,
    OWN,
    SEARCHES,
    SESSION,
    TRASH,
)
from tui_sessions.store.journal import SUFFIX as JOURNAL_SUFFIX
from tui_sessions.store.names import SUFFIXES
from tui_sessions.store.recovery import ORPHAN
from tui_sessions.store.refusal import refused
from tui_sessions.store.searches import FILE as SEARCHES_FILE

IN_MEMORY = 1 << 24
"""What is larger is copied aside while it is read."""
_CHUNK = 1 << 20
_ATTEMPTS = 5
_PAUSE_S = 0.02


class UnreadableError(StoreError):
    """One file could not be read; the others may be."""


class Wanted(NamedTuple):
    """A file that belongs into a backup."""

    path: str
    kind: str


class Copy(NamedTuple):
    """A file as it was read."""

    data: bytes | None
    """None where it lies in `file`."""
    file: BinaryIO | None
    size: int
    mtime_ns: int
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        if self.data is not None:
            yield self.data
        elif self.file is not None:
            self.file.seek(0)
            while piece := self.file.read(_CHUNK):
                yield piece


class Gathered(NamedTuple):
    """The files of a library as it was listed."""

    wanted: tuple[Wanted, ...]
    folders: tuple[str, ...]
    problems: tuple[str, ...]
    """A sentence for each folder that cannot be listed."""


def sessions_of(root: Path) -> Gathered:
    """The session files and the folders. Raises `StoreError`."""
    wanted: list[Wanted] = []
    found: list[str] = []
    problems: list[str] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        before = f"{folder}/" if folder else ""
        try:
            entries = _entries(root / folder, is_needed=not folder)
        except StoreError as error:
            if not folder:
                raise
            problems.append(str(error))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(before + entry.name)
                found.append(before + entry.name)
            elif entry.name.endswith(SUFFIXES):
                wanted.append(Wanted(before + entry.name, SESSION))
    wanted.sort()
    return Gathered(tuple(wanted), tuple(sorted(found)), tuple(problems))


def journals_of(root: Path) -> Iterator[Wanted]:
    """What is known of answers that are arriving, or were broken off. Taken first: an answer leaves its
    journal only when it stands in its session."""
    for entry in _entries(root / OWN / "journal"):
        if entry.name.endswith((JOURNAL_SUFFIX, ORPHAN)):
            yield Wanted(f"{OWN}/journal/{entry.name}", JOURNAL)


def others_of(root: Path, *, with_trash: bool, with_versions: bool) -> Iterator[Wanted]:
    """All but sessions and journals. Taken last: a file is attached before its session names it."""
    if os.path.lexists(root / OWN / SEARCHES_FILE):
        yield Wanted(f"{OWN}/{SEARCHES_FILE}", SEARCHES)
    for entry in _entries(root / OWN / "attachments"):
        if not entry.name.startswith("."):
            yield Wanted(f"{OWN}/attachments/{entry.name}", ATTACHMENT)
    if with_trash:
        yield from _below(root, f"{OWN}/trash", TRASH)
    if with_versions:
        yield from _below(root, f"{OWN}/history", HISTORY)


@contextmanager
def copied(root: Path, wanted: Wanted, aside: Path) -> Iterator[Copy | None]:
    """The file as one version of it; None where it is gone. Large ones are copied to `aside` meanwhile.

    Raises `DamagedFileError` for what is no regular file, `StoreError`.
    """
    try:
        descriptor = _opened(root / wanted.path)
    except FileNotFoundError:
        yield None
        return
    try:
        size = os.fstat(descriptor).st_size
        if size <= IN_MEMORY:
            yield _in_memory(root, wanted, descriptor)
        else:
            with _temporary(aside) as file:
                yield _aside(root, wanted, descriptor, file)
    finally:
        os.close(descriptor)


def _in_memory(root: Path, wanted: Wanted, descriptor: int) -> Copy | None:
    is_growing = wanted.kind == JOURNAL
    for _ in range(_ATTEMPTS):
        before = os.fstat(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        data = _up_to(descriptor, before.st_size + (not is_growing), root / wanted.path)
        if is_growing or _is_same(before, os.fstat(descriptor), len(data)):
            digest = hashlib.sha256(data).hexdigest()
            return Copy(data, None, len(data), before.st_mtime_ns, digest)
        time.sleep(_PAUSE_S)
    raise _restless()


def _aside(root: Path, wanted: Wanted, descriptor: int, file: BinaryIO) -> Copy:
    for _ in range(_ATTEMPTS):
        before = os.fstat(descriptor)
        os.lseek(descriptor, 0, os.SEEK_SET)
        file.seek(0)
        digest, size = hashlib.sha256(), 0
        while size <= before.st_size:
            piece = _up_to(descriptor, min(_CHUNK, before.st_size + 1 - size), root / wanted.path)
            if not piece:
                break
            digest.update(piece)
            _put(file, piece)
            size += len(piece)
        if _is_same(before, os.fstat(descriptor), size):
            file.truncate()
            file.flush()
            return Copy(None, file, size, before.st_mtime_ns, digest.hexdigest())
        time.sleep(_PAUSE_S)
    raise _restless()


def _opened(path: Path) -> int:
    """Raises `FileNotFoundError`, `DamagedFileError`, `StoreError`."""
    try:
        status = os.lstat(path)
        trouble = files.why_no_file(status.st_mode, status.st_size)
        if trouble is None:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(path, flags)
            status = os.fstat(descriptor)
            trouble = files.why_no_file(status.st_mode, status.st_size)
            if trouble is None:
                return descriptor
            os.close(descriptor)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(error, path) from error
    raise DamagedFileError(trouble)


def _up_to(descriptor: int, size: int, path: Path) -> bytes:
    pieces: list[bytes] = []
    try:
        while size > 0 and (piece := os.read(descriptor, min(size, 1 << 24))):
            pieces.append(piece)
            size -= len(piece)
    except OSError as error:
        raise unreadable(error, path) from error
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _temporary(folder: Path) -> BinaryIO:
    try:
        return cast(BinaryIO, TemporaryFile(dir=folder))
    except OSError as error:
        raise refused(error, "write into", folder) from error


def _put(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise refused(error, "write", "the backup") from error


def _is_same(before: os.stat_result, after: os.stat_result, size: int) -> bool:
    return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and (
        size == after.st_size
    )


def _restless() -> UnreadableError:
    return UnreadableError("It is being written by another program all the time.")


def unreadable(error: OSError, path: Path) -> UnreadableError:
    """The error of a file that cannot be read."""
    return UnreadableError(str(refused(error, "read", path)))


def _below(root: Path, folder: str, kind: str) -> Iterator[Wanted]:
    for entry in _entries(root / folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _below(root, f"{folder}/{entry.name}", kind)
        elif entry.is_file(follow_symlinks=False) and not entry.name.startswith(".tui-sessions-"):
            yield Wanted(f"{folder}/{entry.name}", kind)


def _entries(folder: Path, *, is_needed: bool = False) -> Iterable[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError) as error:
        if is_needed and not isinstance(error, FileNotFoundError):
            raise refused(error, "list", folder) from error
        return ()
    except OSError as error:
        raise refused(error, "list", folder) from error
