"""The drawing of a family, cell by cell."""

from __future__ import annotations

from family_values import BEGAN, HOSTILE, family, row
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_sessions.model.family import Family
from tui_sessions.model.results import SessionRow
from tui_sessions.tui.widgets.branch_lines import State, drawn, graph_cells, heads
from tui_sessions.tui.widgets.branch_shape import Role, Shape


def picture(drawn_family: Family, cells: int = 30) -> list[str]:
    shape = Shape(drawn_family, cells)
    numbers = range(len(drawn_family.paths))
    return ["".join(text for text, _ in shape.line(number)).rstrip() for number in numbers]


def test_each_path_begins_where_it_leaves_the_one_above() -> None:
    rows = [row("a", 6), row("b", 5, "a", 2), row("d", 5, "a", 2), row("e", 6, "b", 4)]
    assert picture(family(*rows)) == [
        "───•──•──•──•──•──●",
        "      ├──•──•──●",
        "      │     ╰──•──●",
        "      ╰──•──•──●",
    ]


def test_another_first_prompt_leaves_before_the_first_turn() -> None:
    assert picture(family(row("a", 2), row("b", 2, "a", 0))) == ["┌──•──●", "╰──•──●"]


def test_a_branch_without_a_turn_of_its_own_is_seen_all_the_same() -> None:
    assert picture(family(row("a", 2), row("b", 2, "a", 2), row("c", 0, "a", 0))) == [
        "┌──•──●",
        "│     ╰○",
        "╰○",
    ]


def test_what_was_deleted_or_is_gone_is_dotted() -> None:
    assert picture(family(row("a", 2), row("b", 5, "a", 4))) == [
        "───•──●┄┄┄┄┄╮",
        "            ╰──●",
    ]
    assert picture(family(row("b", 3, "gone", 2)))[0].strip("┄") == ""


def test_long_conversations_are_drawn_to_scale_with_forks_apart() -> None:
    shown = picture(family(row("a", 900), row("b", 500, "a", 450), row("c", 460, "a", 451)), 40)
    assert max(map(len, shown)) <= 40
    assert shown[0].count("┬") == 2
    assert shown[0].startswith("──────────")
    assert shown[0].index("┬") in range(17, 23)


def test_the_ruler_counts_turns() -> None:
    assert Shape(family(row("a", 6)), 30).ruler() == "      2     4     6"
    assert Shape(family(row("a", 0)), 30).ruler() == ""


def test_a_click_means_the_turn_whose_end_is_near() -> None:
    found = family(row("a", 6), row("b", 5, "a", 2))
    shape = Shape(found, 30)
    assert [shape.turn_at(found.paths[1], cell) for cell in (0, 9, 10, 12, 40)] == [3, 3, 4, 4, 5]


def test_the_open_path_the_marked_one_and_the_turn_are_told_apart_without_colour() -> None:
    found = family(row("a", 6))
    shape = Shape(found, 30)

    def line(state: State) -> tuple[tuple[str, Role], ...]:
        return drawn(0, found.paths[0], shape, state, 90, BEGAN)

    assert line(State(is_open=True))[0] == ("▎", Role.ACCENT)
    assert line(State(is_open=True, is_marked=True))[0] == ("◆", Role.ACCENT)
    assert [text for text, role in line(State(turn=3)) if role is Role.TURN] == ["•"]


IDS = "abcdefgh"
ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(IDS),
        st.integers(0, 6) | st.integers(0, 3_000),
        st.none() | st.sampled_from([*IDS, "gone"]),
        st.integers(-1, 8) | st.integers(0, 3_000),
        st.sampled_from(["", "Soup", HOSTILE]),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@settings(deadline=None)
@given(ROWS, st.integers(1, 200), st.sampled_from(["", "why?", HOSTILE]), st.integers(-1, 9))
def test_every_line_is_exactly_as_wide_as_it_is_told(
    rows: list[SessionRow], width: int, words: str, turn: int
) -> None:
    found = family(*rows)
    shape = Shape(found, graph_cells(width))
    lines = [heads(shape, width)]
    for number, path in enumerate(found.paths):
        state = State(words, turn if path.row is not None else None, is_open=path.id == "a")
        lines.append(drawn(number, path, shape, state, width, BEGAN))
        cells = shape.line(number, turn=turn)
        assert len(cells) == shape.cells
        for cell in range(-2, shape.cells + 3):
            assert 0 <= shape.turn_at(path, cell) <= max(0, path.turns)
    for line in lines:
        assert sum(cell_len(text) for text, _ in line) == width
        assert all(char.isprintable() for text, _ in line for char in text if char != "\u200d")


@settings(deadline=None)
@given(ROWS)
def test_every_line_downwards_ends_at_a_branch(rows: list[SessionRow]) -> None:
    found = family(*rows)
    shown = picture(found, 60)
    if Shape(found, 60).per_turn == 0:
        return  # Forks may share a cell there.
    for number, line in enumerate(shown):
        below = shown[number + 1] if number + 1 < len(shown) else ""
        for cell, char in enumerate(line):
            if char in "│├┌╮":
                assert below[cell : cell + 1] in set("│├╰"), (number, cell, shown)


def test_in_little_room_the_title_stands_alone_instead_of_two_cut_words() -> None:
    found = family(row("a", 2, title="trunk"), row("b", 3, "a", 1, title="branch number 12"))
    for width, is_alone in ((72, True), (110, False)):
        shape = Shape(found, 20)
        cells = drawn(1, found.paths[1], shape, State("why is it so?"), width, BEGAN)
        line = "".join(text for text, _ in cells)
        assert ("why" not in line) is is_alone
        assert "branch number 12" in line
