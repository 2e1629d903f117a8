"""A family out of the index: found by its links, whatever the size of the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelves import opened, put, session, stocked, turn

from tui_sessions.store.index import families


def test_a_family_is_found_from_each_of_its_sessions(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.branch("s0", 1, new_id="b")
    library.branch("b", 1, new_id="c")
    library.move("c", "elsewhere")
    for member in ("s0", "b", "c"):
        assert {path.id for path in library.family(member).paths} == {"s0", "b", "c"}
    assert [path.id for path in library.family("s1").paths] == ["s1"]
    assert library.family("nobody").paths == ()


def test_sessions_with_the_same_missing_parent_are_a_family(tmp_path: Path) -> None:
    put(tmp_path, "x.json", id="x", parent={"id": "gone", "turn": 1}, turns=[{"id": "t1"}])
    put(tmp_path, "y.json", id="y", parent={"id": "gone", "turn": 1}, turns=[{"id": "t1"}])
    family = opened(tmp_path).family("x")
    assert [(path.id, path.row is None) for path in family.paths] == [
        ("gone", True),
        ("x", False),
        ("y", False),
    ]


def test_links_that_lead_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    for name, parent in (("x", "y"), ("y", "z"), ("z", "x"), ("w", "w")):
        put(tmp_path, f"{name}.json", id=name, parent={"id": parent, "turn": 1})
    library = opened(tmp_path)
    assert {path.id for path in library.family("y").paths} == {"x", "y", "z"}
    assert [path.leaves for path in library.family("w").paths] == [None]


def test_of_too_many_the_first_are_shown_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path)
    library.create(session("s", turn("t1")))
    for _ in range(5):
        library.branch("s", 1)
    monkeypatch.setattr(families, "MOST", 4)
    family = library.family("s")
    assert len([path for path in family.paths if path.row is not None]) == 4
    assert not family.is_whole


def test_both_steps_go_by_an_index(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    plan = library._index.ask(
        lambda reading: reading.execute(
            f"EXPLAIN QUERY PLAN {families._FAMILY}", ("s0", 10)
        ).fetchall()
    )
    touched = [words for *_, words in plan if " s " in f"{words} "]
    assert touched
    assert all("USING" in words and "INDEX" in words for words in touched), plan
