"""Sessions to and from their files: every change of a session file passes here, under its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from tui_sessions.codec.decode import LARGE, decode
from tui_sessions.codec.encode import encode
from tui_sessions.codec.ending import ending
from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NewerFormatError,
    NotFoundError,
    TuiSessionsError,
    UsageError,
)
from tui_sessions.model.ids import derived_id, is_valid_id
from tui_sessions.model.session import Change, Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn
from tui_sessions.store import files, scan
from tui_sessions.store.audit import Audit
from tui_sessions.store.files import Content
from tui_sessions.store.index.index import Index
from tui_sessions.store.locks import Locks
from tui_sessions.store.names import stem_of, suffix_of, time_stems
from tui_sessions.store.versions import Versions

_ATTEMPTS = 5
"""How often an edit is made anew because a program that knows no locks wrote in between."""


class Opened(NamedTuple):
    """A session as its file stood when it was read."""

    path: str
    session: Session
    content: files.Content
    is_second: bool = False
    """Whether the id that stands in the file is that of another one, so that it has one made of its path."""


class Ending(NamedTuple):
    """The last turns of a long session, and the way to all of it: slow, meant for a thread."""

    session: Session
    whole: Callable[[], Session]
    """Raises what `Writer.opened` raises."""


class Writer:
    """Loads, creates, edits and renames session files."""

    def __init__(
        self,
        root: Path,
        index: Index,
        locks: Locks,
        audit: Audit,
        now: Clock,
        *,
        versions: Versions,
        notice: Callable[[str], None],
    ) -> None:
        """`notice` is told what became of a file that another program had written, before an edit."""
        self._versions = versions
        self._notice = notice
        self._root = root
        self._index = index
        self._locks = locks
        self._audit = audit
        self._now = now

    def opened(self, session_id: str) -> Opened:
        """The session and its file. Raises `NotFoundError`, `DamagedFileError`, `StoreError`."""
        for is_last in (False, True):
            row = self._index.by_id(session_id)
            if row is None:
                break
            opened = self._opened_at(row.path, session_id, self._index.stated_id(row))
            if opened is not None:
                return opened
            if not is_last:
                self._index.refresh()  # The file was moved or replaced since the last scan.
        from tui_sessions.store.reference import refuse_unreadable  # only where one is missing

        refuse_unreadable(session_id, self._index, self._root)
        raise NotFoundError(
            f"There is no session {clean_line(session_id)!r} in {clean_line(str(self._root))}."
        )

    def ending(self, session_id: str) -> Ending | None:
        """The last turns of a long session; None where it is to be read as a whole."""
        row = self._index.by_id(session_id)
        if row is None or row.size < LARGE or scan.is_behind_link(self._root, row.path):
            return None
        try:
            content = files.read(self._root / row.path)
        except (FileNotFoundError, TuiSessionsError):
            return None
        found = ending(content.data)
        if found is None or found.id != session_id:
            return None
        return Ending(found, lambda: self._in(row.path, session_id, session_id, content))

    def _in(self, path: str, session_id: str, stated_id: str | None, content: Content) -> Session:
        opened = self._opened_in(path, session_id, stated_id, content)
        return self.opened(session_id).session if opened is None else opened.session

    def create(self, session: Session, folder: Path, stems: Iterator[str]) -> Session:
        """Writes a new file under the first of `stems` that is free; never over another.

        Raises `ConflictError` when the id or all of the names are taken.
        """
        if not is_valid_id(session.id):
            raise UsageError(
                f"{clean_line(session.id)!r} cannot be a session's id. "
                "Use 1 to 64 letters, digits, dots, hyphens and underscores."
            )
        self._refuse_newer(session, session.id)
        if self._index.has(session.id):
            raise ConflictError(f"There is a session {session.id!r} already. Choose another id.")
        moment = self._now()
        session = msgspec.structs.replace(
            session,
            created_at=session.created_at or moment,
            updated_at=session.updated_at or moment,
        )
        data = encode(session)
        stem = ""
        for stem in stems:
            path = folder / f"{stem}.json"
            try:
                stamp = files.write_new(path, data)
            except FileExistsError:
                continue
            self._index.put(self._relative(path), files.Content(data, stamp))
            if self._versions.of(session.id):
                # Another session had that id before: this is none of its states.
                self._versions.keep_seen(session.id, files.Content(data, stamp), is_ours=True)
            self._audit.saved(None, session)
            return session
        raise ConflictError(
            f"There is a file {stem}.json in {clean_line(str(folder))} already. Choose another name."
        )

    def update(self, session_id: str, change: Change) -> Session:
        """The session with `change` applied to its file as it stands now, and written."""
        with self._locks.held(session_id):
            for _ in range(_ATTEMPTS):
                opened = self.opened(session_id)
                self._refuse_newer(opened.session, opened.path)
                try:
                    opened, said = self._settled(opened)
                    if said:
                        self._notice(said)
                    changed = change(opened.session)
                    if changed == opened.session:
                        return opened.session
                    moment = self._moment_of(opened, changed)
                    changed = msgspec.structs.replace(changed, id=session_id, updated_at=moment)
                    changed = self._save(opened, changed)
                except files.FileChangedError:
                    continue
                self._audit.saved(opened.session, changed)
                return changed
        raise _too_busy(opened)

    def reconcile(self, session_id: str, held: Session | None) -> tuple[Session, str | None]:
        """The session as its file stands now. Where another program wrote the file, it is brought together
        with what ours wrote before, and what there is to say of it; `held` is what was read of it."""
        with self._locks.held(session_id):
            for _ in range(_ATTEMPTS):
                opened = self.opened(session_id)
                with suppress(files.FileChangedError):
                    opened, said = self._settled(opened, held)
                    return opened.session, said
        raise _too_busy(opened)

    def _settled(self, opened: Opened, held: Session | None = None) -> tuple[Opened, str | None]:
        """What was opened, brought together with ours where another program wrote it; None where none did."""
        session_id, stamp = opened.session.id, opened.content.stamp
        kept = self._versions.of(session_id)
        if any(version.stamp == stamp for version in kept) or not (kept or held):
            return opened, None
        from tui_sessions.store.settling import settled  # Other programs seldom write.

        found = settled(self._versions, opened.session, held, opened.path, self._now)
        if found.branch is not None and not self._index.has(found.branch.id):
            folder = (self._root / opened.path).parent
            self.create(found.branch, folder, time_stems(self._now()))
            self._audit.record("conflict", session_id, branch=found.branch.id)
        if found.session is opened.session:
            self._versions.keep_seen(session_id, opened.content)
            return opened, found.said
        saved = self._save(opened, found.session)
        self._audit.saved(opened.session, saved, action="merge")
        return self.opened(session_id), found.said

    def relocate(
        self,
        session_id: str,
        folder: Path | None,
        stem: str | None,
        noting: Callable[[str, str], None] | None = None,
        *,
        suffix: str | None = None,
    ) -> str:
        """Moves the file to another folder or name, never over another; its new path. With another
        `suffix` it is packed or unpacked as well.

        `noting` hears of the old and the new path first.
        """
        with self._locks.held(session_id):
            opened = self.opened(session_id)
            source = self._root / opened.path
            suffix = suffix or suffix_of(source.name) or ".json"
            target = (folder or source.parent) / f"{stem or stem_of(source.name)}{suffix}"
            if target == source:
                return opened.path
            self._keep_id(opened)
            if noting is not None:
                noting(opened.path, self._relative(target))
            try:
                files.move_new(source, target)
            except FileExistsError as error:
                raise ConflictError(
                    f"There is a file {clean_line(self._relative(target))} already. "
                    "Choose another name."
                ) from error
            self._index.drop(opened.path)
            self._index.reread(self._relative(target))
            if suffix != suffix_of(source.name):
                self._repack(session_id, target)
        self._audit.record("move", session_id)
        return self._relative(target)

    def keep_id(self, session_id: str) -> None:
        """Writes the id into the file where it does not stand there: before its path changes."""
        with self._locks.held(session_id):
            self._keep_id(self.opened(session_id))

    def rewrite(self, session_id: str) -> None:
        """Writes the file anew, in today's form, with all that is in it."""
        with self._locks.held(session_id):
            opened = self.opened(session_id)
            self._refuse_newer(opened.session, opened.path)
            moment = self._moment_of(opened, opened.session)
            self._save(opened, msgspec.structs.replace(opened.session, updated_at=moment))

    def _moment_of(self, opened: Opened, changed: Session) -> datetime:
        """When the session was last used: tagging years of it must not make all of it today's."""
        if _is_said_anew(opened.session.turns, changed.turns):
            return self._now()
        return opened.session.updated_at or opened.content.stamp.modified_at

    def _opened_at(self, path: str, session_id: str, stated_id: str | None) -> Opened | None:
        """None where the file is gone or holds another session than when it was scanned."""
        if scan.is_behind_link(self._root, path):
            return None
        try:
            content = files.read(self._root / path)
        except FileNotFoundError:
            return None
        except DamagedFileError as error:
            raise _damaged(path, error) from error
        return self._opened_in(path, session_id, stated_id, content)

    def _opened_in(
        self, path: str, session_id: str, stated_id: str | None, content: Content
    ) -> Opened | None:
        try:
            session = decode(content.data, fallback_id=derived_id(path))
        except DamagedFileError as error:
            raise _damaged(path, error) from error
        if session.id != stated_id:
            return None
        if session.id != session_id:
            problem = f"id {session.id} is that of another file too; {session_id} stands for it."
            session = msgspec.structs.replace(
                session, id=session_id, problems=(*session.problems, problem)
            )
            return Opened(path, session, content, is_second=True)
        return Opened(path, session, content)

    def _save(self, opened: Opened, session: Session) -> Session:
        """The one place where a session file is overwritten; the session as it stands there now."""
        if opened.is_second and not self._index.has_namesake(opened.path):
            # What is being moved has two names for a moment. It is not to get another id for that.
            raise ConflictError(f"{clean_line(opened.path)} is being moved just now. Try again.")
        path = self._root / opened.path
        data = encode(session)
        written = files.packed(data) if path.suffix == ".gz" else data

        def about(coming: Path, stamp: files.Stamp) -> None:
            self._versions.keep(session.id, path, opened.content, coming, written, stamp)

        stamp = files.replace(path, written, expected=opened.content.stamp, about=about)
        self._index.put(opened.path, files.Content(data, stamp))
        # What had been a problem may be none any more.
        return decode(data, fallback_id=session.id) if session.problems else session

    def _repack(self, session_id: str, path: Path) -> None:
        """Makes the bytes of a file what its name says. Read it can be in between as well: should this be
        refused, or another program be quicker, the next edit does it."""
        with suppress(FileNotFoundError, files.FileChangedError):
            content = files.read(path)
            data = files.packed(content.data) if path.suffix == ".gz" else content.data
            former = content.stamp

            def about(coming: Path, stamp: files.Stamp) -> None:
                self._versions.keep(session_id, path, content, coming, data, stamp)

            stamp = files.replace(
                path, data, expected=former, mtime_ns=former.mtime_ns, about=about
            )
            self._index.put(self._relative(path), files.Content(content.data, stamp))

    def _keep_id(self, opened: Opened) -> None:
        # An id that is derived from the path would be another one after the move.
        stated = decode(opened.content.data, fallback_id="").id
        if stated != opened.session.id and not opened.session.is_read_only:
            moment = self._moment_of(opened, opened.session)
            self._save(opened, msgspec.structs.replace(opened.session, updated_at=moment))

    def _refuse_newer(self, session: Session, what: str) -> None:
        if session.is_read_only:
            raise NewerFormatError(
                f"{clean_line(what)} was written by a newer version (format {session.format}) and "
                "can only be read here. Update tui-sessions to change it."
            )

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _is_said_anew(before: tuple[Turn, ...], after: tuple[Turn, ...]) -> bool:
    """Whether turns differ by more than their money and where it is counted: else a branch that is promoted,
    or a repricing, would make what was said in all those years today's."""
    if len(before) != len(after):
        return True
    return any(
        one != other and _without_money(one) != _without_money(other)
        for one, other in zip(before, after, strict=True)
    )


def _without_money(turn: Turn) -> Turn:
    replace = msgspec.structs.replace
    others = tuple(replace(other, cost=None, price=None) for other in turn.alternatives)
    bare = replace(turn.as_inherited(), price=None, alternatives=others)
    return replace(bare, inherited_cost=None)


def _too_busy(opened: Opened) -> ConflictError:
    return ConflictError(
        f"{clean_line(opened.path)} is being written by another program all the time. "
        "Nothing was changed; try again."
    )


def _damaged(path: str, error: DamagedFileError) -> DamagedFileError:
    return DamagedFileError(f"{clean_line(path)} cannot be read as a session. {error}")
