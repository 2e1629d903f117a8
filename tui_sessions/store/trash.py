"""Deleted files: moved aside with a note beside them, until somebody takes them back."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from tui_sessions.errors import (
    AmbiguousError,
    ConflictError,
    DamagedFileError,
    NotFoundError,
    StoreError,
    UsageError,
)
from tui_sessions.model.ids import new_id
from tui_sessions.model.results import TrashRow
from tui_sessions.model.text import clean_line
from tui_sessions.store import files, folders
from tui_sessions.store.names import SUFFIXES, numbered, stem_of, suffix_of
from tui_sessions.store.refusal import refused

_NOTE = ".note"
Noting = Callable[[TrashRow], None]
"""Told of a row before its file is moved here."""


class Trash:
    """A folder of pairs: `<entry>.json`, as it was, and `<entry>.note`, where it came from."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def put(
        self,
        path: str,
        *,
        session_id: str,
        title: str,
        at: datetime,
        entry: str | None = None,
        noting: Noting | None = None,
    ) -> TrashRow:
        """Moves the file at `path` (relative to the library) here; `noting` hears of it first.

        `entry` is a name that it had here before. Raises `StoreError`, `ConflictError`.
        """
        files.make_folder(self._folder)
        is_known = entry is not None
        entry = entry or new_entry(at)
        row = TrashRow(entry=entry, id=session_id, title=title, path=path, deleted_at=at)
        if is_known and files.is_there(self.path(row)):
            raise ConflictError(f"{clean_line(path)} is in the trash already.")
        if noting is not None:
            noting(row)
        # The note first: a file without one could not be taken back, a note without a file is nothing.
        note = self._folder / (entry + _NOTE)
        files.replace(note, json.dumps(msgspec.to_builtins(row)).encode())
        try:
            files.move_new(self._root / path, self.path(row))
        except StoreError:
            self._drop_note(entry)
            raise
        return row

    def rows(self) -> tuple[TrashRow, ...]:
        """What can be taken back, the latest first. Raises `StoreError`."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise refused(error, "list", self._folder) from error
        present = set(names)
        rows = [row for row in self._notes(names) if self.path(row).name in present]
        return tuple(sorted(rows, key=lambda row: (row.deleted_at, row.entry), reverse=True))

    def row(self, entry: str) -> TrashRow | None:
        """The row of one entry; None where it is not here (any more)."""
        for row in self._notes([entry + _NOTE] if "/" not in entry else []):
            if files.is_there(self.path(row)):
                return row
        return None

    def count(self) -> int:
        """About how many can be taken back, without reading their notes."""
        try:
            with os.scandir(self._folder) as entries:
                return sum(entry.name.endswith(_NOTE) for entry in entries)
        except OSError:
            return 0

    def find(self, ref: str) -> TrashRow:
        """The row of an entry, of an id (its latest) or of a unique prefix of either.

        Raises `NotFoundError`, `AmbiguousError`.
        """
        entry = self.row(ref)
        if entry is not None:
            return entry
        rows = self.rows()
        for row in rows:
            if ref == row.id:
                return row
        fitting = [
            row for row in rows if ref and (row.id.startswith(ref) or row.entry.startswith(ref))
        ]
        if len({row.id for row in fitting}) > 1:
            listed = ", ".join(f"{row.id} ({clean_line(row.title)})" for row in fitting[:8])
            raise AmbiguousError(f"{clean_line(ref)!r} fits several deleted sessions: {listed}.")
        if not fitting:
            raise NotFoundError(f"There is no {clean_line(ref)!r} in the trash.")
        return fitting[0]

    def take_back(self, row: TrashRow) -> str:
        """Moves the file back to its path, or to a free name beside it; the path it has now."""
        was = Path(row.path)
        folder = self._root / was.parent
        folders.make(self._root, "" if was.parent == Path() else was.parent.as_posix())
        for stem in numbered(stem_of(was.name)):
            target = folder / f"{stem}{suffix_of(was.name) or ''}"
            try:
                files.move_new(self.path(row), target)
            except FileExistsError:
                continue
            self._drop_note(row.entry)
            return target.relative_to(self._root).as_posix()
        raise AssertionError("the stems never end")

    def size(self, row: TrashRow) -> int:
        """Its bytes; 0 where it is gone by now."""
        try:
            return self.path(row).lstat().st_size
        except OSError:
            return 0

    def purge(self, row: TrashRow) -> bool:
        """Deletes a file here for good; False where it is gone already. Raises `StoreError`."""
        kept = self.path(row)
        if os.path.realpath(self._folder) != os.fspath(self._folder):
            raise UsageError(
                f"{clean_line(str(self._folder))} leads through a symbolic link, "
                "where nothing is deleted for good."
            )
        try:
            mode = os.stat(kept, follow_symlinks=False).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
                return False
            os.unlink(kept)
            # The note last: a file without one could not be taken back, nor be found to be deleted.
            self._drop_note(row.entry)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise refused(error, "delete", kept) from error
        return True

    def _drop_note(self, entry: str) -> None:
        with suppress(OSError):  # A note without a file is nothing.
            os.unlink(self._folder / (entry + _NOTE))

    def path(self, row: TrashRow) -> Path:
        """Where the file lies here."""
        return self._folder / f"{row.entry}{suffix_of(row.path) or SUFFIXES[-1]}"

    def _notes(self, names: list[str]) -> Iterator[TrashRow]:
        for name in names:
            if not name.endswith(_NOTE):
                continue
            try:
                # Not msgspec alone: file names may hold lone surrogates, which it cannot read.
                note = json.loads(files.read(self._folder / name).data)
                row = msgspec.convert(note, TrashRow)
            except (FileNotFoundError, DamagedFileError, ValueError, RecursionError):
                continue  # Taken back meanwhile, or no note of ours.
            if row.entry == name.removesuffix(_NOTE) and folders.is_inside(row.path):
                yield row


def new_entry(at: datetime) -> str:
    """A name in the trash for what is deleted at that time."""
    return f"{at:%Y%m%d-%H%M%S}-{new_id()}"
