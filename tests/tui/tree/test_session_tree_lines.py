"""A line of the tree: its width, its signs, what it drops when there is little room."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from session_tree_fakes import NOW, folder, group, session

from tui_sessions.model.money import Cost
from tui_sessions.model.results import DamagedLine, DamagedRow, TreeLine
from tui_sessions.model.text import UNSAFE
from tui_sessions.tui.widgets.text_lines import fitted, wrapped
from tui_sessions.tui.widgets.tree_lines import GLYPHS, Role, TreeState, drawn, fold_cells

NOTHING_KNOWN = TreeState()
titles = st.text(max_size=70) | st.text(
    alphabet="añ量子 👩\u200d💻❤\ufe0f\x1b\u0301\t", max_size=70
)
costs = st.builds(Cost, st.integers(0, 10**14), st.integers(0, 3), st.integers(0, 3))


@st.composite
def lines(draw: st.DrawFn) -> TreeLine:
    title, depth = draw(titles), draw(st.integers(0, 12))
    match draw(st.sampled_from(("session", "folder", "group", "damaged"))):
        case "folder":
            return folder(title or "x", depth, is_open=draw(st.booleans()), sessions=10**6)
        case "group":
            kind, count = (
                draw(st.sampled_from(("pinned", "search", "trash"))),
                st.integers(0, 10**6),
            )
            return group(kind, depth, name=title, sessions=draw(st.none() | count))
        case "damaged":
            row = DamagedRow(path=title or "x", reason="no JSON")
            return DamagedLine(key="damaged:x", depth=depth, row=row)
    return session(
        "k",
        depth,
        title=title,
        cost=draw(costs),
        turns=draw(st.integers(0, 2)),
        branches=draw(st.integers(0, 2)),
        is_cut=draw(st.booleans()),
        has_notes=draw(st.booleans()),
        meta=draw(st.sampled_from(({}, {"pinned": True}, {"starred": True}))),
        status=draw(st.sampled_from(("active", "archived", "paused"))),
        updated_at=NOW - timedelta(days=draw(st.integers(0, 900))),
    )


def text_of(line: TreeLine, width: int, state: TreeState = NOTHING_KNOWN) -> str:
    return "".join(text for text, _ in drawn(line, width, state, NOW))


@given(lines(), st.integers(1, 80), st.booleans())
def test_a_line_is_as_wide_as_told_and_holds_no_control(
    line: TreeLine, width: int, is_known: bool
) -> None:
    known = frozenset({"k"} if is_known else ())
    state = TreeState(known, known, "k" if is_known else None, frozenset({line.key}))
    pieces = drawn(line, width, state, NOW)
    assert sum(cell_len(text) for text, _ in pieces) == width
    joined = "".join(text for text, _ in pieces)
    assert cell_len(joined) == width
    assert not UNSAFE.search(joined)


@given(titles, st.integers(0, 60))
def test_fitted_text_has_the_width_asked_for(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width


@given(titles, st.integers(2, 40))
def test_wrapped_text_keeps_every_word_within_the_width(text: str, width: int) -> None:
    rows = wrapped(text, width)
    assert all(cell_len(row) <= width for row in rows)


@pytest.mark.parametrize("glyph", GLYPHS)
def test_every_sign_is_one_cell_wide(glyph: str) -> None:
    assert cell_len(glyph) == 1


def test_numbers_stand_at_the_right_edge() -> None:
    rows = [
        text_of(session("a", cost=Cost(120_000_000, 1, 0)), 30),
        text_of(session("b", cost=Cost(4_100_000, 1, 0)), 30),
        text_of(folder("work", sessions=12), 30),
    ]
    assert [row[-4:] for row in rows] == [".12 ", "041 ", " 12 "]


def test_a_long_title_is_cut_and_leaves_room_for_the_cost() -> None:
    assert text_of(session("k", title="A title much too long"), 30).endswith(
        " A title much too…  $0.0034 "
    )


def test_a_wide_title_is_measured_in_cells() -> None:
    row = text_of(session("k", title="量子コンピュータの基礎"), 24)
    assert " 量子コンピ…  $0.0034 " in row
    assert cell_len(row) == 24


def test_in_a_very_narrow_line_the_title_comes_before_the_cost() -> None:
    row = text_of(session("k", 1, title="Rate limits"), 18)
    assert "$" not in row
    assert "Rate limits" in row


def test_the_age_shows_where_there_is_room_only() -> None:
    assert "3h" not in text_of(session("k"), 37)
    assert text_of(session("k"), 38).endswith("3h ")


def test_an_unknown_cost_is_a_question_mark_and_a_session_without_turns_has_none() -> None:
    assert text_of(session("k", cost=Cost(0, 0, 2)), 30).endswith(" ? ")
    assert not re.search(r"[$?]", text_of(session("k", cost=Cost(), turns=0), 30))


@pytest.mark.parametrize(
    ("facts", "glyph"),
    [
        ({"is_cut": True, "status": "paused"}, "◌"),
        ({"meta": {"pinned": True}}, "★"),
        ({"status": "completed"}, "✓"),
        ({"status": "paused"}, "‖"),
        ({"status": "archived", "is_branch": True}, "▫"),
        ({"is_branch": True}, "⑂"),
    ],
)
def test_the_most_telling_state_is_the_sign(facts: dict[str, object], glyph: str) -> None:
    assert text_of(session("k", **facts), 30).startswith(f" {glyph} k")


def test_answering_comes_before_unread_and_both_before_what_the_file_says() -> None:
    line, both = session("k", is_cut=True), frozenset({"k"})
    assert text_of(line, 30, TreeState(both, both)).startswith(" ● k")
    assert text_of(line, 30, TreeState(unread=both)).startswith(" ○ k")


def test_a_session_with_branches_shows_triangle_and_state() -> None:
    line = session("k", branches=2, is_open=True)
    assert text_of(line, 30, TreeState(frozenset({"k"}))).startswith(" ▾ ● k")


def test_the_open_session_has_a_bar_and_a_mark_takes_its_place() -> None:
    line = session("k")
    assert text_of(line, 30, TreeState(open_id="k")).startswith("▎  k")
    state = TreeState(open_id="k", marked=frozenset({"session:k"}))
    assert text_of(line, 30, state).startswith("◆  k")
    assert ("k", Role.OPEN) in [(text.strip(), role) for text, role in drawn(line, 30, state, NOW)]


def test_a_damaged_file_is_named_and_said_to_be_damaged() -> None:
    line = DamagedLine(key="damaged:a/b.json", depth=0, row=DamagedRow(path="a/b.json", reason=""))
    row = text_of(line, 40)
    assert row.startswith(" ! b.json")
    assert "damaged" in row


def test_the_triangle_is_where_a_click_is_taken_for_it() -> None:
    line = folder("work/api", 1)
    cells = fold_cells(line, 30)
    assert text_of(line, 30)[cells.start] == "▾"
    assert not fold_cells(session("k"), 30)


def test_star_and_notes_stand_before_the_cost_while_there_is_room() -> None:
    line = session("soup", meta={"starred": True}, has_notes=True)
    assert text_of(line, 40).split() == ["soup", "☆≡", "$0.0034", "3h"]
    assert "☆" not in text_of(line, 14)
