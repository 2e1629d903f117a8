"""F11: a turn saved into a large session, durably."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from statistics import median
from unittest.mock import patch

from msgspec.structs import replace

from benchmarks.figure import Figure
from benchmarks.library import write_long
from benchmarks.rig import Rig
from tui_sessions.model.session import Session
from tui_sessions.store.library import Library
from tui_sessions.wiring import utc_now

_TURNS = 440
"""They make a file of a megabyte."""
_TIMES_FSYNC = 3.0
_SAVES = 20


def saving(rig: Rig) -> Iterator[Figure]:
    """The time of `Library.update` that adds a turn, against the fsyncs within it."""
    root = rig.work / "library-saving"
    write_long(root, (_TURNS,))
    size = (root / f"long_{_TURNS}.json").stat().st_size
    library = Library.open(root, now=utc_now)
    session_id = library.rows()[0].id
    saves, syncs = [], []
    for _ in range(_SAVES):
        with patch("os.fsync", _Timed()) as fsync:
            began = time.perf_counter()
            library.update(session_id, _with_a_turn)
            saves.append(1000 * (time.perf_counter() - began))
        syncs.append(1000 * fsync.seconds)
    yield Figure(
        "F11",
        f"save a turn into {size / 1e6:.1f} MB",
        "ms",
        tuple(saves),
        floor=median(syncs),
        ratio_goal=_TIMES_FSYNC,
    )


class _Timed:
    """`os.fsync`, and how long it took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._fsync = os.fsync

    def __call__(self, descriptor: int) -> None:
        began = time.perf_counter()
        self._fsync(descriptor)
        self.seconds += time.perf_counter() - began


def _with_a_turn(session: Session) -> Session:
    turn = replace(session.turns[-1], id=f"added{len(session.turns)}")
    return session.with_turn(turn)
