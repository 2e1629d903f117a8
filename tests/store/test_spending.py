"""What sessions cost together, by what is known about them."""

from __future__ import annotations

from pathlib import Path

from shelves import START, opened, put


def test_what_was_spent_is_told_anew_when_it_changes(tmp_path: Path) -> None:
    turns = [{"messages": [], "cost_estimate": 0.5}]
    put(tmp_path, "w/a.json", id="a", meta={"tags": ["T"], "project": "p"}, turns=turns)
    library = opened(tmp_path)
    asked = ({"tag": "t"}, {"project": "P"}, {"folder": "w"}, {"since": START}, {"folder": ""})
    assert [library.spent(**of).nanousd for of in asked] == [5 * 10**8] * 4 + [0]
    put(tmp_path, "w/b.json", id="b", meta={"tags": ["t"]}, turns=turns)
    library.refresh()
    assert [library.spent(**of).nanousd for of in asked] == [10**9, 5 * 10**8, 10**9, 10**9, 0]


def test_the_library_itself_is_a_folder_too(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a", turns=[{"messages": [], "cost_estimate": 0.25}])
    put(tmp_path, "w/b.json", id="b", turns=[{"messages": [], "cost_estimate": 1}])
    assert opened(tmp_path).spent(folder="").nanousd == 25 * 10**7
