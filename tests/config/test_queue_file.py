"""The file of what waits: one owner at a time, nothing lost between two of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_sessions.config.queue_file import QueueFile

A, B = {"id": "a", "text": "one"}, {"id": "b", "text": "two \ud83d"}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[QueueFile]]:
    made: list[QueueFile] = []
    yield made
    for file in made:
        file.close()


def opened(files: list[QueueFile], tmp_path: Path, library: str = "library") -> QueueFile:
    files.append(QueueFile(tmp_path / "queue", tmp_path / library))
    return files[-1]


def names(tmp_path: Path) -> list[str]:
    return sorted(path.suffix for path in (tmp_path / "queue").iterdir())


def test_what_a_program_left_goes_to_the_next_and_to_no_other(
    files: list[QueueFile], tmp_path: Path
) -> None:
    first = opened(files, tmp_path)
    first.write([A])
    first.write([A, B])
    assert opened(files, tmp_path).adopt() == []
    first.close()
    second = opened(files, tmp_path)
    assert second.adopt() == [A, B]
    assert opened(files, tmp_path).adopt() == []
    assert names(tmp_path) == [".json"]


def test_the_file_of_the_queue_is_private(files: list[QueueFile], tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened(files, tmp_path).write([A])
    finally:
        os.umask(before)
    (path,) = (tmp_path / "queue").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_waiting_leaves_no_file(files: list[QueueFile], tmp_path: Path) -> None:
    file = opened(files, tmp_path)
    file.write([A])
    file.write([])
    assert names(tmp_path) == []
    file.write([B])
    assert names(tmp_path) == [".json"]


def test_another_library_has_a_queue_of_its_own(files: list[QueueFile], tmp_path: Path) -> None:
    first = opened(files, tmp_path)
    first.write([A])
    first.close()
    assert opened(files, tmp_path, "elsewhere").adopt() == []
    assert opened(files, tmp_path).adopt() == [A]


def test_a_program_that_died_while_it_took_over_doubles_nothing(
    files: list[QueueFile], tmp_path: Path
) -> None:
    for waiting in ([A], [A, B]):
        file = opened(files, tmp_path)
        file.write(waiting)
        file.close()
    assert opened(files, tmp_path).adopt() == [A, B]
    assert names(tmp_path) == [".json"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"library": "x"}',
        b'{"library": 1, "prompts": []}',
        b'{"library": "x", "prompts": [{"text": "no id"}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_damaged_file_is_set_aside_and_stops_nothing(
    files: list[QueueFile], tmp_path: Path, data: bytes
) -> None:
    file = opened(files, tmp_path)
    file.write([A])
    file.close()
    (tmp_path / "queue" / "1-damaged.json").write_bytes(data)
    assert opened(files, tmp_path).adopt() == [A]
    assert (tmp_path / "queue" / "1-damaged.damaged").read_bytes() == data


def test_links_and_pipes_are_not_followed(files: list[QueueFile], tmp_path: Path) -> None:
    file = opened(files, tmp_path)
    file.write([A])
    file.close()
    (tmp_path / "queue" / "link.json").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "queue" / "folder.json").mkdir()
    assert opened(files, tmp_path).adopt() == [A]


def test_where_it_cannot_be_taken_over_it_stays_for_the_next_time(
    files: list[QueueFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(files, tmp_path)
    first.write([A])
    first.close()
    with monkeypatch.context() as patched:

        def full(*_: object) -> None:
            raise OSError("full")

        patched.setattr(os, "fsync", full)
        assert opened(files, tmp_path).adopt() == []
    assert opened(files, tmp_path).adopt() == [A]
    assert names(tmp_path) == [".json"]


def test_a_write_that_fails_leaves_what_was_there(
    files: list[QueueFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = opened(files, tmp_path)
    file.write([A])

    def full(*_: object) -> None:
        raise OSError("full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="full"):
            file.write([A, B])
    assert opened(files, tmp_path).adopt() == []
    file.close()
    assert opened(files, tmp_path).adopt() == [A]
