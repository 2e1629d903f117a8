"""What was read as pages of the statistics screen: words, shares, bars. Pure."""

from __future__ import annotations

from tui_sessions.model.statistics_words import (
    shown_key,
)
from tui_sessions.tui.statistics.hours import hours_page
from tui_sessions.tui.statistics.overview import overview_page
from tui_sessions.tui.statistics.performance import performance_table
from tui_sessions.tui.statistics.reading import DIMENSION_VIEWS, MOST_SESSIONS, Behind, Read
from tui_sessions.tui.statistics.session import budget_table, session_page_table
from tui_sessions.tui.statistics.tables import (
    Manner,
    amount_table,
    nothing,
    slice_table,
    subtitle,
)
from tui_sessions.tui.widgets.statistics.page import Page

TITLES = {
    "session": "this session",
    "overview": "overview",
    "model": "models",
    "provider": "providers",
    "persona": "personas",
    "tag": "tags",
    "project": "projects",
    "folder": "folders",
    "hours": "hours",
    "sessions": "dearest",
    "performance": "latency",
    "budgets": "budgets",
}
"""What the list at the left calls the views."""


def page_of(read: Read, manner: Manner) -> Page:
    """The page of a view."""
    view, behind = read.wanted.view, read.wanted.behind
    if behind is not None:
        return _behind_page(read, behind, manner)
    match view:
        case "session":
            return Page(TITLES[view], table=session_page_table(read.session))
        case "overview":
            return overview_page(read, manner)
        case "hours":
            return hours_page(read, manner)
        case "sessions":
            return _sessions_page(read, manner)
        case "performance":
            table = performance_table(read.paces, manner.order, empty=nothing(manner))
            return Page("latency by model", manner.when, table=table)
        case "budgets":
            return Page("budgets", table=budget_table(read.standings))
    return _dimension_page(read, view, manner)


# tables of slices


def _dimension_page(read: Read, dimension: str, manner: Manner) -> Page:
    table = slice_table(dimension, read.slices, read.total, manner, heading=dimension)
    note = ""
    if dimension == "tag":
        note = "A session with several tags counts under each of them."
    return Page(
        f"{TITLES[dimension]} · {manner.when}", subtitle(read.total, manner), table=table, note=note
    )


# the pages


def _behind_page(read: Read, behind: Behind, manner: Manner) -> Page:
    table = amount_table(read.amounts, read.total, manner)
    label = shown_key(behind.dimension, behind.key)
    title = f"sessions · {label} · {manner.when}"
    return Page(title, subtitle(read.total, manner), table=table, note=_cut(read))


def _sessions_page(read: Read, manner: Manner) -> Page:
    table = amount_table(read.amounts, read.total, manner)
    title = f"dearest sessions · {manner.when}"
    return Page(title, subtitle(read.total, manner), table=table, note=_cut(read))


def _cut(read: Read) -> str:
    if len(read.amounts) < MOST_SESSIONS:
        return ""
    return f"These are the {MOST_SESSIONS} dearest. A filter or a shorter time shows others."


def bar_of(
    read: Read, key: str, *, is_beside: bool = False, is_calm: bool = False
) -> Behind | None:
    """Which bar a row of the page leads to; None where it leads nowhere."""
    view = read.wanted.view
    if view in DIMENSION_VIEWS:
        return Behind(view, key)
    match view:
        case "hours":
            return Behind("weekday-hour" if is_calm else "hour", key)
        case "performance":
            return Behind("model", key)
        case "overview" if is_calm:
            dimension, colon, rest = key.partition(":")
            return Behind(dimension, rest) if colon and dimension != "fact" else None
        case "overview" if len(read.tops) > is_beside:
            return Behind(read.tops[is_beside][0], key)
    return None
