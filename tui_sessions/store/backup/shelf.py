"""The folder in which backups lie: listed, found by name, rotated. The folder itself tells when the last was made."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.backups import BackupRow
from tui_sessions.model.ids import new_id
from tui_sessions.model.text import clean_line
from tui_sessions.store.backup.manifest import FILE, LIBRARY, Heading
from tui_sessions.store.backup.reading import SUFFIX, heading_at, manifest_at
from tui_sessions.store.backup.sinks import TEMPORARY
from tui_sessions.store.backup.writing import Base, Kind
from tui_sessions.store.refusal import refused

PREFIX = "sessions-"
SUFFIXES = (SUFFIX, ".tgz")
_NAME = re.compile(r"sessions-\d{8}-\d{6}(_\d+)?(\.tar\.gz|\.tgz)?")


class Shelf:
    """One folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, library: str) -> tuple[BackupRow, ...]:
        """The backups here, the latest first; `library` is the id of the one that is meant. Raises
        `StoreError`."""
        found = list(self._rows(library))
        ids = {row.id: row.name for row in found if row.id and not row.trouble}
        checked = [_with_bases(row, ids) for row in found]
        return tuple(sorted(checked, key=_order, reverse=True))

    def free_name(self, at: datetime, kind: Kind) -> Path:
        """A name for a new one, of the local time."""
        stem = f"{PREFIX}{at.astimezone():%Y%m%d-%H%M%S}"
        suffix = SUFFIX if kind == "tar" else ""
        number = 1
        while True:
            path = self.folder / f"{stem}{f'_{number}' if number > 1 else ''}{suffix}"
            if not os.path.lexists(path):
                return path
            number += 1

    def base(self, library: str, kind: Kind) -> Base | None:
        """The latest whole backup of that library and kind; None where there is none."""
        for row in self.rows(library):
            if row.trouble or not row.is_own or row.is_folder != (kind == "folder"):
                continue
            path = Path(row.path)
            with suppress(DamagedFileError, NotFoundError, StoreError):
                return _base(path, kind)
        return None

    def rotate(self, library: str, keep: int) -> tuple[str, ...]:
        """Removes the automatic backups of that library but the `keep` newest; the names.

        Never one that others build on, nor one that this program did not make, nor what is not whole.
        Raises `StoreError`.
        """
        rows = self.rows(library)
        good = [row for row in rows if row.is_automatic and row.is_own and not row.trouble]
        doomed = {row.id: row for row in good[max(1, keep) :]} if keep else {}
        while needed := doomed.keys() & {
            base for row in rows if row.id not in doomed for base in row.bases
        }:
            for base in needed:
                del doomed[base]
        # The newest first: at no moment does one stand there without what it builds on.
        for row in doomed.values():
            self._remove(Path(row.path))
        return tuple(row.name for row in doomed.values())

    def _remove(self, path: Path) -> None:
        # Under a name that no list shows: half a backup must not look like one.
        hidden = path.parent / f"{TEMPORARY}{new_id()}.tmp"
        try:
            os.rename(path, hidden)
            if hidden.is_dir():
                shutil.rmtree(hidden)
            else:
                os.unlink(hidden)
        except OSError as error:
            raise refused(error, "remove", path) from error

    def _rows(self, library: str) -> Iterator[BackupRow]:
        try:
            with os.scandir(self.folder) as found:
                names = [entry.name for entry in found if not entry.name.startswith(".")]
        except FileNotFoundError:
            return
        except OSError as error:
            raise refused(error, "list", self.folder) from error
        for name in names:
            path = self.folder / name
            is_folder = path.is_dir()
            if not is_folder and not name.endswith(SUFFIXES):
                continue
            with suppress(OSError, NotFoundError):
                row = _row(path, name, is_folder, library)
                if row is not None:
                    yield row


def row_of(path: Path, heading: Heading, library: str) -> BackupRow:
    """How a backup is listed."""
    is_folder = path.is_dir()
    return BackupRow(
        name=path.name,
        path=str(path),
        at=heading.made_at,
        sessions=heading.sessions,
        files=heading.files,
        size=heading.size,
        packed_size=0 if is_folder else path.stat().st_size,
        is_automatic=heading.is_automatic,
        is_own=heading.library == library,
        is_folder=is_folder,
        left_out=heading.left_out,
        id=heading.id,
        bases=tuple(heading.bases),
    )


def _row(path: Path, name: str, is_folder: bool, library: str) -> BackupRow | None:
    try:
        heading = heading_at(path)
    except (DamagedFileError, StoreError) as error:
        return BackupRow(
            name=name, path=str(path), at=None, is_folder=is_folder, trouble=str(error)
        )
    if heading is not None:
        return row_of(path, heading, library)
    if _NAME.fullmatch(name):
        trouble = "It is cut off or damaged: its list of files is not there."
        return BackupRow(name=name, path=str(path), at=None, is_folder=is_folder, trouble=trouble)
    return None


def _with_bases(row: BackupRow, ids: dict[str, str]) -> BackupRow:
    missing = [base for base in row.bases if base not in ids]
    if row.trouble or not missing:
        return row
    trouble = f"It builds on {len(missing)} that {'is' if len(missing) == 1 else 'are'} not here."
    return msgspec.structs.replace(row, trouble=trouble)


def _order(row: BackupRow) -> tuple[float, str]:
    return (row.at.timestamp() if row.at is not None else 0.0, row.name)


def _base(path: Path, kind: Kind) -> Base | None:
    manifest = manifest_at(path)
    if manifest is None:
        return None
    if kind == "folder":
        top = path / LIBRARY
        return Base(path=path, places={one.sha256: top / one.place for one in manifest.members})
    names = {**manifest.bases, manifest.id: path.name}
    held = {
        one.sha256: (one.held or manifest.id, names[one.held or manifest.id])
        for one in manifest.members
        if (one.held or manifest.id) in names
    }
    return Base(path=path, held=held)


def is_backup(path: Path) -> bool:
    """Whether something there looks like one, without looking far."""
    return path.name.endswith(SUFFIXES) or (path / FILE).is_file()


def named(rows: Sequence[BackupRow], ref: str) -> Path:
    """The backup of that name or beginning of one, or `@last`. Raises `NotFoundError`."""
    fitting: Iterable[BackupRow]
    if ref == "@last":
        fitting = [row for row in rows if row.is_own and not row.trouble][:1]
    else:
        fitting = [row for row in rows if row.name in (ref, ref + SUFFIX)] or [
            row for row in rows if row.name.startswith(ref) and ref
        ]
    paths = [Path(row.path) for row in fitting]
    if len(paths) == 1:
        return paths[0]
    if paths:
        from tui_sessions.errors import AmbiguousError

        raise AmbiguousError(f"{clean_line(ref)!r} fits several backups. Name one of them in full.")
    raise NotFoundError(
        f"There is no backup {clean_line(ref)!r}. See them: tui-sessions backup --list"
    )
