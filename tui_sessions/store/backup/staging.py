"""A private folder in the library where files wait, whole and with their hash checked, for their places."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.display import shown_size
from tui_sessions.model.ids import new_id
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.backup.manifest import ATTACHMENT, JOURNAL, OWN, SEARCHES
from tui_sessions.store.backup.reading import Content
from tui_sessions.store.backup.sinks import TEMPORARY, sweep
from tui_sessions.store.refusal import refused

_MOST_TEXT = 16_000_000
"""Of one journal, or of the saved searches."""
_FEW = 32


class Stage:
    """What was unpacked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[str, Path] = {}
        self.troubles: dict[str, str] = {}
        """Why a file did not come, by its path in the backup."""
        self.journals: list[Path] = []
        self.searches = b""
        self.attachments: dict[str, Path] = {}
        """By hash."""

    def take(self, content: Content) -> None:
        """Unpacks one file. Raises `StoreError`."""
        member = content.member
        try:
            if member.kind in (JOURNAL, SEARCHES) and member.size > _MOST_TEXT:
                raise DamagedFileError("It is larger than it can be.")
            if member.kind == SEARCHES:
                self.searches = content.data()
            else:
                self._take_file(content)
        except DamagedFileError as error:
            self.troubles[member.path] = str(error)

    def place(self, path: str) -> Path:
        """Where the file of that path in the backup lies now. Raises `DamagedFileError`."""
        if path not in self._places:
            raise DamagedFileError(self.troubles.get(path, "It is not in the backup any more."))
        return self._places[path]

    def settle(self) -> None:
        """Makes what was unpacked durable. Raises `StoreError`."""
        if len(self._places) > _FEW:
            os.sync()  # Much quicker than one after the other, but it tells of no error.
        for place in self._places.values():
            try:
                descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except OSError as error:
                raise refused(error, "write", place) from error

    def _take_file(self, content: Content) -> None:
        member = content.member
        # Its name here is ours alone.
        place = self._folder / f"{len(self._places)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(place, flags, files.FILE_MODE)
            try:
                os.fchmod(descriptor, files.FILE_MODE)
                content.write_to(lambda piece: files.write_all(descriptor, piece))
                with suppress(OSError, OverflowError):
                    os.utime(descriptor, ns=(member.mtime_ns, member.mtime_ns))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unwritten(error, self._folder) from error
        except DamagedFileError:
            os.unlink(place)
            raise
        self._places[member.path] = place
        if member.kind == ATTACHMENT:
            self.attachments[member.sha256] = place
        elif member.kind == JOURNAL:
            self.journals.append(place)


@contextmanager
def staging(root: Path, size: int) -> Iterator[Stage]:
    """A folder for so many bytes, gone at the end. Raises `StoreError` where there is no room."""
    above = root / OWN / "restoring"
    files.make_folder(above)
    sweep(above)
    _check_room(above, size)
    folder = above / f"{TEMPORARY}{new_id()}.tmp"
    try:
        os.mkdir(folder, files.FOLDER_MODE)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise refused(error, "make the folder", folder) from error
    try:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield Stage(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        with suppress(OSError):  # Others may be at it.
            os.rmdir(above)


def _check_room(folder: Path, size: int) -> None:
    with suppress(OSError):
        status = os.statvfs(folder)
        room = status.f_bavail * status.f_frsize
        if size > room:
            raise StoreError(
                f"Restoring needs {shown_size(size)}, and the disk of {clean_line(str(folder))} has "
                f"{shown_size(room)}. Free some space, or restore single sessions. Nothing was changed."
            )


def _unwritten(error: OSError, folder: Path) -> StoreError:
    told = refused(error, "write into", folder)
    return StoreError(f"{told} Nothing was changed.")
