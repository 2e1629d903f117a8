"""F10: a library read for the first time, and how the screen is to use meanwhile."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import partial
from random import Random

from benchmarks.figure import Figure
from benchmarks.prose import PROBE
from benchmarks.rig import Rig, first_key_ms
from benchmarks.terminal import Terminal

_CPU_S = {10_000: 6.0}
_OF_TEXT = 0.5
_ECHO_MS, _WORST_ECHO_MS = 50, 120
_TYPING_S = 30.0
_QUIET_S = 5.0
_BUSY = re.compile(r"reading [\d,]+ of|indexing text")
_MB = 1 << 20


def first_index(rig: Rig) -> Iterator[Figure]:
    """F10: seconds, memory and disk; then the echo of keys typed while the screen does the same."""
    for size in rig.sizes:
        took, fts = rig.first_index(size), rig.fts(size)
        what = f"{size:,} sessions"
        total = took.rows.cpu_s + took.texts.cpu_s
        yield Figure(
            "F10",
            f"first index, {what}",
            "CPU s",
            (total,),
            goal=_CPU_S.get(size),
            floor=fts.cpu_s,
            series="first index",
            size=size,
        )
        for name, part in (("its rows", took.rows), ("its texts", took.texts)):
            yield Figure("F10", f"{name}, {what}", "CPU s", (part.cpu_s,), series=name, size=size)
            yield Figure("F10", f"{name}, {what}, by the clock", "s", (part.wall_s,))
        yield Figure("F10", f"memory of the first index, {what}", "MB", (took.peak_mb,))
        yield Figure(
            "F10", f"index on disk, {what}", "MB", (took.size / _MB,), floor=fts.size / _MB
        )
        yield Figure(
            "F10",
            f"index by text, {what}",
            "of the text",
            (took.size / fts.text_bytes,),
            goal=_OF_TEXT,
            floor=fts.size / fts.text_bytes,
        )
        files = sum(path.stat().st_size for path in rig.unindexed(size).glob("folder-*/*"))
        name = f"index by session files, {what}"
        yield Figure("F10", name, "of them", (took.size / files,), floor=fts.size / files)
        yield from _meanwhile(rig, size)


def _meanwhile(rig: Rig, size: int) -> Iterator[Figure]:
    """With caches of its own, so that all is to be read."""
    caches = rig.work / f"caches-{size}"
    environ = {**rig.environ(rig.unindexed(size)), "XDG_CACHE_HOME": str(caches)}
    random = Random(1)
    echoes = []
    with Terminal([rig.program], environ) as terminal:
        first = first_key_ms(terminal)
        busy_at = terminal.at
        end = terminal.at + _TYPING_S
        while terminal.at < min(end, busy_at + _QUIET_S):
            if _BUSY.search(terminal.text):
                busy_at = terminal.at
            wanted = terminal.text.count(PROBE) + 1
            pressed = terminal.press(PROBE)
            echoes.append(1000 * (terminal.until(partial(_has, wanted)) - pressed))
            terminal.rest(random.uniform(0.03, 0.12))
    shutil.rmtree(caches)
    what = f"key echo while {size:,} sessions are read"
    yield Figure("F10", f"start to first key without an index, {size:,} sessions", "ms", (first,))
    yield Figure("F10", what, "ms", tuple(echoes), goal=_ECHO_MS, held_to="p95")
    yield Figure("F10", what, "ms", tuple(echoes), goal=_WORST_ECHO_MS, held_to="worst")


def _has(probes: int, text: str) -> bool:
    return text.count(PROBE) >= probes
