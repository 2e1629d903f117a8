"""One session, and the budgets, as tables of the statistics screen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui_sessions.model.display import shown_amount, shown_priced
from tui_sessions.model.session_facts import session_fact_words
from tui_sessions.model.session_statistics import SessionStatistics
from tui_sessions.model.statistics_words import shown_key, shown_share, spoken_sum
from tui_sessions.tui.widgets.statistics.page import Column, Row, Table

if TYPE_CHECKING:
    from tui_sessions.model.budget import Standing

NO_SESSION = "No session is open that was sent a prompt."
NO_BUDGETS = 'No budgets are set. [budgets] in the configuration sets them: month = "20".'
_STATES = {"near": "near", "over": "used up"}


def session_page_table(session: SessionStatistics | None) -> Table:
    """Labels and values, then the models that answered."""
    if session is None or not session.turns:
        return Table(empty=NO_SESSION, leads=False)
    rows = [
        Row(label, label, (value,), spoken=f"{label}: {value}")
        for label, value in session_fact_words(session)
    ]
    if session.by_model:
        rows.append(Row("", "", is_heading=True))
        rows.append(Row("", "answers by model", is_heading=True))
    for slice in session.by_model:
        label = shown_key("model", slice.key)
        said = spoken_sum(slice.sum).replace(", 1 session", "")
        rows.append(Row(slice.key, label, (said,), spoken=f"{label}: {said}"))
    return Table("", (Column("", is_words=True),), tuple(rows), bar_after=1, leads=False)


def budget_table(standings: Sequence[Standing]) -> Table:
    """What is spent of each budget."""
    rows = tuple(
        Row(
            key=standing.budget.scope,
            label=standing.label,
            cells=(
                shown_priced(standing.spent),
                shown_amount(standing.budget.limit),
                shown_share(standing.spent.nanousd, standing.budget.limit) or "0%",
                _STATES.get(standing.state, ""),
            ),
            share=min(1.0, standing.share),
            spoken=_spoken(standing),
            is_warning=standing.state != "fine",
        )
        for standing in standings
    )
    columns = (*map(Column, ("spent", "of", "share")), Column("", is_words=True))
    return Table("budget", columns, rows, bar_after=4, empty=NO_BUDGETS, leads=False)


def _spoken(standing: Standing) -> str:
    share = shown_share(standing.spent.nanousd, standing.budget.limit) or "0%"
    state = _STATES.get(standing.state, "")
    return (
        f"{standing.label}: {shown_priced(standing.spent).replace(' + ', ' and ')} "
        f"of {shown_amount(standing.budget.limit)}, {share}" + (f", {state}" if state else "")
    )
