"""The attachments of a library: each file once, under the hash of its bytes. Knows no sessions.

A file here is written whole or not at all, and never changed: what does not fit its name any more is damaged,
and is made whole when the same bytes are attached again. Nothing here is ever deleted: sessions share them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_sessions.errors import DamagedFileError, NotFoundError, UsageError
from tui_sessions.model.attachment import (
    MOST_BYTES,
    SHOWN_DIGITS,
    about,
    attachment,
    inline_bytes,
)
from tui_sessions.model.display import shown_size
from tui_sessions.model.message import Part
from tui_sessions.model.mime import mime_of
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.refusal import reason, refused

_NAME = re.compile(r"[0-9a-f]{64}")
_AGAIN = "Attach the file again."


class Loose(NamedTuple):
    """A file to attach, read but not kept yet."""

    name: str
    data: bytes

    @property
    def part(self) -> Part:
        """The part that names it, once it is kept."""
        mime, sha256 = mime_of(self.data, self.name), hashlib.sha256(self.data).hexdigest()
        return attachment(name=self.name, mime=mime, sha256=sha256, size=len(self.data))


class Kept(msgspec.Struct, frozen=True):
    """How many attachments there are, and their bytes."""

    count: int = 0
    size: int = 0


class Attachments:
    """The folder of attachments. Any method may be called from any thread and any program at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, *, name: str) -> Part:
        """Keeps `data` and gives the part that names it. Raises `StoreError`, and `UsageError` for
        nothing at all or more than `MOST_BYTES`."""
        refuse_size(len(data), name)
        part = Loose(name, data).part
        path = self._folder / part.extra["sha256"]
        if not self._holds(path, data):
            self._write(path, data)
        return part

    def put_file(self, path: Path) -> Part:
        """Keeps a copy of the file at `path`. Raises like `read_file` and `put`."""
        loose = read_file(path)
        return self.put(loose.data, name=loose.name)

    def adopted(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """These as attachments of ours, to be sent again: what another program put into its file is
        kept here, what lies elsewhere is left out. Raises like `put`."""
        own = []
        for part in parts:
            found = about(part)
            if found.sha256 is not None:
                own.append(part)
            elif (data := inline_bytes(part)) is not None:
                own.append(self.put(data, name=found.name or f"{part.kind} of another program"))
        return tuple(own)

    def read(self, sha256: str) -> bytes:
        """The bytes under that hash. Raises `NotFoundError`, `DamagedFileError`, `StoreError`."""
        short = clean_line(sha256[:SHOWN_DIGITS])
        try:
            data = files.read_raw(self._path(sha256)).data
        except FileNotFoundError as error:
            raise NotFoundError(
                f"The attachment {short} is not in this library. {_AGAIN}"
            ) from error
        except DamagedFileError as error:
            raise DamagedFileError(f"The attachment {short} cannot be read. {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedFileError(
                f"The attachment {short} is damaged: its bytes are not those that were attached. "
                f"{_AGAIN}"
            )
        return data

    def has(self, sha256: str) -> bool:
        """Whether a file lies under that hash; its bytes are looked at by `read` alone."""
        return bool(_NAME.fullmatch(sha256)) and os.path.isfile(self._folder / sha256)

    def kept(self) -> Kept:
        """What lies here. Raises `StoreError`."""
        count = size = 0
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                        count += 1
                        size += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            pass
        except OSError as error:
            raise refused(error, "list", self._folder) from error
        return Kept(count, size)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):  # It comes from a session file, which may say anything.
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self._folder / sha256

    def _holds(self, path: Path, data: bytes) -> bool:
        try:
            return os.path.getsize(path) == len(data) and files.read_raw(path).data == data
        except (OSError, DamagedFileError):
            return False

    def _write(self, path: Path, data: bytes) -> None:
        files.make_folder(self._folder)
        self._sweep()
        try:
            files.write_new(path, data)
        except FileExistsError:
            # Another program was quicker with the same bytes, or what lies there is damaged.
            if not self._holds(path, data):
                files.replace(path, data)

    def _sweep(self) -> None:
        """Removes what a crash left half written."""
        try:
            with os.scandir(self._folder) as entries:
                names = [entry.name for entry in entries]
        except OSError as error:
            raise refused(error, "list", self._folder) from error
        for name in names:
            if not _NAME.fullmatch(name):
                files.sweep(self._folder / name)


def read_file(path: Path) -> Loose:
    """A file that somebody wants to attach. Raises `UsageError` where it is not there, is a folder, is
    empty or too large, or cannot be read."""
    shown = clean_line(os.fspath(path))
    try:
        path = path.expanduser()
        # Not blocking: a pipe that nobody writes to would hold the program for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {shown} to attach.") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise _unreadable(shown, error) from error
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{shown} is a folder: attach the files in it one by one.")
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{shown} is not a regular file, so it cannot be attached.")
        refuse_size(status.st_size, shown)
        data = _up_to_limit(descriptor)
    except OSError as error:
        raise _unreadable(shown, error) from error
    finally:
        files.let_go(descriptor)
    refuse_size(len(data), shown)
    return Loose(path.name, data)


def _up_to_limit(descriptor: int) -> bytes:
    """The rest of the file; one byte above the limit where it grew past it meanwhile."""
    pieces, room = [], MOST_BYTES + 1
    while room and (piece := os.read(descriptor, min(room, 1 << 24))):
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def refuse_size(size: int, name: str) -> None:
    """Raises `UsageError` for a file of no bytes, or of too many."""
    shown = clean_line(name)
    if not size:
        raise UsageError(f"{shown} is empty: there is nothing to attach.")
    if size > MOST_BYTES:
        raise UsageError(
            f"{shown} is larger than {shown_size(MOST_BYTES)}, the most that can be attached."
        )


def _unreadable(shown: str, error: Exception) -> UsageError:
    why = reason(error) if isinstance(error, OSError) else "there is no such path"
    return UsageError(f"{shown} cannot be attached: {why}.")
