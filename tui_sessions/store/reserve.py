"""Room on the disk that is held back in the library, and given up where a save finds the disk full.

Real blocks of bytes that nothing can compress. Made when there is plenty of room, given up once: then the save that
met the full disk is tried again at once. Knows no sessions, and no writer.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

SIZE = 256 * 1024
PLENTY = 64 * SIZE
"""So much must be free for it to be made: a disk that is nearly full is left to its owner."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_OWN_FOLDER, _NAME, _BEING_MADE = ".tui-sessions", "reserve", "reserve.new"
_given_up: set[str] = set()
"""The reserves that this program gave up and that were not made again."""


def gave_way(error: OSError, path: Path) -> bool:
    """Where `error` says that the disk is full: give up the reserve of the library in which `path` lies;
    whether that made room, so that it is worth trying again."""
    return error.errno in _FULL and any(map(_given, path.parents))


def _given(folder: Path) -> bool:
    reserve = folder / _OWN_FOLDER / _NAME
    try:
        if not stat.S_ISREG(os.lstat(reserve).st_mode):
            return False
        os.unlink(reserve)
    except OSError:
        return False
    _given_up.add(os.fspath(reserve))
    return True


class Reserve:
    """The reserve of one library."""

    def __init__(self, own_folder: Path) -> None:
        self._folder = own_folder
        self._path = own_folder / _NAME

    @property
    def is_given_up(self) -> bool:
        """Whether this program gave it up, and there was no room to make it again."""
        return os.fspath(self._path) in _given_up

    def keep(self) -> bool:
        """See to it that there is one, where there is plenty of room; whether there is. Never raises. For
        a thread: making it takes as long as writing a quarter of a megabyte."""
        try:
            if not os.path.lexists(self._path):
                is_ours = os.path.isdir(self._folder) and not os.path.islink(self._folder)
                if not is_ours or self._free() < PLENTY:
                    return False
                self._make()
        except OSError:
            return False
        _given_up.discard(os.fspath(self._path))
        return True

    def _free(self) -> int:
        status = os.statvfs(self._folder)
        return status.f_bavail * status.f_frsize

    def _make(self) -> None:
        made = self._folder / _BEING_MADE
        with suppress(FileNotFoundError):
            os.unlink(made)  # A crash left it, or somebody put something else there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(made, flags, 0o600)
        try:
            view = memoryview(os.urandom(SIZE))
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
            os.rename(made, self._path)
        except BaseException:
            with suppress(OSError):
                os.unlink(made)
            raise
        finally:
            os.close(descriptor)
