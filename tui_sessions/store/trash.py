"""Deleted files: moved aside with a note beside them, until somebody takes them back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from tui_sessions.errors import AmbiguousError, DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.ids import new_id
from tui_sessions.model.results import TrashRow
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.names import SUFFIXES, numbered, stem_of, suffix_of
from tui_sessions.store.refusal import refused

_NOTE = ".note"


class Trash:
    """A folder of pairs: `<entry>.json`, as it was, and `<entry>.note`, where it came from."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def put(self, path: str, *, session_id: str, title: str, at: datetime) -> TrashRow:
        """Moves the file at `path` (relative to the library) here. Raises `StoreError`."""
        files.make_folder(self._folder)
        entry = f"{at:%Y%m%d-%H%M%S}-{new_id()}"
        row = TrashRow(entry=entry, id=session_id, title=title, path=path, deleted_at=at)
        # The note first: a file without one could not be taken back, a note without a file is nothing.
        note = self._folder / (entry + _NOTE)
        files.replace(note, json.dumps(msgspec.to_builtins(row)).encode())
        try:
            files.move_new(self._root / path, self._kept(row))
        except StoreError:
            note.unlink(missing_ok=True)
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
        rows = [row for row in self._notes(names) if self._kept(row).name in present]
        return tuple(sorted(rows, key=lambda row: (row.deleted_at, row.entry), reverse=True))

    def find(self, ref: str) -> TrashRow:
        """The row of an entry, of an id (its latest) or of a unique prefix of either.

        Raises `NotFoundError`, `AmbiguousError`.
        """
        rows = self.rows()
        for row in rows:
            if ref in (row.entry, row.id):
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
        files.make_folder(folder)
        for stem in numbered(stem_of(was.name)):
            target = folder / f"{stem}{suffix_of(was.name) or ''}"
            try:
                files.move_new(self._kept(row), target)
            except FileExistsError:
                continue
            (self._folder / (row.entry + _NOTE)).unlink(missing_ok=True)
            return target.relative_to(self._root).as_posix()
        raise AssertionError("the stems never end")

    def _kept(self, row: TrashRow) -> Path:
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
            if row.entry == name.removesuffix(_NOTE) and _is_inside(row.path):
                yield row


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return all(part not in ("", ".", "..") for part in parts)
