"""Small files of the program's own, readable by their owner alone. Knows no session files."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DIR_MODE = 0o700
_FILE_MODE = 0o600
_MOST_BYTES = 64 * 2**20
"""Of a file that we wrote ourselves; what is larger is not ours."""
_PATIENCE_S = 2.0
_PAUSE_S = 0.01


def make_private_dir(path: Path) -> None:
    """The directory and those above it, new ones private whatever the umask. Raises OSError."""
    for missing in reversed([path, *path.parents]):
        if not missing.exists():
            missing.mkdir(mode=_DIR_MODE, exist_ok=True)


def read_private(path: Path) -> bytes:
    """What we once wrote there. Raises OSError, also for a pipe, a device, or more than we would write."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            raise OSError(errno.EFBIG, "not a file of ours", str(path))
        return file.read(_MOST_BYTES)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keeps other programs from changing the file between our reading and our writing it. Whoever holds it
    for long, or a disk that knows no locks, does not stop anybody."""
    with suppress(OSError):
        make_private_dir(path.parent)
    descriptor = None
    try:
        with suppress(OSError):
            descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            _wait_for(descriptor)
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return
            time.sleep(_PAUSE_S)
        else:
            return


def write_private(path: Path, data: bytes, *, follows: bool = False) -> None:
    """Replaces the file as a whole: what was there stays until the new text is on the disk. With `follows`,
    for what belongs to the user, a link stays one and what it leads to is written.

    Raises OSError, also for a link, a pipe, a device or a folder in its place.
    """
    import tempfile  # Seven milliseconds that a command which only reads need not wait.

    make_private_dir(path.parent)
    # A dotfile somewhere else may be linked here; it is to be written, not replaced.
    target = _led_to(path) if follows else path
    _check_kind(target)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _led_to(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError as error:  # Python 3.11 and 3.12 say so of links that go round in a circle.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def _check_kind(path: Path) -> None:
    """Raises OSError for what is there and is no regular file: a device must not become one."""
    try:
        mode = os.stat(path, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, "it is a symbolic link, which is not followed here", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


def append_private(path: Path, data: bytes) -> None:
    """Adds whole lines to the end of the file, or nothing. A line that a crash left torn is ended first.
    Raises OSError, also for a link, a pipe, a device or a folder in its place."""
    make_private_dir(path.parent)
    _check_kind(path)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    handle = os.open(path, flags, _FILE_MODE)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            data = b"\n" + data
        try:
            written = os.write(handle, data)
            if written < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        except OSError:
            os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)


def why(error: OSError) -> str:
    """Why the system refused, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if error.errno == errno.EROFS:
        return "the disk is read-only"
    return (error.strerror or str(error)).lower()
