"""F1 and F13: how soon the screen takes a key, what it holds then, and what it does when nobody does anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.rig import Rig, first_key_ms
from benchmarks.terminal import Terminal

_TIMES_BARE = {0: 1.8, 10_000: 2.0, 100_000: 2.2}
_MEMORY_MB = {10_000: 60, 100_000: 90}
_IDLE_S = 20
_IDLE_PERCENT = 0.2


def start(rig: Rig) -> Iterator[Figure]:
    """F1: a typed letter shows; the tree is filled; memory then."""
    for size in (0, *rig.sizes):
        root = rig.library(size) if size else rig.empty()
        samples = [_start(rig, root, size) for _ in range(rig.runs + 1)][1:]
        keys, filled, memory = zip(*samples, strict=True)
        what = f"{size:,} sessions"
        yield Figure(
            "F1",
            f"start to first key, {what}",
            "ms",
            keys,
            ratio_goal=_TIMES_BARE.get(size),
            floor=rig.bare_start_ms(),
            series="start to first key",
            size=size,
        )
        if size:
            yield Figure(
                "F1", f"start to filled tree, {what}", "ms", filled, series="tree filled", size=size
            )
        yield Figure("F1", f"memory, {what}", "MB", memory, goal=_MEMORY_MB.get(size), size=size)


def _start(rig: Rig, root: Path, size: int) -> tuple[float, float, float]:
    with rig.screen(root) as terminal:
        key = first_key_ms(terminal)
        filled = terminal.see(f" {size:,} ·") if size else terminal.at
        terminal.settle(0.5)
        return key, 1000 * (filled - terminal.started_at), terminal.peak_mb()


def idle(rig: Rig) -> Iterator[Figure]:
    """F13: processor time and wake-ups while a session is open and nothing happens."""
    with rig.bare() as terminal:
        first_key_ms(terminal)
        floor_percent, floor_wakes = _idle(terminal)
    with rig.ready(rig.long_library(), "long_100") as terminal:
        percent, wakes = _idle(terminal)
    yield Figure(
        "F13",
        f"idle for {_IDLE_S} s, a session open",
        "%",
        (percent,),
        goal=_IDLE_PERCENT,
        floor=floor_percent,
    )
    yield Figure("F13", "wake-ups while idle", "/s", (wakes,), floor=floor_wakes)


def _idle(terminal: Terminal) -> tuple[float, float]:
    terminal.rest(3)
    cpu, wakes = terminal.cpu_s(), terminal.wake_ups()
    terminal.rest(_IDLE_S)
    return 100 * (terminal.cpu_s() - cpu) / _IDLE_S, (terminal.wake_ups() - wakes) / _IDLE_S
