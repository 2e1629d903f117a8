"""Answers that other programs are receiving now, as their journals tell."""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui_sessions.errors import AnsweredElsewhereError
from tui_sessions.store.journal import SUFFIX

if TYPE_CHECKING:
    from tui_sessions.store.locks import Locks

_HEAD_BYTES = 4096
"""More than the first line of a journal has."""
_MOST_AT_ONCE = 1 << 20


class Elsewhere(NamedTuple):
    """An answer that another program receives."""

    journal: str
    """The name of its journal: there is one for each answer."""
    session_id: str
    turn_id: str
    model: str
    """Empty where its journal does not say."""


class OtherPrograms:
    """What the other programs on a library are doing."""

    def __init__(self, journals: Path, locks: Locks) -> None:
        self._journals = journals
        self._locks = locks

    def answering(self, session_id: str | None = None) -> tuple[Elsewhere, ...]:
        """The answers that others are receiving now, in one session or in all."""
        found = answered_elsewhere(self._journals)
        return tuple(one for one in found if session_id in (None, one.session_id))

    def follow(self, answer: Elsewhere) -> Followed:
        """Its text, as it comes."""
        return Followed(self._journals / answer.journal)

    @contextmanager
    def asking(self, session_id: str, *, is_shared: bool = False) -> Iterator[None]:
        """From the check of what keeps a prompt from being sent until the journals of its answers are there:
        meanwhile no other program asks in the same session, or, where a budget `is_shared`, anywhere.

        Raises `AnsweredElsewhereError` where another program answers the session, `ConflictError`, `StoreError`.
        """
        with ExitStack() as stack:
            if is_shared:
                busy = "Another program is asking just now."
                stack.enter_context(self._locks.held_as("asking", busy=busy))
            name = f"asking-{zlib.crc32(session_id.encode('utf-8', 'replace')) % 256:02x}"
            busy = "Another program is asking in this session just now."
            stack.enter_context(self._locks.held_as(name, busy=busy))
            if self.answering(session_id):
                raise AnsweredElsewhereError(
                    "This session is being answered in another window. Wait for the end of that answer."
                )
            yield


class Followed:
    """The journal of an answer that another program receives, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._half = b""

    def news(self) -> list[tuple[str, bool]]:
        """The pieces that came since the last time: text, and whether it is reasoning."""
        found: list[tuple[str, bool]] = []
        for line in self._lines():
            record = _record(line)
            for key, is_reasoning in (("r", True), ("t", False)):
                if record is not None and isinstance(piece := record.get(key), str):
                    found.append((piece, is_reasoning))
        return found

    @property
    def is_left_behind(self) -> bool:
        """Whether its program died: the journal is there, and nobody holds it."""
        return self._path.exists() and _head(self._path) is None

    def _lines(self) -> list[bytes]:
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(self._path, flags)
        except OSError:
            return []
        try:
            data = os.pread(descriptor, _MOST_AT_ONCE, self._offset)
        except OSError:
            return []
        finally:
            os.close(descriptor)
        self._offset += len(data)
        *lines, self._half = (self._half + data).split(b"\n")
        return lines


def answered_elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """The journals whose lock another program holds; what cannot be read is left out."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    own = f"{os.getpid()}-"
    for name in names:
        if not name.endswith(SUFFIX) or name.startswith(own):
            continue
        head = _head(folder / name)
        if head is not None:
            session_id, turn_id, model = (head.get(key) for key in ("session", "turn", "model"))
            if session_id and turn_id:
                yield Elsewhere(name, str(session_id), str(turn_id), str(model or ""))


def _head(path: Path) -> dict[str, object] | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        first, _, _ = os.read(descriptor, _HEAD_BYTES).partition(b"\n")
        return _record(first)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None  # Nobody receives it any more.


def _record(line: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(line.partition(b" ")[2])
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
