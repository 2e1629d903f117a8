"""Making, reading and editing sessions through the one door."""

from __future__ import annotations

import errno
import gzip
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shelves import START, names, opened, put, session, turn

from tui_sessions.codec.decode import decode
from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NewerFormatError,
    NotFoundError,
    StoreError,
    UsageError,
)
from tui_sessions.model.edits import add_tags, retitle
from tui_sessions.model.ids import derived_id
from tui_sessions.model.session import Session
from tui_sessions.store import files
from tui_sessions.store.library import Library


def test_a_new_session_is_a_file_named_by_the_local_time(tmp_path: Path) -> None:
    library = opened(tmp_path)
    made = library.create(session("a", turn("t")))
    second = library.create(session("b", created_at=START))
    assert library.load("a") == made
    assert made.created_at is not None
    assert second.created_at == START
    local = (START + timedelta(seconds=1)).astimezone()
    assert library.path("a") == tmp_path / f"session_{local:%Y%m%d_%H%M%S}.json"


def test_sessions_of_the_same_second_get_numbers(tmp_path: Path) -> None:
    library = Library.open(tmp_path, now=lambda: START)
    for session_id in ("a", "b", "c"):
        library.create(session(session_id))
    stem = f"session_{START.astimezone():%Y%m%d_%H%M%S}"
    assert names(tmp_path) == {f"{stem}.json", f"{stem}_2.json", f"{stem}_3.json"}


def test_a_session_is_made_under_a_name_in_a_folder(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="oauth.json", folder="work/My API")
    assert library.row("a").path == "work/My API/oauth.json"
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700
    assert stat.S_IMODE(library.path("a").stat().st_mode) == 0o600


def test_nothing_is_overwritten_by_a_new_session(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", title="first"), name="x")
    with pytest.raises(ConflictError, match=r"There is a file x\.json .* already"):
        library.create(session("b"), name="x")
    with pytest.raises(ConflictError, match="There is a session 'a' already"):
        library.create(session("a"), name="y")
    assert library.load("a").title == "first"
    assert names(tmp_path) == {"x.json"}


@pytest.mark.parametrize("name", ["a/b", "../x", ".hidden", "a\nb", "", " ", "x\x1b[2J", "a" * 101])
def test_a_name_that_cannot_be_a_file_is_refused(tmp_path: Path, name: str) -> None:
    library = opened(tmp_path)
    with pytest.raises(UsageError, match="file name") as caught:
        library.create(session("a"), name=name)
    assert str(caught.value).isprintable()
    assert names(tmp_path) == set()


@pytest.mark.parametrize("folder", ["..", "a/../..", ".tui-sessions", "a//b", "a\x00"])
def test_a_folder_outside_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(UsageError, match="folder name"):
        opened(tmp_path).create(session("a"), folder=folder)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    library = opened(tmp_path / "library")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="symbolic link"):
        library.create(session("a"), folder="link/in")
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_was_said_is_on_disk_with_its_time(tmp_path: Path) -> None:
    library = opened(tmp_path)
    made = library.create(session("a"), name="x")
    said = library.update("a", lambda now: now.with_turns((turn("t"),)))
    assert said.updated_at is not None
    assert made.updated_at is not None
    assert said.updated_at > made.updated_at


def test_what_is_said_about_a_session_does_not_make_it_todays(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a", updated_at="2020-01-01T00:00:00Z")
    put(tmp_path, "b.json", id="b")
    os.utime(tmp_path / "b.json", (1_600_000_000, 1_600_000_000))
    library = opened(tmp_path)
    before = {row.id: row.updated_at for row in library.rows()}
    for session_id in ("a", "b"):
        library.update(session_id, retitle("New"))
    assert {row.id: row.updated_at for row in library.rows()} == before


def test_an_edit_is_on_disk(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    edited = library.update("a", retitle("New"))
    on_disk = decode((tmp_path / "x.json").read_bytes(), fallback_id="")
    assert on_disk == edited == library.load("a")
    assert library.row("a").title == "New"


def test_an_edit_that_changes_nothing_does_not_write(tmp_path: Path) -> None:
    file = put(tmp_path, "foreign.json", id="a", title="T")
    before = file.read_bytes()
    opened(tmp_path).update("a", retitle("T"))
    assert file.read_bytes() == before


def test_an_edit_is_made_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    opened(tmp_path).update("a", add_tags(["theirs"]))
    assert library.update("a", add_tags(["ours"])).meta.tags == ("theirs", "ours")


def test_an_edit_is_made_again_when_a_program_without_locks_writes_in_between(
    tmp_path: Path,
) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    interruptions = iter([True, False])

    def change(current: Session) -> Session:
        if next(interruptions):
            put(tmp_path, "x.json", id="a", title="From the editor")
        return add_tags(["ours"])(current)

    library.update("a", change)
    assert library.load("a").title == "From the editor"
    assert library.load("a").meta.tags == ("ours",)


def test_a_file_that_never_rests_is_a_conflict(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    count = iter(range(100))

    def change(current: Session) -> Session:
        put(tmp_path, "x.json", id="a", title="x" * next(count))
        return add_tags(["ours"])(current)

    with pytest.raises(ConflictError, match=r"x\.json is being written by another program"):
        library.update("a", change)


def test_a_failed_save_is_an_error_and_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path)
    made = library.create(session("a"), name="x")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StoreError, match="the disk is full"):
        library.update("a", retitle("New"))
    monkeypatch.undo()
    assert library.load("a") == made
    assert names(tmp_path) == {"x.json"}


def test_an_unreadable_file_is_no_missing_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    real = os.open

    def refuse(path: str | Path, *args: int) -> int:
        if str(path).endswith("x.json"):
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *args)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match=r"x\.json: the disk reports an error"):
        library.load("a")


def test_a_file_that_became_damaged_is_named_and_not_touched(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    (tmp_path / "x.json").write_text("{")
    for act in (library.load, lambda ref: library.update(ref, retitle("New"))):
        with pytest.raises(
            DamagedFileError, match=r"x\.json cannot be read as a session\. It is cut"
        ):
            act("a")
    assert (tmp_path / "x.json").read_text() == "{"


def test_a_newer_format_opens_and_is_not_written(tmp_path: Path) -> None:
    file = put(tmp_path, "new.json", id="a", format=2)
    before = file.read_bytes()
    library = opened(tmp_path)
    assert library.load("a").is_read_only
    assert library.row("a").is_read_only
    with pytest.raises(NewerFormatError, match="newer version \\(format 2\\)"):
        library.update("a", retitle("New"))
    with pytest.raises(NewerFormatError):
        library.branch("a", 0)
    assert file.read_bytes() == before


def test_packed_sessions_are_read_and_written_back_packed(tmp_path: Path) -> None:
    (tmp_path / "old.json.gz").write_bytes(gzip.compress(b'{"id": "a", "turns": []}'))
    library = opened(tmp_path)
    library.update("a", retitle("Packed"))
    written = gzip.decompress((tmp_path / "old.json.gz").read_bytes())
    assert json.loads(written)["title"] == "Packed"
    assert opened(tmp_path).row("a").title == "Packed"


def test_a_file_without_an_id_keeps_the_one_it_was_listed_under(tmp_path: Path) -> None:
    put(tmp_path, "w/old.json", title="Old")
    library = opened(tmp_path)
    (row,) = library.rows()
    assert row.id == derived_id("w/old.json")
    library.move(row.id, "archive")
    assert library.row(row.id).path == "archive/old.json"
    assert opened(tmp_path).load(row.id).title == "Old"


def test_of_files_with_one_id_the_oldest_keeps_it(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="same", title="copy", created_at="2025-01-02T00:00:00Z")
    put(tmp_path, "b.json", id="same", title="first", created_at="2025-01-01T00:00:00Z")
    put(tmp_path, "c.json", id="same", title="undated")
    library = opened(tmp_path)
    assert library.load("same").title == "first"
    copy = derived_id("a.json")
    assert library.load(copy).title == "copy"
    assert "is that of another file too" in library.load(copy).problems[0]
    assert library.update(copy, retitle("own")) == library.load(copy)
    assert json.loads((tmp_path / "a.json").read_text())["id"] == copy
    assert {row.title for row in library.rows()} == {"own", "first", "undated"}
    assert opened(tmp_path).load(copy).problems == ()


def test_a_file_that_was_moved_by_hand_is_found_again(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    (tmp_path / "x.json").rename(tmp_path / "y.json")
    assert library.load("a").id == "a"
    assert library.path("a") == tmp_path / "y.json"


def test_a_path_that_holds_another_session_by_now_is_not_mistaken(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x")
    put(tmp_path, "x.json", id="b", title="other")
    with pytest.raises(NotFoundError):
        library.update("a", retitle("wrong"))
    assert library.load("b").title == "other"


def test_a_branch_shares_turns_and_lies_beside_its_parent(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", turn("1"), turn("2"), turn("3")), folder="w")
    branch = library.branch("a", 2, title="Try")
    assert [shared.id for shared in branch.turns] == ["1", "2"]
    assert library.row(branch.id).folder == "w"
    assert library.row(branch.id).parent_id == "a"
    assert library.load(branch.id) == branch
    with pytest.raises(UsageError, match="has 3 turns"):
        library.branch("a", 4)


def test_a_file_is_renamed_and_never_over_another(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"), name="x", folder="w")
    library.create(session("b"), name="y", folder="w")
    with pytest.raises(ConflictError, match=r"w/y\.json already"):
        library.rename_file("a", "y")
    assert library.rename_file("a", "z.json") == tmp_path / "w" / "z.json"
    assert library.rename_file("a", "z") == tmp_path / "w" / "z.json"
    assert names(tmp_path) == {"w", "w/y.json", "w/z.json"}
    assert library.load("a").id == "a"


def test_moving_changes_neither_content_nor_time(tmp_path: Path) -> None:
    library = opened(tmp_path)
    made = library.create(session("a"), name="x")
    library.move("a", "archive/2026")
    library.move("a", "")
    library.move("a", "archive")
    assert library.load("a") == made
    assert library.row("a").path == "archive/x.json"


def test_a_root_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="a part of the path is a file, not a folder"):
        opened(tmp_path / "file")


def test_a_root_that_may_not_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(StoreError, match=r"Cannot list .*: permission is denied"):
        opened(tmp_path)


def test_a_library_is_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        library = opened(tmp_path / "deep" / "library", audit=tmp_path / "log" / "audit.jsonl")
        library.create(session("a", turn("t")), folder="w")
        library.update("a", retitle("New"))
        library.open_journal("a", "t")
        library.delete("a")
    finally:
        os.umask(before)
    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for top in ("deep", "log")
        for path in ((tmp_path / top), *(tmp_path / top).rglob("*"))
    }
    assert modes == {(True, 0o700), (False, 0o600)}


def test_a_library_that_is_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    opened(tmp_path / "link").create(session("a"), name="x")
    assert (tmp_path / "real" / "x.json").is_file()


def test_rows_are_sorted_with_unknown_ones_last(tmp_path: Path) -> None:
    put(tmp_path, "1.json", id="one", title="beta", created_at="2025-01-01T00:00:00Z")
    put(tmp_path, "2.json", id="two", title="Alpha", created_at="2025-01-02T00:00:00Z")
    put(tmp_path, "3.json", id="three", title="gamma")
    library = opened(tmp_path)

    def order(sort: str, reverse: bool = False) -> list[str]:
        return [row.id for row in library.rows(sort=sort, reverse=reverse)]

    assert order("created") == ["two", "one", "three"]
    assert order("created", reverse=True) == ["one", "two", "three"]
    assert order("title") == ["two", "one", "three"]
    assert order("title", reverse=True) == ["three", "one", "two"]
    with pytest.raises(UsageError, match="Did you mean title"):
        library.rows(sort="titel")


def test_tags_and_projects_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "1.json", meta={"tags": ["b", "a"], "project": "p"})
    put(tmp_path, "2.json", meta={"tags": ["b", "b"]})
    library = opened(tmp_path)
    assert library.tags() == (("b", 2), ("a", 1))
    assert library.projects() == (("p", 1),)


def test_a_file_without_an_updated_time_has_that_of_the_file(tmp_path: Path) -> None:
    file = put(tmp_path, "1.json", id="a")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert opened(tmp_path).row("a").updated_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_a_large_file_is_written_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_CHUNK", 100)
    library = opened(tmp_path)
    library.create(session("a", turn("t", "long " * 1000)))
    assert opened(tmp_path).load("a").turns[0].messages[0].text == "long " * 1000


def test_a_library_that_is_only_read_is_not_made(tmp_path: Path) -> None:
    library = opened(tmp_path / "mistyped")
    assert library.rows() == ()
    assert library.trash() == ()
    assert library.recover() == ()
    assert not (tmp_path / "mistyped").exists()
    library.create(session("first"))
    assert (tmp_path / "mistyped").stat().st_mode & 0o777 == 0o700
