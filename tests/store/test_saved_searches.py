"""Saved searches: kept in the library, never at the cost of what somebody else wrote there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_sessions.errors import ConflictError, NotFoundError, StoreError, UsageError
from tui_sessions.store import files
from tui_sessions.store.searches import SavedSearch, SavedSearches


@pytest.fixture
def searches(tmp_path: Path) -> SavedSearches:
    return SavedSearches(tmp_path / ".tui-sessions")


def test_a_search_is_kept_for_the_next_program(searches: SavedSearches, tmp_path: Path) -> None:
    assert searches.all() == ()
    searches.add("Python", "tag:python is:pinned")
    searches.add("日本", "京都")
    again = SavedSearches(tmp_path / ".tui-sessions")
    assert again.all() == (
        SavedSearch("Python", "tag:python is:pinned"),
        SavedSearch("日本", "京都"),
    )


def test_a_name_is_given_once_whatever_its_case(searches: SavedSearches) -> None:
    searches.add("Python", "tag:python")
    with pytest.raises(ConflictError, match="already"):
        searches.add("PYTHON", "tag:snake")
    searches.add("Rust", "tag:rust")
    with pytest.raises(ConflictError):
        searches.rename("Rust", "python")
    searches.rename("Rust", "rust")
    assert [search.name for search in searches.all()] == ["Python", "rust"]


@pytest.mark.parametrize(("name", "query"), [("", "a"), ("x" * 81, "a"), ("a", "  "), ("\n", "a")])
def test_what_cannot_be_a_search_is_refused(searches: SavedSearches, name: str, query: str) -> None:
    with pytest.raises(UsageError):
        searches.add(name, query)
    assert searches.all() == ()


def test_a_removed_search_is_answered_so_that_it_can_come_back(searches: SavedSearches) -> None:
    searches.add("Python", "tag:python")
    assert searches.remove("Python") == SavedSearch("Python", "tag:python")
    assert searches.all() == ()
    with pytest.raises(NotFoundError, match="Python"):
        searches.remove("Python")


def test_what_others_wrote_into_the_file_stays(searches: SavedSearches, tmp_path: Path) -> None:
    path = tmp_path / ".tui-sessions" / "searches.json"
    path.parent.mkdir()
    others = [{"name": "Old", "query": "old", "colour": "red"}, 7, {"name": 3}, "odd"]
    path.write_text(json.dumps(others))
    searches.rename("Old", "Older")
    searches.add("New", "new")
    assert json.loads(path.read_text()) == [
        {"name": "Older", "query": "old", "colour": "red"},
        *others[1:],
        {"name": "New", "query": "new"},
    ]


@pytest.mark.parametrize("data", [b"", b"{", b'{"name": 1}', b"[" * 5000, b"\xff\xfe"])
def test_a_damaged_file_is_empty_and_never_overwritten_without_a_copy(
    searches: SavedSearches, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / ".tui-sessions" / "searches.json"
    path.parent.mkdir()
    path.write_bytes(data)
    assert searches.all() == ()
    assert path.read_bytes() == data
    searches.add("New", "new")
    assert [search.name for search in searches.all()] == ["New"]
    (copy,) = path.parent.glob("*.damaged")
    assert copy.read_bytes() == data


def test_a_change_from_outside_is_seen(searches: SavedSearches, tmp_path: Path) -> None:
    searches.add("Mine", "mine")
    assert len(searches.all()) == 1
    SavedSearches(tmp_path / ".tui-sessions").add("Theirs", "theirs")
    assert [search.name for search in searches.all()] == ["Mine", "Theirs"]


def test_a_program_that_writes_in_between_loses_nothing(
    searches: SavedSearches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches.add("Mine", "mine")
    replace, other = files.replace, SavedSearches(tmp_path / ".tui-sessions")

    def late(path: Path, data: bytes, expected: files.Stamp | None = None) -> files.Stamp:
        monkeypatch.setattr(files, "replace", replace)
        other.add("Theirs", "theirs")
        return replace(path, data, expected)

    monkeypatch.setattr(files, "replace", late)
    searches.add("Second", "second")
    assert [search.name for search in searches.all()] == ["Mine", "Theirs", "Second"]


def test_a_disk_that_refuses_a_search_is_told(searches: SavedSearches, tmp_path: Path) -> None:
    (tmp_path / ".tui-sessions").write_text("a file where the folder should be")
    assert searches.all() == ()
    with pytest.raises(StoreError):
        searches.add("Mine", "mine")
