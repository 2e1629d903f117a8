"""When answers were given: the week by hours. Pure."""

from __future__ import annotations

from tui_sessions.model.display import shown_number
from tui_sessions.model.statistics import Sum
from tui_sessions.model.statistics_words import WEEKDAYS, measured, shown_key, shown_measure
from tui_sessions.tui.statistics.reading import Read
from tui_sessions.tui.statistics.tables import (
    Manner,
    bar_words,
    nothing,
    slice_table,
    spoken,
    subtitle,
    together,
)
from tui_sessions.tui.widgets.statistics.page import Grid, Page, Row, Table


def hours_page(read: Read, manner: Manner) -> Page:
    """A map of the week and the hours of the day; in calm mode as sentences."""
    title = f"hours · {manner.when} · {manner.measure} by weekday and hour"
    if not read.slices:
        return Page(title, table=Table(empty=nothing(manner)))
    sums = {slice.key: slice.sum for slice in read.slices}
    if manner.is_calm:
        rows = tuple(
            Row(key, shown_key("weekday-hour", key), spoken=spoken(
                shown_key("weekday-hour", key), sum, read.total, manner.measure))
            for key, sum in sums.items()
        )  # fmt: skip
        return Page(title, subtitle(read.total, manner), table=Table(rows=rows))
    busiest = max(read.slices, key=lambda slice: slice.sum.answers)
    note = (
        f"Most answers: {shown_key('weekday-hour', busiest.key)}, "
        f"{shown_number(busiest.sum.answers, 'answer')}."
    )
    by_hour = dict(read.tops).get("hour", ())
    return Page(
        title,
        subtitle(read.total, manner),
        grid=_grid(sums, read.total, manner),
        table=slice_table("hour", by_hour, read.total, manner, heading="by hour"),
        note=note,
    )


def _grid(sums: dict[str, Sum], total: Sum, manner: Manner) -> Grid:
    measure = manner.measure

    def at(day: int, hour: int) -> Sum:
        return sums.get(hour_key(day, hour), Sum())

    days = range(7)
    hours = range(24)
    return Grid(
        values=tuple(tuple(measured(at(d, h), measure) for h in hours) for d in days),
        words=tuple(
            tuple(
                bar_words("weekday-hour", hour_key(d, h), sums.get(hour_key(d, h)), total, measure)
                for h in hours
            )
            for d in days
        ),
        names=WEEKDAYS,
        sums=tuple(_short_measure(together([at(d, h) for h in hours]), measure) for d in days),
    )


def _short_measure(sum: Sum, measure: str) -> str:
    return shown_measure(sum, measure).replace(" + ", " +").replace(" unpriced", "")


def hour_key(weekday: int, hour: int) -> str:
    """The key of an hour of the week."""
    return f"{weekday}-{hour:02}"
