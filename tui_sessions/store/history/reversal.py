"""A recorded change made on the library as it stands now: to take it back, or to do it again.

What is so already is passed over in silence: it never happened, or was taken back before a crash. What
became something else since stays as it is, with a sentence that says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import ConflictError, NotFoundError, TuiSessionsError
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.store import files, folders
from tui_sessions.store.history.changes import (
    Created,
    Edited,
    FolderMade,
    FolderRemoved,
    FolderRenamed,
    Moved,
    Placed,
    RecordedChange,
    Restored,
    Trashed,
    reversed_change,
)
from tui_sessions.store.history.differences import applied

if TYPE_CHECKING:
    from tui_sessions.store.library import Library


class Result(msgspec.Struct, frozen=True):
    """What came of one change."""

    is_made: bool
    """False where it was so already, or could not be."""
    problems: tuple[str, ...] = ()
    placed: Placed | None = None
    """Where a file came to lie, other than the step has it."""
    error: TuiSessionsError | None = None
    """How it was refused."""


_NOTHING = Result(False)


class Reversal:
    """Makes changes of one step. Raises `TuiSessionsError` for one that is refused."""

    def __init__(self, library: Library, placed: dict[str, Placed]) -> None:
        self._library = library
        self._placed = placed

    def back(self, change: RecordedChange) -> Result:
        """Takes a change back."""
        if isinstance(change, Created):
            return self._unmake(change)
        return self.again(reversed_change(change))

    def again(self, change: RecordedChange) -> Result:
        """Makes a change."""
        match change:
            case Edited():
                return self._edit(change)
            case Trashed(entry, session_id, path):
                return self._discard(entry, session_id, path)
            case Restored(entry, session_id, path, title):
                return self._take_back(entry, session_id, path, title)
            case Created(entry, session_id):
                return self._take_back(entry, session_id, "", "")
            case Moved(session_id, source, target):
                return self._move(session_id, source, target)
            case FolderMade(path):
                return self._make_folder(path)
            case FolderRemoved(path):
                return self._remove_folder(path)
            case FolderRenamed(source, target):
                return self._rename_folder(source, target)

    def is_made(self, change: RecordedChange) -> bool:
        """Whether a change that was recorded has been made; True also where that cannot be found out."""
        root = self._library.root
        try:
            match change:
                case Edited(session_id):
                    session = self._library.load(session_id)
                    return applied(session, change).session == session
                case Trashed(entry):
                    return self._library.trash_row(entry) is not None
                case Restored(entry):
                    return self._library.trash_row(entry) is None
                case Created(_, session_id):
                    return self._library.has(session_id)
                case Moved(_, _, path) | FolderMade(path) | FolderRenamed(_, path):
                    return files.is_there(root / path)
                case FolderRemoved(path):
                    return not files.is_there(root / path)
        except TuiSessionsError:
            return True

    def finish(self, change: Moved) -> None:
        """Brings a move to its end that a crash left between its two names."""
        self._drop_twin(change.source, self._library.root / change.target)

    def _edit(self, change: Edited) -> Result:
        problems: tuple[str, ...] = ()
        is_made = False

        def make(session: Session) -> Session:
            nonlocal problems, is_made
            made = applied(session, change)
            problems, is_made = made.problems, made.session != session
            return made.session

        self._library.update(change.id, make)
        return Result(is_made, problems)

    def _unmake(self, change: Created) -> Result:
        try:
            row = self._library.row(change.id)
        except NotFoundError:
            return _NOTHING
        result = self._discard(change.entry, change.id, row.path)
        if not result.is_made or row.turns <= change.turns:
            return result
        name = clean_line(row.title)
        return Result(True, (f"{name!r} had new turns; it lies in the trash with them.",))

    def _discard(self, entry: str, session_id: str, path: str) -> Result:
        row = self._library.trash_row(entry)
        if row is not None:
            self._drop_twin(row.path, self._library.trash_file(row))
            return _NOTHING
        where = self._placed.get(entry)
        if where is not None:
            session_id, path = where.id, where.path
        try:
            self._library.delete(session_id, entry=entry)
        except NotFoundError:
            if not self._is_damaged(path):
                raise
            self._library.delete_damaged(path, entry=entry)
        return Result(True)

    def _take_back(self, entry: str, session_id: str, path: str, title: str) -> Result:
        row = self._library.trash_row(entry)
        if row is None:
            if self._library.has(session_id) or self._is_damaged(path):
                return _NOTHING
            name = clean_line(title) or session_id
            raise NotFoundError(f"{name!r} is not in the trash any more, so it cannot come back.")
        back = self._library.restore(row)
        is_expected = (back.id, back.path) == (session_id, path)
        return Result(True, placed=None if is_expected else Placed(entry, back.id, back.path))

    def _move(self, session_id: str, source: str, target: str) -> Result:
        root = self._library.root
        row = self._library.row(session_id)
        if row.path in (source, target) and self._drop_twin(source, root / target):
            return Result(True)
        if row.path == target:
            return _NOTHING
        if row.path != source:
            raise ConflictError(
                f"{clean_line(row.title)!r} was moved since, to {clean_line(row.path)}; it stays there."
            )
        self._library.put_back(session_id, target)
        return Result(True)

    def _drop_twin(self, path: str, kept: Path) -> bool:
        """Brings a move to its end that a crash left between its two names."""
        is_dropped = files.drop_twin(self._library.root / path, kept)
        if is_dropped:
            self._library.look_at((path,))
        return is_dropped

    def _make_folder(self, path: str) -> Result:
        if files.is_folder(folders.place_of(self._library.root, path)):
            return _NOTHING
        self._library.make_folder(path)
        return Result(True)

    def _remove_folder(self, path: str) -> Result:
        if not files.is_folder(folders.place_of(self._library.root, path)):
            return _NOTHING
        try:
            self._library.remove_folder(path)
        except ConflictError as error:
            raise ConflictError(
                f"The folder {clean_line(path)} is not empty any more; it stays."
            ) from error
        return Result(True)

    def _rename_folder(self, source: str, target: str) -> Result:
        old, new = (folders.place_of(self._library.root, path) for path in (source, target))
        if files.is_folder(new) and not files.is_folder(old):
            return _NOTHING
        self._library.rename_folder(source, target)
        return Result(True)

    def _is_damaged(self, path: str) -> bool:
        return any(row.path == path for row in self._library.damaged())
