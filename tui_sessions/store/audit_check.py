"""Whether what the audit log acknowledged is in the files today: the proof that nothing was lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.codec.decode import decode
from tui_sessions.errors import DamagedFileError, NotFoundError, TuiSessionsError
from tui_sessions.model.audit import AuditLine, Checked, Fate
from tui_sessions.model.session import Session
from tui_sessions.store import files
from tui_sessions.store.audit import fingerprint

if TYPE_CHECKING:
    from tui_sessions.store.library import Library


class _Acknowledged(msgspec.Struct):
    """What the log says of one message."""

    digest: str
    at: datetime
    changes: int = 0
    is_out: bool = False


def check(
    library: Library, lines: Iterable[AuditLine], session_ids: frozenset[str] = frozenset()
) -> Iterator[Checked]:
    """What became of every message that `lines`, the oldest first, acknowledge; of these sessions, or of
    all that are named."""
    said: dict[str, dict[str, _Acknowledged]] = {}
    purged: set[str] = set()
    for line in lines:
        if session_ids and line.session not in session_ids:
            continue
        if line.action == "purge":
            purged.add(line.session)
        if line.message is not None:
            _hear(said.setdefault(line.session, {}), line.message, line)
    for session_id, messages in said.items():
        session = _as_it_is(library, session_id)
        there = {} if session is None else _digests(session)
        for message, last in messages.items():
            fate = _fate(message, last, there, is_there=session is not None)
            if session is None and session_id in purged:
                fate = "deleted"
            yield Checked(
                session=session_id, message=message, at=last.at, fate=fate, changes=last.changes
            )


def _hear(messages: dict[str, _Acknowledged], message: str, line: AuditLine) -> None:
    known = messages.get(message)
    if line.action == "remove":
        if known is not None:
            known.is_out = True
    elif line.sha256 is not None:
        changes = known.changes + (known.digest != line.sha256) if known else 0
        messages[message] = _Acknowledged(line.sha256, line.at, changes)


def _fate(message: str, last: _Acknowledged, there: dict[str, set[str]], *, is_there: bool) -> Fate:
    chosen, others = there.get(message, set()), there.get(f"{message}+", set())
    if last.digest in chosen:
        return "kept"
    if last.digest in others:
        return "other answer"
    if last.is_out:
        return "taken out"
    return "changed outside" if is_there and chosen else "missing"


def _digests(session: Session) -> dict[str, set[str]]:
    """Of every message, and under its name with a plus of the answers that were not chosen."""
    found: dict[str, set[str]] = {}
    for turn in session.turns:
        for message in turn.messages:
            found.setdefault(f"{turn.id}:{message.role}", set()).add(fingerprint(message.text))
        for other in turn.alternatives:
            name = f"{turn.id}:{other.message.role}+"
            found.setdefault(name, set()).add(fingerprint(other.message.text))
    return found


def _as_it_is(library: Library, session_id: str) -> Session | None:
    """The session as it stands now, or as it lies in the trash."""
    try:
        return library.load(session_id)
    except NotFoundError:
        pass
    except TuiSessionsError:
        return None
    try:
        row = library.in_trash(session_id)
        data = files.read(library.trash_file(row)).data
        return decode(data, fallback_id=row.id) if row.id == session_id else None
    except (FileNotFoundError, DamagedFileError, TuiSessionsError):
        return None
