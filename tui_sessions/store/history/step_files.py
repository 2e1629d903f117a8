"""The file of one step: written line by line while it is made, each line before its effect; read back.

First a heading, then the changes in order, at last a summary; whoever takes the step back may add where
files came to lie, and the summary again. While a step is made its file is locked: one that is named as
being made and whose lock is free was left behind by a crash, and holds all that may have happened.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.ids import new_id
from tui_sessions.model.steps import StepRow
from tui_sessions.model.times import format_time
from tui_sessions.store import files, reserve
from tui_sessions.store.history.changes import (
    VERSION,
    Edited,
    Heading,
    Line,
    Placed,
    RecordedChange,
    Summary,
    line_of,
    read_heading,
    read_line,
    session_id_of,
)
from tui_sessions.store.refusal import reason, refused

OPEN, DONE, UNDONE, PAST = "open", "done", "undone", "past"
"""Being made, or cut off; done; taken back; taken back before something new was done, so for good."""
SYNC_EVERY = 200
"""So many changes may lose their way back in a power cut; a crash of the program loses none."""
SHOWN_IDS = 8
LABEL_LENGTH = 200
UNREADABLE = "a step that cannot be read"
_ENDS = 16_384
"""How much of the beginning and of the end of a file is read to show it in a list."""
_OTHERS = frozenset({errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO})
"""What is refused because somebody else put the file there."""
_TIME = "%Y%m%d-%H%M%S-%f"
_NAME = re.compile(
    r"([1-9]\d{3}[01]\d[0-3]\d-[0-2]\d[0-5]\d[0-5]\d-\d{6})-([0-9a-z]{12})(\.turns)?\.(open|done|undone|past)\.jsonl"
)


class StepName(NamedTuple):
    """What the name of a step's file says. In order of time."""

    time: str
    id: str
    has_turns: bool = False
    """Whether turns may stand in it that stand nowhere else."""
    state: str = OPEN

    @classmethod
    def new(cls, at: datetime) -> StepName:
        """The name of a step that begins."""
        return cls(time_name(at), new_id())

    @classmethod
    def parsed(cls, name: str) -> StepName | None:
        """None for a file that is no step."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        time, step_id, turns, state = match.groups()
        return cls(time, step_id, turns is not None, state)

    @property
    def at(self) -> datetime:
        """When the step began."""
        try:
            return datetime.strptime(self.time, _TIME).replace(tzinfo=UTC)
        except ValueError:  # The 30th of February: not written by us.
            return datetime.fromtimestamp(0, UTC)

    def __str__(self) -> str:
        turns = ".turns" if self.has_turns else ""
        return f"{self.time}-{self.id}{turns}.{self.state}.jsonl"

    def with_state(self, state: str, *, has_turns: bool = False) -> StepName:
        """The name in another state."""
        return self._replace(state=state, has_turns=self.has_turns or has_turns)


def time_name(at: datetime) -> str:
    """A time as names of steps begin with it; their order is that of time."""
    return at.astimezone(UTC).strftime(_TIME)


class StepWriter:
    """The file of a step that is being made, or that is added to. Raises `StoreError`."""

    def __init__(self, path: Path, *, is_new: bool) -> None:
        kind = os.O_CREAT | os.O_EXCL if is_new else 0
        flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | kind
        self._path = path
        self._unsynced = 0
        try:
            self._descriptor = os.open(path, flags, files.FILE_MODE)
            try:
                if is_new:
                    os.fchmod(self._descriptor, files.FILE_MODE)
                    fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._size = os.fstat(self._descriptor).st_size
            except OSError:
                self.close()
                if is_new:
                    with suppress(OSError):
                        os.unlink(path)
                raise
        except OSError as error:
            raise refused(error, "write", path) from error

    def write(self, *values: Line | Heading, sync: bool = False) -> None:
        """Adds lines, whole or not at all; durable at once with `sync`, else before long."""
        data = b"".join(line_of(value) for value in values)
        self._unsynced += 1
        try:
            files.write_all(self._descriptor, data)
            if sync or self._unsynced >= SYNC_EVERY:
                os.fdatasync(self._descriptor)
                self._unsynced = 0
        except OSError as error:
            with suppress(OSError):  # What is torn would spoil the line after it.
                os.ftruncate(self._descriptor, self._size)
            if reserve.gave_way(error, self._path):
                self.write(*values, sync=sync)
                return
            raise refused(error, "write", self._path) from error
        self._size += len(data)

    def close(self) -> None:
        """Lets go of the file; nothing can be written any more."""
        descriptor, self._descriptor = self._descriptor, -1
        files.let_go(descriptor)


class StepReader:
    """The changes of one step, read one at a time, in either order."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads all of it once. Raises `DamagedFileError` where any of it cannot be understood."""
        self._file = file
        self._starts: list[int] = []
        self.placed: dict[str, Placed] = {}
        """Where the file of a trash entry came to lie, by entry."""
        self.ids: dict[str, None] = {}
        self._edits: dict[str, int] = {}
        self.summary: Summary | None = None
        self.has_turns = False
        self.heading = read_heading(_whole(file.readline()))
        start = file.tell()
        for data in file:
            if not data.strip(b"\0\n"):
                break  # A power cut may leave zeros at the end.
            if not data.endswith(b"\n"):
                break  # Torn: its effect did not begin.
            self._take(start, read_line(data))
            start += len(data)

    def __len__(self) -> int:
        return len(self._starts)

    def changes(self, *, latest_first: bool) -> Iterator[RecordedChange]:
        """The changes in order."""
        for start in reversed(self._starts) if latest_first else self._starts:
            self._file.seek(start)
            line = read_line(self._file.readline())
            if not isinstance(line, Placed | Summary):
                yield line

    def _take(self, start: int, line: Line) -> None:
        match line:
            case Placed():
                self.placed[line.entry] = line
            case Summary():
                self.summary = line
            case _:
                if isinstance(line, Edited):
                    self._supersede(line.id, start)
                self._starts.append(start)
                self.has_turns |= isinstance(line, Edited) and line.has_turns
                session_id = session_id_of(line)
                if session_id is not None and len(self.ids) < SHOWN_IDS:
                    self.ids[session_id] = None

    def _supersede(self, session_id: str, start: int) -> None:
        # Of two edits of one session the first was not made: another program wrote in between.
        earlier = self._edits.get(session_id)
        if earlier is not None:
            self._starts.remove(earlier)
        self._edits[session_id] = start


@contextmanager
def opened(path: Path) -> Iterator[StepReader]:
    """The step at `path`. Raises `NotFoundError`, `DamagedFileError`, `StoreError`."""
    with _opened(path) as file:
        yield StepReader(file)


def heading_of(name: StepName, label: str) -> Heading:
    """The first line of a step."""
    return Heading(version=VERSION, at=format_time(name.at), label=label[:LABEL_LENGTH])


def row_of(name: StepName, path: Path, *, is_needed: bool = False) -> StepRow:
    """How a step is listed; one that cannot be read says why. Where it is needed, and not only listed,
    raises `StoreError` for one that the disk refuses: it is there all the same."""
    row = StepRow(id=name.id, at=name.at, label="", is_undone=name.state in (UNDONE, PAST))
    try:
        with _opened(path) as file:
            heading = read_heading(_whole(file.readline(_ENDS)))
            summary = _last_summary(file)
            if summary is None:
                file.seek(0)
                reader = StepReader(file)
                summary = reader.summary or Summary(len(reader), tuple(reader.ids))
    except (DamagedFileError, NotFoundError, StoreError) as error:
        if is_needed and isinstance(error, StoreError):
            raise
        return msgspec.structs.replace(row, label=UNREADABLE, trouble=str(error))
    return msgspec.structs.replace(
        row, label=heading.label, count=summary.count, session_ids=summary.ids
    )


def _last_summary(file: BinaryIO) -> Summary | None:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _ENDS))
    last = file.read().rpartition(b"\n")[0].rpartition(b"\n")[2]
    try:
        line = read_line(last)
    except DamagedFileError:
        return None
    return line if isinstance(line, Summary) else None


def _whole(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise DamagedFileError("Its file is damaged.")
    return line


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise NotFoundError("It is not there any more.") from error
    except OSError as error:
        if error.errno in _OTHERS:
            raise DamagedFileError(f"Its file cannot be read: {reason(error)}.") from error
        raise refused(error, "read", path) from error
    try:
        status = os.fstat(descriptor)
        trouble = files.why_no_file(status.st_mode, status.st_size)
        if trouble is not None:
            raise DamagedFileError(trouble)
        # Closed here, where a disk that complains of it even then does not make this a failure.
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    except OSError as error:
        raise refused(error, "read", path) from error
    finally:
        files.let_go(descriptor)
