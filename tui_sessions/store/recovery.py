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
from tui_sessions.model.times import parse_time
from tui_sessions.model.turn import CUT, Alternative, Turn
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
    begun_at: datetime | None = None
    """None in journals of former versions, which know neither their model nor what they continue."""
    model: str | None = None
    continues: bool = False
    """Whether it began with an answer that was there."""
    has_more: bool = False
    """Whether something can be read behind a line that is wrong: it is not believed, and not thrown away."""


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
            if not os.fstat(descriptor).st_nlink or not path.exists():
                continue
            orphan = Orphan(path, _said(path))
        except (OSError, StoreError):
            files.let_go(descriptor)  # What cannot be read now is not empty: another time.
            continue
        try:
            yield orphan
        finally:
            files.let_go(descriptor)


def with_interrupted(session: Session, said: Said) -> Session:
    """The session with the text in its turn: as its answer, in place of the cut one that it continues, or
    beside the answer that stands. As it was where the text is there already or the turn is gone."""
    turn = session.turn(said.turn_id)
    if turn is None:
        return session
    if not said.text and not said.reasoning:
        if turn.answer is not None or turn.finish is not None:
            return session
        return session.with_turn(msgspec.structs.replace(turn, finish="interrupted"))
    if is_kept(session, said) and (said.begun_at is not None or turn.answer is not None):
        return session
    return session.with_turn(_grown(turn, said) or _with_another(turn, said))


def is_kept(session: Session, said: Said) -> bool:
    """Whether all that the journal holds stands in the session."""
    turn = session.turn(said.turn_id)
    if turn is None:
        return False
    answers = [turn.answer, *(other.message for other in turn.alternatives)]
    return not (said.text or said.reasoning) or any(
        answer is not None
        and _can_be_of(said, answer)
        and answer.text.startswith(said.text)
        and (answer.reasoning or "").startswith(said.reasoning)
        for answer in answers
    )


def _can_be_of(said: Said, answer: Message) -> bool:
    """Whether the model fits, and the time: an answer has the time of its end."""
    if said.begun_at is None:
        return True
    is_later = answer.timestamp is not None and answer.timestamp >= said.begun_at
    return said.model in (None, answer.model) and (said.continues or is_later)


def _grown(turn: Turn, said: Said) -> Turn | None:
    """The turn with the rest of a cut answer behind it; None where no answer of it begins so."""
    answer = turn.answer
    if answer is not None and turn.is_cut and _continues(said, answer):
        return _interrupted(turn, _with_rest(answer, said))
    for index, other in enumerate(turn.alternatives):
        if other.finish in CUT and _continues(said, other.message):
            message = _with_rest(other.message, said)
            whole = msgspec.structs.replace(other, message=message, finish="interrupted")
            others = (*turn.alternatives[:index], whole, *turn.alternatives[index + 1 :])
            return msgspec.structs.replace(turn, alternatives=others)
    return None


def _with_another(turn: Turn, said: Said) -> Turn:
    answer = Message(
        role="assistant",
        content=said.text,
        timestamp=said.at,
        model=said.model,
        reasoning=said.reasoning or None,
    )
    if turn.answer is None:
        return _interrupted(turn, answer)
    another = Alternative(message=answer, finish="interrupted")
    return msgspec.structs.replace(turn, alternatives=(*turn.alternatives, another))


def _interrupted(turn: Turn, answer: Message) -> Turn:
    return msgspec.structs.replace(turn.with_answer(answer), finish="interrupted")


def _continues(said: Said, answer: Message) -> bool:
    is_longer = said.begun_at is None and len(said.text) > len(answer.text)
    return (
        (said.continues or is_longer)
        and said.text.startswith(answer.text)
        and said.reasoning.startswith(answer.reasoning or "")
    )


def _with_rest(answer: Message, said: Said) -> Message:
    return msgspec.structs.replace(
        answer,
        content=said.text,
        timestamp=said.at,
        reasoning=said.reasoning or answer.reasoning,
    )


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
        files.let_go(descriptor)
        return None
    return descriptor


def _said(path: Path) -> Said | None:
    try:
        data, stamp = files.read(path)
    except (FileNotFoundError, DamagedFileError):
        return None
    records = list(_records(data))
    if not records or not {"session", "turn"} <= records[0].keys():
        return None
    return _told(records, stamp, has_more=_readable(data) > len(records))


def legible(path: Path) -> Said | None:
    """All that can be read in a journal, whatever is wrong with it; None where it cannot be opened."""
    try:
        data, stamp = files.read(path)
    except (OSError, StoreError, DamagedFileError):
        return None
    records = [record for line in data.splitlines() if (record := _record(line)) is not None]
    if not records or "session" not in records[0]:
        records.insert(0, {})
    return _told(records, stamp)


def _told(records: list[dict[str, str]], stamp: files.Stamp, *, has_more: bool = False) -> Said:
    begun_at = parse_time(records[0].get("at"))
    return Said(
        session_id=records[0].get("session", ""),
        turn_id=records[0].get("turn", ""),
        text="".join(record.get("t", "") for record in records[1:]),
        reasoning="".join(record.get("r", "") for record in records[1:]),
        # The clock of files is a little slow.
        at=max(stamp.modified_at, begun_at or stamp.modified_at),
        begun_at=begun_at,
        model=records[0].get("model"),
        continues="continues" in records[0],
        has_more=has_more,
    )


def _records(data: bytes) -> Iterator[dict[str, str]]:
    """The records up to the first line that is torn."""
    for line in data.splitlines():
        record = _record(line)
        if record is None:
            return
        yield record


def _readable(data: bytes) -> int:
    return sum(_record(line) is not None for line in data.splitlines())


def _record(line: bytes) -> dict[str, str] | None:
    checksum, _, payload = line.partition(b" ")
    if checksum != f"{zlib.crc32(payload):08x}".encode():
        return None
    try:
        record = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not all(isinstance(v, str) for v in record.values()):
        return None
    return record
