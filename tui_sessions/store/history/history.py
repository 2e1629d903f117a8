"""Everything that people do to sessions, kept so that it can be taken back and done again, also later.

What was done to many sessions at once is one step. Its file says for each change what was before and what
is after, and is written before the change is made: after a crash in the middle, what was done can be taken
back. Taking back puts back only what the step changed, on the files as they stand then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui_sessions.errors import NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.results import TrashRow
from tui_sessions.model.session import Change, Session
from tui_sessions.model.steps import Outcome, StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.history.abreast import abreast
from tui_sessions.store.history.changes import (
    Created,
    FolderMade,
    FolderRemoved,
    FolderRenamed,
    Moved,
    Placed,
    Restored,
    Trashed,
)
from tui_sessions.store.history.noting import noted_edit
from tui_sessions.store.history.reversal import Reversal
from tui_sessions.store.history.steps import Part, Steps
from tui_sessions.store.history.tally import Tally
from tui_sessions.store.history.turning import Progress, Stop, Turning
from tui_sessions.store.names import checked_folder
from tui_sessions.store.trash import new_entry

if TYPE_CHECKING:
    from tui_sessions.store.history.together import Changes
    from tui_sessions.store.library import Library


class History:
    """The steps of one library. Any method may be called from any thread."""

    def __init__(self, library: Library, steps: Steps) -> None:
        self._library = library
        self._steps = steps

    # what is done to sessions

    def edit(
        self,
        ids: Iterable[str],
        change: Change,
        label: str,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Applies `change` to each session as it stands on disk now."""

        def edit(session_id: str, part: Part) -> bool:
            return noted_edit(self._library, session_id, change, part)

        return self.each(ids, edit, label, progress, stop)

    def delete(
        self,
        ids: Iterable[str],
        label: str | None = None,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Puts sessions into the trash."""
        ids = tuple(ids)

        def delete(session_id: str, part: Part) -> bool:
            self._library.delete(session_id, noting=lambda row: part.write(_trashed(row)))
            return True

        return self.each(ids, delete, label or self._label("deletion", ids), progress, stop)

    def delete_damaged(self, path: str) -> Outcome:
        """Puts a damaged file into the trash as it is. Raises `NotFoundError`, `UsageError`."""

        def delete(part: Part) -> None:
            self._library.delete_damaged(path, noting=lambda row: part.write(_trashed(row)))

        return self._one("deletion of a damaged file", delete)

    def restore(
        self,
        entries: Iterable[str],
        label: str | None = None,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Takes entries out of the trash."""
        entries = tuple(entries)

        def restore(entry: str, part: Part) -> bool:
            row = self._library.trash_row(entry)
            if row is None:
                raise NotFoundError(f"There is no {clean_line(entry)!r} in the trash any more.")
            part.write(Restored(entry=entry, id=row.id, path=row.path, title=row.title))
            back = self._library.restore(row)
            if (back.id, back.path) != (row.id, row.path):
                part.note(Placed(entry=entry, id=back.id, path=back.path))
            return True

        rows = [self._library.trash_row(entry) for entry in entries[:1]]
        label = label or _named("restoring", [row.title for row in rows if row], len(entries))
        return self.each(entries, restore, label, progress, stop)

    def move(
        self,
        ids: Iterable[str],
        folder: str,
        label: str | None = None,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Moves sessions to a folder, made where it is missing. Raises `UsageError` for its name."""
        ids = tuple(ids)
        path = "/".join(checked_folder(folder))
        made: list[str] = []

        def move(session_id: str, part: Part) -> bool:
            is_moved = False

            def note(source: str, target: str) -> None:
                nonlocal is_moved
                is_moved = True
                part.write(Moved(session_id, source, target))

            self._library.move(session_id, path, noting=note)
            return is_moved

        def first(part: Part) -> None:
            self.make_folder_in(path, part, made)

        label = label or self._label("move", ids)
        outcome = self.each(ids, move, label, progress, stop, first=first)
        if outcome.step is None:
            self.remove_empty(made)
        return outcome

    def rename_file(self, session_id: str, name: str) -> Path:
        """Gives a session's file another name in its folder. Raises `ConflictError`, `UsageError`."""
        paths: list[Path] = []

        def rename(part: Part) -> None:
            def note(source: str, target: str) -> None:
                part.write(Moved(session_id, source, target))

            paths.append(self._library.rename_file(session_id, name, noting=note))

        self._one("file name", rename)
        return paths[0]

    def branch(self, session_id: str, turns: int, title: str | None = None) -> Session:
        """A branch of the first `turns` turns. Raises `UsageError`, `NotFoundError`."""
        branches: list[Session] = []
        new_id = self._library.free_id()

        def branch(part: Part) -> None:
            part.write(Created(self._fresh_entry(), new_id, turns))
            branches.append(self._library.branch(session_id, turns, title=title, new_id=new_id))

        self._one("branch", branch)
        return branches[0]

    def extract(self, session_id: str, first: int, last: int, title: str) -> Session:
        """The turns `first` to `last`, from 1, as a new session. Raises `UsageError`, `NotFoundError`."""
        made: list[Session] = []
        new_id = self._library.free_id()

        def extract(part: Part) -> None:
            part.write(Created(self._fresh_entry(), new_id, last - first + 1))
            made.append(self._library.extract(session_id, first, last, title=title, new_id=new_id))

        self._one("extract", extract)
        return made[0]

    def edit_together(self, ids: Sequence[str], change: Changes, label: str) -> StepRow | None:
        """Changes sessions of which one loses what another gets: all of them or none."""
        from tui_sessions.store.history.together import edit_together

        return self._one(label, lambda part: edit_together(self._library, ids, change, part)).step

    def created(self, session_id: str, label: str) -> StepRow | None:
        """A session was made: taking that back puts it into the trash."""
        turns = self._library.row(session_id).turns
        change = Created(self._fresh_entry(), session_id, turns)
        return self._one(label, lambda part: part.write(change)).step

    # what is done to folders

    def make_folder(self, path: str) -> StepRow | None:
        """Makes a folder; None where it is there already. Raises `UsageError`."""
        checked = "/".join(checked_folder(path))
        return self._one("new folder", lambda part: self.make_folder_in(checked, part)).step

    def rename_folder(self, path: str, new_path: str) -> StepRow | None:
        """Gives a folder another name or place. Raises `ConflictError`, `NotFoundError`, `UsageError`."""
        target = "/".join(checked_folder(new_path))
        made: list[str] = []

        def rename(part: Part) -> None:
            self.make_folder_in(target.rpartition("/")[0], part, made)
            part.write(FolderRenamed(path, target))
            self._library.rename_folder(path, target)

        try:
            return self._one("folder name", rename).step
        except TuiSessionsError:
            self.remove_empty(made)
            raise

    def remove_folder(self, path: str) -> StepRow | None:
        """Removes an empty folder. Raises `ConflictError` where it is not, `NotFoundError`."""

        def remove(part: Part) -> None:
            part.write(FolderRemoved(path))
            self._library.remove_folder(path)

        return self._one("removal of a folder", remove).step

    # taking back and doing again

    def steps(self, limit: int = 200) -> tuple[StepRow, ...]:
        """What was done, the latest first."""
        return tuple(self._steps.rows(limit))

    def undo(self, *, progress: Progress | None = None, stop: Stop | None = None) -> StepRow:
        """Takes the latest step back, whoever made it; the row says what was left as it is.

        Where the disk refuses in the middle, or `stop` says so, the step counts as done still: taking
        it back once more does the rest. Raises `NotFoundError`, `ConflictError`, `StoreError`.
        """
        return Turning(self._library, self._steps, progress, stop).back()

    def redo(self, *, progress: Progress | None = None, stop: Stop | None = None) -> StepRow:
        """Does again what was taken back, the earliest first, as long as nothing new was done since."""
        return Turning(self._library, self._steps, progress, stop).again()

    def undo_step(
        self, step_id: str, *, progress: Progress | None = None, stop: Stop | None = None
    ) -> StepRow:
        """Takes any step back. Raises like `undo`, and `DamagedFileError`."""
        return Turning(self._library, self._steps, progress, stop).back_to(step_id)

    def finish_cut(self) -> None:
        """Ends what crashes cut off between two names of a file. Raises `StoreError`."""
        Turning(self._library, self._steps, None, None).finish_cut()

    def next_undo(self) -> StepRow | None:
        """What `undo` would take back; None where there is nothing."""
        return next(self._steps.readable(self._steps.undoable()), None)

    def next_redo(self) -> StepRow | None:
        """What `redo` would do again; None where there is nothing."""
        return next(self._steps.readable(self._steps.redoable()), None)

    def empty_trash(
        self,
        *,
        before: datetime | None = None,
        entries: Iterable[str] | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Deletes for good what lies in the trash: all, or what was deleted before a time, or some
        entries; how many. This cannot be taken back. Raises `StoreError`."""
        if entries is None:
            rows: Sequence[TrashRow] = self._library.trash()
        else:
            rows = [row for row in map(self._library.trash_row, entries) if row is not None]
        rows = [row for row in rows if before is None or row.deleted_at < before]
        gone = 0
        for count, row in enumerate(rows, 1):
            gone += self._library.purge(row)
            if progress is not None:
                progress(count, len(rows))
        return gone

    # for who makes steps of other kinds

    def each(
        self,
        refs: Iterable[str],
        act: Callable[[str, Part], bool],
        label: str,
        progress: Progress | None,
        stop: Stop | None,
        *,
        first: Callable[[Part], None] | None = None,
    ) -> Outcome:
        """The same done to many as one step: `act` says whether it changed one, and writes the way back
        before it does."""
        refs = tuple(dict.fromkeys(refs))
        recording = self._steps.begin(label)
        tally = Tally()

        def acted(ref: str) -> tuple[bool, TuiSessionsError | None]:
            part = Part(recording)
            try:
                return act(ref, part), None
            except TuiSessionsError as error:
                return self._is_made(part, error), error

        try:
            if first is not None and refs:
                first(Part(recording))
            with closing(abreast(refs, acted, count=len(refs), stop=stop)) as done:
                for count, came in enumerate(done, 1):
                    tally.take(*came)
                    if progress is not None:
                        progress(count, len(refs))
        except BaseException:
            recording.abandon()
            raise
        return tally.outcome(recording.finish(tally.done))

    def _one(self, label: str, act: Callable[[Part], None]) -> Outcome:
        recording = self._steps.begin(label)
        part = Part(recording)
        try:
            act(part)
        except TuiSessionsError as error:
            recording.finish(int(self._is_made(part, error)))
            raise
        except BaseException:
            recording.abandon()
            raise
        # Folders that were made on the way are not counted.
        count = int(part.last is not None)
        return Outcome(done=count, step=recording.finish(count))

    def _is_made(self, part: Part, error: TuiSessionsError) -> bool:
        """Whether the last change was made though its end was refused: a folder that could not be synced."""
        if part.is_begun or not isinstance(error, StoreError) or part.last is None:
            return part.is_begun
        return Reversal(self._library, {}).is_made(part.last)

    def make_folder_in(self, path: str, part: Part, made: list[str] | None = None) -> None:
        """Makes a folder as a part of a step."""

        def note(folder: str) -> None:
            part.write(FolderMade(folder))
            if made is not None:
                made.append(folder)

        if path and not files.is_folder(self._library.root / path):
            self._library.make_folder(path, noting=note)

    def remove_empty(self, paths: list[str]) -> None:
        """Removes folders that were made for what came to nothing."""
        for path in reversed(paths):
            with suppress(TuiSessionsError):
                self._library.remove_folder(path)

    def _label(self, what: str, ids: tuple[str, ...]) -> str:
        titles = []
        if len(ids) == 1:
            with suppress(TuiSessionsError):  # What cannot be found is told where it is changed.
                titles.append(self._library.row(ids[0]).title)
        return _named(what, titles, len(ids))

    def _fresh_entry(self) -> str:
        return new_entry(self._steps.now())


def _trashed(row: TrashRow) -> Trashed:
    return Trashed(entry=row.entry, id=row.id, path=row.path, title=row.title)


def _named(what: str, titles: list[str], count: int) -> str:
    """What is done to one by its title, where that is known, and to many by their number."""
    if count != 1:
        return f"{what} of {count} sessions"
    return f"{what} of “{clean_line(titles[0])}”" if titles else what
