"""Reading and writing whole files so that a crash, a full disk or a trick with links harms nothing.

A write goes to a temporary file beside its target, is synced, then takes the target's name. While it is
written, the temporary file is locked: one whose lock is free was left behind by a crash.
Knows no sessions.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tui_sessions.errors import DamagedFileError
from tui_sessions.model.ids import new_id
from tui_sessions.store import reserve
from tui_sessions.store.own_folder import refuse_led_away
from tui_sessions.store.refusal import refused

MAX_BYTES = 1_000_000_000
FOLDER_MODE = 0o700
FILE_MODE = 0o600
_CHUNK = 1 << 20
_MAGIC = b"\x1f\x8b"
"""The beginning of gzip data (RFC 1952)."""
_MAX_HELD = 2**63 - 1
"""As far as SQLite counts; in nanoseconds it is the year 2262."""
_TEMPORARY = re.compile(r"\.tui-sessions-[0-9a-z]{12}\.tmp")
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV})


class Stamp(NamedTuple):
    """What tells one version of a file from another without reading it."""

    size: int
    mtime_ns: int
    inode: int

    @property
    def modified_at(self) -> datetime:
        """The time of the file."""
        return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC)


class Content(NamedTuple):
    """A file as it was read."""

    data: bytes
    stamp: Stamp


class FileChangedError(Exception):
    """Another program wrote the file since it was read; ours was not written."""


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file's status."""
    # A clock may have been far ahead, and some file systems number their files with all 64 bits.
    mtime_ns = max(-_MAX_HELD, min(status.st_mtime_ns, _MAX_HELD))
    return Stamp(status.st_size, mtime_ns, status.st_ino & _MAX_HELD)


def why_no_file(mode: int, size: int) -> str | None:
    """Why a file of that mode and size is not read as a session; None where it may be."""
    if stat.S_ISLNK(mode):
        return "It is a symbolic link, which is not followed here."
    if not stat.S_ISREG(mode):
        return "It is not a regular file."
    return "It is larger than 1 GB." if size > MAX_BYTES else None


def read(path: Path | str) -> Content:
    """The bytes of a regular file, unpacked where they are packed. Raises what `read_raw` raises.

    Where a file is packed or unpacked in place, its name is changed before its bytes are: between the two
    it is told by its bytes.
    """
    data, stamp = read_raw(path)
    return Content(_plain(data, is_named_packed=os.fspath(path).endswith(".gz")), stamp)


def read_raw(path: Path | str) -> Content:
    """The bytes of a regular file as they are.

    Raises `FileNotFoundError` (only where it is not there), `StoreError`, `DamagedFileError`.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise DamagedFileError("It is a symbolic link, which is not followed here.") from error
        raise refused(error, "read", path) from error
    try:
        status = os.fstat(descriptor)
        trouble = why_no_file(status.st_mode, status.st_size)
        if trouble is not None:
            raise DamagedFileError(trouble)
        return Content(_all_bytes(descriptor, status.st_size), stamp_of(status))
    except OSError as error:
        raise refused(error, "read", path) from error
    finally:
        let_go(descriptor)


def _plain(data: bytes, *, is_named_packed: bool) -> bytes:
    if data.startswith(_MAGIC):  # No text of JSON begins like this.
        return unpacked(data)
    if is_named_packed and not data.lstrip().startswith(b"{"):
        return unpacked(data)
    return data


def unpacked(data: bytes) -> bytes:
    """gzip data unpacked, up to the size a file may have. Raises `DamagedFileError`."""
    from tui_sessions.store.gzipped import unpacked as all_of_it  # few files are packed

    return all_of_it(data, MAX_BYTES)


def packed(data: bytes) -> bytes:
    """gzip data of `data`."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


def replace(
    path: Path,
    data: bytes,
    expected: Stamp | None = None,
    *,
    mtime_ns: int | None = None,
    about: Callable[[Path, Stamp], None] | None = None,
) -> Stamp:
    """Writes `data` in place of `path`, whole or not at all, durable when it returns; with the time
    `mtime_ns` where it says the same as before. `about` hears of the file that is about to take its place.

    With `expected`, raises `FileChangedError` where the file is another by now. Raises `StoreError`.
    """
    try:
        with _temporary(path.parent, data, mtime_ns) as (temporary, stamp):
            if expected is not None and _stamp_now(path) != expected:
                raise FileChangedError
            if about is not None:
                about(temporary, stamp)
            os.rename(temporary, path)
            sync_folder(path.parent)
            return stamp
    except OSError as error:
        if reserve.gave_way(error, path):
            return replace(path, data, expected, mtime_ns=mtime_ns, about=about)
        raise refused(error, "write", path) from error


def write_new(path: Path, data: bytes) -> Stamp:
    """Writes `data` to a name that is free. Raises `FileExistsError`, `StoreError`."""
    try:
        with _temporary(path.parent, data) as (temporary, stamp):
            _take_free_name(temporary, path)
            try:
                sync_folder(path.parent)
            except OSError:
                with suppress(OSError):  # Nobody was told of it, and it may be written again.
                    os.unlink(path)
                raise
            return stamp
    except FileExistsError:
        raise
    except OSError as error:
        if reserve.gave_way(error, path):
            return write_new(path, data)
        raise refused(error, "write", path) from error


def move_new(source: Path, target: Path) -> None:
    """Moves a file to a name that is free, durably. Raises `FileExistsError`, `StoreError`."""
    try:
        _take_free_name(source, target, is_only=True)
        sync_folder(source.parent)
        if target.parent != source.parent:
            sync_folder(target.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(error, "move", source) from error


def drop_twin(source: Path, target: Path) -> bool:
    """Removes the name `source` where `target` is the very same file: a crash in the middle of a move
    leaves both names. Raises `StoreError`."""
    try:
        one, other = (os.stat(path, follow_symlinks=False) for path in (source, target))
        if (one.st_dev, one.st_ino) != (other.st_dev, other.st_ino) or one.st_nlink < 2:
            return False
        os.unlink(source)
        sync_folder(source.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise refused(error, "move", source) from error
    return True


def make_folder(folder: Path) -> None:
    """Makes `folder` and what is missing above it, private. Raises `StoreError`, also where a link leads
    from the library's own folder to somewhere else."""
    refuse_led_away(folder)
    missing = []
    for place in (folder, *folder.parents):
        if is_there(place):
            break
        missing.append(place)
    try:
        for place in reversed(missing):
            with suppress(FileExistsError):  # Another program was quicker.
                os.mkdir(place, FOLDER_MODE)
                os.chmod(place, FOLDER_MODE)
                sync_folder(place.parent)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise refused(error, "make the folder", folder) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # A file system that cannot sync folders.
            raise
    finally:
        let_go(descriptor)


def let_go(descriptor: int) -> None:
    """Closes a file that was only read, or is synced: what closing it may complain of changes nothing."""
    with suppress(OSError):
        os.close(descriptor)


def is_there(path: Path) -> bool:
    """Whether anything has that name, be it a link that leads nowhere. Raises `StoreError` where the disk
    does not tell: what cannot be looked at is not gone."""
    return _mode_of(path) is not None


def is_folder(path: Path) -> bool:
    """Whether a folder lies there, no link to one. Raises `StoreError` where the disk does not tell."""
    mode = _mode_of(path)
    return mode is not None and stat.S_ISDIR(mode)


def is_link(path: Path) -> bool:
    """Whether a symbolic link lies there. Raises `StoreError` where the disk does not tell."""
    mode = _mode_of(path)
    return mode is not None and stat.S_ISLNK(mode)


def _mode_of(path: Path) -> int | None:
    try:
        return os.stat(path, follow_symlinks=False).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:  # No path can have a null byte.
        return None
    except OSError as error:
        raise refused(error, "read", path) from error


def write_all(descriptor: int, data: bytes) -> None:
    """All of `data`, however little the system takes at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view[:_CHUNK]) :]


def sweep(path: Path) -> None:
    """Removes a temporary file of ours that no writer holds; leaves everything else alone."""
    if not _TEMPORARY.fullmatch(path.name):
        return
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
        finally:
            let_go(descriptor)


@contextmanager
def _temporary(
    folder: Path, data: bytes, mtime_ns: int | None = None
) -> Iterator[tuple[Path, Stamp]]:
    path, descriptor = _new_temporary(folder)
    try:
        write_all(descriptor, data)
        if mtime_ns is not None:
            os.utime(descriptor, ns=(mtime_ns, mtime_ns))
        os.fsync(descriptor)
        yield path, stamp_of(os.fstat(descriptor))
    finally:
        with suppress(OSError):  # It has its new name, or the disk refuses this as well.
            os.unlink(path)
        let_go(descriptor)


def _new_temporary(folder: Path) -> tuple[Path, int]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        path = folder / f".tui-sessions-{new_id()}.tmp"
        descriptor = os.open(path, flags, FILE_MODE)
        try:
            os.fchmod(descriptor, FILE_MODE)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # `sweep` of another program may have taken it between the two calls above.
            if os.fstat(descriptor).st_nlink:
                return path, descriptor
        except BaseException:
            let_go(descriptor)
            with suppress(OSError):
                os.unlink(path)
            raise
        let_go(descriptor)


def _take_free_name(source: Path, target: Path, *, is_only: bool = False) -> None:
    """`is_only`: its bytes have no other name, so that the new one is durable before the old one goes."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not drop_twin(source, target):
            raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        # Without hard links the name is reserved by an empty file, which the rename replaces.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        let_go(os.open(target, flags, FILE_MODE))
        try:
            os.rename(source, target)
        except OSError:
            with suppress(OSError):
                os.unlink(target)
            raise
    else:
        try:
            if is_only:
                sync_folder(target.parent)
            os.unlink(source)
        except OSError:
            _leave_as_it_was(source, target)
            raise


def _leave_as_it_was(source: Path, target: Path) -> None:
    """Takes the new name away where the old one is there still: a file with two would be two sessions."""
    with suppress(OSError):
        if os.path.samestat(os.lstat(source), os.lstat(target)):
            os.unlink(target)


def _stamp_now(path: Path) -> Stamp | None:
    try:
        return stamp_of(os.stat(path, follow_symlinks=False))
    except FileNotFoundError:
        return None


def _all_bytes(descriptor: int, size: int) -> bytes:
    pieces, got = [], 0
    # One byte more than the size asks whether it grew meanwhile.
    while piece := os.read(descriptor, min(max(size + 1 - got, 1), 1 << 30)):
        pieces.append(piece)
        got += len(piece)
        if got > MAX_BYTES:
            raise DamagedFileError("It is larger than 1 GB.")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
