"""Bars, axes, shades and rows in cells: nothing is cut, nothing touches, nothing small is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_sessions.model.money import Cost
from tui_sessions.model.statistics import Sum
from tui_sessions.tui.statistics.overview import _ticks, drawn_measure
from tui_sessions.tui.widgets.statistics.bars import (
    SHADES,
    axis_labels,
    bar,
    bar_cells,
    nice_top,
    shade,
    slot_at,
    slot_cells,
)
from tui_sessions.tui.widgets.statistics.facts import lines_of
from tui_sessions.tui.widgets.statistics.page import Column, Row, Table
from tui_sessions.tui.widgets.statistics.row_lines import head_pieces, laid_out, row_pieces


def test_a_bar_is_as_long_as_its_share_in_halves_of_a_cell():
    assert bar(1.0, 10) == "━" * 10
    assert bar(0.5, 10) == "━" * 5
    assert bar(0.25, 10) == "━━╸"
    assert bar(0.0, 10) == ""
    assert bar(0.001, 10) == "╸"
    assert bar(0.5, 0) == ""


@given(st.floats(0, 2), st.integers(0, 80))
def test_a_bar_never_leaves_its_room(share, cells):
    assert len(bar(share, cells)) <= cells


def test_the_axis_ends_at_a_round_number_just_above():
    assert nice_top(62) == 80
    assert nice_top(100) == 100
    assert nice_top(7) == 8
    assert nice_top(0) == 2
    assert nice_top(1_230_000_000) == 1_600_000_000
    assert nice_top(100_000_000_000_001) == 120_000_000_000_000


def test_the_dollars_of_an_axis_have_as_many_digits_each():
    assert _ticks([0, 50_000_000, 100_000_000], "cost") == ("$0", "$0.05", "$0.10")
    assert _ticks([0, 2_500_000, 5_000_000], "cost") == ("$0", "$0.0025", "$0.0050")
    assert _ticks([0, 75_000_000, 150_000_000], "cost") == ("$0", "$0.075", "$0.150")
    assert _ticks([0, 1_500_000_000, 3_000_000_000], "cost") == ("$0", "$1.50", "$3.00")
    assert _ticks([0, 1500 * 10**9, 3000 * 10**9], "cost") == ("$0", "$1,500", "$3,000")
    assert _ticks([0, 20_000, 40_000], "cost") == ("$0", "<$0.0001", "<$0.0001")
    assert _ticks([0, 1500, 3000], "tokens") == ("0", "1.5k", "3.0k")


@given(st.integers(1, 10**15))
def test_the_axis_is_at_least_as_high_as_the_highest_and_not_much_more(highest):
    top = nice_top(highest)
    assert highest <= top <= max(4, highest * 1.7)
    assert top % 2 == 0


def test_shades_go_from_nothing_to_the_top_and_tell_small_ones_apart():
    assert shade(0, 100) == 0
    assert shade(100, 100) == SHADES
    assert shade(1, 100) == 1
    assert shade(1, 100) < shade(10, 100) < shade(40, 100)
    assert shade(5, 0) == 0


def test_every_bar_has_as_many_cells_with_air_between_them():
    assert slot_cells(30, 120) == 4
    assert (slot_cells(0, 120), slot_cells(200, 120)) == (0, 0)
    assert [bar_cells(slot) for slot in (0, 1, 2, 3, 4, 6, 10, 16)] == [0, 1, 1, 2, 3, 4, 7, 8]
    assert slot_at(9, 4, 30) == 2
    assert slot_at(-1, 4, 30) is None
    assert slot_at(500, 4, 30) is None


def written(labels):
    line = ""
    for label in labels:
        line = line.ljust(label.start) + label.words
    return line


def test_labels_stand_below_their_bars_and_as_many_as_can_be_read():
    days = [f"{day} Nov" for day in range(1, 31)]
    line = written(axis_labels(days, 3, 90))
    assert line.startswith("1 Nov    4 Nov    7 Nov")
    assert "  10 Nov" in line
    assert line.index("10 Nov") == 27


def test_the_label_of_the_chosen_bar_is_whole_and_below_it_whatever_stood_there():
    days = [f"{day} Nov" for day in range(1, 31)]
    line = written(axis_labels(days, 3, 90, chosen=10))
    assert line.index("11 Nov") == 30
    assert "10 Nov" not in line
    assert "7 Nov" in line
    assert "16 Nov" in line
    assert written(axis_labels(days, 3, 90, chosen=29)).endswith("30 Nov")


@given(
    st.lists(st.text("abc 京", min_size=1, max_size=7).map(str.strip).filter(bool), max_size=60),
    st.integers(1, 9),
    st.integers(1, 200),
    st.one_of(st.none(), st.integers(0, 59)),
)
def test_no_label_is_cut_or_touches_another(labels, slot, width, chosen):
    chosen = None if chosen is None or not labels else chosen % len(labels)
    shown = axis_labels(labels, slot, width, chosen=chosen)
    assert all(label.words == labels[label.place] for label in shown)
    ends = [label.start + cell_len(label.words) for label in shown]
    assert all(end <= width for end in ends)
    assert all(end < label.start for end, label in zip(ends, shown[1:], strict=False))
    if chosen is not None and cell_len(labels[chosen]) <= width:
        assert chosen in [label.place for label in shown]


TABLE = Table(
    "model",
    (Column("cost", is_chosen=True), Column("unpriced"), Column("answers")),
    (
        Row("a", "anthropic/claude-sonnet-4-with-a-long-name", ("$12.34", "", "1,234"), 1.0),
        Row("b", "京都", ("?", "+3", "5"), 0.0),
    ),
    bar_after=2,
)


def drawn(width: int) -> list[str]:
    layout = laid_out(TABLE, width)
    lines = [head_pieces(TABLE, layout), *(row_pieces(TABLE, row, layout) for row in TABLE.rows)]
    return ["".join(text for text, _ in pieces) for pieces in lines]


def test_numbers_end_below_each_other():
    head, first, second = drawn(100)
    assert {cell_len(line) for line in (head, first, second)} == {cell_len(head)}
    assert head.rstrip().endswith("answers")
    assert first.endswith("1,234")
    assert second.endswith("    5")


def test_in_less_room_the_last_columns_go_and_the_chosen_one_stays():
    head, first, _ = drawn(46)
    assert "answers" not in head
    assert "$12.34" in first
    assert "━" in first
    assert all(cell_len(line) <= 46 for line in drawn(46))


@given(st.integers(1, 300))
def test_rows_never_leave_their_room(width):
    assert all(cell_len(line) <= max(width, 9) for line in drawn(width))


def test_facts_stand_in_columns_where_there_is_room():
    facts = tuple((f"name{n}", f"value {n}") for n in range(5))
    assert [len(line) for line in lines_of(facts, 40, 9)] == [1, 1, 1, 1, 1]
    assert [len(line) for line in lines_of(facts, 100, 9)] == [2, 2, 1]
    assert len(lines_of(facts, 40, 3)) == 3
    assert lines_of((), 40, 3) == []


def test_where_nothing_was_paid_the_bars_are_tokens():
    free = Sum(answers=2, tokens=300, cost=Cost(0, 2, 0))
    assert drawn_measure(free, "cost") == "tokens"
    assert drawn_measure(free, "answers") == "answers"
    # What nobody priced was not free.
    assert drawn_measure(Sum(answers=2, tokens=300, cost=Cost(0, 1, 1)), "cost") == "cost"
    assert drawn_measure(Sum(answers=1, tokens=300, cost=Cost(5, 1, 0)), "cost") == "cost"
