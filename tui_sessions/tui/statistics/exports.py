"""What the statistics screen shows as records, to be written as CSV. Pure."""

from __future__ import annotations

from typing import Any

from tui_sessions.model.money import known_dollars
from tui_sessions.model.session_facts import session_fact_words
from tui_sessions.model.statistics_records import (
    amount_record,
    pace_record,
    slice_record,
)
from tui_sessions.tui.statistics.reading import Read

Records = list[dict[str, Any]]


def records_of(read: Read) -> Records:
    """The table that is shown, a record for each row."""
    view = read.wanted.view
    if read.are_sessions:
        return [amount_record(amount) for amount in read.amounts]
    match view:
        case "session":
            facts = session_fact_words(read.session) if read.session else ()
            return [{"fact": label, "value": value} for label, value in facts]
        case "performance":
            return [pace_record("model", pace) for pace in read.paces]
        case "budgets":
            return [_budget(standing) for standing in read.standings]
        case "overview":
            return [slice_record(read.step, slice) for slice in read.slices]
        case "hours":
            return [slice_record("weekday-hour", slice) for slice in read.slices]
    return [slice_record(view, slice) for slice in read.slices]


def _budget(standing: Any) -> dict[str, Any]:
    budget = standing.budget
    return {
        "budget": budget.scope,
        "spent": known_dollars(standing.spent),
        "unknown_costs": standing.spent.unknown,
        "limits": budget.written,
        "share": round(standing.share, 4),
        "state": standing.state,
    }
