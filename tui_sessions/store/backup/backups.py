"""Backups of one library: made, listed, verified, restored, kept in number. The door for the screen and commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, UsageError
from tui_sessions.model.backups import BackupRow
from tui_sessions.model.ids import derived_id, is_valid_id
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.backup.bare import opened_by_hand
from tui_sessions.store.backup.manifest import OWN
from tui_sessions.store.backup.packing import StoppedError
from tui_sessions.store.backup.reading import Source, Stop, opened_backup
from tui_sessions.store.backup.restoring import Preview, Restored, Restoring, check_size
from tui_sessions.store.backup.shelf import SUFFIXES, Shelf, named, row_of
from tui_sessions.store.backup.sinks import sweep
from tui_sessions.store.backup.writing import Made, Options, Progress, Writing, verified
from tui_sessions.store.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui_sessions.model.times import Clock
    from tui_sessions.store.library import Library

_BUSY = "Another program is making a backup of this library at this moment."


class Backups:
    """What can be done with backups. Any method may be called from any thread; all but `rows` take long."""

    def __init__(self, library: Library, folder: Path, *, now: Clock) -> None:
        """`folder` is where backups lie when no place is named."""
        self._library = library
        self.folder = folder
        self._now = now

    @property
    def library_id(self) -> str:
        """What tells this library from others, wherever it lies."""
        return self._written_id or derived_id(os.fspath(self._library.root))

    @cached_property
    def _written_id(self) -> str:
        with suppress(OSError, StoreError, DamagedFileError, ValueError):
            written = files.read(self._id_file).data.decode("ascii").strip()
            if is_valid_id(written):
                return written
        return ""

    @property
    def _id_file(self) -> Path:
        return self._library.root / OWN / "library-id"

    def _give_id(self) -> None:
        """So that a library that is moved stays the same. One that cannot be written to goes by its place."""
        if not self._written_id:
            with suppress(OSError, StoreError):
                files.make_folder(self._id_file.parent)
                files.write_new(
                    self._id_file, f"{derived_id(os.fspath(self._library.root))}\n".encode()
                )
            del self.__dict__["_written_id"]

    def rows(self, folder: Path | None = None) -> tuple[BackupRow, ...]:
        """The backups in the folder, the latest first. Raises `StoreError`."""
        return Shelf(folder or self.folder).rows(self.library_id)

    def last(self) -> BackupRow | None:
        """The latest whole backup of this library in the folder. Raises `StoreError`."""
        return next((row for row in self.rows() if row.is_own and not row.trouble), None)

    def age(self) -> timedelta | None:
        """How long ago the last was made; None where there is none. Raises `StoreError`."""
        now = self._now()
        made = [row.at for row in self.rows() if row.is_own and not row.trouble and row.at]
        past = [at for at in made if at <= now]  # A clock may have been far ahead.
        return now - max(past) if past else None

    def is_due(self, every: timedelta | None) -> bool:
        """Whether the next is to be made now. Raises `StoreError`."""
        if every is None or not self._library.root.is_dir():
            return False
        age = self.age()
        return age is None or age >= every

    def make(
        self,
        dest: Path | None = None,
        options: Options | None = None,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Made | None:
        """A new backup, read back and named; None where it was stopped, and nothing is left of it.

        `dest` is a folder to put it in, or a name that is free: of an archive (`….tar.gz`), or of a
        folder. Raises `UsageError`, `ConflictError`, `StoreError`.
        """
        options = options or Options()
        at = self._now()
        target = self._target(dest, options)
        if target is None:
            folder = dest or self.folder
            target = Shelf(folder).free_name(at, options.kind)
        if not self._library.count() and not self._library.damaged():
            raise NotFoundError(
                f"There are no sessions in {clean_line(str(self._library.root))} to back up."
            )
        shelf = Shelf(target.parent)
        self._give_id()
        with self._alone():
            files.make_folder(target.parent)
            sweep(target.parent)
            base = shelf.base(self.library_id, options.kind) if options.is_incremental else None
            writing = Writing(
                self._library.root,
                self._library.id_at,
                options,
                base=base,
                progress=progress,
                stop=stop,
            )
            try:
                made = writing.write(target, library=self.library_id, at=at)
            except StoppedError:
                return None
        self._library.audit.record("backup", "", file=made.path.name)
        return made

    def rotate(self, keep: int) -> tuple[str, ...]:
        """Removes automatic backups beyond the `keep` newest (0: none); the names. Raises `StoreError`."""
        return Shelf(self.folder).rotate(self.library_id, keep)

    def find(self, ref: str) -> Path:
        """The backup of a path, a name or the beginning of one, or `@last`. Raises `NotFoundError`."""
        path = Path(ref).expanduser()
        with suppress(OSError, ValueError):
            if ref != "@last" and path.exists():
                return path
        return named(self.rows(), ref)

    def open(self, path: Path, *, is_sure: bool = False, stop: Stop | None = None) -> Source:
        """A backup, or a folder or archive of session files that somebody made by hand.

        Raises `NotFoundError`, `DamagedFileError`, `TooLargeError` unless `is_sure`, `StoreError`,
        `StoppedError`.
        """
        if not path.exists():
            raise NotFoundError(f"There is no {clean_line(str(path))}.")
        if os.path.realpath(path) == os.fspath(self._library.root):
            raise UsageError("That is this library itself.")
        source = opened_backup(path)
        if source is None:
            return opened_by_hand(path, is_sure=is_sure, stop=stop)
        if not is_sure:
            check_size(source)
        return source

    def verify(
        self, source: Source, *, progress: Progress | None = None, stop: Stop | None = None
    ) -> Iterator[str]:
        """A sentence for each file that is not what it was. Raises `StoppedError`, `StoreError`."""
        return iter(verified(source, progress=progress, stop=stop))

    def row(self, path: Path, source: Source) -> BackupRow:
        """How an opened backup is listed."""
        return row_of(path, source.manifest, self.library_id)

    def preview(
        self, source: Source, *, progress: Progress | None = None, stop: Stop | None = None
    ) -> Preview:
        """What would come back. Raises `StoreError`, `StoppedError`."""
        return Restoring(self._library, source).preview(progress=progress, stop=stop)

    def restore(
        self,
        source: Source,
        preview: Preview,
        paths: Collection[str] | None = None,
        *,
        is_overwriting: bool = False,
        label: str = "",
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Restored:
        """Brings back what `paths` (of the lines of the preview) name, or all of it, in one step of the
        history. Raises `StoreError`, `StoppedError` before anything was changed."""
        restored = Restoring(self._library, source).restore(
            preview,
            paths,
            is_overwriting=is_overwriting,
            label=label,
            progress=progress,
            stop=stop,
        )
        if restored.outcome.done:
            self._library.audit.record("restore backup", "", file=source.path.name)
        return restored

    @contextmanager
    def _alone(self) -> Iterator[None]:
        locks = Locks(self._library.root / OWN / "locks")
        try:
            held = locks.held_as("backup", busy=_BUSY)
            held.__enter__()
        except StoreError:  # A library that cannot be written to can be backed up all the same.
            yield
            return
        try:
            yield
        finally:
            held.__exit__(None, None, None)

    def _target(self, dest: Path | None, options: Options) -> Path | None:
        """The name that was asked for; None where it is made of the time. Raises `UsageError`."""
        place = (dest or self.folder).expanduser()
        real = Path(os.path.realpath(place))
        root = self._library.root
        if real == root or root in real.parents:
            raise UsageError(
                f"{clean_line(str(place))} lies in the library itself. Choose another folder."
            )
        if dest is None or place.is_dir():
            return None
        if options.kind == "tar" and not place.name.endswith(SUFFIXES):
            raise UsageError(
                f"There is no folder {clean_line(str(place))}. Make it, or name an archive that ends "
                "in .tar.gz."
            )
        return place
