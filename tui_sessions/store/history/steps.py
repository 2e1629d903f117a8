"""The steps that can be taken back: files in `.tui-sessions/history`, in order of time, within bounds.

A step is being made, done or undone; its file's name says which, and a rename changes it. Knows no
sessions: what a change means is for others.

Bounds: 1,000 steps, 90 days, 64 MB; the oldest go when a new one is recorded, never the newest. What was
deleted lies in the trash, not here. Only turns that were removed or changed may stand nowhere else: steps
that hold such are marked in their names, do not count among the thousand, and give way to the bound on
size after all others.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from tui_sessions.errors import NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.steps import StepRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.store import files
from tui_sessions.store.history.changes import (
    Edited,
    Moved,
    Placed,
    RecordedChange,
    Summary,
    session_id_of,
)
from tui_sessions.store.history.step_files import (
    DONE,
    OPEN,
    PAST,
    SHOWN_IDS,
    UNDONE,
    StepName,
    StepWriter,
    heading_of,
    row_of,
    time_name,
)
from tui_sessions.store.locks import Locks
from tui_sessions.store.refusal import refused

MAX_STEPS = 1_000
MAX_AGE = timedelta(days=90)
MAX_BYTES = 64_000_000
WEIGH_EVERY = 16
_MICROSECOND = timedelta(microseconds=1)


class Steps:
    """The steps of one library. Several programs may make and undo steps at once."""

    def __init__(self, folder: Path, locks: Locks, now: Clock) -> None:
        self._folder = folder
        self._locks = locks
        self.now = now
        self._made = 0

    def names(self) -> list[StepName]:
        """All steps, the oldest first. Raises `StoreError`."""
        try:
            found = os.listdir(self._folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise refused(error, "list", self._folder) from error
        return [name for name in map(StepName.parsed, sorted(found)) if name is not None]

    def rows(self, limit: int) -> Iterator[StepRow]:
        """The latest `limit` steps, the latest first."""
        for name in reversed(self.names()):
            if limit <= 0:
                return
            if name.state == OPEN and self._is_empty(name):
                continue
            limit -= 1
            if not os.path.lexists(self.path(name)):
                with suppress(NotFoundError):  # Another program turned it just now.
                    name = self.find(name.id)
            yield row_of(name, self.path(name))

    def find(self, step_id: str) -> StepName:
        """The step of that id. Raises `NotFoundError`."""
        for name in self.names():
            if name.id == step_id:
                return name
        raise NotFoundError(f"There is no step {clean_line(step_id)!r} in the history.")

    def undoable(self) -> Iterator[StepName]:
        """The steps that are done, or were cut off in the middle, the latest first."""
        for name in reversed(self.names()):
            if name.state == DONE or (name.state == OPEN and not self._is_empty(name)):
                yield name

    def redoable(self) -> Iterator[StepName]:
        """The steps that were undone and have none that is done after them, the earliest first."""
        later: list[StepName] = []
        for name in reversed(self.names()):
            if name.state == UNDONE:
                later.append(name)
            elif name.state == DONE or not self._is_empty(name):
                break
        return reversed(later)

    def readable(self, names: Iterable[StepName]) -> Iterator[StepRow]:
        """How those that can be read are listed. Raises `StoreError` where the disk refuses one."""
        for name in names:
            row = row_of(name, self.path(name), is_needed=True)
            if not row.trouble:
                yield row

    def path(self, name: StepName) -> Path:
        """The file of a step."""
        return self._folder / str(name)

    def is_being_made(self, name: StepName) -> bool:
        """Whether a program that lives is still at it."""
        if name.state != OPEN:
            return False
        with self._held():  # Between its making and its locking, a file looks left behind.
            return self._is_locked(name)

    def restate(self, name: StepName, state: str, *, has_turns: bool = False) -> StepName:
        """Gives a step another state. Raises `StoreError`."""
        try:
            return self._renamed(name, state, has_turns)
        except FileNotFoundError:
            # Another program did something new meanwhile, so that it had been taken back for good.
            name = self.find(name.id)
        try:
            return self._renamed(name, state, has_turns)
        except FileNotFoundError as error:
            raise refused(error, "write", self.path(name)) from error

    def _renamed(self, name: StepName, state: str, has_turns: bool = False) -> StepName:
        renamed = name.with_state(state, has_turns=has_turns)
        try:
            # Not synced: taking back what is taken back, or doing what is done, does nothing.
            os.rename(self.path(name), self.path(renamed))
        except FileNotFoundError:
            raise
        except OSError as error:
            raise refused(error, "write", self.path(name)) from error
        return renamed

    def settle(self, name: StepName, state: str, *, has_turns: bool = False) -> StepName:
        """Gives a step another state, whatever state a new step gave it meanwhile. Raises `StoreError`."""
        with self._held():
            with suppress(NotFoundError):  # `restate` says what is wrong then.
                name = self.find(name.id)
            return self.restate(name, state, has_turns=has_turns)

    @contextmanager
    def choosing(self) -> Iterator[None]:
        """Held while a step is chosen and taken back or done again, so that no two do the same."""
        busy = "Another program is taking something back at this moment."
        with self._locks.held_as("undo", busy=busy):
            yield

    def begin(self, label: str) -> Recording:
        """A step that gets its file with its first change."""
        return Recording(self, label)

    def new_file(self) -> tuple[StepName, StepWriter]:
        """A new file, later than all others whatever the clock says. Raises `StoreError`.

        What was taken back before can be done again no more: it may not fit what is done now.
        """
        files.make_folder(self._folder)
        with self._held():
            names = self.names()
            for name in names:
                if name.state == UNDONE:
                    with suppress(FileNotFoundError):  # Another program does it again just now.
                        self._renamed(name, PAST)
            name = StepName.new(_later(self.now(), names))
            writer = StepWriter(self.path(name), is_new=True)
        try:
            files.sync_folder(self._folder)
        except BaseException as error:
            writer.close()
            if isinstance(error, OSError):
                raise refused(error, "write", self._folder) from error
            raise
        return name, writer

    def trim(self, made: StepName) -> None:
        """Removes what is beyond the bounds, but not the step that was made just now."""
        self._made += 1
        with suppress(OSError, TuiSessionsError), self._held():
            names = self.names()
            doomed = self._too_many(names)
            size = os.stat(self.path(made), follow_symlinks=False).st_size
            # Asking for every size takes longer than all the rest.
            if self._made % WEIGH_EVERY == 1 or size > MAX_BYTES // WEIGH_EVERY:
                doomed |= self._too_large([name for name in names if name not in doomed])
            for name in doomed - {made}:
                if name.state != OPEN or not self._is_locked(name):
                    os.unlink(self.path(name))

    def _too_many(self, names: list[StepName]) -> set[StepName]:
        earlier = names[:-1]
        if not earlier:
            return set()
        # By the step before this one, so that a clock that jumps ahead once forgets nothing.
        eldest = time_name(min(self.now(), earlier[-1].at) - MAX_AGE)
        doomed = {name for name in earlier if name.time < eldest}
        plain = [name for name in earlier if not _may_hold_turns(name) and name not in doomed]
        return doomed | set(plain[: max(0, len(plain) + 1 - MAX_STEPS)])

    def _too_large(self, names: list[StepName]) -> set[StepName]:
        sizes = {name: os.stat(self.path(name), follow_symlinks=False).st_size for name in names}
        total = sum(sizes.values())
        doomed: set[StepName] = set()
        for name in sorted(names[:-1], key=lambda name: (_may_hold_turns(name), name)):
            if total <= MAX_BYTES:
                break
            doomed.add(name)
            total -= sizes[name]
        return doomed

    def _is_locked(self, name: StepName) -> bool:
        try:
            descriptor = os.open(self.path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            files.let_go(descriptor)
        return False

    def _is_empty(self, name: StepName) -> bool:
        """Whether a program crashed, or is, between the making of a file and its first change."""
        try:
            return os.stat(self.path(name), follow_symlinks=False).st_size == 0
        except OSError:
            return True

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._locks.held_as("history", busy="Another program is writing the history."):
            yield


def _may_hold_turns(name: StepName) -> bool:
    return name.has_turns or name.state == OPEN


def _later(now: datetime, names: list[StepName]) -> datetime:
    if not names:
        return now
    try:
        return max(now, names[-1].at + _MICROSECOND)
    except OverflowError:  # The last moment that there is: not written by us.
        return now


class Recording:
    """A step while it is made. Each change is written before its effect, from whatever thread."""

    def __init__(self, steps: Steps, label: str) -> None:
        self._steps = steps
        self._label = label
        self._name: StepName | None = None
        self._writer: StepWriter | None = None
        self._writing = threading.Lock()
        self._ids: dict[str, None] = {}
        self._has_turns = False

    def write(self, *changes: RecordedChange) -> None:
        """Keeps the way back of changes that are about to be made, all or none. Raises `StoreError`."""
        has_turns = any(isinstance(change, Edited) and change.has_turns for change in changes)
        with self._writing:
            if self._writer is None:
                self._open(changes)
            else:
                # Of a file between two names nothing but this line says which one it is to have.
                is_move = any(isinstance(change, Moved) for change in changes)
                self._writer.write(*changes, sync=has_turns or is_move)
            self._has_turns |= has_turns
            for session_id in map(session_id_of, changes):
                if session_id is not None and len(self._ids) < SHOWN_IDS:
                    self._ids[session_id] = None

    def note(self, placed: Placed) -> None:
        """Adds what only the effect of a change could show."""
        with self._writing:
            if self._writer is not None:
                self._writer.write(placed)

    def finish(self, count: int) -> StepRow | None:
        """Ends the step; `count` is how much it changed. None, and no file, where that is nothing."""
        if self._writer is None or self._name is None:
            return None
        name, path = self._name, self._steps.path(self._name)
        try:
            if not count:
                with suppress(OSError):
                    path.unlink()
                return None
            with suppress(StoreError):  # The step stands without it; lists count its lines then.
                self._writer.write(Summary(count, tuple(self._ids)))
            with suppress(StoreError):  # It looks cut off then, which can be taken back as well.
                name = self._steps.restate(name, DONE, has_turns=self._has_turns)
        finally:
            self._writer.close()
        self._steps.trim(name)
        return row_of(name, self._steps.path(name))

    def abandon(self) -> None:
        """Leaves the step as a crash would: all that it may have changed can be taken back."""
        if self._writer is not None:
            self._writer.close()

    def _open(self, changes: tuple[RecordedChange, ...]) -> None:
        name, writer = self._steps.new_file()
        try:
            writer.write(heading_of(name, self._label), *changes, sync=True)
        except BaseException:
            writer.close()
            with suppress(OSError):
                os.unlink(self._steps.path(name))
            raise
        self._name, self._writer = name, writer


class Part:
    """The part of a step that one session has."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.last: RecordedChange | None = None
        """What was about to be changed last."""
        self.is_begun = False
        """Whether something before that was made already: then there is something to take back."""

    def write(self, *changes: RecordedChange) -> None:
        """Keeps the way back of changes that are about to be made, all or none. Raises `StoreError`."""
        self._recording.write(*changes)
        self.last = changes[-1]

    def note(self, placed: Placed) -> None:
        """Adds what only the effect of a change could show."""
        self._recording.note(placed)
