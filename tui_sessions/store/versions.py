"""What session files held before they were overwritten: the last five of each session, and what our
programs wrote last.

A folder a session, a file a version, its name telling the stamp that the session file had then:

- what a file held gets a second name here just before we overwrite it. It is durable already, and once
  another file has its place nobody writes to it any more.
- of what takes its place a copy goes here, unsynced. Not a second name: editors that see two names of one
  file write into it in place, and would spoil the version with it. So what ours wrote last outlives whatever
  replaces or rewrites the file; and a file whose stamp none of them has was not written by us.

Both before the new file takes its name: a crash in between leaves a version of what was never saved, but
no file of ours that looks like another program's. A version is a help, not a promise: what cannot be kept
is not kept, and never an error. All writing is done under the session's lock.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tui_sessions.errors import DamagedFileError, TuiSessionsError
from tui_sessions.model.ids import derived_id, is_valid_id
from tui_sessions.model.session import Session
from tui_sessions.store import files
from tui_sessions.store.files import FILE_MODE, FOLDER_MODE, Content, Stamp

MOST = 5
"""So many former ones are kept, beside what was written last."""
MOST_COPIED = 4_000_000
"""What is larger gets a second name: copying takes a millisecond for so many bytes."""
_NAME = re.compile(r"(\d{8})-(-?\d{1,19})-(\d{1,19})-(\d{1,19})-([of])\.version")
_MAKING = ".making"


class Version(NamedTuple):
    """One version, as its name tells it. In order of time."""

    number: int
    """Counts up; stays as long as the version does."""
    stamp: Stamp
    """Of the session file when it held this."""
    is_ours: bool = True
    """Whether one of our programs wrote it."""

    def __str__(self) -> str:
        size, mtime_ns, inode = self.stamp
        whose = "o" if self.is_ours else "f"
        return f"{self.number:08}-{mtime_ns}-{size}-{inode}-{whose}.version"

    @classmethod
    def parsed(cls, name: str) -> Version | None:
        """None for a file that is no version."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        number, mtime_ns, size, inode = map(int, match.groups()[:4])
        return cls(number, Stamp(size, mtime_ns, inode), match[5] == "o")


class Versions:
    """The versions of one library's sessions."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, session_id: str) -> list[Version]:
        """What is kept of a session, the oldest first."""
        try:
            names = os.listdir(self._place(session_id))
        except OSError:
            return []
        return sorted(found for found in map(Version.parsed, names) if found is not None)

    def is_known(self, session_id: str, stamp: Stamp) -> bool:
        """Whether a file with that stamp was written by our programs, or looked at by them; also where
        nothing is known."""
        kept = self.of(session_id)
        return not kept or any(version.stamp == stamp for version in kept)

    def path(self, session_id: str, version: Version) -> Path:
        """The file of a version."""
        return self._place(session_id) / str(version)

    def content(self, session_id: str, version: Version) -> Content | None:
        """The bytes that a version holds; None where it is gone."""
        try:
            return files.read(self.path(session_id, version))
        except (OSError, TuiSessionsError):
            return None

    def session(self, session_id: str, version: Version) -> Session | None:
        """The session that a version holds; None where it is gone, was torn by a power cut, or is another."""
        from tui_sessions.codec.decode import decode  # Saving only writes.

        content = self.content(session_id, version)
        if content is None:
            return None
        try:
            session = decode(content.data, fallback_id=session_id)
        except DamagedFileError:
            return None
        # Two ids may be one name to a file system that does not tell A from a; the copy of a file states
        # the id of its original.
        is_namesake = session.id.casefold() == session_id.casefold() and session.id != session_id
        return None if is_namesake else session

    def sessions(self, session_id: str) -> Iterator[tuple[Version, Session]]:
        """Those that can be read, the latest first."""
        for version in reversed(self.of(session_id)):
            session = self.session(session_id, version)
            if session is not None:
                yield version, session

    # writing

    def keep(
        self, session_id: str, former: Path, held: Content, coming: Path, data: bytes, stamp: Stamp
    ) -> None:
        """Keeps what the file `former` holds, as it was read, before the file `coming` takes its name, and
        what that holds: `data`."""
        kept = self.of(session_id)
        with suppress(OSError):
            place = self._new(session_id, kept, held.stamp, is_ours=False)
            if not _is_linked(place, held.stamp):
                _link(former, place, held.data)
        with suppress(OSError):
            place = self._new(session_id, kept, stamp, is_ours=True)
            if len(data) <= MOST_COPIED:
                _copy(data, place)
            else:
                _link(coming, place, None)
        self._trim(session_id, kept)

    def keep_seen(self, session_id: str, content: Content, *, is_ours: bool = False) -> None:
        """Keeps what a file holds that another program wrote, so that it is known."""
        kept = self.of(session_id)
        with suppress(OSError):
            # Of what is too large the stamp alone, so that it is not looked into again and again.
            data = content.data if len(content.data) <= MOST_COPIED else b""
            _copy(data, self._new(session_id, kept, content.stamp, is_ours=is_ours))
        self._trim(session_id, kept)

    def drop(self, session_id: str) -> None:
        """Removes all of a session."""
        place = self._place(session_id)
        if os.path.islink(self._folder) or os.path.islink(place):
            return
        with suppress(OSError):
            for name in os.listdir(place):
                os.unlink(place / name)
            os.rmdir(place)

    def _new(self, session_id: str, kept: list[Version], stamp: Stamp, *, is_ours: bool) -> Path:
        """Where the version of that stamp is, or is to be; `kept` has it then."""
        for version in kept:
            if version.stamp == stamp:
                return self.path(session_id, version)
        if not kept:
            _make(self._place(session_id))
        kept.append(Version(kept[-1].number + 1 if kept else 1, stamp, is_ours))
        return self.path(session_id, kept[-1])

    def _trim(self, session_id: str, kept: list[Version]) -> None:
        # What we wrote last stays, however often other programs wrote since.
        last = next((version for version in reversed(kept) if version.is_ours), None)
        for version in kept[: -MOST - 1]:
            if version != last:
                with suppress(OSError):
                    os.unlink(self.path(session_id, version))

    def _place(self, session_id: str) -> Path:
        is_name = is_valid_id(session_id) and not session_id.startswith(".")
        return self._folder / (session_id if is_name else derived_id(session_id))


def _make(place: Path) -> None:
    # Without syncing: it takes longer than all the rest, and a version is a help, no promise.
    try:
        os.mkdir(place, FOLDER_MODE)
    except FileNotFoundError:
        for missing in (place.parent.parent, place.parent, place):
            with suppress(FileExistsError):
                os.mkdir(missing, FOLDER_MODE)
    except FileExistsError:
        pass


def _is_linked(place: Path, stamp: Stamp) -> bool:
    try:
        return files.stamp_of(os.stat(place, follow_symlinks=False)) == stamp
    except FileNotFoundError:
        return False


def _link(source: Path, place: Path, data: bytes | None) -> None:
    """A second name for `source`, in place of an unsynced copy; where there can be none, a copy of `data`."""
    making = place.with_suffix(_MAKING)
    with suppress(FileNotFoundError):
        os.unlink(making)
    try:
        os.link(source, making, follow_symlinks=False)
    except OSError:
        if data is not None and len(data) <= MOST_COPIED and not place.exists():
            _copy(data, place)
        return
    os.rename(making, place)


def _copy(data: bytes, place: Path) -> None:
    with suppress(FileNotFoundError):
        os.unlink(place)  # Never into what may be a second name of a session's file.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(place, flags, FILE_MODE)
    try:
        files.write_all(descriptor, data)
    except OSError:
        with suppress(OSError):
            os.unlink(place)
        raise
    finally:
        os.close(descriptor)
