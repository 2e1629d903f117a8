"""A backup holds every file as it was, shares what did not change, and is one of a few that stay."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import stat
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from backup_shelves import (
    FOLDER,
    KINDS,
    backups_of,
    brought_into,
    bytes_of,
    made,
)
from shelves import START, Ticking, names, opened, put, session, stocked, turn

from tui_sessions.errors import (
    AmbiguousError,
    DamagedFileError,
    NewerFormatError,
    NotFoundError,
)
from tui_sessions.store.backup import packing
from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.manifest import escaped, unescaped
from tui_sessions.store.backup.reading import heading_at, manifest_at
from tui_sessions.store.backup.writing import Options
from tui_sessions.store.library import Library


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_it_comes_back_byte_for_byte(library: Library, shelf: Path, kind: str) -> None:
    backups = backups_of(library, shelf)
    path = made(backups, None, Options(kind=kind)).path  # type: ignore[arg-type]
    other = brought_into(shelf.parent / "other", backups, path)
    assert bytes_of(other.root) == bytes_of(library.root)
    assert names(other.root) == names(library.root)
    assert other.attachments.has(hashlib.sha256(b"a picture").hexdigest())
    assert [search.name for search in other.searches.all()] == ["Mine"]
    assert {row.id for row in other.rows()} == {"s0", "s1", "odd", "named", "packed"}
    assert (other.root / "f0.json").stat().st_mtime_ns == (
        library.root / "f0.json"
    ).stat().st_mtime_ns


def test_what_every_tar_program_unpacks_is_a_library(library: Library, shelf: Path) -> None:
    path = made(backups_of(library, shelf)).path
    with tarfile.open(path) as archive:
        archive.extractall(shelf / "out", filter="data")
    unpacked = shelf / "out" / "tui-sessions-backup"
    assert bytes_of(unpacked / "library") == bytes_of(library.root)
    # And what was unpacked is a backup still.
    other = brought_into(shelf / "other", Backups(library, shelf, now=Ticking()), shelf / "out")
    assert bytes_of(other.root) == bytes_of(library.root)


def test_the_list_of_files_names_no_titles(tmp_path: Path, shelf: Path) -> None:
    library = opened(tmp_path / "library")
    library.create(session("a", turn("t", "PROMPT"), title="SECRET"), name="x", folder="work")
    manifest = manifest_at(made(backups_of(library, shelf), None, FOLDER).path)
    assert manifest is not None
    assert (manifest.sessions, manifest.members[0].session) == (1, "a")
    text = next(shelf.glob("*/manifest.json")).read_text()
    assert "SECRET" not in text
    assert "PROMPT" not in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_can_read_a_backup(library: Library, shelf: Path, kind: str) -> None:
    former = os.umask(0)
    try:
        path = made(backups_of(library, shelf), None, Options(kind=kind)).path  # type: ignore[arg-type]
    finally:
        os.umask(former)
    for place in (shelf, path, *path.rglob("*")):
        mode = stat.S_IMODE(place.stat().st_mode)
        assert mode == (0o700 if place.is_dir() else 0o600), place


def test_trash_and_history_go_along_only_when_asked(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    plain = manifest_at(made(backups).path)
    whole = manifest_at(made(backups, None, Options(with_trash=True, with_versions=True)).path)
    assert plain is not None
    assert whole is not None
    assert not {"trash", "history"} & {one.kind for one in plain.members}
    assert "trash" in {one.kind for one in whole.members}


def test_an_archive_holds_only_what_changed_since_the_last(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    first = made(backups)
    library.update("s0", lambda one: one.with_turn(turn("t3", "new")))
    second = made(backups, None, Options(is_incremental=True))
    third = made(backups, None, Options(is_incremental=True))
    assert second.shared == second.heading.files - 1
    assert third.shared == third.heading.files
    assert third.packed_size < first.packed_size
    assert set(third.heading.bases.values()) == {first.path.name, second.path.name}
    other = brought_into(shelf.parent / "other", backups, third.path)
    assert bytes_of(other.root) == bytes_of(library.root)
    assert list(backups.verify(backups.open(third.path))) == []


def test_one_whose_base_is_gone_says_so(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    first = made(backups)
    second = made(backups, None, Options(is_incremental=True))
    first.path.unlink()
    (row,) = backups.rows()
    assert row.trouble == "It builds on 1 that is not here."
    problems = list(backups.verify(backups.open(second.path)))
    assert "which is not beside it" in problems[0]
    # And nothing builds on it any more.
    assert made(backups, None, Options(is_incremental=True)).shared == 0


def test_another_archive_under_the_name_of_the_base_is_noticed(
    library: Library, shelf: Path
) -> None:
    backups = backups_of(library, shelf)
    first = made(backups)
    second = made(backups, None, Options(is_incremental=True))
    shutil.copy(made(backups).path, first.path)
    assert "builds on another backup" in next(iter(backups.verify(backups.open(second.path))))


def test_folders_share_what_did_not_change(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    first = made(backups, None, FOLDER).path
    library.update("s0", lambda one: one.with_turn(turn("t3", "new")))
    second = made(backups, None, Options(kind="folder", is_incremental=True)).path
    one, other = (path / "library" / "f1.json" for path in (first, second))
    assert one.stat().st_ino == other.stat().st_ino
    changed = [path / "library" / "f0.json" for path in (first, second)]
    assert changed[0].read_bytes() != changed[1].read_bytes()
    shutil.rmtree(first)  # Each stands alone.
    assert list(backups.verify(backups.open(second))) == []


def test_damage_in_the_last_one_is_not_handed_on(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    first = made(backups, None, FOLDER).path
    damaged = first / "library" / "f1.json"
    damaged.write_bytes(damaged.read_bytes()[::-1])
    second = made(backups, None, Options(kind="folder", is_incremental=True)).path
    assert list(backups.verify(backups.open(second))) == []
    assert len(list(backups.verify(backups.open(first)))) == 1


def test_a_newer_form_is_told(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    path = made(backups, None, FOLDER).path
    manifest = json.loads((path / "manifest.json").read_text())
    (path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(NewerFormatError, match="newer version"):
        heading_at(path)
    assert "newer version" in backups.rows()[0].trouble


def test_backups_are_found_by_path_name_and_last(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    first, second = made(backups).path, made(backups).path
    assert backups.find(str(first)) == first
    assert backups.find(first.name) == first
    assert backups.find(first.name.removesuffix(".tar.gz")) == first
    assert backups.find("@last") == second
    with pytest.raises(AmbiguousError):
        backups.find("sessions-")
    with pytest.raises(NotFoundError, match="no backup"):
        backups.find("nothing")


def test_the_newest_automatic_ones_stay_and_no_others_go(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    own = made(backups).path
    (shelf / "notes.txt").write_text("mine")
    (shelf / "sessions-20200101-000000.tar.gz").write_text("not whole")
    automatic = [made(backups, None, Options(is_automatic=True)).path for _ in range(4)]
    other = backups_of(stocked(shelf.parent / "other"), shelf)
    foreign = made(other, None, Options(is_automatic=True)).path
    assert sorted(backups.rotate(2)) == sorted(path.name for path in automatic[:2])
    left = {path.name for path in shelf.iterdir()}
    kept = {own.name, foreign.name, *(path.name for path in automatic[2:])}
    assert left == kept | {"notes.txt", "sessions-20200101-000000.tar.gz"}
    assert backups.rotate(0) == ()


def test_what_others_build_on_stays(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    options = Options(is_automatic=True, is_incremental=True)
    chain = [made(backups, None, options).path for _ in range(3)]
    assert backups.rotate(1) == (chain[1].name,)  # Nothing is held by the one in the middle.
    assert list(backups.verify(backups.open(chain[2]))) == []
    loose = made(backups, None, Options(is_automatic=True)).path
    assert set(backups.rotate(1)) == {chain[0].name, chain[2].name}
    assert list(backups.verify(backups.open(loose))) == []


def test_the_folder_tells_when_the_next_is_due(library: Library, shelf: Path) -> None:
    library.refresh()
    now = [START]
    backups = Backups(library, shelf, now=lambda: now[0])
    day = timedelta(days=1)
    assert backups.is_due(day)
    assert not backups.is_due(None)
    made(backups)
    assert not backups.is_due(day)
    now[0] += day
    assert backups.is_due(day)
    (shelf / "sessions-20990101-000000.tar.gz").write_bytes(b"no backup")
    assert backups.age() == day


def test_a_library_that_was_moved_is_the_same_one(library: Library, shelf: Path) -> None:
    made(backups_of(library, shelf))
    moved = shelf.parent / "moved"
    library.root.rename(moved)
    (row,) = backups_of(opened(moved), shelf).rows()
    assert row.is_own
    (foreign,) = backups_of(stocked(shelf.parent / "third"), shelf).rows()
    assert not foreign.is_own


def test_leftovers_of_a_crash_are_swept_and_those_of_others_are_not(
    library: Library, shelf: Path
) -> None:
    shelf.mkdir()
    crashed = shelf / ".tui-sessions-aaaaaaaaaaaa.tmp"
    crashed.write_bytes(b"half")
    (shelf / ".tui-sessions-bbbbbbbbbbbb.tmp").mkdir()
    (shelf / ".mine.tmp").write_bytes(b"mine")
    path = made(backups_of(library, shelf)).path
    assert {entry.name for entry in shelf.iterdir()} == {".mine.tmp", path.name}


def test_names_in_other_encodings_survive(tmp_path: Path, shelf: Path) -> None:
    library = stocked(tmp_path / "library", 1)
    odd = os.fsdecode(b"caf\xe9 100%25.json")
    put(library.root, odd, id="odd")
    long = "/".join(["x" * 90] * 3)
    put(library.root, f"{long}.json", id="long")
    backups = backups_of(library, shelf)
    for options in (Options(), FOLDER):
        path = made(backups, None, options).path
        other = brought_into(tmp_path / options.kind, backups, path)
        assert names(other.root) == names(library.root)


def test_escaped_paths_come_back(tmp_path: Path) -> None:
    for path in ("plain", "100%", "%25", "%41", os.fsdecode(b"\x80\xff%"), "ü/京"):
        assert unescaped(escaped(path)) == path
        escaped(path).encode("utf-8")
    for wrong in ("%2e%2e", "%", "%7f", "%zz", "%2"):
        with pytest.raises(DamagedFileError):
            unescaped(wrong)


def test_an_archive_says_itself_where_its_list_begins() -> None:
    written: list[bytes] = []
    packer = packing.Packer(written.append)
    packer.add(b"x" * 10)
    packer.flush()
    offset = packer.written
    packer.add(b"list")
    packer.close(offset)
    packer.stop()
    data = b"".join(written)
    assert gzip.decompress(data) == b"x" * 10 + b"list"
    assert packing.offset_in(data[-packing.FOOTER_SIZE :]) == offset
    assert packing.offset_in(data[-packing.FOOTER_SIZE - 1 : -1]) is None
