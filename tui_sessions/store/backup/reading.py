"""A backup opened to be looked at or restored: what is in it, and each file with its hash checked.

Whatever lies in the archive, only what is listed is given out, and nothing is written here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.text import clean_line
from tui_sessions.store.backup import tar
from tui_sessions.store.backup.manifest import (
    FILE,
    LIBRARY,
    MOST_BYTES,
    Heading,
    Manifest,
    Member,
    read_heading,
    read_manifest,
)
from tui_sessions.store.backup.packing import FOOTER_SIZE, TooMuchError, Unpacked, offset_in
from tui_sessions.store.refusal import refused

TOP = "tui-sessions-backup"
SUFFIX = ".tar.gz"
_AROUND = 4096
"""Of headers and padding, for each file of an archive."""
_MARGIN = 1 << 26
Stop = Callable[[], bool]


class Content:
    """One file of a backup, to be read once."""

    def __init__(self, member: Member, pieces: Iterable[bytes] = (), trouble: str = "") -> None:
        self.member = member
        self._pieces = pieces
        self._trouble = trouble

    def write_to(self, put: Callable[[bytes], object]) -> None:
        """All of it, piece by piece. Raises `DamagedFileError` at the end where it is not what it was."""
        if self._trouble:
            raise DamagedFileError(self._trouble)
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces:
            digest.update(piece)
            size += len(piece)
            put(piece)
        if size != self.member.size or digest.hexdigest() != self.member.sha256:
            raise DamagedFileError("Its bytes in the backup are not those that were backed up.")

    def data(self) -> bytes:
        """All of it. Raises `DamagedFileError`."""
        pieces: list[bytes] = []
        self.write_to(pieces.append)
        return b"".join(pieces)


class Source:
    """What restoring reads from."""

    is_vouched = True
    """Whether the list of its files was written by this program when they were."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self.trouble = ""
        """What is wrong with all of it, in a sentence; what can be read is given all the same."""

    @property
    def packed_size(self) -> int:
        """Bytes that it takes itself."""
        raise NotImplementedError

    def take(self, wanted: Collection[str], stop: Stop | None = None) -> Iterator[Content]:
        """The files of these paths (as the manifest has them), each once, in whatever order.

        One that cannot be given says so when it is read. Raises `StoreError`, `StoppedError`.
        """
        raise NotImplementedError


class TarSource(Source):
    """An archive that this program made."""

    @property
    def packed_size(self) -> int:
        """Bytes of the archive."""
        return self.path.stat().st_size

    def take(self, wanted: Collection[str], stop: Stop | None = None) -> Iterator[Content]:
        """The files of this archive, then those of the archives that it builds on."""
        by_holder: dict[str, dict[str, list[Member]]] = {}
        for member in self.manifest.members:
            if member.path in wanted:
                held = by_holder.setdefault(member.held, {})
                held.setdefault(_key(member, is_own=not member.held), []).append(member)
        for holder, members in sorted(by_holder.items()):
            if not holder:
                names = {key: found[0] for key, found in members.items()}
                yield from contents(self.path, names, self.manifest, stop)
            else:
                yield from self._from(holder, members, stop)

    def _from(
        self, holder: str, members: dict[str, list[Member]], stop: Stop | None
    ) -> Iterator[Content]:
        name = self.manifest.bases.get(holder, "")
        try:
            manifest = base_of(self.path, holder, name)
        except (DamagedFileError, NotFoundError, StoreError) as error:
            self.trouble = str(error)
            for member in (one for found in members.values() for one in found):
                yield Content(member, trouble=str(error))
            return
        names = {
            _name(one): one for one in manifest.members if not one.held and one.sha256 in members
        }
        for content in contents(self.path.parent / name, names, manifest, stop):
            # The same bytes may stand for several files of this backup.
            waiting = members.pop(content.member.sha256, ())
            if len(waiting) == 1:
                yield Content(waiting[0], [content.data()])
            elif waiting:
                data = content.data()
                yield from (Content(one, [data]) for one in waiting)
        for member in (one for found in members.values() for one in found):
            yield Content(member, trouble=f"It is not in {clean_line(name)} any more.")


class FolderSource(Source):
    """A folder that this program made, or an archive of it that was unpacked."""

    @property
    def packed_size(self) -> int:
        """A folder is not packed."""
        return self.manifest.size

    def take(self, wanted: Collection[str], stop: Stop | None = None) -> Iterator[Content]:
        """The files."""
        for member in self.manifest.members:
            if member.path in wanted:
                if stop is not None and stop():
                    from tui_sessions.store.backup.packing import StoppedError

                    raise StoppedError
                yield folder_content(self.path / LIBRARY, member)


def folder_content(top: Path, member: Member) -> Content:
    """A file below a folder, reached without links."""
    place = top
    *above, last = member.place.split("/")
    for part in above:
        place = place / part
        if part in ("", ".", "..") or place.is_symlink():
            return Content(member, trouble="It is reached through a link, which is not followed.")
    return Content(member, _file_pieces(place / last))


def _file_pieces(path: Path) -> Iterator[bytes]:
    try:
        with opened(path, is_followed=False) as file:
            while piece := file.read(1 << 20):
                yield piece
    except NotFoundError as error:
        raise DamagedFileError("It is not in the backup any more.") from error


def contents(
    path: Path, names: dict[str, Member], manifest: Manifest, stop: Stop | None
) -> Iterator[Content]:
    """The files of those names in an archive; those that it lacks at the end, as what they are."""
    waiting = dict(names)
    trouble = "It is not in the backup any more."
    most = sum(one.size + _AROUND for one in manifest.members if not one.held)
    with opened(path) as file:
        try:
            # The list of files stands in the archive as well.
            source = Unpacked(file, most=most + MOST_BYTES + _MARGIN, stop=stop)
            for found, body in tar.members(source):
                if found.kind != tar.FILE:
                    continue
                member = waiting.pop(found.name, None)
                if member is not None:
                    yield Content(member, body.pieces())
                if not waiting:
                    return
        except DamagedFileError as error:
            trouble = f"The backup is damaged before this file. {error}"
        except TooMuchError:
            trouble = "The backup holds more than it says; the rest of it is not read."
        except OSError as error:
            raise refused(error, "read", path) from error
    for member in waiting.values():
        yield Content(member, trouble=trouble)


def opened_backup(path: Path) -> Source | None:
    """The backup at `path`; None where it is none that this program made.

    Raises `NotFoundError`, `DamagedFileError`, `StoreError`.
    """
    manifest = manifest_at(path)
    if manifest is None:
        return None
    folder = _inner(path)
    return FolderSource(folder, manifest) if path.is_dir() else TarSource(path, manifest)


def manifest_at(path: Path) -> Manifest | None:
    """The manifest of the backup at `path`; None where there is none."""
    data = _manifest_data(path)
    return None if data is None else read_manifest(data)


def heading_at(path: Path) -> Heading | None:
    """What the backup at `path` says of itself as a whole; None where it is none."""
    data = _manifest_data(path)
    return None if data is None else read_heading(data)


def base_of(path: Path, holder: str, name: str) -> Manifest:
    """The manifest of a backup that the one at `path` builds on. Raises `NotFoundError`,
    `DamagedFileError`."""
    shown = clean_line(name) or "another backup"
    if not name or "/" in name or name.startswith("."):
        raise DamagedFileError("The list of its files is damaged: its base has no name.")
    try:
        manifest = manifest_at(path.parent / name)
    except NotFoundError as error:
        raise NotFoundError(
            f"{clean_line(path.name)} builds on {shown}, which is not beside it. Put it there."
        ) from error
    if manifest is None or manifest.id != holder:
        raise DamagedFileError(
            f"{clean_line(path.name)} builds on another backup than the {shown} beside it."
        )
    return manifest


@contextmanager
def opened(path: Path, *, is_followed: bool = True) -> Iterator[BinaryIO]:
    """A regular file, to be read. Raises `NotFoundError`, `DamagedFileError`, `StoreError`."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if is_followed else os.O_NOFOLLOW)
    shown = clean_line(os.fspath(path))
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, ValueError) as error:
        raise NotFoundError(f"There is no {shown}.") from error
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise DamagedFileError(f"{shown} is no regular file, so it is not read.") from error
        raise refused(error, "read", path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedFileError(f"{shown} is no regular file, so it is not read.")
    with os.fdopen(descriptor, "rb") as file:
        yield file


def whole(path: Path) -> bytes:
    """The bytes of a file of ours as they are, packed or not. Raises like `opened`."""
    with opened(path, is_followed=False) as file:
        return file.read()


def digest_of(path: Path) -> str:
    """The hash of a file. Raises like `opened`, and `OSError`."""
    with opened(path, is_followed=False) as file:
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
        return digest.hexdigest()


def _manifest_data(path: Path) -> bytes | None:
    if path.is_dir():
        try:
            with opened(_inner(path) / FILE, is_followed=False) as file:
                return _bounded(file.read(MOST_BYTES + 1))
        except NotFoundError:
            return None
    with opened(path) as file:
        try:
            size = file.seek(0, os.SEEK_END)
            if size < FOOTER_SIZE:
                return None
            file.seek(size - FOOTER_SIZE)
            offset = offset_in(file.read(FOOTER_SIZE))
            if offset is None:
                return None
            if offset >= size:
                raise DamagedFileError("The backup is damaged: its list of files is not there.")
            file.seek(offset)
            return _packed_manifest(file)
        except OSError as error:
            raise refused(error, "read", path) from error


def _packed_manifest(file: BinaryIO) -> bytes:
    try:
        for found, body in tar.members(Unpacked(file, most=MOST_BYTES + _MARGIN)):
            if found.name == f"{TOP}/{FILE}" and found.kind == tar.FILE:
                if found.size > MOST_BYTES:
                    break
                return b"".join(body.pieces())
    except TooMuchError:
        pass
    raise DamagedFileError("The backup is damaged: its list of files is not there.")


def _bounded(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise DamagedFileError("The backup is damaged: its list of files is too long.")
    return data


def _inner(path: Path) -> Path:
    """An archive that was unpacked has its folder in a folder."""
    inner = path / TOP
    return inner if inner.is_dir() and not os.path.lexists(path / FILE) else path


def _name(member: Member) -> str:
    return f"{TOP}/{LIBRARY}/{member.place}"


def _key(member: Member, *, is_own: bool) -> str:
    return _name(member) if is_own else member.sha256
