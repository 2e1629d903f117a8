"""Journals that a crash left behind, back into the turns they belong to, as often as one likes."""

from __future__ import annotations

import fcntl
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store import files
from tui_sessions.store.journal import BEING_MADE, SUFFIX
from tui_sessions.store.refusal import refused

ORPHAN = ".orphan"
_MAKING_TAKES_AT_MOST_S = 60


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a journal holds."""

    session_id: str
    turn_id: str
    text: str
    reasoning: str
    at: datetime
    """When its last piece was written."""


class Orphan:
    """A journal without an owner, locked by us until it is discarded or set aside."""

    def __init__(self, path: Path, said: Said | None) -> None:
        self._path = path
        self.said = said
        """None where not even its first line can be read."""

    def discard(self) -> None:
        """Removes it: what it held stands in the session."""
        with suppress(OSError):
            os.unlink(self._path)

    def set_aside(self) -> None:
        """Keeps it out of the way: there is no place in any session for what it holds."""
        with suppress(OSError):
            os.rename(self._path, self._path.with_suffix(ORPHAN))


def orphans(folder: Path) -> Iterator[Orphan]:
    """The journals whose lock is free, each locked until the next is asked for. Raises `StoreError`."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise refused(error, "list", folder) from error
    for name in names:
        path = folder / name
        if name.endswith(BEING_MADE):
            _sweep(path)
        if not name.endswith(SUFFIX):
            continue
        descriptor = _locked(path)
        if descriptor is None:
            continue
        try:
            # Another program may have dealt with it before we had the lock.
            if os.fstat(descriptor).st_nlink and path.exists():
                yield Orphan(path, _said(path))
        finally:
            os.close(descriptor)


def with_interrupted(session: Session, said: Said) -> Session:
    """The session with the text put into its turn, unless the turn is answered or gone."""
    turn = session.turn(said.turn_id)
    if turn is None or not _is_missing(turn, said):
        return session
    answer = turn.answer
    if said.text or said.reasoning:
        answer = msgspec.structs.replace(
            answer or Message(role="assistant", content=None),
            content=said.text,
            timestamp=said.at,
            reasoning=said.reasoning or (answer.reasoning if answer else None),
        )
    interrupted = msgspec.structs.replace(turn.with_answer(answer), finish="interrupted")
    return session.with_turn(interrupted)


def is_kept(session: Session, said: Said) -> bool:
    """Whether all that the journal holds stands in the session."""
    turn = session.turn(said.turn_id)
    if turn is None:
        return False
    answers = [turn.answer, *(other.message for other in turn.alternatives)]
    return not (said.text or said.reasoning) or any(
        answer is not None
        and said.text in answer.text
        and said.reasoning in (answer.reasoning or "")
        for answer in answers
    )


def _is_missing(turn: Turn, said: Said) -> bool:
    if turn.answer is None:
        return bool(said.text or said.reasoning) or turn.finish is None
    # A cut answer that was being continued: the journal began with what had been there.
    begun = turn.answer.text
    return turn.is_cut and len(said.text) > len(begun) and said.text.startswith(begun)


def _sweep(path: Path) -> None:
    # Its owner needs moments to lock and name it, so an old one has none; it holds no text.
    with suppress(OSError):
        if time.time() - path.lstat().st_mtime > _MAKING_TAKES_AT_MOST_S:
            path.unlink()


def _locked(path: Path) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None  # Gone, or no journal of ours.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _said(path: Path) -> Said | None:
    try:
        data, stamp = files.read(path)
    except (OSError, StoreError, DamagedFileError):
        return None
    records = list(_records(data))
    if not records or not {"session", "turn"} <= records[0].keys():
        return None
    return Said(
        session_id=records[0]["session"],
        turn_id=records[0]["turn"],
        text="".join(record.get("t", "") for record in records[1:]),
        reasoning="".join(record.get("r", "") for record in records[1:]),
        at=stamp.modified_at,
    )


def _records(data: bytes) -> Iterator[dict[str, str]]:
    """The records up to the first line that is torn."""
    for line in data.splitlines():
        checksum, _, payload = line.partition(b" ")
        if checksum != f"{zlib.crc32(payload):08x}".encode():
            return
        try:
            record = json.loads(payload)
        except (ValueError, RecursionError):
            return
        if not isinstance(record, dict) or not all(isinstance(v, str) for v in record.values()):
            return
        yield record
