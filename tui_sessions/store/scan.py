"""What lies in the library's folders: session files with their stamps, and each file's row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_sessions.codec.header import read_header
from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.ids import derived_id
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.store import files
from tui_sessions.store.names import suffix_of
from tui_sessions.store.refusal import reason, refused


class Found(msgspec.Struct, frozen=True):
    """A session file, or what stands in the place of one: with why it cannot be read."""

    path: str
    """Relative to the library, with `/`."""
    stamp: files.Stamp
    trouble: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """What is known of one file; exactly one of the two rows is there."""

    path: str
    stamp: files.Stamp | None
    """None where it is to be read again whatever its stamp says."""
    row: SessionRow | None = None
    """Its `id` is the one that the file states, or that derived from its path."""
    damaged: DamagedRow | None = None


def found_files(root: Path) -> Iterator[Found]:
    """Every session file below `root`. Hidden folders and symbolic links are not entered; temporary
    files that a crash left behind are swept. Raises `StoreError` where the root itself is unreadable."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(_place(root, folder)) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.name.startswith("."):
                        files.sweep(root / path)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(path)
                    elif suffix_of(entry.name):
                        with suppress(FileNotFoundError):  # Gone since the folder was read.
                            yield _found(path, entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue  # Gone since it was seen, or a library that has no session yet.
        except OSError as error:
            if not folder:
                raise refused(error, "list", root) from error
            trouble = f"The folder cannot be listed: {reason(error)}."
            yield Found(folder, files.Stamp(0, 0, 0), trouble)


def find(root: Path, path: str) -> Found | None:
    """What is at `path`; None where it is gone. Raises `StoreError`."""
    try:
        return _found(path, os.stat(_place(root, path), follow_symlinks=False))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refused(error, "read", root / path) from error


def read_entry(root: Path, found: Found) -> Entry | None:
    """The entry of a found file; None where it is gone meanwhile."""
    if found.trouble is not None:
        return damaged_entry(found.path, found.stamp, found.trouble, is_lasting=False)
    try:
        content = files.read(_place(root, found.path))
    except FileNotFoundError:
        return None
    except StoreError as error:
        return damaged_entry(found.path, found.stamp, str(error), is_lasting=False)
    except DamagedFileError as error:
        return damaged_entry(found.path, found.stamp, str(error))
    return entry_of(found.path, content)


def entry_of(path: str, content: files.Content) -> Entry:
    """The entry of a file's content."""
    stamp = content.stamp
    try:
        row = read_header(
            content.data,
            fallback_id="",
            path=path,
            size=stamp.size,
            modified_at=stamp.modified_at,
        )
    except DamagedFileError as error:
        return damaged_entry(path, stamp, str(error))
    if not row.id:  # Deriving one takes as long as reading the header, so only where it is needed.
        row = msgspec.structs.replace(row, id=derived_id(path))
    return Entry(path, stamp, row=row)


def damaged_entry(path: str, stamp: files.Stamp, trouble: str, *, is_lasting: bool = True) -> Entry:
    """The entry of what cannot be read; one that is not lasting is tried again at every scan."""
    row = DamagedRow(path=path, reason=trouble, size=stamp.size, updated_at=stamp.modified_at)
    return Entry(path, stamp if is_lasting else None, damaged=row)


def _found(path: str, status: os.stat_result) -> Found:
    return Found(path, files.stamp_of(status), files.why_no_file(status.st_mode, status.st_size))


def _place(root: Path, path: str) -> str:
    # Text, not a Path: a hundred thousand of those take half a second.
    return f"{root}/{path}"
