"""F2: the command line on files."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.rig import Rig

_HELP_MS = 70
_LIMIT_MS = {10_000: 100, 100_000: 250}


def commands(rig: Rig) -> Iterator[Figure]:
    """The wall time of whole commands."""
    floor = rig.python_ms()
    yield Figure(
        "F2",
        "`--help`",
        "ms",
        rig.times([rig.program, "--help"], rig.empty()),
        goal=_HELP_MS,
        floor=floor,
    )
    for size in rig.sizes:
        root = rig.library(size)
        one = f"s{size // 2:011d}"
        for name, arguments in (
            ("list", ["list", "--limit", "20"]),
            ("show", ["show", one]),
            ("tag", ["tag", one, "measured"]),
        ):
            yield Figure(
                "F2",
                f"`{name}`, {size:,} sessions",
                "ms",
                rig.times([rig.program, *arguments], root),
                goal=_LIMIT_MS.get(size),
                floor=floor,
                series=f"`{name}`",
                size=size,
            )
