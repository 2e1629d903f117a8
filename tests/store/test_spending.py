"""What was spent, by what is known about the sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shelves import START, opened, put


def test_what_was_spent_is_told_anew_when_it_changes(tmp_path: Path) -> None:
    turns = [{"messages": [], "cost_estimate": 0.5}]
    put(tmp_path, "w/a.json", id="a", meta={"tags": ["T"], "project": "p"}, turns=turns)
    library = opened(tmp_path)
    spent = library.statistics.spent
    asked = ({"tag": "t"}, {"project": "P"}, {"folder": "w"}, {"since": START}, {"folder": "v"})
    assert [spent(**of).nanousd for of in asked] == [5 * 10**8] * 4 + [0]
    put(tmp_path, "w/x/b.json", id="b", meta={"tags": ["t"]}, turns=turns)
    library.refresh()
    assert [spent(**of).nanousd for of in asked] == [10**9, 5 * 10**8, 10**9, 10**9, 0]


def test_what_was_paid_before_is_not_spent_today_where_the_session_goes_on(tmp_path: Path) -> None:
    def turn(day: str, cost: float) -> dict:
        said = {"role": "assistant", "content": "x", "timestamp": f"{day}T12:00:00Z"}
        return {"messages": [said], "cost_estimate": cost}

    turns = [turn("2026-01-01", 7), turn("2026-01-02", 0.25)]
    put(tmp_path, "a.json", id="a", updated_at="2026-01-02T12:00:00Z", turns=turns)
    today = datetime(2026, 1, 2, tzinfo=UTC)
    assert opened(tmp_path).statistics.spent(since=today).nanousd == 25 * 10**7
