"""Overwriting keeps what was there; what other programs put into a session's file is told from ours."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from shelves import Ticking, opened, put, session, turn

from tui_sessions.errors import NotFoundError
from tui_sessions.model.edits import retitle, set_notes
from tui_sessions.store import files
from tui_sessions.store import versions as versions_module
from tui_sessions.store.library import Library


def folder_of(library: Library, session_id: str = "s") -> Path:
    return library.root / ".tui-sessions" / "history" / "versions" / session_id


def kept(library: Library, session_id: str = "s") -> list[str]:
    place = folder_of(library, session_id)
    return sorted(os.listdir(place)) if place.exists() else []


def titles(library: Library, session_id: str = "s") -> list[str]:
    return [row.title for row in library.versions.rows(session_id)]


def stocked(root: Path, *, name: str | None = None) -> Library:
    library = opened(root)
    library.create(session("s", turn("t1"), title="0"), name=name)
    return library


def test_every_overwrite_keeps_the_former_content(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    assert kept(library) == []
    library.update("s", retitle("1"))
    library.update("s", retitle("2"))
    assert titles(library) == ["1", "0"]
    rows = library.versions.rows("s")
    assert [row.differs for row in rows] == [("title “1”",), ("title “0”",)]
    assert library.versions.session("s", rows[1].number).title == "0"
    assert rows[1].path.endswith(".version")


def test_the_last_five_are_kept_beside_what_was_written_last(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    for number in range(1, 10):
        library.update("s", retitle(str(number)))
    assert titles(library) == ["8", "7", "6", "5", "4"]
    assert len(kept(library)) == 6


def test_a_version_keeps_its_number(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    (row,) = library.versions.rows("s")
    library.update("s", retitle("2"))
    library.update("s", retitle("3"))
    assert library.versions.session("s", row.number).title == "0"
    with pytest.raises(NotFoundError, match="There is no version 99 of session s"):
        library.versions.session("s", 99)


def test_restoring_one_is_a_step_that_can_be_taken_back(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", lambda now: now.with_turn(turn("t2")))
    library.update("s", set_notes("written down"))
    first = library.versions.rows("s")[-1]
    step = library.versions.restore("s", first.number)
    assert step is not None
    assert step.label == f"version {first.number} of “0”"
    now = library.load("s")
    assert ([one.id for one in now.turns], now.meta.notes) == (["t1"], None)
    library.history.undo()
    now = library.load("s")
    assert ([one.id for one in now.turns], now.meta.notes) == (["t1", "t2"], "written down")
    assert library.versions.restore("s", library.versions.rows("s")[0].number) is not None


def test_one_whose_file_was_removed_is_made_again(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"))
    library.update("a", retitle("Kept"))
    library.path("a").unlink()
    library.refresh()
    number = library.versions.rows("a")[0].number
    assert library.versions.restore("a", number) is not None
    assert library.load("a").title == "Kept"
    library.history.undo()
    assert library.rows() == ()


def test_packed_sessions_have_versions_as_well(tmp_path: Path) -> None:
    library = stocked(tmp_path, name="soup")
    packed = files.packed((tmp_path / "soup.json").read_bytes())
    (tmp_path / "soup.json").unlink()
    (tmp_path / "soup.json.gz").write_bytes(packed)
    library.refresh()
    library.update("s", retitle("1"))
    library.update("s", retitle("2"))
    assert titles(library) == ["1", "0"]


def test_versions_follow_a_session_that_is_moved_and_renamed(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.move("s", "work")
    library.rename_file("s", "soup")
    library.update("s", retitle("2"))
    assert titles(library) == ["1", "0"]
    assert library.reconcile("s").said is None


def test_versions_are_private_and_no_sessions(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.refresh()
    assert [row.id for row in library.rows()] == ["s"]
    assert library.history.steps() == ()
    for place in [folder_of(library), *folder_of(library).iterdir()]:
        assert place.stat().st_mode & 0o077 == 0


def test_purging_a_session_purges_its_versions(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.history.delete(["s"])
    assert kept(library)
    library.history.empty_trash()
    assert not folder_of(library).exists()


def test_purging_a_deleted_one_leaves_the_versions_of_one_that_has_its_id_now(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.history.delete(["s"])
    library.create(session("s", turn("new"), title="another"))
    library.history.empty_trash()
    assert kept(library)


def test_a_new_session_of_an_old_id_is_not_merged_with_the_old_one(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.history.delete(["s"])
    library.create(session("s", turn("new"), title="another"))
    library.update("s", retitle("changed"))
    assert [one.id for one in library.load("s").turns] == ["new"]
    assert len(library.rows()) == 1


def test_what_ours_wrote_last_outlives_a_writer_in_place(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    path = library.path("s")
    assert path.stat().st_nlink == 1, "editors write into a file with two names in place"
    path.write_bytes(path.read_bytes().replace(b'"because"', b'"theirs"'))
    assert library.versions.session("s", library.versions.rows("s")[0].number).title == "1"
    assert "because" in str(library.versions.session("s", library.versions.rows("s")[0].number))


@pytest.mark.parametrize("error", [errno.EPERM, errno.EMLINK, errno.EXDEV, errno.EOPNOTSUPP])
def test_where_links_are_refused_versions_are_copies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    library = stocked(tmp_path)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "link", refuse)
    library.update("s", retitle("1"))
    library.update("s", retitle("2"))
    assert titles(library) == ["1", "0"]


def test_where_nothing_can_be_kept_saving_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path)
    place = tmp_path / ".tui-sessions" / "history" / "versions"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("not a folder")
    library.update("s", retitle("1"))
    assert library.load("s").title == "1"
    assert library.versions.rows("s") == ()


def test_large_ones_get_a_second_name_instead_of_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions_module, "MOST_COPIED", 10)
    library = stocked(tmp_path)
    for number in range(1, 9):
        library.update("s", retitle(str(number)))
    assert titles(library) == ["7", "6", "5", "4", "3"]
    assert library.path("s").stat().st_nlink == 2
    assert library.reconcile("s").said is None


def test_a_crash_before_the_rename_leaves_no_foreign_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path)
    library.update("s", lambda now: now.with_turn(turn("t2")))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            library.update("s", lambda now: now.with_turns(now.turns[:1]))
    after = opened(tmp_path)
    found = after.reconcile("s")
    assert [one.id for one in found.session.turns] == ["t1", "t2"]
    assert found.said is None
    after.update("s", retitle("goes on"))
    assert [one.id for one in after.load("s").turns] == ["t1", "t2"]
    assert len(after.rows()) == 1


def test_a_torn_version_is_passed_over(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.update("s", retitle("2"))
    names = kept(library)
    for name in names[:-1]:
        version = folder_of(library) / name
        data = version.read_bytes()
        version.unlink()
        version.write_bytes(data[: len(data) // 2])
    assert library.versions.rows("s") == ()
    library.update("s", retitle("3"))
    assert titles(library) == ["2"]


def test_ids_that_are_no_file_names_stay_in_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "odd.json", id="../../odd", title="0")
    library = Library.open(tmp_path, now=Ticking())
    (row,) = library.rows()
    library.update(row.id, retitle("1"))
    assert titles(library, row.id) == ["0"]
    assert not (tmp_path.parent / "odd").exists()


def test_a_damaged_file_still_has_its_versions(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.update("s", retitle("1"))
    library.path("s").write_text("{ spoilt")
    library.refresh()
    assert titles(library) == ["1", "0"]
