"""The bars of budgets: how full, in which colour, in how little room."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui_sessions.model.budget import Standing, parse
from tui_sessions.model.money import Cost
from tui_sessions.tui.widgets.budget_lines import bar, budget_lines
from tui_sessions.tui.widgets.cost_lines import Figures, summary

USD = 10**9


def spent(dollars: float, limits: str, scope: str = "month", unknown: int = 0) -> Standing:
    return Standing(budget=parse(scope, limits), spent=Cost(round(dollars * USD), 1, unknown))


def text(lines: list[tuple[tuple[str, str], ...]]) -> list[str]:
    return ["".join(piece for piece, _ in line) for line in lines]


@pytest.mark.parametrize(
    ("standing", "filled", "kind"),
    [
        (spent(0, "10"), 0, "bar"),
        (spent(0.001, "10"), 1, "bar"),
        (spent(5, "10"), 10, "bar"),
        (spent(8, "10"), 16, "full"),
        (spent(9.99, "10"), 19, "full"),
        (spent(10, "10"), 20, "over"),
        (spent(99, "10"), 20, "over"),
        (spent(5, "10, soft 4"), 10, "full"),
        (spent(0, "0"), 0, "bar"),
        (spent(1, "0"), 20, "over"),
    ],
)
def test_a_bar_is_as_long_as_the_share_and_full_only_where_nothing_is_left(
    standing: Standing, filled: int, kind: str
) -> None:
    (done, style), (left, _) = bar(standing, 20)
    assert (len(done), style) == (filled, kind)
    assert len(done) + len(left) == 20


def test_the_lines_say_name_amounts_and_share() -> None:
    lines = text(budget_lines([spent(12.3, "20, soft 10", unknown=2)], 60))
    assert lines[0].startswith("this month ")
    assert lines[0].endswith(" $12.30 + 2 unpriced of $20.00 · 62 %")
    assert lines[2] == "soft limit $10.00 passed"


@pytest.mark.parametrize("width", [1, 8, 16, 20, 24, 30, 48])
def test_in_little_room_it_is_told_in_two_lines(width: int) -> None:
    standing = spent(12.3, "20", scope="tag:research/month")
    lines = text(budget_lines([standing], width))
    assert len(lines) == (2 if width > 38 else 3)
    assert lines[0].startswith("#research this month")
    assert cell_len(lines[-1]) == width


def test_they_stand_below_the_totals_of_a_session() -> None:
    from tui_sessions.model.session import Session

    figures = Figures(budgets=(spent(12.3, "20"),))
    lines = text(summary(Session(id="s"), figures, 40))
    assert "budget" in lines
    assert any("$12.30 of $20.00" in line for line in lines)
    assert "budget" not in text(summary(Session(id="s"), Figures(), 40))
