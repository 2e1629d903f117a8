"""What lies in the library's folders: session files with their stamps, and each file's row."""

from __future__ import annotations

import marshal
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_sessions.codec.header import read
from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.charge import Charge
from tui_sessions.model.ids import derived_id
from tui_sessions.model.results import DamagedRow, SessionRow
from tui_sessions.store import files
from tui_sessions.store.digest import blake2b
from tui_sessions.store.names import SUFFIXES
from tui_sessions.store.refusal import reason, refused

_DIGESTED_AT_ONCE = 4096


class Found(msgspec.Struct, frozen=True):
    """A session file, or what stands in the place of one: with why it cannot be read."""

    path: str
    """Relative to the library, with `/`."""
    stamp: files.Stamp
    trouble: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """What is known of one file; exactly one of the two rows is there."""

    path: str
    stamp: files.Stamp
    is_lasting: bool = True
    """Whether it need not be read again as long as its stamp stays."""
    row: SessionRow | None = None
    """Its `id` is the one that the file states, or that derived from its path."""
    damaged: DamagedRow | None = None
    charges: tuple[Charge, ...] = ()
    """What its answers cost and used."""


class Glance(NamedTuple):
    """A directory as one quick look tells it from what it was."""

    digest: bytes
    """Of the names, sizes, times and inodes of its files."""
    folders: tuple[str, ...]
    """Paths of the directories in it."""
    trouble: str | None = None
    """Why it cannot be listed."""


def glance(root: Path, path: str) -> Glance | None:
    """Looks at a directory without keeping anything of it: a hundred thousand files may lie there.

    None where it is gone. Hidden directories and symbolic links are not entered; temporary files that a
    crash left behind are swept. Raises `StoreError` where the root itself is unreadable.
    """
    digest = blake2b(digest_size=16)
    folders: list[str] = []
    seen: list[tuple[object, ...]] = []
    before = f"{path}/" if path else ""
    try:
        with os.scandir(_place(root, path)) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    files.sweep(root / (before + name))
                elif name.endswith(SUFFIXES):
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # Gone since the folder was read.
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(before + name)
                    stamp = (status.st_size, status.st_mtime_ns, status.st_ino, status.st_mode)
                    seen.append((name, *stamp))
                    if len(seen) == _DIGESTED_AT_ONCE:
                        digest.update(marshal.dumps(seen, 2))
                        seen.clear()
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(before + name)
    except FileNotFoundError:
        return None
    except OSError as error:
        if not path:
            raise refused(error, "list", root) from error
        return Glance(b"", (), f"The folder cannot be listed: {reason(error)}.")
    digest.update(marshal.dumps((seen, sorted(folders)), 2))
    return Glance(digest.digest(), tuple(folders))


def found_files(root: Path, path: str) -> Iterator[Found]:
    """The session files of one directory. Raises `OSError`."""
    before = f"{path}/" if path else ""
    with os.scandir(_place(root, path)) as entries:
        for entry in entries:
            name = entry.name
            if not name.endswith(SUFFIXES) or name.startswith("."):
                continue
            if not entry.is_dir(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    yield _found(before + name, entry.stat(follow_symlinks=False))


def is_behind_link(root: Path, path: str) -> bool:
    """Whether a folder on the way to `path` is a symbolic link: what lies there is none of the library."""
    slash = path.find("/")
    while slash >= 0:
        if os.path.islink(_place(root, path[:slash])):
            return True
        slash = path.find("/", slash + 1)
    return False


def is_hidden(path: str) -> bool:
    """Whether it lies in a folder that is none of the library's, such as our own, or is hidden itself."""
    return any(part.startswith(".") for part in path.split("/"))


def find(root: Path, path: str) -> Found | None:
    """What is at `path`; None where it is gone, is no file of the library, or lies behind a link. Raises
    `StoreError`."""
    if not path.endswith(SUFFIXES) or is_hidden(path) or is_behind_link(root, path):
        return None
    try:
        status = os.stat(_place(root, path), follow_symlinks=False)
        return None if stat.S_ISDIR(status.st_mode) else _found(path, status)
    except (FileNotFoundError, NotADirectoryError):
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
        row, charges = read(
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
    return Entry(path, stamp, row=row, charges=charges)


def damaged_entry(path: str, stamp: files.Stamp, trouble: str, *, is_lasting: bool = True) -> Entry:
    """The entry of what cannot be read; one that is not lasting is tried again at every scan."""
    row = DamagedRow(path=path, reason=trouble, size=stamp.size, updated_at=stamp.modified_at)
    return Entry(path, stamp, is_lasting, damaged=row)


def _found(path: str, status: os.stat_result) -> Found:
    return Found(path, files.stamp_of(status), files.why_no_file(status.st_mode, status.st_size))


def _place(root: Path, path: str) -> str:
    # Text, not a Path: a hundred thousand of those take half a second.
    return f"{root}/{path}"
