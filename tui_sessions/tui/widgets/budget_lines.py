"""What is said of budgets in a pane: lines of styled pieces; knows no widget and no colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from tui_sessions.model.budget import Standing
from tui_sessions.model.display import shown_amount, shown_priced

KINDS = {"fine": "bar", "near": "full", "over": "over"}
"""How a bar looks in each state of its budget."""
BarLine = tuple[tuple[str, str], ...]


def budget_lines(standings: Iterable[Standing], width: int) -> list[BarLine]:
    """Each budget: its name, what is spent of it, a bar; where there is little room, one below the other."""
    lines: list[BarLine] = []
    for standing in standings:
        lines += _words(standing, width)
        lines.append(bar(standing, width))
        soft = standing.soft
        if standing.is_soft_passed and standing.hard is not None and soft is not None:
            lines.append(((f"soft limit {shown_amount(soft)} passed", "full"),))
    return lines


def bar(standing: Standing, width: int) -> BarLine:
    """Its share as a line; the least that is spent is seen."""
    width = max(width, 1)
    filled = min(width, round(min(standing.share, 1.0) * width))
    if standing.spent.nanousd and not filled:
        filled = 1
    if standing.state != "over" and filled == width:
        filled = max(1, width - 1)
    return (("━" * filled, KINDS[standing.state]), ("━" * (width - filled), "rest"))


def _words(standing: Standing, width: int) -> list[BarLine]:
    kind = "text" if standing.state == "fine" else KINDS[standing.state]
    label = standing.label
    amounts = f"{shown_priced(standing.spent)} of {shown_amount(standing.budget.limit)}"
    for value in (f"{amounts} · {standing.shown_share}", amounts):
        gap = width - cell_len(label) - cell_len(value)
        if gap > 0:
            return [((label + " " * gap, "label"), (value, kind))]
    room = max(0, width - cell_len(amounts))
    return [((label, "label"),), ((" " * room + amounts, kind),)]
