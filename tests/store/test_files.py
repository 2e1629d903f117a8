"""Writing is whole or not at all, private, and never follows a link."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.store import files

OLD = b"what was there before"
NEW = b"new " * 1000


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "s.json"
    path.write_bytes(OLD)
    return path


@pytest.fixture(params=[0, 0o777])
def odd_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def failing(call: Callable[..., Any], code: int, *, after: int = 0) -> Callable[..., Any]:
    """`call` that works `after` times and then fails."""
    left = [after]

    def fail(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(code, os.strerror(code))
        return call(*args, **kwargs)

    return fail


@pytest.mark.parametrize(
    ("name", "code", "after", "words"),
    [
        ("open", errno.EACCES, 0, "permission is denied"),
        ("write", errno.ENOSPC, 0, "the disk is full. Free some space"),
        ("write", errno.ENOSPC, 1, "the disk is full"),
        ("fsync", errno.EIO, 0, "the disk reports an error"),
        ("rename", errno.EROFS, 0, "the disk is read-only"),
    ],
)
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    old: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int, after: int, words: str
) -> None:
    monkeypatch.setattr(files, "_CHUNK", 1000)
    monkeypatch.setattr(os, name, failing(getattr(os, name), code, after=after))
    with pytest.raises(StoreError, match=words) as caught:
        files.replace(old, NEW)
    monkeypatch.undo()
    assert str(old) in str(caught.value)
    assert old.read_bytes() == OLD
    assert [path.name for path in old.parent.iterdir()] == ["s.json"]


def test_a_short_write_is_continued(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    files.replace(old, NEW)
    assert old.read_bytes() == NEW


def test_a_file_changed_since_it_was_read_is_not_overwritten(old: Path) -> None:
    stamp = files.read(old).stamp
    old.write_bytes(b"somebody else was here")
    with pytest.raises(files.FileChangedError):
        files.replace(old, NEW, expected=stamp)
    assert old.read_bytes() == b"somebody else was here"


def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path, odd_umask: None) -> None:
    folder = tmp_path / "a" / "b"
    files.make_folder(folder)
    files.write_new(folder / "new.json", NEW)
    files.replace(folder / "replaced.json", NEW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*")}
    assert modes == {"b": 0o700, "new.json": 0o600, "replaced.json": 0o600}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_a_name_that_is_taken_is_never_overwritten(old: Path) -> None:
    source = old.with_name("other.json")
    source.write_bytes(NEW)
    with pytest.raises(FileExistsError):
        files.write_new(old, NEW)
    with pytest.raises(FileExistsError):
        files.move_new(source, old)
    assert old.read_bytes() == OLD
    assert source.read_bytes() == NEW
    assert {path.name for path in old.parent.iterdir()} == {"s.json", "other.json"}


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_moves_to_a_free_name(
    old: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", failing(os.link, errno.EPERM))
    files.move_new(old, old.with_name("moved.json"))
    assert {path.name: path.read_bytes() for path in old.parent.iterdir()} == {"moved.json": OLD}


def test_without_hard_links_a_taken_name_is_still_not_overwritten(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", failing(os.link, errno.EOPNOTSUPP))
    with pytest.raises(FileExistsError):
        files.write_new(old, NEW)
    assert old.read_bytes() == OLD


def test_links_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(OLD)
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, words in (
        ("link", "symbolic link"),
        ("pipe", "not a regular file"),
        ("folder", "not a regular file"),
    ):
        with pytest.raises(DamagedFileError, match=words):
            files.read(tmp_path / name)


def test_only_a_missing_file_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / "missing")
    monkeypatch.setattr(os, "open", failing(os.open, errno.EIO))
    with pytest.raises(StoreError, match=r"Cannot read .*missing: the disk reports an error"):
        files.read(tmp_path / "missing")


def test_a_file_over_the_limit_is_refused(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(DamagedFileError, match="larger than 1 GB"):
        files.read(old)


def test_packed_data_comes_back_and_its_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = files.packed(NEW)
    assert files.unpacked(packed) == NEW
    assert files.unpacked(packed + packed) == NEW + NEW
    parts = b"\0".join([packed] * 3_000) + bytes(40_000)
    assert files.unpacked(parts) == NEW * 3_000
    with pytest.raises(DamagedFileError, match="cut off"):
        files.unpacked(packed[:-9])
    with pytest.raises(DamagedFileError, match="not gzip data"):
        files.unpacked(NEW)
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(DamagedFileError, match="when unpacked"):
        files.unpacked(packed)


def test_a_folder_that_is_a_file_is_said_so(old: Path) -> None:
    for folder in (old, old / "below"):
        with pytest.raises(StoreError, match="a part of the path is a file, not a folder"):
            files.make_folder(folder)


def test_only_temporary_files_that_nobody_writes_are_swept(tmp_path: Path) -> None:
    left = tmp_path / ".tui-sessions-0123456789ab.tmp"
    held = tmp_path / ".tui-sessions-ba9876543210.tmp"
    foreign = tmp_path / ".other.tmp"
    for path in (left, held, foreign):
        path.touch()
    descriptor = os.open(held, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    for path in (left, held, foreign):
        files.sweep(path)
    os.close(descriptor)
    assert set(tmp_path.iterdir()) == {held, foreign}
