"""Sums as tables of the statistics screen: a row for each bar or session. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui_sessions.model.display import shown_count, shown_number, shown_priced
from tui_sessions.model.statistics import Amount, Slice, Sum
from tui_sessions.model.statistics_words import (
    measured,
    share_of,
    shown_column,
    shown_key,
    shown_measure,
    shown_tokens,
    shown_unpriced,
    spoken_sum,
)
from tui_sessions.model.text import clean_line
from tui_sessions.tui.widgets.statistics.page import Column, Row, Table

NOTHING = "Nothing was asked {when}{where}."


@dataclass(frozen=True, slots=True)
class Manner:
    """How a page is to be shown."""

    measure: str = "cost"
    order: str = "latency"
    """By which column the table of latencies goes."""
    is_calm: bool = False
    when: str = ""
    """The stretch of time in words."""
    is_filtered: bool = False


def nothing(manner: Manner) -> str:
    """Why there is nothing to see."""
    where = " in the sessions that the filter finds" if manner.is_filtered else ""
    return NOTHING.format(when=manner.when, where=where)


def subtitle(total: Sum, manner: Manner) -> str:
    """The sum of all that is shown."""
    return f"{shown_measure(total, manner.measure)} {_UNITS[manner.measure]}".rstrip()


_UNITS = {"cost": "", "tokens": "tokens", "answers": "answers"}


def slice_table(
    dimension: str,
    slices: Sequence[Slice],
    total: Sum,
    manner: Manner,
    *,
    heading: str = "",
    most: int | None = None,
) -> Table:
    """A row for each slice, the biggest of the measure first."""
    measure = manner.measure
    slices = sorted(slices, key=lambda slice: -measured(slice.sum, measure))[:most]
    columns, cells = _figures([slice.sum for slice in slices], total, measure)
    top = max((measured(slice.sum, measure) for slice in slices), default=0)
    rows = tuple(
        Row(
            key=slice.key,
            label=shown_key(dimension, slice.key),
            cells=figures,
            share=measured(slice.sum, measure) / top if top > 0 else 0.0,
            spoken=spoken(shown_key(dimension, slice.key), slice.sum, total, measure),
        )
        for slice, figures in zip(slices, cells, strict=True)
    )
    return Table(heading, columns, rows, bar_after=_bar_after(columns), empty=nothing(manner))


def amount_table(amounts: Sequence[Amount], total: Sum, manner: Manner) -> Table:
    """A row for each session."""
    measure = manner.measure
    amounts = sorted(amounts, key=lambda amount: -measured(amount.sum, measure))
    columns, cells = _figures([a.sum for a in amounts], total, measure, is_session=True)
    top = max((measured(amount.sum, measure) for amount in amounts), default=0)
    rows = tuple(
        Row(
            key=amount.session_id,
            label=_title(amount),
            cells=figures,
            share=measured(amount.sum, measure) / top if top > 0 else 0.0,
            spoken=spoken(_title(amount), amount.sum, total, measure, is_session=True),
        )
        for amount, figures in zip(amounts, cells, strict=True)
    )
    return Table("session", columns, rows, bar_after=_bar_after(columns), empty=nothing(manner))


def _title(amount: Amount) -> str:
    return clean_line(amount.title) or amount.session_id


def spoken(label: str, sum: Sum, total: Sum, measure: str, *, is_session: bool = False) -> str:
    """A bar or a session as a sentence."""
    share = share_of(sum, total, measure)
    words = spoken_sum(sum)
    if is_session:
        words = words.replace(", 1 session", "")
    of = {"cost": "of the cost", "tokens": "of the tokens", "answers": "of the answers"}[measure]
    return f"{label}: {words}" + (f", {share} {of}" if share else "")


def _bar_after(columns: Sequence[Column]) -> int:
    """Behind the measure, what it lacks, and its share."""
    return next((n + 1 for n, column in enumerate(columns) if column.heading == "share"), 1)


def _figures(
    sums: Sequence[Sum], total: Sum, measure: str, *, is_session: bool = False
) -> tuple[tuple[Column, ...], list[tuple[str, ...]]]:
    """The columns, the measure first, and the cells of each sum."""
    has_unpriced = any(sum.cost.unknown for sum in sums)
    has_errors = any(sum.errors for sum in sums)
    columns: list[tuple[str, list[str]]] = []

    def add(heading: str, cells: list[str]) -> None:
        columns.append((heading, cells))

    def add_measure(name: str) -> None:
        match name:
            case "cost":
                costs = shown_column([sum.cost for sum in sums])
                unpriced = [shown_unpriced(sum.cost) for sum in sums]
                if measure == "cost":
                    add("cost", costs)
                    if has_unpriced:
                        add("unpriced", unpriced)
                else:
                    # In one column, so that the one is never seen without the other.
                    widest = max(map(len, unpriced), default=0)
                    pairs = zip(costs, unpriced, strict=True)
                    joined = [f"{cost} {more:<{widest}}" for cost, more in pairs]
                    add("cost", joined if has_unpriced else costs)
            case "tokens":
                add("tokens", [shown_tokens(sum) for sum in sums])
            case "answers":
                add("answers", [shown_count(sum.answers) for sum in sums])

    add_measure(measure)
    add("share", [share_of(sum, total, measure) for sum in sums])
    for name in ("cost", "answers", "tokens"):
        if name != measure:
            add_measure(name)
    if not is_session:
        add("sessions", [shown_count(sum.sessions) for sum in sums])
    if has_errors:
        add("errors", [shown_count(sum.errors) if sum.errors else "" for sum in sums])
    heads = tuple(
        Column(heading, is_chosen=heading == measure, is_needed=heading == "unpriced")
        for heading, _ in columns
    )
    cells = [tuple(values[n] for _, values in columns) for n in range(len(sums))]
    return heads, cells


def bar_words(step: str, key: str, sum: Sum | None, total: Sum, measure: str) -> str:
    """What is said of a bar over time, or of an hour, when the cursor is on it."""
    label = shown_key(step, key)
    if sum is None:
        return f"{label} · nothing"
    share = share_of(sum, total, measure)
    return " · ".join(
        (
            label,
            shown_priced(sum.cost),
            f"{shown_tokens(sum)} tokens",
            shown_number(sum.answers, "answer"),
            shown_number(sum.sessions, "session"),
            *((share,) if share else ()),
        )
    )


def together(sums: Sequence[Sum]) -> Sum:
    """Sums added up; how many sessions they have together is not known by them."""
    names = ("answers", "sessions", "errors", "tokens", "unknown_tokens")
    added = {name: sum(getattr(one, name) for one in sums) for name in names}
    total = Sum(**added)
    cost = total.cost
    for one in sums:
        cost = cost.plus(one.cost)
    return Sum(**added, cost=cost)
