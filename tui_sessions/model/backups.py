"""Backups and what would come back out of one, as lists show them. Texts are raw."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tui_sessions.model.session import Parent, Session, added_usage
from tui_sessions.model.turn import Turn

RESTORED = "(restored)"
Relation = Literal["new", "same", "older", "newer", "conflict", "damaged"]
"""Of a session in a backup to the one of its id here: not here; the same; all of it is here and more; it has
more and all that is here; each has something that the other lacks; not to be read as a session."""
RELATIONS: tuple[Relation, ...] = ("new", "newer", "conflict", "older", "same", "damaged")


class BackupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A backup."""

    name: str
    path: str
    at: datetime | None
    """When it was made."""
    sessions: int = 0
    files: int = 0
    size: int = 0
    """Bytes of its files."""
    packed_size: int = 0
    """Bytes that it takes, where that is known without counting."""
    is_automatic: bool = False
    is_own: bool = False
    """Whether it is of this library."""
    is_folder: bool = False
    left_out: int = 0
    id: str = ""
    bases: tuple[str, ...] = ()
    """The ids of the backups that it needs."""
    trouble: str = ""
    """Why nothing, or not all, can come out of it."""


class ComingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session in a backup, and how it stands to what is here."""

    path: str
    """Where it lies in the backup, as its list has it."""
    place: str
    """Where it would lie in the library."""
    id: str
    title: str
    relation: Relation
    turns: int = 0
    updated_at: datetime | None = None
    size: int = 0
    attachments: tuple[str, ...] = ()
    """Those of the backup that it names."""
    trouble: str = ""
    is_barred: bool = False
    """Whether it cannot come back at all, not even as the damaged file that it was."""


def relation(here: Session, backed: Session) -> Relation:
    """How a session of a backup stands to the same one here."""
    if _plain(here) == _plain(backed):
        return "same"
    ours = {turn.id: turn for turn in here.turns}
    theirs = {turn.id: turn for turn in backed.turns}
    is_more_there = any(ours.get(turn.id) != turn for turn in backed.turns)
    is_more_here = any(theirs.get(turn.id) != turn for turn in here.turns)
    if not is_more_there:
        return "older"
    if is_more_here or _head(here) != _head(backed) or _is_later(here, backed):
        return "conflict"
    return "newer"


def beside(backed: Session, here: Session | None, *, new_id: str) -> Session:
    """The session of a backup as another one than that which is here: what both begin with makes it a
    branch of it."""
    turns, parent = backed.turns, backed.parent
    shared = _shared(backed.turns, here.turns) if here is not None else 0
    if here is not None and shared:
        turns = (*(turn.as_inherited() for turn in turns[:shared]), *turns[shared:])
        parent = Parent(id=here.id, turn=shared)
    return msgspec.structs.replace(
        backed,
        id=new_id,
        title=f"{backed.shown_title} {RESTORED}",
        parent=parent,
        turns=turns,
        usage_totals=added_usage(turns),
        problems=(),
    )


def _shared(one: tuple[Turn, ...], other: tuple[Turn, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left.as_inherited() != right.as_inherited():
            break
        count += 1
    return count


def _plain(session: Session) -> Session:
    return msgspec.structs.replace(session, updated_at=None, problems=())


def _head(session: Session) -> Session:
    return msgspec.structs.replace(
        session, updated_at=None, problems=(), turns=(), usage_totals=None
    )


def _is_later(one: Session, other: Session) -> bool:
    if one.updated_at is None or other.updated_at is None:
        return one.updated_at is not None
    return one.updated_at > other.updated_at
