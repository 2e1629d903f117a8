"""What tidying up would do, as a value, and the edits that go with it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from tui_sessions.model.edits import set_meta, set_status
from tui_sessions.model.results import SessionRow, TrashRow
from tui_sessions.model.session import Change, Session

ARCHIVE = "archive"
"""The folder of what is archived; below it one for each month."""
FROM, STATUS = "archived_from", "archived_status"
"""Keys of `meta` that say where a session of the archive came from; it has them only while it is there."""
TOP = "/"
"""Stands for the library itself, because an empty value is none."""
EMPTY_FOR = timedelta(hours=1)
"""A session without turns is left alone for so long: somebody may be about to write its first prompt."""
Deed = Literal["trash", "archive", "pause"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked for."""

    unused_since: datetime | None = None
    """Sessions last used before this are old."""
    old_go_to: Literal["trash", "archive"] = "archive"
    empty: bool = False
    """Also sessions without a turn, and files without a byte."""
    idle_since: datetime | None = None
    """Active sessions last used before this are idle."""
    max_active: int = 0
    """At most so many stay active; 0: any number."""
    trashed_before: datetime | None = None
    """What lies in the trash since before this goes for good."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions to which the same is due, for the same reason."""

    deed: Deed
    why: str
    """The end of `12 sessions …`: `without a turn`."""
    rows: tuple[SessionRow, ...] = ()
    damaged: tuple[str, ...] = ()
    """Paths of files without a byte."""

    @property
    def count(self) -> int:
        """How many."""
        return len(self.rows) + len(self.damaged)

    @property
    def size(self) -> int:
        """Their bytes."""
        return sum(row.size for row in self.rows)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """All that is due."""

    due: tuple[Due, ...] = ()
    purged: tuple[TrashRow, ...] = ()
    """What goes out of the trash for good."""
    purged_size: int = 0
    spared: int = 0
    """How many are old enough but pinned, starred, open or being answered."""

    @property
    def count(self) -> int:
        """How many sessions and files."""
        return sum(due.count for due in self.due) + len(self.purged)

    def __bool__(self) -> bool:
        return self.count > 0


def archived(folder: str) -> Change:
    """Mark as archived, and keep where it was."""

    def change(session: Session) -> Session:
        marks: list[Change] = [set_meta(FROM, folder or TOP), set_status("archived")]
        if session.status not in ("active", "archived"):
            marks.insert(0, set_meta(STATUS, session.status))
        return _all(marks, session)

    return change


def unarchived(session: Session) -> Session:
    """Mark as what it was before it was archived."""
    former = session.meta.extra.get(STATUS)
    marks: list[Change] = [set_meta(FROM, None), set_meta(STATUS, None)]
    if session.status == "archived":
        marks.append(_status(former))
    return _all(marks, session)


def folder_before(session: Session) -> str:
    """The folder that a session of the archive came from, as its file says; "" for the top."""
    held = session.meta.extra.get(FROM)
    return held.strip("/") if isinstance(held, str) else ""


def month_folder(last_used: datetime | None) -> str:
    """`archive/2024-01`, by local time; `archive` for what has no time."""
    return ARCHIVE if last_used is None else f"{ARCHIVE}/{last_used.astimezone():%Y-%m}"


def is_in_archive(path: str) -> bool:
    """Whether the file of that path lies in the archive."""
    return path.startswith(f"{ARCHIVE}/")


def comes_back(row: SessionRow) -> bool:
    """Whether there is something to bring back: also the marks of one that is out of the archive already,
    because they could not be taken away or because it was moved by hand."""
    return is_in_archive(row.path) or FROM in row.meta


def is_spared(row: SessionRow) -> bool:
    """Whether nothing is done to it unasked."""
    return row.is_pinned or row.is_starred


def keep_last(count: int) -> Change:
    """Take all turns but the last `count` out."""

    def change(session: Session) -> Session:
        kept = session.turns[max(0, len(session.turns) - count) :]
        return session.with_turns(kept)

    return change


def _status(former: object) -> Callable[[Session], Session]:
    from tui_sessions.model.session import STATUSES

    is_known = isinstance(former, str) and former in STATUSES
    return set_status(former if is_known and isinstance(former, str) else "active")


def _all(changes: list[Change], session: Session) -> Session:
    for change in changes:
        session = change(session)
    return session
