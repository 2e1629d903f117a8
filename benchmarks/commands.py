"""F2: the command line on a library that is indexed already."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import floors
from benchmarks.figure import Figure
from benchmarks.library import SEED, rare_word
from benchmarks.prose import Prose
from benchmarks.rig import Rig
from benchmarks.terminal import own_moment

_HELP_MS = 70
_LIMIT_MS = {10_000: 100, 100_000: 250}
_UNREFRESHED_MS = 100
_TAG = "measured"


def commands(rig: Rig) -> Iterator[Figure]:
    """The wall time of whole commands, then of what each does first: see that nothing has changed."""
    floor = rig.python_ms()
    help_ms = rig.times([rig.program, "--help"], rig.empty())
    yield Figure("F2", "`--help`", "ms", help_ms, goal=_HELP_MS, floor=floor)
    for size in rig.sizes:
        goal = _LIMIT_MS.get(size)
        root = rig.library(size)
        for name, calls in _calls(size).items():
            yield Figure(
                "F2",
                f"`{name}`, {size:,} sessions",
                "ms",
                rig.times_in_turn([[rig.program, *call] for call in calls], root),
                goal=_UNREFRESHED_MS if goal and "no-refresh" in name else goal,
                floor=floor,
                series=f"`{name}`",
                size=size,
            )
        yield from _ripgrep(rig, size)
        yield _reconcile(rig, size)


def _calls(size: int) -> dict[str, list[list[str]]]:
    """By name: what is called in turn."""
    one = f"s{size // 2:011d}"
    rare, common = rare_word(size // 2, 3), Prose(SEED).word(0)
    return {
        "list": [["list", "--limit", "20"]],
        "list --no-refresh": [["list", "--limit", "20", "--no-refresh"]],
        "list tag:bug cost:>0.001": [["list", "--limit", "20", "tag:bug cost:>0.001"]],
        "show": [["show", one]],
        "tag": [["tag", one, _TAG], ["untag", one, _TAG]],
        "search rare": [["search", rare]],
        "search common": [["search", common]],
    }


def _ripgrep(rig: Rig, size: int) -> Iterator[Figure]:
    """For comparison: every file read anew."""
    if program := floors.ripgrep():
        command = [program, "-l", rare_word(size // 2, 3), "."]
        samples = rig.times(
            ["sh", "-c", f'cd "$TUI_SESSIONS_DIR" && {" ".join(command)}'], rig.library(size)
        )
        yield Figure(
            "F2", f"`rg -l` rare, {size:,} sessions", "ms", samples, series="`rg -l`", size=size
        )


def _reconcile(rig: Rig, size: int) -> Figure:
    """The floor is to look at every file's name and stamp."""
    library = rig.opened(size)
    library.refresh()
    samples = []
    for _ in range(rig.runs + 2):
        began = own_moment()
        assert not library.refresh()
        samples.append(1000 * (own_moment() - began))
    name = "reconcile, nothing changed"
    return Figure(
        "F2",
        f"{name}, {size:,} sessions",
        "ms",
        tuple(samples),
        floor=min(floors.scan_ms(library.root) for _ in range(rig.runs)),
        series=name,
        size=size,
    )
