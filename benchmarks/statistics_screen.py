"""F14: the statistics on the screen: from the key to the picture."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.rig import Rig

_GOAL_MS = {100_000: 300}
_QUIET_S = 0.3
_FILLED = r"overview · [\s\S]*(by model|Nothing was asked)"
_VIEWS = (("m", r"models · ever"), ("h", r"hours · ever"), ("d", r"dearest sessions · ever"))


def statistics_screen(rig: Rig) -> Iterator[Figure]:
    """F14: F5 to the filled screen, the first time and later; then everything there ever was, view by view."""
    for size in rig.sizes:
        first: list[float] = []
        later: list[float] = []
        everything: list[float] = []
        views: list[float] = []
        with rig.ready(rig.library(size)) as terminal:
            terminal.see(f" {size:,} ·")
            terminal.settle(_QUIET_S)
            for number in range(rig.runs + 1):
                pressed = terminal.press("f5")
                seen = terminal.see(_FILLED)
                (later if number else first).append(1000 * (seen - pressed))
                terminal.settle(_QUIET_S)
                if not number:
                    pressed = terminal.press("7")
                    everything.append(1000 * (terminal.see("overview · ever") - pressed))
                    terminal.settle(_QUIET_S)
                    for key, shows in _VIEWS:
                        pressed = terminal.press(key)
                        views.append(1000 * (terminal.see(shows) - pressed))
                        terminal.settle(_QUIET_S)
                    terminal.press("o")
                    terminal.settle(_QUIET_S)
                terminal.press("escape")
                terminal.settle(_QUIET_S)
        what = f"{size:,} sessions"
        goal = _GOAL_MS.get(size)
        for name, samples, limit in (
            ("F5 to the filled screen, first", first, None),
            ("F5 to the filled screen", later, goal),
            ("everything there ever was", everything, None),
            ("another view", views, None),
        ):
            yield Figure(
                "F14", f"{name}, {what}", "ms", tuple(samples), goal=limit, series=name, size=size
            )
