"""Answers that other programs are receiving now, as their journals tell."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui_sessions.store.journal import SUFFIX

_HEAD_BYTES = 4096
"""More than the first line of a journal has."""


class Elsewhere(NamedTuple):
    """An answer that another program receives."""

    journal: str
    """The name of its journal: there is one for each answer."""
    session_id: str
    turn_id: str
    model: str


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
            if session_id and turn_id and model:
                yield Elsewhere(name, str(session_id), str(turn_id), str(model))


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
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
