"""Reading by page, and finding a line again in another source."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from session_tree_fakes import SpySource, folder, session

from tui_sessions.tui.widgets.tree_window import (
    KEPT_PAGES,
    PAGE_LINES,
    Lines,
    kept_position,
    parent_position,
)


def sessions(names: str) -> Lines:
    return Lines(SpySource([session(name) for name in names]))


def test_neighbouring_lines_are_asked_for_once() -> None:
    source = SpySource([session(str(number)) for number in range(1000)])
    read = Lines(source)
    for number in range(500, 500 + PAGE_LINES):
        assert read.key(number) == f"session:{number}"
    assert source.asked <= 2 * PAGE_LINES


def test_pages_do_not_pile_up() -> None:
    source = SpySource([session(str(number)) for number in range(5000)])
    read = Lines(source)
    for number in range(source.count):
        read.line(number)
    assert len(read._pages) <= KEPT_PAGES
    assert source.asked == source.count


def test_outside_there_is_nothing() -> None:
    read = sessions("abc")
    assert read.line(-1) is None
    assert read.line(3) is None


@given(st.permutations("abcdefgh"), st.integers(0, 7))
def test_a_line_that_is_still_there_is_found_wherever_it_went(order: list[str], index: int) -> None:
    old, new = sessions("abcdefgh"), sessions("".join(order))
    assert new.key(kept_position(old, index, new)) == old.key(index)


def test_the_next_line_takes_the_place_of_one_that_is_gone() -> None:
    new = sessions("xyabde")
    assert new.key(kept_position(sessions("abcde"), 2, new)) == "session:d"


def test_at_the_end_the_line_before_does() -> None:
    new = sessions("xab")
    assert new.key(kept_position(sessions("abc"), 2, new)) == "session:b"


def test_where_nothing_is_left_the_number_decides() -> None:
    assert kept_position(sessions("abc"), 2, sessions("xy")) == 1
    assert kept_position(sessions("abc"), 2, sessions("")) == 0


def test_a_folder_folded_over_the_line_takes_it() -> None:
    old = Lines(SpySource([folder("w"), session("a", 1, folder="w"), session("z")]))
    new = Lines(SpySource([folder("w", is_open=False), session("z")]))
    assert kept_position(old, 1, new) == 0


def test_a_line_deleted_from_an_open_folder_does_not_lead_to_the_folder() -> None:
    inside = [session(name, 1, folder="w") for name in "abc"]
    old = Lines(SpySource([folder("w"), *inside]))
    new = Lines(SpySource([folder("w"), inside[0], inside[2]]))
    assert new.key(kept_position(old, 2, new)) == "session:c"


def test_the_parent_is_found_without_reading_the_lines_between() -> None:
    many = [session(str(number), 1, folder="w") for number in range(50_000)]
    source = SpySource([folder("w"), *many, session("b", 2, folder="w", is_branch=True)])
    read = Lines(source)
    assert parent_position(read, 50_000) == 0
    assert source.asked <= PAGE_LINES


def test_the_parent_of_a_branch_is_the_session_it_began_in() -> None:
    branch = session("b", 2, folder="w", is_branch=True, parent_id="a")
    read = Lines(SpySource([folder("w"), session("a", 1, folder="w", branches=1), branch]))
    assert parent_position(read, 2) == 1
    assert parent_position(read, 0) is None
