"""The changes that a step consists of, as values and as lines of its file. Pure: no disk, no library.

Each says what was before and what is after, so that it can be taken back, and done again, on files that
moved on meanwhile; and so that one that never happened, or happened already, is told from one that did.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from tui_sessions.errors import DamagedFileError

VERSION = 1


class Swap(msgspec.Struct, frozen=True, array_like=True):
    """One value of a JSON object: where it stands, and what it was and is; () for no value."""

    path: tuple[str, ...]
    before: tuple[Any, ...]
    after: tuple[Any, ...]


class PlacedTurn(msgspec.Struct, frozen=True):
    """A turn with the one it follows; None for the first."""

    follows: str | None
    turn: dict[str, Any]


class ChangedTurn(msgspec.Struct, frozen=True):
    """What changed in a turn."""

    id: str
    swaps: tuple[Swap, ...]


class Edited(msgspec.Struct, frozen=True, tag="edited", tag_field="kind"):
    """Fields and turns of a session, by the keys of its file."""

    id: str
    swaps: tuple[Swap, ...] = ()
    removed: tuple[PlacedTurn, ...] = ()
    added: tuple[PlacedTurn, ...] = ()
    changed: tuple[ChangedTurn, ...] = ()

    @property
    def has_turns(self) -> bool:
        """Whether text of turns may stand here that stands nowhere else."""
        return bool(self.removed or self.added or self.changed)


class Trashed(msgspec.Struct, frozen=True, tag="trashed", tag_field="kind"):
    """A file that went into the trash."""

    entry: str
    id: str
    path: str
    title: str = ""


class Restored(msgspec.Struct, frozen=True, tag="restored", tag_field="kind"):
    """A file that came out of the trash."""

    entry: str
    id: str
    path: str
    title: str = ""


class Created(msgspec.Struct, frozen=True, tag="created", tag_field="kind"):
    """A session that was made; `entry` is the name it takes in the trash when that is taken back."""

    entry: str
    id: str
    turns: int = 0


class Moved(msgspec.Struct, frozen=True, tag="moved", tag_field="kind"):
    """A session's file that got another place."""

    id: str
    source: str
    target: str


class FolderMade(msgspec.Struct, frozen=True, tag="folder made", tag_field="kind"):
    """A folder that was made."""

    path: str


class FolderRemoved(msgspec.Struct, frozen=True, tag="folder removed", tag_field="kind"):
    """An empty folder that was removed."""

    path: str


class FolderRenamed(msgspec.Struct, frozen=True, tag="folder renamed", tag_field="kind"):
    """A folder that got another name, with all that lies in it."""

    source: str
    target: str


class Placed(msgspec.Struct, frozen=True, tag="placed", tag_field="kind"):
    """No change: where the file of a trash entry came to lie when it was taken back."""

    entry: str
    id: str
    path: str


class Summary(msgspec.Struct, frozen=True, tag="summary", tag_field="kind"):
    """No change: the last line of a step that came to its end."""

    count: int
    ids: tuple[str, ...] = ()


class Heading(msgspec.Struct, frozen=True):
    """The first line of a step."""

    version: int
    at: str
    label: str


SessionChange = Edited | Trashed | Restored | Created | Moved
FolderChange = FolderMade | FolderRemoved | FolderRenamed
RecordedChange = SessionChange | FolderChange
Line = RecordedChange | Placed | Summary


def reversed_change(change: RecordedChange) -> RecordedChange:
    """The change that takes `change` back."""
    match change:
        case Edited():
            return Edited(
                id=change.id,
                swaps=_turned(change.swaps),
                removed=change.added,
                added=change.removed,
                changed=tuple(
                    ChangedTurn(id=turn.id, swaps=_turned(turn.swaps)) for turn in change.changed
                ),
            )
        case Trashed(entry, session_id, path, title):
            return Restored(entry=entry, id=session_id, path=path, title=title)
        case Restored(entry, session_id, path, title):
            return Trashed(entry=entry, id=session_id, path=path, title=title)
        case Created():
            return Trashed(entry=change.entry, id=change.id, path="")
        case Moved(session_id, source, target):
            return Moved(id=session_id, source=target, target=source)
        case FolderMade(path):
            return FolderRemoved(path=path)
        case FolderRemoved(path):
            return FolderMade(path=path)
        case FolderRenamed(source, target):
            return FolderRenamed(source=target, target=source)


def session_id_of(change: RecordedChange) -> str | None:
    """The session that a change is about; None where it is about a folder."""
    return None if isinstance(change, FolderMade | FolderRemoved | FolderRenamed) else change.id


def line_of(value: Line | Heading) -> bytes:
    """One line of a step's file. Raises `DamagedFileError` for what is nested too deeply."""
    # Not msgspec's own JSON: texts may hold lone surrogates, and values NaN, which it cannot write.
    try:
        return json.dumps(msgspec.to_builtins(value)).encode() + b"\n"
    except RecursionError as error:
        raise DamagedFileError("The session's values are nested too deeply.") from error


def read_line(data: bytes) -> Line:
    """What a line says. Raises `DamagedFileError`."""
    line: Line = _read(data, Line)
    return line


def read_heading(data: bytes) -> Heading:
    """What the first line says. Raises `DamagedFileError`, also for what a newer version wrote."""
    heading: Heading = _read(data, Heading)
    if heading.version > VERSION:
        raise DamagedFileError("It was written by a newer version. Update tui-sessions to use it.")
    return heading


def _turned(swaps: tuple[Swap, ...]) -> tuple[Swap, ...]:
    return tuple(Swap(swap.path, swap.after, swap.before) for swap in swaps)


def _read(data: bytes, kind: Any) -> Any:
    try:
        return msgspec.convert(json.loads(data), kind)
    except (ValueError, RecursionError) as error:
        raise DamagedFileError("Its file is damaged.") from error
