"""F3 and F4: opening a conversation and moving through it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.library import END_OF_SESSION
from benchmarks.rig import LENGTHS, Rig
from benchmarks.terminal import Terminal

_OPEN_MS = 150
_FLAT = 1.5
_GROWTH_MB = 40
_PAGES = 100
_PAGE_MS, _WORST_PAGE_MS = 40, 80
_LONG = 2_000
_SIZES = ((120, 40), (160, 48))


def opening(rig: Rig) -> Iterator[Figure]:
    """F3: from enter in the tree to the end of the session on the screen; every one in a fresh program."""
    floor = None
    for turns in LENGTHS:
        opened = [_open(rig, turns) for _ in range(rig.runs)]
        times, grown = zip(*opened, strict=True)
        figure = Figure(
            "F3",
            f"open {turns:,} turns",
            "ms",
            times,
            goal=_OPEN_MS,
            floor=floor,
            ratio_goal=_FLAT if turns == LENGTHS[-1] else None,
            series="open a session",
            size=turns,
        )
        floor = floor or figure.measured
        yield figure
        yield Figure(
            "F3",
            f"memory for {turns:,} turns",
            "MB",
            grown,
            goal=_GROWTH_MB if turns == LENGTHS[-1] else None,
            series="memory of a session",
            size=turns,
        )


def _open(rig: Rig, turns: int) -> tuple[float, float]:
    with rig.ready(rig.long_library()) as terminal:
        terminal.see(f"Long {LENGTHS[-1]}")
        for key in ("f6", "home", *["down"] * LENGTHS.index(turns)):
            terminal.press(key)
            terminal.rest(0.05)
        terminal.settle()
        memory = terminal.memory_mb()
        pressed = terminal.press("enter")
        seen = terminal.see(rf"{END_OF_SESSION} of Long {turns}\.")
        terminal.settle(0.5)
        return 1000 * (seen - pressed), terminal.memory_mb() - memory


def resizing(rig: Rig) -> Iterator[Figure]:
    """F4: from another size to the first screen of it, and a search through all turns, from a letter
    to the number of hits."""
    floor = None
    for turns in (LENGTHS[0], LENGTHS[-1]):
        with rig.ready(rig.long_library(), f"long_{turns}") as terminal:
            terminal.see(END_OF_SESSION)
            terminal.press("f7")
            terminal.press("pageup")
            terminal.settle(0.5)
            resized = tuple(_resized_ms(terminal, size) for _ in range(rig.runs) for size in _SIZES)
            found = tuple(_found_ms(terminal) for _ in range(rig.runs))
        figure = Figure("F4", f"resize, {turns:,} turns", "ms", resized, floor=floor)
        floor = floor or figure.measured
        yield figure
        yield Figure("F4", f"find a common word, {turns:,} turns", "ms", found)


def _resized_ms(terminal: Terminal, size: tuple[int, int]) -> float:
    moment = terminal.resize(*size)
    drawn = terminal.until(lambda text: text.count("│") > size[1])
    terminal.settle()
    return 1000 * (drawn - moment)


def _found_ms(terminal: Terminal) -> float:
    terminal.press("/")
    terminal.press("th")
    terminal.settle()
    # To the last change: the letter shows first, beside the number of hits of the former ones.
    found = terminal.settled_ms("e")
    terminal.press("escape")
    terminal.settle()
    return found


def paging(rig: Rig) -> Iterator[Figure]:
    """F4: from page-up to the first change, from the end of a long session upwards."""
    with rig.ready(rig.long_library(), f"long_{_LONG}") as terminal:
        terminal.see(END_OF_SESSION)
        terminal.press("f7")
        terminal.settle()
        samples = []
        for _ in range(_PAGES):
            shown = terminal.text
            pressed = terminal.press("pageup")
            changed = terminal.until(shown.__ne__)
            samples.append(1000 * (changed - pressed))
            terminal.settle(0.05)
    what = f"page-up, {_LONG:,} turns"
    yield Figure("F4", what, "ms", tuple(samples), goal=_PAGE_MS)
    yield Figure("F4", what, "ms", tuple(samples), goal=_WORST_PAGE_MS, held_to="worst")
