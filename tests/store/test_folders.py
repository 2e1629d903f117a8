"""Folders: made, renamed, removed when empty; never through a link, never over anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelves import names, opened, put, session

from tui_sessions.errors import ConflictError, NotFoundError, UsageError
from tui_sessions.store import folders


def test_a_made_folder_is_there_and_goes_again(tmp_path: Path) -> None:
    library = opened(tmp_path)
    assert library.history.make_folder("a/b") is not None
    assert library.history.make_folder("a/b") is None
    assert library.folders() == ("a", "a/b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    library.history.undo()
    assert names(tmp_path) == set()
    library.history.redo()
    assert library.folders() == ("a", "a/b")


def test_a_folder_is_renamed_with_all_that_lies_in_it(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("s"), name="x", folder="a/b")
    put(tmp_path, "a/bad.json").write_text("{")
    (tmp_path / "a" / "notes.txt").write_text("mine")
    library.history.rename_folder("a", "new/place")
    after = {"new", "new/place", "new/place/b", "new/place/b/x.json"}
    assert names(tmp_path) == {*after, "new/place/bad.json", "new/place/notes.txt"}
    assert library.row("s").path == "new/place/b/x.json"
    library.history.undo()
    assert library.row("s").path == "a/b/x.json"
    assert not (tmp_path / "new").exists()
    library.history.redo()
    assert library.row("s").path == "new/place/b/x.json"


def test_sessions_without_an_id_of_their_own_keep_theirs(tmp_path: Path) -> None:
    put(tmp_path, "Äß/x.json", title="one")
    put(tmp_path, "Äß/deep/y.json", title="two")
    put(tmp_path, "other/z.json", title="three")
    library = opened(tmp_path)
    ids = {row.title: row.id for row in library.rows()}
    library.history.rename_folder("Äß", "b")
    assert {row.title: row.id for row in library.rows()} == ids
    assert '"id"' not in (tmp_path / "other" / "z.json").read_text()


def test_a_folder_is_never_renamed_over_another(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("s"), name="x", folder="a")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for taken in ("empty", "file"):
        with pytest.raises(ConflictError, match="already"):
            library.history.rename_folder("a", taken)
    assert library.history.steps() == ()
    assert library.row("s").path == "a/x.json"


def test_a_folder_cannot_be_moved_into_itself_nor_the_library_be_renamed(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.history.make_folder("a")
    for source, target in (("a", "a/b"), ("a", "a"), ("", "b"), ("a", "")):
        with pytest.raises(UsageError):
            library.history.rename_folder(source, target)
    with pytest.raises(UsageError):
        library.history.remove_folder("")
    assert names(tmp_path) == {"a"}


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    library = opened(tmp_path)
    with pytest.raises(NotFoundError, match="no folder 'a'"):
        library.history.rename_folder("a", "b")
    with pytest.raises(NotFoundError):
        library.history.remove_folder("a")


def test_only_an_empty_folder_is_removed(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("s"), name="x", folder="full")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".tui-sessions-abcdefghijkl.tmp").write_text("left by a crash")
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".keep").write_text("")
    for path in ("full", "hidden"):
        with pytest.raises(ConflictError, match="not empty"):
            library.history.remove_folder(path)
    library.history.remove_folder("empty")
    assert "empty" not in library.folders()
    library.history.undo()
    assert "empty" in library.folders()


def test_names_that_people_choose_are_checked(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.history.make_folder("a")
    for name in ("../x", "a/../../x", ".hidden", "x/.tui-sessions", "a\0b", "x" * 200):
        with pytest.raises(UsageError):
            library.history.make_folder(name)
        with pytest.raises(UsageError):
            library.history.rename_folder("a", name)
    for name in ("..", ".tui-sessions", "a//b", "a/../a"):
        with pytest.raises(UsageError):
            library.history.rename_folder(name, "b")
        with pytest.raises(UsageError):
            library.history.remove_folder(name)


def test_no_way_leads_through_a_link(tmp_path: Path) -> None:
    root = tmp_path / "library"
    library = opened(root)
    library.history.make_folder("a")
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="symbolic link"):
        library.history.make_folder("link/new")
    with pytest.raises(UsageError, match="symbolic link"):
        library.history.rename_folder("a", "link/new")
    with pytest.raises(UsageError, match="symbolic link"):
        library.history.rename_folder("link", "b")
    with pytest.raises(UsageError, match="symbolic link"):
        library.history.remove_folder("link")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_folder_that_became_a_link_takes_nothing_back(tmp_path: Path) -> None:
    root = tmp_path / "library"
    library = opened(root)
    library.create(session("s"), name="x", folder="w")
    library.history.delete(["s"])
    (root / "w").rmdir()
    (tmp_path / "outside").mkdir()
    (root / "w").symlink_to(tmp_path / "outside")
    row = library.history.undo()
    assert "symbolic link" in row.problems[0]
    assert list((tmp_path / "outside").iterdir()) == []
    assert len(library.trash()) == 1


def test_a_rename_back_does_not_cover_what_took_the_name(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.history.make_folder("a")
    library.history.rename_folder("a", "b")
    (tmp_path / "a").mkdir()
    row = library.history.undo()
    assert row.problems == ("a is there already. Choose another name.",)
    assert names(tmp_path) == {"a", "b"}


def test_what_is_inside_is_told_from_what_is_not() -> None:
    for path in ("a", "a/b", "#odd [name]", "ü"):
        assert folders.is_inside(path)
    for path in ("", "/", "/a", "a/", "..", "a/../b", ".hidden", "a/.b", "a\0"):
        assert not folders.is_inside(path)
