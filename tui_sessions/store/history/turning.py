"""Steps taken back and done again as wholes: which is next, and what becomes of its file."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NotFoundError,
    StoreError,
    TuiSessionsError,
)
from tui_sessions.model.steps import StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.store.history.abreast import abreast
from tui_sessions.store.history.changes import Moved, Placed, RecordedChange, Summary, session_id_of
from tui_sessions.store.history.reversal import Result, Reversal
from tui_sessions.store.history.step_files import (
    DONE,
    OPEN,
    PAST,
    UNDONE,
    StepName,
    StepReader,
    StepWriter,
    opened,
    row_of,
)
from tui_sessions.store.history.steps import Steps
from tui_sessions.store.history.tally import Tally

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
_OF_ONE_FILE = frozenset({errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR})


class Turning:
    """Turns one step at a time, never two programs the same one.

    Where the disk refuses in the middle, or is told to stop, the step keeps its state: turning it once more
    does the rest, and passes over what is done.
    """

    def __init__(
        self, library: Library, steps: Steps, progress: Progress | None, stop: Stop | None
    ) -> None:
        self._library = library
        self._steps = steps
        self._progress = progress
        self._stop = stop

    def back(self) -> StepRow:
        """Takes back the latest step that is done."""
        with self._steps.choosing():
            return self._first(self._steps.undoable(), UNDONE, "There is nothing to take back.")

    def again(self) -> StepRow:
        """Does again the earliest step that was taken back since."""
        with self._steps.choosing():
            return self._first(self._steps.redoable(), DONE, "There is nothing to do again.")

    def back_to(self, step_id: str) -> StepRow:
        """Takes back that step alone."""
        with self._steps.choosing():
            name = self._steps.find(step_id)
            if name.state in (UNDONE, PAST):
                raise ConflictError("That was taken back already.")
            try:
                return self._turned(name, UNDONE)
            except DamagedFileError as error:
                raise DamagedFileError(f"That step cannot be taken back. {error}") from error

    def finish_cut(self) -> None:
        """Where a crash left a file with two names, takes the former away. The steps count as done then."""
        reversal = Reversal(self._library, {})
        for name in self._steps.names():
            if name.state != OPEN or self._steps.is_being_made(name):
                continue
            with (
                suppress(DamagedFileError, NotFoundError),
                opened(self._steps.path(name)) as reader,
            ):
                for change in reader.changes(latest_first=False):
                    if isinstance(change, Moved):
                        reversal.finish(change)
                self._steps.settle(name, DONE, has_turns=reader.has_turns)

    def _first(self, names: Iterator[StepName], state: str, nothing: str) -> StepRow:
        for name in names:
            # One that cannot be read is listed with its reason, and is not in the way of the others.
            with suppress(DamagedFileError, NotFoundError):
                return self._turned(name, state)
        raise NotFoundError(nothing)

    def _turned(self, name: StepName, state: str) -> StepRow:
        # Asked before it is read: what is made to its end in between is read whole, under its new name.
        is_being_made = self._steps.is_being_made(name)
        name = self._steps.find(name.id)
        path = self._steps.path(name)
        with opened(path) as reader:
            if is_being_made:
                label = clean_line(reader.heading.label)
                raise ConflictError(f"{label!r} is being done still. Wait for its end, or stop it.")
            tally, is_whole = self._run(reader, path, is_back=state == UNDONE)
            if is_whole:
                name = self._steps.settle(name, state, has_turns=reader.has_turns)
        self._library.audit.record("undo" if state == UNDONE else "redo", "", step=name.id)
        row = row_of(name, self._steps.path(name))
        return msgspec.structs.replace(row, problems=tally.problems)

    def _run(self, reader: StepReader, path: Path, *, is_back: bool) -> tuple[Tally, bool]:
        """What came of it, and whether it is through."""
        reversal = Reversal(self._library, reader.placed)
        turn = reversal.back if is_back else reversal.again
        adding = threading.Lock()
        tally = Tally()

        def turned(change: RecordedChange) -> Result:
            try:
                result = turn(change)
                if result.placed is not None:
                    with adding:
                        _add(path, result.placed, reader)
            except TuiSessionsError as error:
                return Result(False, error=error)
            return result

        count = 0
        with closing(self._in_groups(reader, turned, is_back)) as results:
            for count, result in enumerate(results, 1):
                tally.take(result.is_made, result.error)
                tally.tell(*result.problems)
                if result.error is not None and _is_general(result.error):
                    if not tally.done:
                        raise result.error
                    return tally, False
                if self._progress is not None:
                    self._progress(count, len(reader))
        if tally.error is not None and not tally.done and _is_of_disk(tally.error):
            raise tally.error
        return tally, count == len(reader)

    def _in_groups(
        self,
        reader: StepReader,
        turned: Callable[[RecordedChange], Result],
        is_back: bool,
    ) -> Generator[Result, None, None]:
        """Changes of sessions go side by side; those of folders wait for what comes before them."""
        groups = groupby(reader.changes(latest_first=is_back), lambda c: session_id_of(c) is None)
        for is_of_folders, changes in groups:
            count = 1 if is_of_folders else len(reader)
            yield from abreast(changes, turned, count=count, stop=self._stop)
            if self._stop is not None and self._stop():
                return


def _add(path: Path, placed: Placed, reader: StepReader) -> None:
    writer = StepWriter(path, is_new=False)
    try:
        summary = reader.summary or Summary(len(reader), tuple(reader.ids))
        writer.write(placed, summary)
    finally:
        writer.close()


def _is_of_disk(error: TuiSessionsError) -> bool:
    """Whether what was to be changed is there, and only cannot be read or written now."""
    if isinstance(error, DamagedFileError):
        return True
    cause = error.__cause__
    return isinstance(error, StoreError) and not isinstance(cause, FileNotFoundError)


def _is_general(error: TuiSessionsError) -> bool:
    """Whether the disk as a whole refuses, not one file of it."""
    cause = error.__cause__
    if not isinstance(error, StoreError) or not isinstance(cause, OSError):
        return False
    return cause.errno not in _OF_ONE_FILE
