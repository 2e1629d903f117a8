"""Deleting is moving aside; taking back never overwrites."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from shelves import names, opened, put, session, turn

from tui_sessions.errors import AmbiguousError, NotFoundError, StoreError, UsageError
from tui_sessions.store import files


def test_a_deleted_session_comes_back_as_it_was(tmp_path: Path) -> None:
    library = opened(tmp_path)
    made = library.create(session("a", turn("t"), title="Keep"), name="x", folder="w")
    row = library.delete("a")
    assert (row.id, row.title, row.path) == ("a", "Keep", "w/x.json")
    assert library.rows() == ()
    assert library.trash() == (row,)
    with pytest.raises(NotFoundError):
        library.load("a")
    assert library.undelete(row.entry) == "a"
    assert library.load("a") == made
    assert library.path("a") == tmp_path / "w" / "x.json"
    assert library.trash() == ()


def test_another_program_sees_the_trash(tmp_path: Path) -> None:
    opened(tmp_path).create(session("a"))
    opened(tmp_path).delete("a")
    assert opened(tmp_path).undelete("a") == "a"
    assert opened(tmp_path).row("a").id == "a"


def test_it_comes_back_beside_what_took_its_place(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    library.delete("a")
    library.create(session("b"), name="x")
    library.undelete("a")
    assert names(tmp_path) == {"x.json", "x_2.json"}
    assert library.row("a").path == "x_2.json"


def test_it_comes_back_though_its_id_is_taken(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", title="old"), name="x")
    library.delete("a")
    library.create(session("a", title="new"), name="y")
    back = library.undelete("a")
    assert library.load(back).title == "old"
    assert {row.title for row in library.rows()} == {"old", "new"}


def test_its_folder_comes_back_too(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x", folder="w/deep")
    library.delete("a")
    (tmp_path / "w" / "deep").rmdir()
    (tmp_path / "w").rmdir()
    library.undelete("a")
    assert library.row("a").path == "w/deep/x.json"


def test_the_latest_of_one_id_is_taken_back_and_the_latest_is_listed_first(tmp_path: Path) -> None:
    library = opened(tmp_path)
    for title in ("first", "second"):
        library.create(session("a", title=title))
        library.delete("a")
    assert [row.title for row in library.trash()] == ["second", "first"]
    library.undelete("a")
    assert library.load("a").title == "second"


def test_the_beginning_of_an_id_is_enough_unless_it_fits_several(tmp_path: Path) -> None:
    library = opened(tmp_path)
    for session_id in ("abc", "abd", "xyz"):
        library.create(session(session_id, title=session_id.upper()))
        library.delete(session_id)
    with pytest.raises(AmbiguousError, match=r"abd \(ABD\), abc \(ABC\)"):
        library.undelete("ab")
    with pytest.raises(NotFoundError, match="no 'q' in the trash"):
        library.undelete("q")
    assert library.undelete("x") == "xyz"


def test_branches_stay_when_their_parent_is_deleted(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", turn("t")))
    branch = library.branch("a", 1)
    library.delete("a")
    assert library.load(branch.id) == branch


def test_packed_sessions_come_back_packed(tmp_path: Path) -> None:
    (tmp_path / "x.json.gz").write_bytes(files.packed(b'{"id": "a", "turns": []}'))
    library = opened(tmp_path)
    library.delete("a")
    library.undelete("a")
    assert library.row("a").path == "x.json.gz"


def test_a_damaged_file_can_be_deleted_and_taken_back(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "link.json").symlink_to(tmp_path / "elsewhere")
    library = opened(tmp_path)
    rows = [library.delete_damaged(path) for path in ("bad.json", "link.json")]
    assert names(tmp_path) == set()
    assert library.damaged() == ()
    for row in rows:
        library.undelete(row.entry)
    assert (tmp_path / "bad.json").read_text() == "{"
    assert os.readlink(tmp_path / "link.json") == str(tmp_path / "elsewhere")
    assert [row.path for row in library.damaged()] == ["bad.json", "link.json"]


def test_only_damaged_files_are_deleted_by_path(tmp_path: Path) -> None:
    put(tmp_path, "good.json", id="a")
    library = opened(tmp_path)
    for path in ("good.json", "../x.json", "missing.json"):
        with pytest.raises(NotFoundError):
            library.delete_damaged(path)


def test_a_folder_is_not_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "private/a.json")
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match="is a folder"):
        opened(tmp_path).delete_damaged("private")


def test_a_failed_delete_leaves_the_session_and_no_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path)
    made = library.create(session("a"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(StoreError, match="read-only"):
        library.delete("a")
    monkeypatch.undo()
    assert library.load("a") == made
    assert list((tmp_path / ".tui-sessions" / "trash").iterdir()) == []


@pytest.mark.parametrize("path", ["../out.json", "/etc/out.json", "a/../../out.json"])
def test_a_note_that_leads_outside_is_not_followed(tmp_path: Path, path: str) -> None:
    root = tmp_path / "library"
    library = opened(root)
    library.create(session("a"), name="x")
    row = library.delete("a")
    note = root / ".tui-sessions" / "trash" / f"{row.entry}.note"
    note.write_text(note.read_text().replace("x.json", path))
    with pytest.raises(NotFoundError):
        library.undelete("a")


def test_a_broken_note_hides_no_other(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"))
    row = library.delete("a")
    (tmp_path / ".tui-sessions" / "trash" / "bad.note").write_text("[" * 100_000)
    assert library.trash() == (row,)
