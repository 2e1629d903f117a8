"""Attached files are kept once, whole, private, and never changed."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from shelves import opened, session

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, UsageError
from tui_sessions.model.attachment import about, with_attachments
from tui_sessions.model.message import Message, Part
from tui_sessions.model.query import parse_query
from tui_sessions.model.turn import Turn
from tui_sessions.store import attachments as attachments_module
from tui_sessions.store import files
from tui_sessions.store.attachments import Attachments, Loose, read_file

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HASH = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library" / ".tui-sessions" / "attachments"


@pytest.fixture
def attachments(folder: Path) -> Attachments:
    return Attachments(folder)


def test_what_is_put_is_named_by_its_hash_and_read_again(
    attachments: Attachments, folder: Path
) -> None:
    part = attachments.put(PNG, name="photo.png")
    found = about(part)
    assert (part.kind, found.name, found.mime, found.size) == (
        "image",
        "photo.png",
        "image/png",
        len(PNG),
    )
    assert found.sha256 == HASH
    assert os.listdir(folder) == [HASH]
    assert attachments.read(HASH) == PNG
    assert attachments.has(HASH)


def test_a_packed_file_comes_back_packed(attachments: Attachments) -> None:
    packed = files.packed(b"what was packed")
    part = attachments.put(packed, name="notes.txt.gz")
    assert attachments.read(about(part).sha256 or "") == packed


def test_files_and_folder_are_private_whatever_the_umask(
    attachments: Attachments, folder: Path
) -> None:
    before = os.umask(0)
    try:
        attachments.put(PNG, name="photo.png")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / HASH).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_bytes_are_kept_once_and_not_written_again(
    attachments: Attachments, folder: Path
) -> None:
    one = attachments.put(PNG, name="photo.png")
    before = (folder / HASH).stat()
    other = attachments.put(PNG, name="copy.png")
    assert (one.extra["sha256"], other.extra["name"]) == (other.extra["sha256"], "copy.png")
    after = (folder / HASH).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_copy_of_a_file_is_kept_not_the_file(attachments: Attachments, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("first")
    part = attachments.put_file(path)
    path.write_text("second")
    assert attachments.read(part.extra["sha256"]) == b"first"
    assert part.extra["mime"] == "text/markdown"


def test_a_link_to_a_file_is_followed_under_its_own_name(
    attachments: Attachments, tmp_path: Path
) -> None:
    (tmp_path / "real.txt").write_text("text")
    (tmp_path / "link.md").symlink_to("real.txt")
    assert attachments.put_file(tmp_path / "link.md").extra["name"] == "link.md"


def test_the_home_folder_is_understood(attachments: Attachments, own_home: Path) -> None:
    (own_home / "a.txt").write_text("text")
    assert attachments.put_file(Path("~/a.txt")).extra["size"] == 4


def test_what_is_not_there_is_said(attachments: Attachments) -> None:
    with pytest.raises(NotFoundError, match=f"attachment {HASH[:12]} is not in this library"):
        attachments.read(HASH)
    assert not attachments.has(HASH)
    assert attachments.kept().count == 0


@pytest.mark.parametrize("name", ["../../secret", "", "A" * 64, HASH + "\n", "/etc/passwd"])
def test_a_session_file_cannot_point_elsewhere(
    attachments: Attachments, folder: Path, name: str
) -> None:
    attachments.put(PNG, name="x")
    (folder.parents[1] / "secret").write_text("secret")
    assert not attachments.has(name)
    with pytest.raises(NotFoundError):
        attachments.read(name)


@pytest.mark.parametrize("damage", [PNG[:-1], PNG + b"x", b"", b"\0" * len(PNG)])
def test_damage_is_said_and_mended_by_attaching_again(
    attachments: Attachments, folder: Path, damage: bytes
) -> None:
    attachments.put(PNG, name="photo.png")
    (folder / HASH).write_bytes(damage)
    with pytest.raises(DamagedFileError, match=r"is damaged: .* Attach the file again\."):
        attachments.read(HASH)
    attachments.put(PNG, name="photo.png")
    assert attachments.read(HASH) == PNG
    assert os.listdir(folder) == [HASH]


def test_a_link_in_the_folder_is_not_followed(
    attachments: Attachments, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").write_bytes(PNG)
    folder.mkdir(parents=True)
    (folder / HASH).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DamagedFileError, match="symbolic link"):
        attachments.read(HASH)
    attachments.put(PNG, name="photo.png")
    assert not (folder / HASH).is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == PNG


def test_nothing_and_too_much_are_refused(
    attachments: Attachments, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments_module, "MOST_BYTES", 10)
    with pytest.raises(UsageError, match="empty: there is nothing to attach"):
        attachments.put(b"", name="empty.txt")
    with pytest.raises(UsageError, match="big is larger than 10 B, the most"):
        attachments.put(b"x" * 11, name="big")
    attachments.put(b"x" * 10, name="just right")
    assert attachments.kept().size == 10


def test_files_that_cannot_be_attached_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(60_000_000)
    for name, words in (
        ("none.txt", "There is no file .*none.txt to attach"),
        ("folder", "is a folder: attach the files in it one by one"),
        ("empty", "is empty"),
        ("pipe", "is not a regular file"),
        ("huge", r"is larger than 50\.0 MB, the most that can be attached"),
        ("empty/x", "a part of the path is a file"),
        ("nul\0l", "cannot be attached: there is no such path"),
        ("x" * 300, "the name is too long"),
    ):
        with pytest.raises(UsageError, match=words):
            read_file(tmp_path / name)
    with pytest.raises(UsageError, match="cannot be attached"):
        read_file(Path("~nobody-of-that-name/x"))


def test_an_attachment_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError, match=r"a\.txt cannot be attached: permission is denied"):
        read_file(tmp_path / "a.txt")


def test_a_file_that_grows_while_it_is_read_stays_within_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 20)
    monkeypatch.setattr(attachments_module, "MOST_BYTES", 10)
    monkeypatch.setattr(
        attachments_module.os,
        "fstat",
        lambda _: os.stat_result([0o100600] + [0] * 5 + [5, 0, 0, 0]),
    )
    with pytest.raises(UsageError, match="larger than 10 B"):
        read_file(path)


def test_a_full_disk_leaves_nothing_behind(
    attachments: Attachments, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: bytes) -> None:
        os.write(descriptor, data[:5])
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(files, "write_all", full)
    with pytest.raises(StoreError, match="the disk is full"):
        attachments.put(PNG, name="photo.png")
    assert os.listdir(folder) == []


def test_what_a_crash_left_half_written_is_swept_but_not_what_is_being_written(
    attachments: Attachments, folder: Path
) -> None:
    folder.mkdir(parents=True)
    left, held = (folder / f".tui-sessions-{letter * 12}.tmp" for letter in "ab")
    left.write_bytes(PNG[:7])
    held.write_bytes(PNG[:7])
    (folder / "readme.txt").write_text("of a person")
    with held.open("rb") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        attachments.put(PNG, name="photo.png")
        assert sorted(os.listdir(folder)) == sorted([held.name, HASH, "readme.txt"])
    assert attachments.kept().count == 1


def test_programs_that_put_the_same_bytes_at_once_keep_them_once(folder: Path) -> None:
    script = """
import sys
from pathlib import Path
from tui_sessions.store.attachments import Attachments
attachments = Attachments(Path(sys.argv[1]))
sys.stdin.read()
for number in range(40):
    data = b"%d" % number * 100_000
    part = attachments.put(data, name=sys.argv[2])
    assert attachments.read(part.extra["sha256"]) == data
"""
    programs = [
        subprocess.Popen([sys.executable, "-c", script, str(folder), name], stdin=subprocess.PIPE)
        for name in "xyz"
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.close()
    assert [program.wait() for program in programs] == [0, 0, 0]
    assert len(os.listdir(folder)) == 40


def test_threads_that_put_the_same_bytes_at_once_keep_them_once(
    attachments: Attachments, folder: Path
) -> None:
    problems: list[BaseException] = []

    def put() -> None:
        try:
            for number in range(20):
                attachments.put(b"%d" % number * 1000, name="x")
        except BaseException as error:  # noqa: BLE001 - whatever goes wrong fails the test
            problems.append(error)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(os.listdir(folder)) == 20


def test_the_part_of_a_loose_file_is_that_which_keeping_gives(attachments: Attachments) -> None:
    assert Loose("photo.png", PNG).part == attachments.put(PNG, name="photo.png")


def test_what_other_programs_attached_is_adopted_to_be_sent_again(attachments: Attachments) -> None:
    own = attachments.put(b"notes", name="notes.md")
    inside = Part(kind="file", extra={"file_data": base64.b64encode(PNG).decode(), "filename": "a"})
    nameless = Part(kind="image", extra={"data": base64.b64encode(PNG).decode()})
    link = Part(kind="image_url", extra={"image_url": "https://example.com/a.png"})
    found = attachments.adopted((own, inside, link, nameless))
    assert [about(part).name for part in found] == ["notes.md", "a", "image of another program"]
    assert found[1].extra["sha256"] == found[2].extra["sha256"] == HASH
    assert attachments.read(HASH) == PNG


def test_a_library_lists_finds_deletes_and_keeps_what_is_attached(tmp_path: Path) -> None:
    library = opened(tmp_path)
    part = library.attachments.put(PNG, name="sunset.png")
    content = with_attachments("What is it?", (part,))
    turn = Turn(id="t", messages=(Message(role="user", content=content),))
    library.create(session("a", turn))
    library.create(session("b"))
    assert library.load("a").turns[0].messages[0].content == content
    assert [row.id for row in library.rows(parse_query("has:attachment"))] == ["a"]
    library.branch("a", 1, new_id="c")
    row = library.delete("a")
    assert library.attachments.read(HASH) == PNG
    library.purge(row)
    assert library.attachments.read(HASH) == PNG
    assert [row.id for row in library.rows(parse_query("has:attachment"))] == ["c"]


def test_names_of_attachments_are_found_and_their_texts_are_not(tmp_path: Path) -> None:
    library = opened(tmp_path)
    part = library.attachments.put(b"about penguins", name="holiday.txt")
    content = with_attachments("Read this", (part,))
    turn = Turn(id="t", messages=(Message(role="user", content=content),))
    library.create(session("a", turn))
    library.refresh()
    assert [row.id for row in library.rows(parse_query("text:holiday"))] == ["a"]
    assert library.rows(parse_query("text:penguins")) == ()


def test_the_folder_of_attachments_is_never_listed_as_sessions(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.attachments.put(b'{"turns": []}', name="session.json")
    library.refresh()
    assert library.rows() == ()
    assert library.damaged() == ()


def test_a_name_that_is_no_utf8_becomes_one_that_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.txt")
    file.write_bytes(b"x")
    assert Attachments(tmp_path / "kept").put_file(file).extra["name"] == "caf?.txt"
