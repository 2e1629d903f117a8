"""Where the text of an answer goes whose session is not in its place, or that the disk refuses there: into the
session's file in the trash, into a session beside it, or to a file anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NewerFormatError,
    StoreError,
    UsageError,
)
from tui_sessions.model.ids import derived_id
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.names import numbered, suffix_of

if TYPE_CHECKING:
    from tui_sessions.store.library import Library
    from tui_sessions.store.locks import Locks
    from tui_sessions.store.trash import Trash

_MEMORY = "/dev/shm"
_ROOM = 4_000_000
"""Bytes that must be free where a copy is to go first."""
_ATTEMPTS = 5


class Rescued(NamedTuple):
    """Where something was put."""

    session_id: str
    """Of the session that holds it."""
    title: str
    in_trash: bool

    @property
    def sentence(self) -> str:
        """What happened, and where the answer is."""
        title = clean_line(self.title)
        if self.in_trash:
            return (
                f"The session was moved to the trash while it was answered. The answer is in “{title}” "
                "there; take it back to read it."
            )
        return f"The session was deleted while it was answered. All of it is kept as “{title}”."


class Rescue:
    """Finds another place for what has none."""

    def __init__(self, library: Library, trash: Trash, locks: Locks) -> None:
        self._library = library
        self._trash = trash
        self._locks = locks

    def put(self, session_id: str, change: Change, known: Session) -> Rescued:
        """Apply `change` to the session in the trash; where it is not there either, to `known`, as a new
        session. Raises `StoreError`."""
        if not self._library.root.is_dir():
            # A disk that is not mounted is no reason to begin another library in its place.
            raise StoreError(
                f"The library {clean_line(str(self._library.root))} is not there any more. "
                "Look whether its disk is mounted."
            )
        return self.in_trash(session_id, change) or self.beside(change(known))

    def in_trash(self, session_id: str, change: Change) -> Rescued | None:
        """Apply `change` to the session in the trash, the one deleted last; None where there is none."""
        with self._locks.held(session_id):
            row = next((row for row in self._trash.rows() if row.id == session_id), None)
            for _ in range(_ATTEMPTS if row is not None else 0):
                assert row is not None
                path = self._trash.path(row)
                try:
                    content = files.read(path)
                    session = decode(content.data, fallback_id=derived_id(row.path))
                except (FileNotFoundError, DamagedFileError):
                    return None
                if session.is_read_only:
                    raise NewerFormatError(
                        f"{clean_line(row.title)} was written by a newer version."
                    )
                changed = change(session)
                if changed != session:
                    try:
                        self._replace(session_id, path, content, encode(changed))
                    except files.FileChangedError:
                        continue
                    self._library.audit.saved(session, changed)
                return Rescued(session_id, row.title, in_trash=True)
        return None

    def _replace(self, session_id: str, path: Path, former: files.Content, text: bytes) -> None:
        data = files.packed(text) if path.suffix == ".gz" else text

        def about(coming: Path, stamp: files.Stamp) -> None:
            versions = self._library.versions.kept
            versions.keep(session_id, path, former, coming, data, stamp)

        files.replace(path, data, expected=former.stamp, about=about)

    def beside(self, session: Session, *, title: str | None = None) -> Rescued:
        """`session` as a new one, "… (recovered)"."""
        title = title or f"{clean_line(session.shown_title)} (recovered)"
        fresh = msgspec.structs.replace(session, id=self._library.free_id(), title=title)
        made = self._library.create(fresh)
        return Rescued(made.id, title, in_trash=False)

    # to a file anywhere

    def proposed(self, session: Session) -> Path:
        """A free path for a copy: on another disk than the library's, where there is one to write on."""
        return next(self.proposals(session))

    def proposals(self, session: Session) -> Iterator[Path]:
        """Free paths for a copy, one in each place, the best first; one at least."""
        places = list(dict.fromkeys(self._places())) or [Path(os.path.expanduser("~"))]
        stem = f"tui-sessions-{session.id}"
        for place in sorted(places, key=self._merit, reverse=True):
            yield next(
                path
                for name in numbered(stem)
                if not os.path.lexists(path := place / f"{name}.json")
            )

    def to_file(self, session: Session, path: Path) -> Path:
        """`session` as a session file at `path`, never over another; where it is now. Raises
        `ConflictError`, `UsageError`, `StoreError`."""
        if "\0" in str(path):
            raise UsageError("No path can have a null byte. Choose another name.")
        # Not the methods of `Path`: those raise where a folder may not be looked into.
        path = Path(os.path.abspath(os.path.expanduser(path)))
        if os.path.isdir(path):
            path = path / f"tui-sessions-{session.id}.json"
        if suffix_of(path.name) is None:
            path = path.with_name(f"{path.name}.json")
        if not os.path.isdir(path.parent):
            raise UsageError(f"There is no folder {clean_line(str(path.parent))}.")
        if self._library.root in Path(os.path.realpath(path)).parents:
            session = msgspec.structs.replace(session, id=self._library.free_id())
        data = encode(session)
        if path.suffix == ".gz":
            data = files.packed(data)
        try:
            files.write_new(path, data)
        except FileExistsError as error:
            raise ConflictError(
                f"There is a file {clean_line(str(path))} already. Choose another name."
            ) from error
        self._library.audit.record("save elsewhere", session.id, path=str(path))
        return path

    def _places(self) -> Iterator[Path]:
        # Not `tempfile.gettempdir`: it writes a file on trial, and raises where the disk is full.
        for name in ("~", os.environ.get("TMPDIR") or "/tmp", "/var/tmp", _MEMORY):
            place = os.path.expanduser(name)
            if os.path.isdir(place) and os.access(place, os.W_OK):
                yield Path(place)

    def _merit(self, place: Path) -> tuple[bool, bool, bool]:
        """Has room, outlives the machine, and lies on another disk than the library."""
        try:
            there = os.statvfs(place)
            has_room = there.f_bavail * there.f_frsize >= _ROOM
            is_elsewhere = os.stat(place).st_dev != os.stat(self._library.root).st_dev
        except OSError:
            has_room = is_elsewhere = True
        return has_room, os.fspath(place) != _MEMORY, is_elsewhere
