"""The keys of the statistics screen, and what its help says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_sessions.model.period import PERIODS
from tui_sessions.tui.widgets.key_bar import bound_keys
from tui_sessions.tui.widgets.statistics.period_line import Entry
from tui_sessions.tui.widgets.statistics.view_list import VIEW_KEYS

HELP = """\
## Statistics

What answers cost, used and took, counted when they were given. **?** and *unpriced* are unknown and never
counted as nothing: `$1.23 + 3 unpriced`. Every bar leads to its sessions, the dearest first.

A filter says of which sessions (`tag:python model:gpt`), and `since:` and `until:` in it between which days.
"""
KEYS = (
    ("statistics.measure", "c", "cost, tokens, answers"),
    ("statistics.filter", "/", "filter"),
    ("statistics.export", "e", "CSV"),
    ("statistics.help", "F1", "help"),
    ("app.focus_next", "tab", "next pane"),
    ("statistics.shorter", "[", "shorter"),
    ("statistics.longer", "]", "longer"),
    ("statistics.leave", "esc", "back"),
)
"""The line at the bottom: id of the binding, key by default, what it does."""
BINDINGS: tuple[BindingType, ...] = (
    *(
        Binding(key, f"view('{view}')", what, id=f"statistics.view_{view}", show=False)
        for view, key, what in VIEW_KEYS
    ),
    *(
        Binding(str(n), f"period('{p.name}')", p.words, id=f"statistics.period_{n}", show=False)
        for n, p in enumerate(PERIODS, 1)
    ),
    Binding("left_square_bracket", "stretch(-1)", "a shorter time", id="statistics.shorter"),
    Binding("right_square_bracket", "stretch(1)", "a longer time", id="statistics.longer"),
    Binding("c", "measure", "cost, tokens or answers; the next order", id="statistics.measure"),
    Binding("slash", "filter", "filter", id="statistics.filter"),
    Binding("e", "export", "what is shown as CSV", id="statistics.export"),
    Binding("f1,question_mark", "help", "help", id="statistics.help"),
    Binding("escape,q", "back", "back", id="statistics.leave"),
    Binding("f5", "leave", "to the workspace", id="statistics.close", show=False),
)


UNMEASURED = ("session", "budgets")
"""Views that have one measure only."""
PICKS = ("figures.pick", "chart.pick", "week.pick")


def shown(
    screen: Screen[Any], *, are_sessions: bool, view: str = ""
) -> Sequence[tuple[str, str, str]]:
    """What the line at the bottom says; enter first, where it leads anywhere."""
    bound = bound_keys(screen)
    pick = next((name for name in PICKS if name in bound), "")
    what = "open it" if are_sessions else "sessions"
    measure, *others = KEYS
    first = [(pick, "enter", what)] if pick else []
    if view == "performance" and not are_sessions:
        first.append((*measure[:2], "next order"))
    elif view not in UNMEASURED or are_sessions:
        first.append(measure)
    return (*first, *others)


def period_entries(screen: Screen[Any], chosen: str) -> tuple[Entry, ...]:
    """The stretches of time with their keys as they are bound; `chosen` is the name of one."""
    bound = bound_keys(screen)
    return tuple(
        (
            bound.get(f"statistics.period_{number}", [str(number)])[0],
            period.label,
            period.name == chosen,
        )
        for number, period in enumerate(PERIODS, 1)
    )


def view_names(screen: Screen[Any]) -> dict[str, str]:
    """The key of each view, as it is bound."""
    bound = bound_keys(screen)
    return {view: bound.get(f"statistics.view_{view}", [key])[0] for view, key, _ in VIEW_KEYS}
