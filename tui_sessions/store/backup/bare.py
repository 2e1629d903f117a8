"""Folders and archives that somebody made by hand: their session files, as a source to restore from.

Nothing vouches for what is in them, so that what is large is asked about before it is unpacked.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from tui_sessions.errors import DamagedFileError, NotFoundError, UsageError
from tui_sessions.model.display import shown_size
from tui_sessions.model.text import clean_line
from tui_sessions.store.backup import tar
from tui_sessions.store.backup.manifest import (
    ATTACHMENT,
    OWN,
    SESSION,
    Manifest,
    Member,
    escaped,
)
from tui_sessions.store.backup.packing import StoppedError, TooMuchError, Unpacked
from tui_sessions.store.backup.reading import (
    Content,
    Source,
    Stop,
    folder_content,
    opened,
)
from tui_sessions.store.backup.safe_names import placed
from tui_sessions.store.names import SUFFIXES
from tui_sessions.store.refusal import refused

MOST_UNASKED = 200_000_000
MOST_FILES = 10_000
MOST_RATIO = 100
SMALL = 20_000_000
"""What unpacks to less may be packed as well as it likes."""
LARGEST_UNASKED = 24_000_000
"""Of one session file."""
_MOST_AT_ALL = 1 << 40
_KNOWN_LEFT_OUT = 20
_HEX = frozenset("0123456789abcdef")


class TooLargeError(UsageError):
    """It is larger than is unpacked without a question."""


class BareSource(Source):
    """Session files that are no backup of ours."""

    is_vouched = False

    def __init__(self, path: Path, *, is_sure: bool) -> None:
        super().__init__(path, Manifest())
        self._is_sure = is_sure
        self._seen: set[str] = set()
        self._names: dict[str, str] = {}
        """Of each member, by its path, how it is called there."""
        self.left_out: list[str] = []
        """What was passed over, a sentence each."""
        self._passed_over = 0
        self._members: list[Member] = []
        self._bytes = 0

    def _note(self, name: str, why: str) -> None:
        if not why:
            return
        self._passed_over += 1
        if len(self.left_out) < _KNOWN_LEFT_OUT:
            self.left_out.append(f"{clean_line(name)[:80]}: {why}")
        elif len(self.left_out) == _KNOWN_LEFT_OUT:
            self.left_out.append("")
        if len(self.left_out) > _KNOWN_LEFT_OUT:
            more = self._passed_over - _KNOWN_LEFT_OUT
            self.left_out[_KNOWN_LEFT_OUT] = f"And {more:,} more were left out."

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._is_sure:
            return
        if len(self._members) >= MOST_FILES:
            raise self._too_large(f"holds more than {MOST_FILES:,} files")
        if self._bytes > MOST_UNASKED:
            raise self._too_large(f"unpacks to more than {shown_size(MOST_UNASKED)}")

    def _too_large(self, what: str) -> TooLargeError:
        return TooLargeError(
            f"{clean_line(str(self.path))} {what}, and nothing vouches for it. "
            "Where you know it to be right, add --yes."
        )

    def _keep(self, name: str, path: str, kind: str, digest: str, size: int, mtime_ns: int) -> None:
        key = escaped(path)
        while key in self._names:  # Two names that became one when they were made harmless.
            stem, _, rest = key.partition(".json")
            key = f"{stem}_.json{rest}"
        self._names[key] = name
        self._members.append(Member(key, kind, digest, size, mtime_ns))

    def _finish(self) -> None:
        members = _without_top(self._members)
        self._names = {
            new.path: self._names[old.path] for new, old in zip(members, self._members, strict=True)
        }
        sessions = sum(member.kind == SESSION for member in members)
        self.manifest = Manifest(
            members=tuple(members), sessions=sessions, files=len(members), size=self._bytes
        )
        self._members = []


class BareTar(BareSource):
    """An archive."""

    def __init__(self, path: Path, *, is_sure: bool, stop: Stop | None = None) -> None:
        super().__init__(path, is_sure=is_sure)
        with opened(path) as file:
            packed = os.fstat(file.fileno()).st_size
            most = _MOST_AT_ALL if is_sure else max(MOST_UNASKED, SMALL) + (1 << 24)
            if not is_sure:
                most = max(SMALL, min(most, packed * MOST_RATIO))
            self._most = most
            source = Unpacked(file, most=most, stop=stop)
            try:
                for found, body in tar.members(source):
                    self._look(found, body)
            except TooMuchError:
                if packed * MOST_RATIO < MOST_UNASKED:
                    raise self._too_large(
                        f"unpacks to more than {MOST_RATIO} times its size"
                    ) from None
                raise self._too_large(f"unpacks to more than {shown_size(MOST_UNASKED)}") from None
            except DamagedFileError as error:
                if not self._members:
                    raise DamagedFileError(
                        f"{clean_line(str(path))} is no archive (.tar, .tar.gz) that can be read. {error}"
                    ) from error
                self.trouble = str(error)
            except OSError as error:
                raise refused(error, "read", path) from error
        self._finish()

    @property
    def packed_size(self) -> int:
        """Bytes of the archive."""
        return self.path.stat().st_size

    def _look(self, found: tar.Found, body: tar.Body) -> None:
        if found.kind == tar.FOLDER:
            return
        if found.kind != tar.FILE:
            self._note(found.name, f"it is a {found.kind}.")
            return
        if found.name in self._seen:
            self._note(found.name, "it stands there twice; the first is taken.")
            return
        kind, path = _kind_and_path(found.name)
        if path is None:
            self._note(found.name, kind)
            return
        self._seen.add(found.name)
        if found.size > LARGEST_UNASKED and not self._is_sure:
            raise self._too_large(f"holds a file of {shown_size(found.size)}")
        self._count(found.size)
        digest = hashlib.sha256()
        for piece in body.pieces():
            digest.update(piece)
        self._keep(found.name, path, kind, digest.hexdigest(), found.size, found.mtime_ns)

    def take(self, wanted: Collection[str], stop: Stop | None = None) -> Iterator[Content]:
        """The files."""
        waiting = {
            self._names[member.path]: member
            for member in self.manifest.members
            if member.path in wanted
        }
        with opened(self.path) as file:
            try:
                for found, body in tar.members(Unpacked(file, most=self._most, stop=stop)):
                    if found.kind == tar.FILE and (member := waiting.pop(found.name, None)):
                        yield Content(member, body.pieces())
                    if not waiting:
                        return
            except (DamagedFileError, TooMuchError) as error:
                self.trouble = str(error)
            except OSError as error:
                raise refused(error, "read", self.path) from error
        for member in waiting.values():
            yield Content(member, trouble="The archive was changed meanwhile.")


class BareFolder(BareSource):
    """A folder with session files in it."""

    def __init__(self, path: Path, *, is_sure: bool, stop: Stop | None = None) -> None:
        super().__init__(path, is_sure=is_sure)
        self._look(path, "", stop)
        self._finish()

    @property
    def packed_size(self) -> int:
        """A folder is not packed."""
        return self.manifest.size

    def take(self, wanted: Collection[str], stop: Stop | None = None) -> Iterator[Content]:
        """The files."""
        for member in self.manifest.members:
            if member.path not in wanted:
                continue
            if stop is not None and stop():
                raise StoppedError
            there = Member(escaped(self._names[member.path]), *_rest(member))
            content = folder_content(self.path, there)
            content.member = member
            yield content

    def _look(self, folder: Path, before: str, stop: Stop | None) -> None:
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise refused(error, "list", folder) from error
        for entry in entries:
            name = before + entry.name
            if stop is not None and stop():
                raise StoppedError
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") or f"{name}/".startswith(f"{OWN}/"):
                    self._look(folder / entry.name, f"{name}/", stop)
                continue
            kind, path = _kind_and_path(name)
            if path is None:
                continue
            if not entry.is_file(follow_symlinks=False):
                self._note(name, "it is no regular file.")
                continue
            self._take_in(folder / entry.name, name, kind, path)

    def _take_in(self, place: Path, name: str, kind: str, path: str) -> None:
        digest, size = hashlib.sha256(), 0
        with opened(place, is_followed=False) as file:
            status = os.fstat(file.fileno())
            if status.st_size > LARGEST_UNASKED and not self._is_sure:
                raise self._too_large(f"holds a file of {shown_size(status.st_size)}")
            self._count(status.st_size)
            while piece := file.read(1 << 20):
                digest.update(piece)
                size += len(piece)
        self._keep(name, path, kind, digest.hexdigest(), size, status.st_mtime_ns)


def opened_by_hand(path: Path, *, is_sure: bool = False, stop: Stop | None = None) -> BareSource:
    """Session files out of whatever lies at `path`. Raises `NotFoundError`, `DamagedFileError`,
    `TooLargeError`, `StoreError`, `StoppedError`."""
    made: BareSource
    if path.is_dir():
        made = BareFolder(path, is_sure=is_sure, stop=stop)
    else:
        made = BareTar(path, is_sure=is_sure, stop=stop)
    if not made.manifest.sessions:
        raise NotFoundError(
            f"{clean_line(str(path))} holds no session files (.json, .json.gz) that could be restored."
        )
    return made


def _kind_and_path(name: str) -> tuple[str, str | None]:
    """What a file of that name is, and where it would lie; without a place, why not."""
    before, is_own, after = name.rpartition(f"{OWN}/attachments/")
    if is_own and len(after) == 64 and set(after) <= _HEX and (not before or before[-1] == "/"):
        return ATTACHMENT, f"{OWN}/attachments/{after}"
    path = placed(name)
    if path is not None:
        return SESSION, path
    is_hidden = any(part[:1] == "." and part not in (".", "..") for part in name.split("/"))
    if not name.endswith(SUFFIXES) or is_hidden:
        return "", None  # Nothing that anybody misses.
    return "its name leads out of the library.", None


def _without_top(members: list[Member]) -> list[Member]:
    """Without the one folder that holds all sessions: whoever packs a library packs its folder."""
    tops = {
        member.path.partition("/")[0] if "/" in member.path else ""
        for member in members
        if member.kind == SESSION
    }
    if len(tops) != 1 or "" in tops:
        return members
    top = f"{tops.pop()}/"
    return [
        Member(member.path.removeprefix(top), *_rest(member)) if member.kind == SESSION else member
        for member in members
    ]


def _rest(member: Member) -> tuple[str, str, int, int, str, str]:
    return (
        member.kind,
        member.sha256,
        member.size,
        member.mtime_ns,
        member.session,
        member.held,
    )
