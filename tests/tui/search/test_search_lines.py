"""Which line of the results is which hit, and what it looks like, cell by cell."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from search_values import NOW, found, hit, row

from tui_sessions.model.excerpts import Excerpt
from tui_sessions.tui.widgets.result_lines import (
    HitKey,
    Known,
    Lines,
    Role,
    drawn_head,
    drawn_hit,
    group_of,
    key_of,
    marked_pieces,
)

EXCERPT = Excerpt(text="before needle after", marks=((7, 13),))


def text_of(pieces) -> str:
    return "".join(text for text, _ in pieces)


def test_a_session_shows_its_three_best_hits_until_it_is_unfolded() -> None:
    groups = [group_of(found("a", 5)), group_of(found("b", 1))]
    assert Lines(groups).count == 1 + 3 + 1 + 1
    unfolded = Lines(groups, frozenset({"a"}))
    assert unfolded.count == 1 + 5 + 1 + 1
    assert [unfolded.line(n).hit.turn for n in range(1, 6)] == [0, 1, 2, 3, 4]
    assert unfolded.line(6).group.session_id == "b"
    assert unfolded.line(8) is None


def test_the_hit_of_a_title_is_the_line_of_the_session() -> None:
    lines = Lines([group_of(found("a", 2, title=True))])
    assert [line.hit.place for n in range(3) if (line := lines.line(n))] == [
        "title",
        "prompt",
        "prompt",
    ]
    assert lines.count == 3
    assert lines.position(HitKey("a", None, "title")) == 0


def test_the_cursor_steps_over_a_session_that_is_no_hit_itself() -> None:
    lines = Lines(
        [group_of(found("a", 1)), group_of(found("b", 1)), group_of(found("c", 0, title=True))]
    )
    assert lines.choosable(0, 1) == 1
    assert lines.choosable(0, -1) == 1
    assert lines.choosable(2, 1) == 3
    assert lines.choosable(2, -1) == 1
    assert lines.choosable(4, 1) == 4
    assert lines.choosable(99, 1) == 4


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_every_hit_that_is_shown_is_found_again(shapes, unfolded) -> None:
    shapes = [(turns, title or not turns) for turns, title in shapes]
    groups = [
        group_of(found(f"s{n}", turns, title=title)) for n, (turns, title) in enumerate(shapes)
    ]
    lines = Lines(groups, frozenset(f"s{n}" for n in unfolded))
    for index in range(lines.count):
        line = lines.line(index)
        assert line is not None
        if line.hit is not None:
            assert lines.position(key_of(line.hit)) == index
        assert lines.line(lines.choosable(index, 1)).hit is not None
        assert lines.line(lines.choosable(index, -1)).hit is not None
    assert lines.line(lines.count) is None


def test_a_hit_that_is_folded_away_leads_to_its_session() -> None:
    lines = Lines([group_of(found("a", 1)), group_of(found("b", 9))])
    assert lines.position(HitKey("b", 7, "prompt")) == 3
    assert lines.position(HitKey("z", 0, "prompt")) is None


def test_what_was_found_is_marked_where_it_stands() -> None:
    assert marked_pieces(EXCERPT, 30, Role.TEXT) == [
        ("before ", Role.TEXT),
        ("needle", Role.MARK),
        (" after", Role.TEXT),
        (" " * 11, Role.TEXT),
    ]


@pytest.mark.parametrize("width", [1, 2, 8, 10, 13, 19, 40])
@pytest.mark.parametrize(
    "excerpt",
    [
        EXCERPT,
        None,
        Excerpt(text="", marks=()),
        Excerpt(text="京都京都京都", marks=((0, 2), (3, 5))),
        Excerpt(text="two\nlines\tand \x1b]52;c;aGk=\x07 \u202e", marks=((4, 9),)),
        Excerpt(text="marks that overlap", marks=((0, 5), (2, 8), (2, 2))),
    ],
)
def test_an_excerpt_fills_its_cells_exactly_and_is_clean(excerpt, width) -> None:
    shown = text_of(marked_pieces(excerpt, width, Role.TEXT))
    assert cell_len(shown) == width
    assert not set(shown) & set("\n\t\x1b\x07\u202e")


def test_marks_that_overlap_double_nothing() -> None:
    excerpt = Excerpt(text="marks that overlap", marks=((0, 5), (2, 8)))
    assert text_of(marked_pieces(excerpt, 18, Role.TEXT)) == "marks that overlap"


@pytest.mark.parametrize("width", [4, 20, 34, 60, 120])
@pytest.mark.parametrize("known", [Known(), Known(row("a", parent_id="p"), EXCERPT)])
def test_lines_are_as_wide_as_they_are_told(width, known) -> None:
    group = group_of(found("a", 5))
    assert cell_len(text_of(drawn_head(group, known, width, NOW, is_unfolded=False))) == width
    assert cell_len(text_of(drawn_hit(group.hits[0], EXCERPT, width))) == width


def test_a_session_says_folder_hits_age_and_that_it_is_a_branch() -> None:
    known = Known(row("a", parent_id="p", path="work/api/a.json"), Excerpt(text="Title"))
    shown = text_of(drawn_head(group_of(found("a", 5)), known, 80, NOW, is_unfolded=False))
    assert shown.startswith(" ▸ ⑂ Title ")
    assert shown.split()[-4:] == ["work/api", "5", "hits", "2h"]
    narrow = text_of(drawn_head(group_of(found("a", 5)), known, 40, NOW, is_unfolded=True))
    assert narrow.startswith(" ▾ ⑂ Title ")
    assert narrow.split()[-3:] == ["5", "hits", "2h"]
    assert "work" not in narrow


def test_who_said_it_is_a_bar_of_colour_and_notes_are_named() -> None:
    roles = {
        place: [role for text, role in drawn_hit(hit("a", None, place), EXCERPT, 40) if "▎" in text]
        for place in ("prompt", "answer", "notes")
    }
    assert roles == {"prompt": [Role.USER], "answer": [Role.ASSISTANT], "notes": [Role.OTHER]}
    assert "notes  before" in text_of(drawn_hit(hit("a", None, "notes"), EXCERPT, 40))


def test_the_last_of_a_hundred_thousand_lines_is_there() -> None:
    one = found("x", 4)
    groups = [group_of(msgspec.structs.replace(one, session_id=f"s{n}")) for n in range(25_000)]
    lines = Lines(groups)
    assert lines.count == 100_000
    assert lines.line(99_999).group.session_id == "s24999"
    assert lines.position(HitKey("s24999", 1, "prompt")) is not None
