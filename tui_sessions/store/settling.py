"""A session file that another program wrote, brought together with what ours had written: merged, or
accepted with ours as a branch beside it, or accepted as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from tui_sessions.codec.encode import encode
from tui_sessions.model.ids import derived_id
from tui_sessions.model.merging import (
    Merge,
    closest,
    conflict_branch,
    deletions,
    is_alike,
    merge,
)
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.store.files import Content, Stamp
from tui_sessions.store.versions import Version, Versions

_TITLE_SHOWN = 60
_LONG_AGO = datetime.fromtimestamp(0, UTC)
Kept = list[tuple[Version, Session]]


class Settled(NamedTuple):
    """What is to become of a file that another program wrote."""

    session: Session
    """What is to stand in it; that very session where it is to stay."""
    said: str = ""
    """What there is to say; "" where nothing of ours is missing in it."""
    branch: Session | None = None
    """What of ours does not stand there, as a session of its own; its id is the same for the same content."""


class Reconciled(NamedTuple):
    """The session as its file stands by now."""

    session: Session
    said: str | None = None
    """What was done, where something had to be put together."""
    is_news: bool = False
    """Whether another program than ours had written it."""


def settled(
    versions: Versions, theirs: Session, held: Session | None, path: str, now: Clock
) -> Settled:
    """What `theirs`, as another program wrote it, and ours come to. `held` is what is known where nothing of
    it was ever written by us. Writes nothing but versions."""
    kept = list(versions.sessions(theirs.id))
    if not kept:
        # Opened, and never written by us: it is the other program's, and what was read stays as a version.
        if held is not None and held.id == theirs.id and not is_alike(held, theirs):
            versions.keep_seen(theirs.id, _content(held))
        return Settled(theirs)
    if theirs.is_read_only:
        return Settled(theirs)
    ours, is_written_here = _ours(kept, theirs)
    olders = [state for _, state in kept if state is not ours]
    in_order = [(state, version.is_ours) for version, state in reversed(kept)]
    found = merge(ours, theirs, olders, deleted=deletions(in_order))
    if not is_written_here:
        # What another program wrote, and another one replaced, has no need of a branch of ours.
        found = msgspec.structs.replace(found, conflict=None)
    return _settled(found, ours, theirs, path, now)


def _ours(kept: Kept, theirs: Session) -> tuple[Session, bool]:
    """The state that is to be kept, and whether our programs wrote it: the last one, or the last of our own
    where another program's was accepted since and the file resembles ours more."""
    last = kept[0]
    own = next((pair for pair in kept if pair[0].is_ours), last)
    state = closest((last[1], own[1]), theirs)
    return state, state is own[1] and own[0].is_ours


def _settled(found: Merge, ours: Session, theirs: Session, path: str, now: Clock) -> Settled:
    name = clean_line(path)
    if found.conflict is None:
        if found.session is theirs:
            return Settled(theirs)
        said = f"Another program wrote an older state into {name}. What it added is taken over, nothing is lost."
        return Settled(found.session, said)
    digest = encode(ours).decode("utf-8", "replace")
    branch = conflict_branch(
        ours, found.session, new_id=derived_id("conflict", ours.id, digest), now=now()
    )
    title = clean_line(branch.title or "")[:_TITLE_SHOWN]
    said = (
        f"Another program rewrote {name}: {', '.join(found.lines)}. What you had is kept as the branch "
        f"“{title}”; :versions of this session has it, too."
    )
    return Settled(found.session, said, branch)


def _content(session: Session) -> Content:
    data = encode(session)
    moment = session.updated_at or _LONG_AGO
    return Content(data, Stamp(len(data), int(moment.timestamp()) * 10**9, 0))
