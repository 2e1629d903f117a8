"""Where something is wrong, a backup says so, leaves nothing half done, and gives what it still has."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from backup_shelves import FOLDER, KINDS, backups_of, brought_into, made
from shelves import opened, stocked, turn

from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NotFoundError,
    StoreError,
    UsageError,
)
from tui_sessions.store.backup import gathering
from tui_sessions.store.backup.gathering import Wanted, copied
from tui_sessions.store.backup.reading import manifest_at
from tui_sessions.store.backup.writing import Options
from tui_sessions.store.library import Library


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_stopped_leaves_nothing(library: Library, shelf: Path, kind: str) -> None:
    backups = backups_of(library, shelf)
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 3

    assert backups.make(None, Options(kind=kind), stop=stop) is None  # type: ignore[arg-type]
    assert os.listdir(shelf) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_read_back_gets_no_name(
    library: Library, shelf: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = gathering.Copy.pieces

    def spoilt(self: gathering.Copy) -> list[bytes]:
        return [piece.replace(b"because", b"BECAUSE") for piece in plain(self)]

    monkeypatch.setattr(gathering.Copy, "pieces", spoilt)
    with pytest.raises(StoreError, match="could not be read back"):
        backups_of(library, shelf).make(None, Options(kind=kind))  # type: ignore[arg-type]
    assert os.listdir(shelf) == []


def test_it_never_writes_over_anything(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    shelf.mkdir()
    target = shelf / "mine.tar.gz"
    target.write_text("mine")
    with pytest.raises(ConflictError, match="already"):
        backups.make(target)
    assert target.read_text() == "mine"
    assert os.listdir(shelf) == ["mine.tar.gz"]


def test_a_place_in_the_library_is_refused(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    link = shelf.parent / "link"
    link.symlink_to(library.root)
    for place in (library.root, library.root / "empty", library.root / "x.tar.gz", link):
        with pytest.raises(UsageError, match="in the library itself"):
            backups.make(place)
    with pytest.raises(UsageError, match=r"ends in \.tar\.gz"):
        backups.make(shelf / "nowhere" / "x")


def test_an_empty_library_is_not_backed_up(tmp_path: Path, shelf: Path) -> None:
    with pytest.raises(NotFoundError, match="no sessions"):
        backups_of(opened(tmp_path / "library"), shelf).make()
    assert not shelf.exists()


def test_what_cannot_be_read_is_told_and_the_rest_is_kept(library: Library, shelf: Path) -> None:
    os.mkfifo(library.root / "pipe.json")
    (library.root / "link.json").symlink_to("/etc/passwd")
    found = made(backups_of(library, shelf))
    assert found.heading.left_out == 2
    assert "not a regular file" in " ".join(found.problems)
    assert "symbolic link" in " ".join(found.problems)
    assert found.heading.sessions == 6


def test_a_file_that_grows_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"1" * 1000)
    plain, seen = os.read, []

    def read(descriptor: int, size: int) -> bytes:
        data = plain(descriptor, size)
        if not seen:
            seen.append(True)
            path.write_bytes(b"2" * 2000)
        return data

    monkeypatch.setattr(os, "read", read)
    for most in (gathering.IN_MEMORY, 10):
        seen.clear()
        path.write_bytes(b"1" * 1000)
        monkeypatch.setattr(gathering, "IN_MEMORY", most)
        with copied(tmp_path, Wanted("x.json", "session"), tmp_path) as copy:
            assert copy is not None
            assert b"".join(copy.pieces()) == b"2" * 2000
            assert copy.sha256 == hashlib.sha256(b"2" * 2000).hexdigest()


def test_a_file_that_is_written_all_the_time_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"")
    plain = os.read

    def read(descriptor: int, size: int) -> bytes:
        data = plain(descriptor, size)
        with path.open("ab") as file:
            file.write(b"x")
        return data

    monkeypatch.setattr(os, "read", read)
    with (
        pytest.raises(StoreError, match="all the time"),
        copied(tmp_path, Wanted("x.json", "session"), tmp_path),
    ):
        pass


def test_a_session_that_moves_meanwhile_is_in_it_once(
    library: Library, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = backups_of(library, shelf)
    plain = gathering.sessions_of
    moved: list[bool] = []

    def listed(root: Path) -> gathering.Gathered:
        found = plain(root)
        if not moved:  # Listed here, and gone when it is looked for.
            moved.append(True)
            library.move("s0", "later")
        return found

    monkeypatch.setattr(gathering, "sessions_of", listed)
    manifest = manifest_at(made(backups).path)
    assert manifest is not None
    assert [one.path for one in manifest.members if one.session == "s0"] == ["later/f0.json"]


def test_half_an_answer_comes_back_with_its_session(library: Library, shelf: Path) -> None:
    library.update("s0", lambda one: one.with_turn(turn("t9", "tell me", None)))
    journal = library.open_journal("s0", "t9", model="a/b")
    journal.append("half an ans" + "w" * 300)
    backups = backups_of(library, shelf)
    path = made(backups).path
    journal.close()
    other = brought_into(shelf.parent / "other", backups, path)
    answer = other.load("s0").turns[-1]
    assert answer.finish == "interrupted"
    assert answer.answer is not None
    assert answer.answer.text.startswith("half an answ")


def test_a_backup_that_is_cut_anywhere_is_told_from_a_whole_one(
    library: Library, shelf: Path
) -> None:
    backups = backups_of(library, shelf)
    path = made(backups).path
    data = path.read_bytes()
    for size in (0, 1, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        (row,) = backups.rows()
        assert row.trouble, size
        assert backups.last() is None
        try:
            assert not backups.open(path).is_vouched
        except (DamagedFileError, NotFoundError):
            assert size < len(data) - 1


def test_what_stands_before_the_cut_can_be_brought_back(tmp_path: Path, shelf: Path) -> None:
    library = stocked(tmp_path / "library", 40)
    for number in range(40):
        noise = hashlib.sha512(str(number).encode()).hexdigest() * 400
        random = "".join(hashlib.sha256(f"{number}{n}".encode()).hexdigest() for n in range(400))
        library.update(f"s{number}", lambda one, n=noise + random: one.with_turn(turn("big", n)))
    backups = backups_of(library, shelf)
    path = made(backups).path
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    other = backups_of(opened(tmp_path / "other"), shelf)
    source = other.open(path, is_sure=True)
    preview = other.preview(source)
    assert "cut off" in preview.problems[0]
    restored = other.restore(source, preview)
    assert 10 < len(restored.new) < 40


def test_a_flipped_bit_is_found_and_the_others_come_back(library: Library, shelf: Path) -> None:
    backups = backups_of(library, shelf)
    path = made(backups, None, FOLDER).path
    spoilt = path / "library" / "f0.json"
    data = bytearray(spoilt.read_bytes())
    data[len(data) // 2] ^= 1
    spoilt.write_bytes(data)
    (problem,) = backups.verify(backups.open(path))
    assert problem.startswith("f0.json: Its bytes")
    other = backups_of(opened(shelf.parent / "other"), shelf)
    source = other.open(path)
    restored = other.restore(source, other.preview(source))
    assert sorted(restored.new) == ["named", "odd", "packed", "s1"]
