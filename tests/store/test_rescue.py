"""Text whose session is gone finds another place."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from shelves import opened, session, turn

from tui_sessions.codec.decode import decode
from tui_sessions.errors import ConflictError, StoreError, UsageError
from tui_sessions.model.edits import retitle
from tui_sessions.store.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = opened(tmp_path / "library")
    library.create(session("a", turn("t"), title="Soup"))
    return library


def test_a_session_in_the_trash_is_changed_there_and_comes_back_so(library: Library) -> None:
    library.delete("a")
    rescued = library.rescue.put("a", retitle("Stew"), session("a"))
    assert rescued.in_trash
    assert "trash" in rescued.sentence
    library.undelete("a")
    assert library.load("a").title == "Stew"


def test_what_was_changed_in_the_trash_is_no_other_programs(library: Library) -> None:
    library.update("a", retitle("Goulash"))
    library.delete("a")
    library.rescue.put("a", retitle("Stew"), session("a"))
    library.undelete("a")
    assert not library.versions.is_foreign("a")
    assert [row.title for row in library.versions.rows("a")] == ["Goulash", "Soup"]


def test_a_session_that_is_gone_altogether_becomes_a_new_one(library: Library) -> None:
    known = library.load("a")
    library.path("a").unlink()
    library.refresh()
    rescued = library.rescue.put("a", lambda now: now, known)
    assert rescued.session_id != "a"
    kept = library.load(rescued.session_id)
    assert kept.title == "Soup (recovered)"
    assert kept.turns == known.turns


def test_a_library_that_is_not_mounted_is_not_begun_anew(library: Library) -> None:
    library.root.rename(library.root.with_name("elsewhere"))
    with pytest.raises(StoreError, match="mounted"):
        library.rescue.put("a", retitle("Stew"), session("a"))
    assert not library.root.exists()


def test_a_copy_is_a_session_file_and_overwrites_nothing(library: Library, tmp_path: Path) -> None:
    path = library.rescue.to_file(library.load("a"), tmp_path / "copy")
    assert path == tmp_path / "copy.json"
    assert decode(path.read_bytes(), fallback_id="x") == library.load("a")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConflictError, match="already"):
        library.rescue.to_file(session("b"), path)
    assert json.loads(path.read_text())["id"] == "a"


def test_a_copy_into_a_folder_that_is_not_there_is_refused(
    library: Library, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no folder"):
        library.rescue.to_file(session("b"), tmp_path / "no" / "copy.json")


def test_a_copy_inside_the_library_gets_an_id_of_its_own(library: Library) -> None:
    path = library.rescue.to_file(library.load("a"), library.root / "copy.json")
    library.refresh()
    assert json.loads(path.read_text())["id"] != "a"
    assert len(library.ids()) == 2


def test_a_path_that_is_proposed_is_free_and_can_be_written(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.rescue, "_places", lambda: iter([tmp_path]))
    first = library.rescue.proposed(library.load("a"))
    library.rescue.to_file(library.load("a"), first)
    assert library.rescue.proposed(library.load("a")) != first
    assert first.parent == tmp_path


def test_a_full_disk_does_not_keep_a_place_from_being_proposed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> str:  # Python tries its folder for temporary files by writing into it.
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", full)
    assert library.rescue.proposed(library.load("a")).name == "tui-sessions-a.json"


def test_every_place_is_proposed_once_those_on_another_disk_first(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    monkeypatch.setattr(library.rescue, "_places", lambda: iter([here, there, here]))
    monkeypatch.setattr(library.rescue, "_merit", lambda place: place == there)
    found = [path.parent for path in library.rescue.proposals(library.load("a"))]
    assert found == [there, here]


@pytest.mark.parametrize("name", ["x" * 300, "y/" * 3000 + "z", "a\0b"])
def test_a_name_that_no_disk_takes_is_a_sentence(
    library: Library, tmp_path: Path, name: str
) -> None:
    with pytest.raises((StoreError, UsageError)):
        library.rescue.to_file(library.load("a"), tmp_path / name)
