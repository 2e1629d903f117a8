"""Where a backup is written: an archive, or a folder. Under a temporary name until it is whole and verified.

A temporary name is held by a lock: one whose lock is free was left behind, and is swept by the next backup.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tui_sessions.errors import ConflictError, StoreError, TuiSessionsError
from tui_sessions.model.ids import new_id
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.backup import tar
from tui_sessions.store.backup.gathering import Copy
from tui_sessions.store.backup.manifest import FILE, LIBRARY, Manifest, Member, encoded
from tui_sessions.store.backup.packing import Packer
from tui_sessions.store.backup.reading import TOP, FolderSource, Source, TarSource, digest_of
from tui_sessions.store.refusal import refused

TEMPORARY = ".tui-sessions-"


class Sink:
    """A backup while it is written."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._temporary = target.parent / f"{TEMPORARY}{new_id()}.tmp"
        self._lock = -1

    def put(self, member: Member, copy: Copy) -> None:
        """One more file. Raises `StoreError`."""
        raise NotImplementedError

    def finish(self, manifest: Manifest) -> Source:
        """The end of it, durable, still under its temporary name. Raises `StoreError`."""
        raise NotImplementedError

    def name(self) -> None:
        """It is whole: it takes its name. Raises `ConflictError`, `StoreError`."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets go of it; what has no name yet is removed."""
        raise NotImplementedError

    def _refused(self, error: OSError) -> StoreError:
        told = refused(error, "write", self._target)
        return StoreError(
            f"{told} Nothing of this backup was kept; the former ones are as they were."
        )

    def _taken(self) -> ConflictError:
        return ConflictError(
            f"There is {clean_line(str(self._target))} already; it stays. Choose another name."
        )


class TarSink(Sink):
    """An archive, packed."""

    def __init__(self, target: Path) -> None:
        super().__init__(target)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._lock = os.open(self._temporary, flags, files.FILE_MODE)
            with suppress(OSError):  # A memory stick knows no modes, a network disk no locks.
                os.fchmod(self._lock, files.FILE_MODE)
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise self._refused(error) from error
        self._packer = Packer(lambda data: files.write_all(self._lock, data))

    def put(self, member: Member, copy: Copy) -> None:
        """One more file."""
        try:
            self._packer.add(tar.header(_in_archive(member), copy.size, copy.mtime_ns))
            for piece in copy.pieces():
                self._packer.add(piece)
            self._packer.add(tar.padding(copy.size))
        except OSError as error:
            raise self._refused(error) from error

    def finish(self, manifest: Manifest) -> Source:
        """The manifest, and where it begins."""
        data = encoded(manifest)
        try:
            self._packer.flush()
            offset = self._packer.written
            mtime_ns = int(manifest.made_at.timestamp() * 1e9) if manifest.made_at else 0
            self._packer.add(tar.header(f"{TOP}/{FILE}", len(data), mtime_ns))
            self._packer.add(data + tar.padding(len(data)) + tar.END)
            self._packer.close(offset)
            os.fsync(self._lock)
        except OSError as error:
            raise self._refused(error) from error
        return TarSource(self._temporary, manifest)

    def name(self) -> None:
        """Never over another."""
        try:
            files.move_new(self._temporary, self._target)
        except FileExistsError as error:
            raise self._taken() from error

    def close(self) -> None:
        """Ends the threads as well."""
        self._packer.stop()
        with suppress(OSError):  # It has its name, or the disk refuses this as well.
            os.unlink(self._temporary)
        os.close(self._lock)


class FolderSink(Sink):
    """A folder; what a former one holds already shares its bytes."""

    def __init__(self, target: Path, former: dict[str, Path]) -> None:
        """`former`: where files lie in backups before this one, by hash."""
        super().__init__(target)
        self._former = former
        self._folders: set[Path] = set()
        self._written: list[Path] = []
        try:
            os.mkdir(self._temporary, files.FOLDER_MODE)
            self._lock = os.open(self._temporary, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            with suppress(OSError):
                os.fchmod(self._lock, files.FOLDER_MODE)
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise self._refused(error) from error

    def put(self, member: Member, copy: Copy) -> None:
        """One more file."""
        place = self._temporary / LIBRARY / member.place
        try:
            self._make(place.parent)
            if not self._share(copy, place):
                self._write(place, copy)
        except OSError as error:
            raise self._refused(error) from error

    def finish(self, manifest: Manifest) -> Source:
        """The manifest; everything is on the disk."""
        try:
            for folder in manifest.folders:
                self._make(self._temporary / LIBRARY / folder)
            path = self._temporary / FILE
            with _new_file(path) as file:
                file.write(encoded(manifest))
            # All at once is a hundred times as quick as one after the other; each once more, because
            # only that says whether it was refused.
            os.sync()
            for place in (*self._written, path):
                _sync(place)
            for folder_path in (*self._folders, self._temporary):
                files.sync_folder(folder_path)
        except OSError as error:
            raise self._refused(error) from error
        return FolderSource(self._temporary, manifest)

    def name(self) -> None:
        """Never over another."""
        if os.path.lexists(self._target):
            raise self._taken()
        try:
            os.rename(self._temporary, self._target)
            files.sync_folder(self._target.parent)
        except OSError as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """What has no name yet goes."""
        shutil.rmtree(self._temporary, ignore_errors=True)
        os.close(self._lock)

    def _make(self, folder: Path) -> None:
        if folder in self._folders or folder == self._temporary:
            return
        self._make(folder.parent)
        os.mkdir(folder, files.FOLDER_MODE)
        with suppress(OSError):
            os.chmod(folder, files.FOLDER_MODE)
        self._folders.add(folder)

    def _share(self, copy: Copy, place: Path) -> bool:
        """One file under two names. Its bytes are looked at first: damage is not to be handed on."""
        former = self._former.get(copy.sha256)
        if former is None or not _holds(former, copy):
            return False
        try:
            os.link(former, place, follow_symlinks=False)
        except OSError:
            return False
        return True

    def _write(self, place: Path, copy: Copy) -> None:
        with _new_file(place) as file:
            for piece in copy.pieces():
                file.write(piece)
        with suppress(OSError):
            os.utime(place, ns=(copy.mtime_ns, copy.mtime_ns))
        self._written.append(place)
        self._former.setdefault(copy.sha256, place)


def sweep(folder: Path) -> None:
    """Removes what broken-off backups left in a folder."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if not (name.startswith(TEMPORARY) and name.endswith(".tmp")):
                continue
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                _sweep_folder(path)
            else:
                files.sweep(path)


def _sweep_folder(path: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)


def _holds(path: Path, copy: Copy) -> bool:
    try:
        is_of_size = os.stat(path, follow_symlinks=False).st_size == copy.size
        return is_of_size and digest_of(path) == copy.sha256
    except (OSError, TuiSessionsError):
        return False


def _new_file(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, files.FILE_MODE)
    with suppress(OSError):
        os.fchmod(descriptor, files.FILE_MODE)
    return os.fdopen(descriptor, "wb")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _in_archive(member: Member) -> str:
    return f"{TOP}/{LIBRARY}/{member.place}"
