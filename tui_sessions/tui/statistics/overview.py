"""The overview of the statistics: what there is to know, the picture over time, the biggest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.model.display import (
    SMALLEST_SHOWN,
    UNKNOWN,
    shown_amount,
    shown_number,
    shown_priced,
    shown_short_count,
)
from tui_sessions.model.money import NANO
from tui_sessions.model.statistics import Sum
from tui_sessions.model.statistics_words import (
    mean_prompt_tokens,
    mean_session_tokens,
    measured,
    short_key,
    shown_key,
    shown_share,
    shown_tokens,
)
from tui_sessions.tui.statistics.reading import Read
from tui_sessions.tui.statistics.tables import (
    Manner,
    bar_words,
    nothing,
    slice_table,
    spoken,
    subtitle,
)
from tui_sessions.tui.widgets.statistics.bars import nice_top
from tui_sessions.tui.widgets.statistics.page import Page, Row, Series, Table

_STEPS = {"hour": "by hour", "day": "by day", "week": "by week", "month": "by month"}


def overview_page(read: Read, manner: Manner) -> Page:
    """The page; in calm mode all of it as sentences."""
    if not read.total.answers:
        facts = overview_facts(read, manner)[-1:]
        return Page(f"overview · {manner.when}", facts=facts, table=Table(empty=nothing(manner)))
    tops = [
        slice_table(name, slices, read.total, manner, heading=f"by {name}")
        for name, slices in read.tops
    ]
    drawn = drawn_measure(read.total, manner.measure)
    series = series_of(read, drawn)
    if manner.is_calm:
        rows = _calm_rows(read, manner, series)
        return Page(
            f"overview · {manner.when}",
            subtitle(read.total, manner),
            table=Table(rows=rows, empty=nothing(manner)),
        )
    return Page(
        f"overview · {manner.when} · {drawn} {_STEPS[read.step]}",
        subtitle(read.total, manner),
        facts=overview_facts(read, manner),
        series=series,
        table=tops[0],
        beside=tops[1] if len(tops) > 1 else (None if read.is_whole else Table(empty="…")),
    )


def drawn_measure(total: Sum, measure: str) -> str:
    """What the bars show: where nothing was paid, as on one's own machine, tokens in place of a cost."""
    is_free = measure == "cost" and not total.cost.nanousd and not total.cost.unknown
    return "tokens" if is_free and total.tokens else measure


def overview_facts(read: Read, manner: Manner) -> tuple[tuple[str, str], ...]:
    """What there is to know about all of it."""
    total, library = read.total, read.library
    each = mean_session_tokens(total)
    context = mean_prompt_tokens(total)
    unknown = shown_number(total.unknown_tokens, "answer") + " without counts"
    parts = [f"{shown_short_count(total.prompt_tokens)} in"]
    parts.append(f"{shown_short_count(total.completion_tokens)} out")
    if total.cached_tokens:
        parts.append(f"{shown_short_count(total.cached_tokens)} cached")
    if total.unknown_tokens:
        parts.append(unknown)
    errors = f" · {shown_number(total.errors, 'error')}" if total.errors else ""
    facts = [
        ("cost", shown_priced(total.cost)),
        ("tokens", f"{shown_tokens(total)} · {', '.join(parts)}"),
        ("answers", f"{shown_number(total.answers, 'answer')}{errors}"),
        ("sessions", f"{shown_number(total.sessions, 'session')} · {shown_short_count(each)} tokens each"),
        ("context", f"{shown_short_count(context)} tokens a prompt in the mean"),
        ("busiest", _busiest(read)),
    ]  # fmt: skip
    if library is None:
        facts.append(("library", "…"))
    else:
        words = f"{shown_number(library.sessions, 'session')}, {read.active:,} active"
        words += f" · {shown_number(library.messages, 'message')}"
        facts.append(("library", words))
    return tuple(facts)


def _busiest(read: Read) -> str:
    """The model and the persona with most answers."""
    names = []
    for dimension, slices in (
        ("model", dict(read.tops).get("model", ())),
        ("persona", read.personas),
    ):
        named = [slice for slice in slices if slice.key]
        if named:
            most = max(named, key=lambda slice: slice.sum.answers)
            share = shown_share(most.sum.answers, read.total.answers)
            names.append(f"{shown_key(dimension, most.key)} {share}")
    return " · ".join(names) or UNKNOWN


def series_of(read: Read, measure: str) -> Series:
    """The bars over time."""
    sums = {slice.key: slice.sum for slice in read.slices}
    values = tuple(measured(sums.get(key, Sum()), measure) for key in read.keys)
    top = nice_top(max(values, default=0), least=1)
    return Series(
        keys=read.keys,
        labels=tuple(short_key(read.step, key) for key in read.keys),
        values=values,
        words=tuple(
            bar_words(read.step, key, sums.get(key), read.total, measure) for key in read.keys
        ),
        ticks=_ticks([top * n // 2 for n in range(3)], measure),
        top=top,
    )


def _ticks(values: Sequence[int], measure: str) -> tuple[str, ...]:
    """Of an axis from nothing in even steps; dollars with as many digits each."""
    if measure != "cost":
        return tuple(map(shown_short_count, values))
    if values[1] < SMALLEST_SHOWN:
        return tuple(map(shown_amount, values))
    whole = values[-1] >= 100 * NANO and not any(value % NANO for value in values)
    exact = (digits for digits in (2, 3, 4) if not any(v % 10 ** (9 - digits) for v in values))
    digits = 0 if whole else next(exact, 4)
    return ("$0", *(f"${value / NANO:,.{digits}f}" for value in values[1:]))


def _calm_rows(read: Read, manner: Manner, series: Series) -> tuple[Row, ...]:
    """All of the overview as sentences, the newest day first."""
    sums = {slice.key: slice.sum for slice in read.slices}
    facts = overview_facts(read, manner)
    rows = [Row(f"fact:{name}", f"{name}: {said.replace(' · ', ', ')}.") for name, said in facts]
    rows.append(Row("", f"{_STEPS[read.step].capitalize()}:", is_heading=True))
    for key in reversed(series.keys):
        if key in sums:
            label = shown_key(read.step, key)
            said = spoken(label, sums[key], read.total, manner.measure)
            rows.append(Row(f"{read.step}:{key}", label, spoken=said))
    for name, slices in read.tops:
        rows.append(Row("", f"By {name}:", is_heading=True))
        table = slice_table(name, slices, read.total, manner)
        rows += [Row(f"{name}:{r.key}", r.label, spoken=r.spoken) for r in table.rows]
    return tuple(rows)
