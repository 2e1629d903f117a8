"""What the cost pane says about a session, as lines of styled pieces; knows no widget and no colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from rich.cells import cell_len

from tui_sessions.model.budget import Standing
from tui_sessions.model.charges import turn_cost
from tui_sessions.model.display import (
    UNKNOWN,
    shown_cost,
    shown_count,
    shown_duration,
    shown_priced,
    shown_share,
    shown_short_count,
)
from tui_sessions.model.housekeeping import calls
from tui_sessions.model.money import Cost
from tui_sessions.model.price_words import shown_source
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Turn
from tui_sessions.tui.widgets.budget_lines import budget_lines

Piece = tuple[str, str]
"""A text and what it is: `text`, `label`, `head`, `bar`, `rest`, `full`, `over`, `spark`, `muted`."""
Line = tuple[Piece, ...]

NOTHING_YET = "Nothing was asked here yet."
MOST_WIDTH = 48
"""Numbers far away from their labels are hard to read."""
SPARKS = "▁▂▃▄▅▆▇█"
COLUMNS = (("in", 6), ("out", 6), ("cost", 9), ("time", 7))


@dataclass(frozen=True, slots=True)
class Figures:
    """What the pane is given beside the session."""

    context_tokens: int | None = None
    """What the model takes at most."""
    used_tokens: int | None = None
    """What the next prompt would send."""
    sums: tuple[tuple[str, Cost], ...] = ()
    budgets: tuple[Standing, ...] = ()
    """Those that concern the session."""


def summary(session: Session, figures: Figures, width: int) -> list[Line]:
    """Everything above the table of turns."""
    width = min(width, MOST_WIDTH)
    if not session.turns:
        budgets = _budgets(figures, width)
        return [((NOTHING_YET, "label"),), *budgets, (), *_sums(figures, width)]
    lines = [*_totals(session, width), *_budgets(figures, width), *_context(figures, width)]
    lines += _price(session, width)
    lines += _spark_lines(session.turns, width)
    if figures.sums:
        lines += [(), *_sums(figures, width)]
    return [*lines, (), head(len(session.turns), width)]


def _budgets(figures: Figures, width: int) -> list[Line]:
    if not figures.budgets:
        return []
    return [(), (("budget", "label"),), *budget_lines(figures.budgets, width)]


def _sums(figures: Figures, width: int) -> list[Line]:
    return [_sum(clean_line(label), cost, width) for label, cost in figures.sums]


def _sum(label: str, cost: Cost, width: int) -> Line:
    """With the count of what is unpriced, where there is room for it."""
    whole = shown_priced(cost)
    fits = cell_len(label) + cell_len(whole) < width
    return _pair(label, whole if fits else shown_cost(cost), width)


def head(turns: int, width: int) -> Line:
    """The names of the columns."""
    number, columns = _layout(turns, width)
    names = "".join(name.rjust(cells) for name, cells in columns)
    return (("#".rjust(number) + names, "head"),)


def turn_line(number: int, turn: Turn, turns: int, width: int) -> Line:
    """One turn: its number, tokens in and out, cost, time."""
    number_cells, columns = _layout(turns, min(width, MOST_WIDTH))
    usage = turn.inherited_usage if turn.inherited else turn.usage
    cost = turn.inherited_cost if turn.inherited else turn_cost(turn)
    values = (
        shown_short_count(usage.prompt_tokens if usage else None),
        shown_short_count(usage.completion_tokens if usage else None),
        shown_cost(cost),
        short_duration(turn.latency_ms),
    )
    cells = "".join(value.rjust(room) for value, (_, room) in zip(values, columns, strict=False))
    label = f"⑂{number}" if turn.inherited else str(number)
    return ((label.rjust(number_cells), "label"), (cells, "muted" if turn.inherited else "text"))


def counted(turns: int) -> str:
    """`1 turn`, `2 turns`."""
    return f"{turns:,} turn" + ("" if turns == 1 else "s")


def short_duration(milliseconds: float | None) -> str:
    """A duration in at most six characters: `310ms`, `1.4s`, `2min`."""
    shown = shown_duration(milliseconds).replace(" ", "")
    return shown if len(shown) <= 6 else shown[: shown.index("h" if "h" in shown else "n") + 1]


def sparkline(values: Sequence[int | None], width: int) -> str:
    """One character for each value, or for each group of them where there are too many."""
    if not values or width < 1:
        return ""
    groups = min(width, len(values))
    edges = [len(values) * i // groups for i in range(groups + 1)]
    sums = [
        sum(known) if (known := [v for v in values[a:b] if v is not None]) else None
        for a, b in pairwise(edges)
    ]
    top = max((value for value in sums if value is not None), default=0)
    if top <= 0:
        return ""
    last = len(SPARKS) - 1
    return "".join(" " if v is None else SPARKS[max(0, min(last, v * last // top))] for v in sums)


def _layout(turns: int, width: int) -> tuple[int, list[tuple[str, int]]]:
    number = max(3, len(str(turns)) + 1)
    columns = list(COLUMNS)
    while len(columns) > 2 and number + sum(cells for _, cells in columns) > width:
        columns.pop()
    spare = max(0, width - number - sum(cells for _, cells in columns))
    share, rest = divmod(spare, len(columns))
    return number + rest, [(name, cells + share) for name, cells in columns]


def _pair(label: str, value: str, width: int, kind: str = "text") -> Line:
    gap = max(1, width - cell_len(label) - cell_len(value))
    return ((label + " " * gap, "label"), (value, kind))


def _totals(session: Session, width: int) -> list[Line]:
    totals = session.totals
    own = [turn for turn in session.turns if not turn.inherited]
    times = [turn.latency_ms for turn in own if turn.latency_ms is not None]
    mean = sum(times) / len(times) if times else None
    pairs = (
        ("tokens in", shown_count(totals.prompt_tokens)),
        ("  of them cached", shown_count(totals.cached_tokens)),
        ("tokens out", shown_count(totals.completion_tokens)),
        ("  of them reasoning", shown_count(totals.reasoning_tokens)),
        ("mean latency", shown_duration(mean)),
    )
    lines = [_pair(label, value, width) for label, value in pairs]
    lines.insert(-1, _sum("cost", session.cost, width))
    if named := calls(session):
        spent = Cost.total(call.cost for call in named)
        lines.insert(-1, _sum("  titles and tags", spent, width))
    if session.cost.unknown:
        lines += _words(":reprice prices what is unpriced", width)
    if shared := len(session.turns) - len(own):
        lines += _words(f"⑂ {counted(shared)} of the parent, counted there", width)
    return lines


def _context(figures: Figures, width: int) -> list[Line]:
    if not figures.context_tokens:
        return []
    if figures.used_tokens is None:
        size = shown_short_count(figures.context_tokens)
        return [(), _pair("context", f"{UNKNOWN} of {size}", width)]
    share = figures.used_tokens / figures.context_tokens
    filled = min(width, max(round(share * width), 1 if figures.used_tokens else 0))
    of = f"{shown_short_count(figures.used_tokens)} of {shown_short_count(figures.context_tokens)}"
    kind = "full" if share >= 0.9 else "bar"
    return [
        (),
        _pair("context", f"{of} · {shown_share(share)}", width, "full" if share >= 0.9 else "text"),
        (("━" * filled, kind), ("━" * (width - filled), "rest")),
    ]


def _price(session: Session, width: int) -> list[Line]:
    price = next((turn.price for turn in reversed(session.turns) if turn.price), None)
    if price is None:
        return [(), _pair("price", UNKNOWN, width)]
    lines: list[Line] = [(), *_words(f"price: {shown_source(price)}", width)]
    if price.input_per_mtok is not None or price.output_per_mtok is not None:
        rates = f"{shown_cost(price.input_per_mtok)} in, {shown_cost(price.output_per_mtok)} out"
        lines += _words(f"{rates} per million", width)
    return lines


def _words(text: str, width: int) -> list[Line]:
    return [((line, "label"),) for line in wrap(text, max(width, 8))]


def _spark_lines(turns: Sequence[Turn], width: int) -> list[Line]:
    for name, values in (
        ("cost by turn", [None if t.inherited else t.cost for t in turns]),
        ("tokens by turn", [t.usage.total if t.usage else None for t in turns]),
    ):
        line = sparkline(values, width)
        if line.strip() and len(values) > 1:
            return [(), ((name, "label"),), ((line, "spark"),)]
    return []
