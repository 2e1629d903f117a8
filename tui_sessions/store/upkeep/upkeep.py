"""The archive, and files packed in place: each as one step of the history, whole after any crash.

A file is packed by giving it its new name first, as every move does, and then its new bytes: under either
name it reads the same.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_sessions.errors import ConflictError, TuiSessionsError, UsageError
from tui_sessions.model.session import Session
from tui_sessions.model.steps import Outcome
from tui_sessions.model.text import clean_line
from tui_sessions.model.upkeep import (
    Plan,
    archived,
    comes_back,
    folder_before,
    is_in_archive,
    is_spared,
    month_folder,
    unarchived,
)
from tui_sessions.store import files, folders
from tui_sessions.store.history.changes import FolderMade, Moved, RecordedChange, Trashed
from tui_sessions.store.history.noting import noted_edit
from tui_sessions.store.history.reversal import Reversal
from tui_sessions.store.history.steps import Part
from tui_sessions.store.history.turning import Progress, Stop
from tui_sessions.store.names import numbered, stem_of, suffix_of
from tui_sessions.store.upkeep.looking import Looking

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

PACKED, PLAIN = ".json.gz", ".json"
_SAMPLED_FILES, _SAMPLED_BYTES = 16, 8_000_000
"""So much is packed on trial to tell what packing would free."""
Act = Callable[[str, Part], bool]


class Upkeep(Looking):
    """Keeps one library tidy. Any method may be called from any thread."""

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self._naming = threading.Lock()

    def compress(
        self,
        ids: Iterable[str],
        label: str = "compression",
        *,
        is_back: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Packs the files of sessions in their place, or unpacks them."""
        suffix = PLAIN if is_back else PACKED

        def act(session_id: str, part: Part) -> bool:
            row = self._library.row(session_id)
            if suffix_of(row.file_name) == suffix:
                return False
            self._move(session_id, row.folder, suffix, part)
            self._library.audit.record("unpack" if is_back else "compress", session_id)
            return True

        return self._library.history.each(ids, act, label, progress, stop)

    def archive(
        self,
        ids: Iterable[str],
        label: str = "archiving",
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Moves sessions into the archive, by the month of their last use, packed and marked as archived."""
        return self._in_folders(tuple(ids), self._archive, label, progress, stop)

    def bring_back(
        self,
        ids: Iterable[str],
        label: str = "return from the archive",
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Takes sessions out of the archive, to where they were, as what they were."""
        return self._in_folders(tuple(ids), self._bring_back, label, progress, stop)

    def tidy(
        self,
        plan: Plan,
        label: str = "cleanup",
        *,
        busy: Callable[[], frozenset[str]] = frozenset,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Does what is due, but for the trash, as one step. What changed since it was looked at stays, and
        so do those that `busy` names by then."""
        rows = {row.id: row for due in plan.due for row in due.rows}
        deeds = {row.id: due.deed for due in plan.due for row in due.rows}
        damaged = {path for due in plan.due for path in due.damaged}

        def act(ref: str, part: Part) -> bool:
            if ref in damaged:
                return self._discard_damaged(ref, part)
            now = self._library.row(ref)
            # What is pinned or starred meanwhile has the time of its last use still.
            if ref in busy() or is_spared(now) or now.updated_at != rows[ref].updated_at:
                return False
            is_done = self._done(deeds[ref], ref, part)
            if is_done:
                self._library.audit.record("expire", ref)
            return is_done

        return self._in_folders((*rows, *sorted(damaged)), act, label, progress, stop)

    def purge(self, plan: Plan, *, progress: Progress | None = None) -> int:
        """Deletes for good what is due to leave the trash; how many files. Raises `StoreError`."""
        entries = [row.entry for row in plan.purged]
        return self._library.history.empty_trash(entries=entries, progress=progress)

    def packing_frees(self, ids: Sequence[str]) -> int:
        """About how many bytes are free once these are packed: some are packed on trial."""
        rows = [self._library.row(session_id) for session_id in ids]
        plain = [row for row in rows if suffix_of(row.file_name) != PACKED]
        before = after = 0
        for row in plain[:: max(1, len(plain) // _SAMPLED_FILES)][:_SAMPLED_FILES]:
            if before > _SAMPLED_BYTES:
                break
            with suppress(OSError, TuiSessionsError):
                data = files.read(self._library.root / row.path).data
                before += len(data)
                after += len(files.packed(data))
        total = sum(row.size for row in plain)
        return total * max(0, before - after) // before if before else 0

    # how

    def _in_folders(
        self,
        ids: tuple[str, ...],
        act: Act,
        label: str,
        progress: Progress | None,
        stop: Stop | None,
    ) -> Outcome:
        outcome = self._library.history.each(ids, act, label, progress, stop)
        if outcome.step is None:
            self._library.history.remove_empty(self._made)
        self._made.clear()
        return outcome

    def _done(self, deed: str, session_id: str, part: Part) -> bool:
        match deed:
            case "trash":
                self._library.delete(session_id, noting=lambda row: part.write(_trashed(row)))
                return True
            case "archive":
                return self._archive(session_id, part)
        return noted_edit(self._library, session_id, _paused, part)

    def _archive(self, session_id: str, part: Part) -> bool:
        row = self._library.row(session_id)
        if is_in_archive(row.path):
            raise ConflictError(f"{clean_line(row.title)!r} is in the archive already.")
        part.is_begun = noted_edit(self._library, session_id, archived(row.folder), part)
        marks = part.last
        try:
            self._move(session_id, month_folder(row.updated_at), PACKED, part)
        except TuiSessionsError:
            self._take_back(marks, part)
            raise
        self._library.audit.record("archive", session_id)
        return True

    def _bring_back(self, session_id: str, part: Part) -> bool:
        row = self._library.row(session_id)
        if not comes_back(row):
            raise ConflictError(f"{clean_line(row.title)!r} is not in the archive.")
        if is_in_archive(row.path):
            folder = folder_before(self._library.load(session_id))
            if folder and not self._is_usable(folder):
                folder = ""
            self._move(session_id, folder, PLAIN, part)
            part.is_begun = True
        # Not before: where the move is refused, the file still says where it belongs.
        noted_edit(self._library, session_id, unarchived, part)
        self._library.audit.record("unarchive", session_id)
        return True

    def _take_back(self, marks: RecordedChange | None, part: Part) -> None:
        """The marks of what did not get into the archive; of what did, though the end was refused, they stay."""
        reversal = Reversal(self._library, {})
        is_moved = isinstance(part.last, Moved) and reversal.is_made(part.last)
        if marks is not None and part.is_begun and not is_moved:
            with suppress(TuiSessionsError):
                reversal.back(marks)
                part.is_begun = False

    def _is_usable(self, folder: str) -> bool:
        """Whether a folder that a file names may be moved to: anybody may have written that."""
        try:
            return not is_in_archive(f"{folder}/") and folders.is_inside(folder)
        except UsageError:
            return False

    def _discard_damaged(self, path: str, part: Part) -> bool:
        self._library.delete_damaged(path, noting=lambda row: part.write(_trashed(row)))
        return True

    def _move(self, session_id: str, folder: str, suffix: str, part: Part) -> None:
        """To the first free name there, so that nobody has to think one up for a thousand files."""
        row = self._library.row(session_id)

        def note(source: str, target: str) -> None:
            part.write(Moved(session_id, source, target))

        with self._naming:  # Else two threads would choose the same name.
            if folder:
                self._library.history.make_folder_in(folder, part, self._made)
            name = self._free_name(row.path, folder, suffix)
            try:
                self._library.move(session_id, folder, name=name, noting=note)
            except TuiSessionsError:
                if isinstance(part.last, FolderMade):
                    part.last = None  # A folder that was made on the way is nothing that was done.
                raise

    def _free_name(self, path: str, folder: str, suffix: str) -> str:
        place = folders.place_of(self._library.root, folder)
        here = self._library.root / path
        for stem in numbered(stem_of(path.rpartition("/")[2])):
            taken = [place / f"{stem}{each}" for each in (PACKED, PLAIN)]
            if not any(os.path.lexists(other) and other != here for other in taken):
                return f"{stem}{suffix}"
        raise AssertionError("the stems never end")


def _paused(session: Session) -> Session:
    from tui_sessions.model.edits import set_status

    return set_status("paused")(session) if session.status == "active" else session


def _trashed(row: object) -> Trashed:
    from tui_sessions.model.results import TrashRow

    assert isinstance(row, TrashRow)
    return Trashed(entry=row.entry, id=row.id, path=row.path, title=row.title)
