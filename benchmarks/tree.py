"""F9: the tree of a large library under the fingers."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.rig import Rig

_LIMIT_MS = 50
_MEMORY_MB = {10_000: 60, 100_000: 90}
_TYPED = "000912"
_FOLDS = 10
_SORTS = ("title", "cost", "created", "tokens", "turns", "updated")


def tree(rig: Rig) -> Iterator[Figure]:
    """Each from the key to the last change that it made."""
    for size in rig.sizes:
        with rig.ready(rig.library(size)) as terminal:
            terminal.see(f" {size:,} ·")
            terminal.settle(0.5)
            terminal.press("f6")
            terminal.settle()
            folds = tuple(terminal.settled_ms(key) for key in ["left", "right"] * _FOLDS)
            terminal.press("/")
            terminal.settle()
            typed = [*_TYPED, *["backspace"] * len(_TYPED)]
            letters = tuple(terminal.settled_ms(key) for key in typed)
            memory = terminal.memory_mb()
        yield _figure("filter, a keystroke", letters, size)
        yield _figure("fold and unfold a folder", folds, size)
        yield _figure("another order", _sorts(rig, size), size)
        what = f"memory after filtering and folding, {size:,} sessions"
        yield Figure("F9", what, "MB", (memory,), goal=_MEMORY_MB.get(size))


def _sorts(rig: Rig, size: int) -> tuple[float, ...]:
    with rig.ready(rig.library(size)) as terminal:
        terminal.see(f" {size:,} ·")
        samples = []
        for order in _SORTS:
            terminal.press(f":sort {order}")
            terminal.settle(0.3)
            samples.append(terminal.settled_ms("enter"))
        return tuple(samples)


def _figure(what: str, samples: tuple[float, ...], size: int) -> Figure:
    limit = _LIMIT_MS if size >= 10_000 else None
    name = f"{what}, {size:,} sessions"
    return Figure("F9", name, "ms", samples, goal=limit, series=what, size=size)
