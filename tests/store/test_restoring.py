"""Restoring puts back what is missing, never over what is newer here, and can be taken back as one step."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import pytest
from shelves import Ticking, names, opened, put, session, stocked, turn

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, UsageError
from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.bare import TooLargeError
from tui_sessions.store.backup.packing import StoppedError
from tui_sessions.store.backup.restoring import Preview, Restored
from tui_sessions.store.backup.writing import Options
from tui_sessions.store.library import Library


class Shelved:
    """A library of four sessions with a backup of it."""

    def __init__(self, tmp_path: Path, kind: Any = "folder") -> None:
        self.library = stocked(tmp_path / "library", 4)
        self.library.refresh()
        self.backups = Backups(self.library, tmp_path / "backups", now=Ticking())
        made = self.backups.make(None, Options(kind=kind))
        assert made is not None
        self.path = made.path

    def preview(self) -> Preview:
        return self.backups.preview(self.backups.open(self.path))

    def restore(self, paths: Collection[str] | None = None, **more: Any) -> Restored:
        source = self.backups.open(self.path)
        return self.backups.restore(source, self.backups.preview(source), paths, **more)

    def relations(self) -> dict[str, str]:
        return {line.id: line.relation for line in self.preview().lines}

    def change(self) -> None:
        """s0 is deleted, s1 has another turn, s2 another turn where it had one, s3 is as it was."""
        library = self.library
        library.delete("s0")
        library.update("s1", lambda one: one.with_turn(turn("t3", "new")))
        library.update("s2", lambda one: one.with_turns((one.turns[0], turn("t9", "other"))))


@pytest.fixture(params=["tar", "folder"])
def shelved(tmp_path: Path, request: pytest.FixtureRequest) -> Shelved:
    return Shelved(tmp_path, request.param)


def test_a_preview_says_how_each_stands(shelved: Shelved) -> None:
    shelved.change()
    assert shelved.relations() == {"s0": "new", "s1": "older", "s2": "conflict", "s3": "same"}


def test_what_comes_back_is_no_other_programs(shelved: Shelved) -> None:
    library = shelved.library
    library.update("s0", lambda one: one.with_turn(turn("t3", "new")))
    library.delete("s0")
    assert shelved.restore().new == ("s0",)
    assert not library.versions.is_foreign("s0")
    found = library.reconcile("s0")
    assert not found.is_news
    assert [one.id for one in found.session.turns] == ["t1", "t2"]
    assert {row.id for row in library.rows()} == {"s0", "s1", "s2", "s3"}
    latest = library.versions.rows("s0")[0]
    assert latest.turns == 3


def test_what_is_newer_or_different_here_stays(shelved: Shelved) -> None:
    shelved.change()
    library = shelved.library
    before = {one: library.load(one) for one in ("s1", "s2", "s3")}
    restored = shelved.restore()
    assert restored.new == ("s0",)
    assert restored.replaced == ()
    assert {one: library.load(one) for one in before} == before
    (beside,) = restored.beside
    found = library.load(beside)
    assert found.title == "T2 (restored)"
    assert [one.id for one in found.turns] == ["t1", "t2"]
    assert found.parent is not None
    assert (found.parent.id, found.parent.turn) == ("s2", 1)
    assert found.turns[0].inherited
    assert not found.turns[1].inherited


def test_all_of_it_is_one_step_back_and_forth(shelved: Shelved) -> None:
    shelved.change()
    library = shelved.library
    before = {row.id: library.load(row.id) for row in library.rows()}
    restored = shelved.restore()
    step = library.history.next_undo()
    assert step is not None
    assert step.label == "restoring of 2 sessions from a backup"
    library.history.undo()
    assert {row.id: library.load(row.id) for row in library.rows()} == before
    library.history.redo()
    assert {row.id for row in library.rows()} == {*before, "s0", *restored.beside}
    assert library.path("s0").name == "f0.json"


def test_in_place_the_former_state_comes_back_with_undo(shelved: Shelved) -> None:
    shelved.change()
    library = shelved.library
    before = {one: library.load(one) for one in ("s1", "s2")}
    restored = shelved.restore(is_overwriting=True)
    assert set(restored.replaced) == {"s1", "s2"}
    assert restored.beside == ()
    assert [one.id for one in library.load("s1").turns] == ["t1", "t2"]
    assert shelved.relations()["s2"] == "same"
    library.history.undo()
    assert {one: library.load(one).turns for one in before} == {
        one: found.turns for one, found in before.items()
    }


def test_one_that_is_named_comes_beside_a_newer_one(shelved: Shelved) -> None:
    shelved.change()
    lines = {line.id: line for line in shelved.preview().lines}
    restored = shelved.restore({lines["s1"].path})
    (beside,) = restored.beside
    assert shelved.library.load(beside).title == "T1 (restored)"
    assert restored.new == ()


def test_what_here_is_the_beginning_of_it_gets_the_rest(shelved: Shelved) -> None:
    library = shelved.library
    file = library.path("s1")
    said = json.loads(file.read_text())
    said["turns"] = said["turns"][:1]
    file.write_text(json.dumps(said))
    library.refresh()
    assert shelved.relations()["s1"] == "newer"
    restored = shelved.restore()
    assert restored.replaced == ("s1",)
    assert len(library.load("s1").turns) == 2
    library.history.undo()
    assert len(library.load("s1").turns) == 1


def test_turns_that_were_deleted_here_on_purpose_stay_deleted(shelved: Shelved) -> None:
    # It was changed later than the backup: that is newer work as well.
    shelved.library.update("s1", lambda one: one.with_turns(one.turns[:1]))
    assert shelved.relations()["s1"] == "conflict"
    shelved.restore()
    assert len(shelved.library.load("s1").turns) == 1


def test_another_title_here_stays(shelved: Shelved) -> None:
    shelved.library.update("s1", lambda one: msgspec.structs.replace(one, title="Mine"))
    assert shelved.relations()["s1"] == "older"
    assert shelved.restore().outcome.done == 0
    assert shelved.library.load("s1").title == "Mine"


def test_nothing_happens_where_all_is_the_same(shelved: Shelved) -> None:
    before = shelved.library.history.steps()
    restored = shelved.restore()
    assert (restored.outcome.done, restored.outcome.step) == (0, None)
    assert shelved.library.history.steps() == before


def test_a_session_that_changes_after_the_preview_is_not_written_over(shelved: Shelved) -> None:
    library, backups = shelved.library, shelved.backups
    file = library.path("s1")
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "turns": said["turns"][:1]}))
    library.refresh()
    library.delete("s0")
    source = backups.open(shelved.path)
    preview = backups.preview(source)
    library.update("s1", lambda one: one.with_turn(turn("t9", "meanwhile")))
    library.create(session("s0", turn("t1"), title="Another"))
    restored = backups.restore(source, preview)
    assert len(restored.outcome.problems) == 2
    assert [one.id for one in library.load("s1").turns] == ["t1", "t9"]
    assert library.load("s0").title == "Another"


def test_a_name_that_is_taken_by_another_stays_with_it(shelved: Shelved) -> None:
    library = shelved.library
    library.delete("s0")
    library.create(session("other", turn("t")), name="f0")
    shelved.restore()
    assert library.row("s0").path == "f0_2.json"
    assert library.row("other").path == "f0.json"


def test_folders_come_back_and_go_with_undo(tmp_path: Path) -> None:
    library = stocked(tmp_path / "library", 1)
    library.create(session("deep", turn("t")), name="x", folder="a/b")
    library.make_folder("empty")
    library.refresh()
    backups = Backups(library, tmp_path / "backups", now=Ticking())
    made = backups.make()
    assert made is not None
    library.delete("deep")
    for folder in ("a/b", "a", "empty"):
        library.remove_folder(folder)
    source = backups.open(made.path)
    backups.restore(source, backups.preview(source))
    assert (library.root / "a/b/x.json").is_file()
    assert (library.root / "empty").is_dir()
    library.history.undo()
    assert not (library.root / "a").exists()
    assert not (library.root / "empty").exists()


def test_a_restoring_that_was_stopped_while_unpacking_changes_nothing(shelved: Shelved) -> None:
    shelved.change()
    before = names(shelved.library.root)
    with pytest.raises(StoppedError):
        shelved.restore(stop=lambda: True)
    assert names(shelved.library.root) == before
    assert not (shelved.library.root / ".tui-sessions" / "restoring").exists()


def test_a_disk_without_room_is_told_before_anything_is_unpacked(
    shelved: Shelved, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelved.change()

    class Full:
        f_bavail, f_frsize = 1, 512

    monkeypatch.setattr(os, "statvfs", lambda _: Full)
    with pytest.raises(StoreError, match="Free some space"):
        shelved.restore()


def test_a_damaged_file_comes_back_only_where_nothing_lies(tmp_path: Path) -> None:
    root = tmp_path / "library"
    library = stocked(root, 1)
    (root / "broken.json").write_bytes(b"{")
    library.refresh()
    backups = Backups(library, tmp_path / "backups", now=Ticking())
    made = backups.make()
    assert made is not None
    (root / "broken.json").write_bytes(b'{"id": "mended", "turns": []}')
    library.refresh()
    source = backups.open(made.path)
    backups.restore(source, backups.preview(source))
    assert b"mended" in (root / "broken.json").read_bytes()
    (root / "broken.json").unlink()
    library.refresh()
    backups.restore(source, backups.preview(source))
    assert (root / "broken.json").read_bytes() == b"{"


def test_many_come_back_as_quickly_as_few(tmp_path: Path) -> None:
    root = tmp_path / "library"
    for number in range(300):
        put(root, f"f{number}.json", id=f"s{number}", title=f"T{number}")
    library = opened(root)
    library.refresh()
    backups = Backups(library, tmp_path / "backups", now=Ticking())
    made = backups.make()
    assert made is not None
    other = Backups(opened(tmp_path / "other"), tmp_path / "backups", now=Ticking())
    source = other.open(made.path)
    restored = other.restore(source, other.preview(source))
    assert len(restored.new) == 300
    assert len(names(tmp_path / "other")) == 300


# what somebody kept by hand


def by_hand(tmp_path: Path) -> Path:
    folder = tmp_path / "kept" / "my sessions"
    put(folder, "one.json", id="one", title="One")
    put(folder, "work/two.json", id="two", title="Two")
    put(folder, "package.json.bak", id="no")
    (folder / "notes.txt").write_text("no session")
    (folder / ".git").mkdir()
    put(folder, ".git/three.json", id="three")
    (folder / "link.json").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.json")
    return folder


def brought(tmp_path: Path, source: Path, **more: Any) -> tuple[Library, Preview]:
    library = opened(tmp_path / "library")
    backups = Backups(library, tmp_path / "backups", now=Ticking())
    found = backups.open(source, **more)
    preview = backups.preview(found)
    backups.restore(found, preview)
    return library, preview


def test_a_folder_of_session_files_comes_back(tmp_path: Path) -> None:
    library, preview = brought(tmp_path, by_hand(tmp_path))
    assert names(library.root) == {"one.json", "work", "work/two.json"}
    assert len(preview.problems) == 2
    assert all("no regular file" in problem for problem in preview.problems)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_an_archive_made_by_hand_comes_back_without_its_top_folder(
    tmp_path: Path, mode: Any
) -> None:
    folder = by_hand(tmp_path)
    path = tmp_path / "hand.tar"
    with tarfile.open(path, mode) as archive:
        archive.add(folder, folder.name)
    library, preview = brought(tmp_path, path)
    assert names(library.root) == {"one.json", "work", "work/two.json"}
    assert sorted(preview.problems) == [
        "my sessions/link.json: it is a symbolic link.",
        "my sessions/pipe.json: it is a device or pipe.",
    ]


def test_attachments_of_a_packed_library_come_along(tmp_path: Path) -> None:
    former = opened(tmp_path / "former")
    part = former.attachments.put(b"picture", name="p.png")
    put(former.root, "a.json", id="a", note=part.extra["sha256"])
    put(former.root, "b.json", id="b")
    path = tmp_path / "hand.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(former.root, ".")
    library, _ = brought(tmp_path, path)
    assert library.attachments.read(part.extra["sha256"]) == b"picture"


def test_large_ones_made_by_hand_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kept"
    for number in range(12):
        put(folder, f"{number}.json", id=f"s{number}", note=os.urandom(2000).hex())
    path = tmp_path / "hand.tgz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, "x")
    bare = "tui_sessions.store.backup.bare"
    for name, most, words in (
        ("MOST_FILES", 10, "more than 10 files"),
        ("MOST_UNASKED", 20_000, "more than 20.0 kB"),
        ("LARGEST_UNASKED", 1000, "a file of"),
    ):
        for place in (path, folder):
            with monkeypatch.context() as patch:
                patch.setattr(f"{bare}.{name}", most)
                with pytest.raises(TooLargeError, match=words):
                    brought(tmp_path, place)
                assert len(brought(tmp_path, place, is_sure=True)[1].lines) == 12


def test_what_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive\n" * 100)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DamagedFileError, match="no archive"):
        brought(tmp_path, tmp_path / "text")
    with pytest.raises(NotFoundError, match="no session files"):
        brought(tmp_path, tmp_path / "empty")
    with pytest.raises(NotFoundError, match="There is no"):
        brought(tmp_path, tmp_path / "nothing")
    with pytest.raises(UsageError, match="this library itself"):
        brought(tmp_path, stocked(tmp_path / "library", 1).root)
