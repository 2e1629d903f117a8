"""Who leaves whom where, told by the rows of lists alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.family import Family, Fork, family_of
from tui_sessions.model.results import SessionRow

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def row(id: str, turns: int = 5, parent: str | None = None, at: int | None = None) -> SessionRow:
    age = sum(ord(char) for char in id)
    return SessionRow(
        id=id,
        path=f"{id}.json",
        title=id.upper(),
        turns=turns,
        parent_id=parent,
        parent_turn=at,
        created_at=BEGAN + timedelta(seconds=age),
    )


def links(family: Family) -> dict[str, tuple[str | None, int]]:
    return {path.id: (path.leaves, path.shared) for path in family.paths}


def test_branches_come_after_what_they_leave_and_the_last_fork_first() -> None:
    family = family_of([row("d", 6, "b", 4), row("b", 5, "a", 2), row("a"), row("c", 5, "a", 3)])
    assert [path.id for path in family.paths] == ["a", "c", "b", "d"]
    assert [path.depth for path in family.paths] == [0, 1, 1, 2]
    assert [path.own_turns for path in family.paths] == [5, 2, 3, 2]


def test_a_branch_before_its_parents_own_turns_leaves_the_session_behind() -> None:
    family = family_of([row("a"), row("b", 5, "a", 3), row("c", 4, "b", 2), row("d", 4, "b", 3)])
    assert links(family)["c"] == ("a", 2)
    assert links(family)["d"] == ("a", 3)


def test_a_branch_of_nothing_leaves_the_first_session() -> None:
    family = family_of([row("a"), row("b", 5, "a", 3), row("c", 4, "b", 0)])
    assert links(family)["c"] == ("a", 0)


def test_a_parent_that_is_gone_still_holds_its_branches_together() -> None:
    family = family_of([row("b", 5, "gone", 2), row("c", 5, "gone", 4)])
    assert [(path.id, path.row is None, path.turns) for path in family.paths] == [
        ("gone", True, 4),
        ("c", False, 5),
        ("b", False, 5),
    ]
    parent = family.parent("b")
    assert parent is not None
    assert parent.row is None
    assert family.forks("b") == (Fork(at=2, ids=("c", "b"), own=1),)
    assert family.forks("c") == (Fork(at=2, ids=("c", "b"), own=0),)


def test_a_circle_is_cut_at_its_first_session() -> None:
    family = family_of([row("b", 5, "a", 2), row("a", 5, "c", 2), row("c", 5, "b", 3)])
    assert family.paths[0].id == "a"
    assert {path.id for path in family.paths} == {"a", "b", "c"}
    alone = family_of([row("a", 5, "a", 2)])
    assert links(alone) == {"a": (None, 0)}


def test_a_link_beyond_the_turns_there_are_ends_with_them() -> None:
    family = family_of([row("a", 2), row("b", 3, "a", 9), row("c", 3, "a", -4), row("d", 3, "a")])
    assert links(family) == {"a": (None, 0), "b": ("a", 3), "c": ("a", 0), "d": ("a", 0)}
    assert [fork.at for fork in family.forks("a")] == [0, 3]


def test_forks_are_the_same_seen_from_each_of_their_paths() -> None:
    family = family_of([row("a"), row("b", 5, "a", 2), row("c", 5, "a", 2), row("e", 5, "a", 4)])
    (at_two, at_four) = family.forks("a")
    assert (at_two.at, at_two.ids, at_two.own) == (2, ("a", "b", "c"), 0)
    assert (at_four.at, at_four.ids, at_four.own) == (4, ("a", "e"), 0)
    assert family.forks("b") == (Fork(at=2, ids=("a", "b", "c"), own=1),)
    # What leaves the trunk later goes with it here.
    assert family.forks("e") == (
        Fork(at=2, ids=("e", "b", "c"), own=0),
        Fork(at=4, ids=("a", "e"), own=1),
    )


def test_stepping_goes_round_and_round() -> None:
    fork = Fork(at=2, ids=("a", "b", "c"), own=2)
    assert [fork.next_id(step) for step in (1, -1, 3)] == ["a", "b", "c"]


def test_the_fork_meant_is_the_one_at_the_turn_or_after_it_or_the_nearest() -> None:
    family = family_of([row("a", 9), row("b", 9, "a", 2), row("c", 9, "a", 5)])
    meant = [family.fork_near("a", turn) for turn in range(9)]
    assert [fork.at for fork in meant if fork] == [2, 2, 2, 2, 5, 5, 5, 5, 5]
    assert family_of([row("a")]).fork_near("a", 0) is None
    assert family.fork_near("nobody", 0) is None


def test_a_session_that_ends_at_its_fork_shows_it_at_its_last_turn() -> None:
    family = family_of([row("a"), row("b", 2, "a", 2), row("c", 0, "a", 0)])
    (fork,) = [fork for fork in family.forks("b") if fork.at == 2]
    assert fork.place(2) == 1
    assert family.forks("c")[0].place(0) == -1


IDS = st.sampled_from("abcdefgh")
ROWS = st.lists(
    st.builds(
        row,
        IDS,
        st.integers(0, 6),
        st.none() | IDS | st.just("gone"),
        st.none() | st.integers(-2, 8),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(ROWS)
def test_whatever_the_links_say_everybody_is_there_once_and_after_who_they_leave(
    rows: list[SessionRow],
) -> None:
    family = family_of(rows)
    ids = [path.id for path in family.paths]
    assert len(ids) == len(set(ids))
    assert set(ids) - {"gone"} >= {one.id for one in rows}
    for path in family.paths:
        if path.leaves is not None:
            leaves = family.path(path.leaves)
            assert leaves is not None
            assert ids.index(leaves.id) < ids.index(path.id)
            assert path.depth == leaves.depth + 1
            assert leaves.leaves is None or path.shared > leaves.shared
        for fork in family.forks(path.id):
            assert fork.ids[fork.own] == path.id
            assert len(set(fork.ids)) == len(fork.ids) > 1
