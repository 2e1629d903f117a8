"""What the library finds in its folders, and what it does not look at."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from shelves import opened, put

from tui_sessions.store import scan


def test_sessions_are_found_in_all_folders_but_hidden_ones(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a")
    put(tmp_path, "w/x y/b.json", id="b")
    put(tmp_path, "w/notes.txt", id="c")
    put(tmp_path, ".git/d.json", id="d")
    put(tmp_path, ".tui-sessions/trash/e.json", id="e")
    put(tmp_path, ".f.json", id="f")
    library = opened(tmp_path)
    assert {row.path for row in library.rows()} == {"a.json", "w/x y/b.json"}
    assert library.damaged() == ()


def test_what_is_no_session_is_listed_as_damaged_and_stays(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "cut.json").write_text('{"turns": [')
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "empty.json").touch()
    (tmp_path / "broken.json.gz").write_bytes(b"\x1f\x8bnot")
    put(tmp_path, "good.json", id="good")
    library = opened(tmp_path)
    assert {row.path: row.reason for row in library.damaged()} == {
        "broken.json.gz": "It is named .gz but is not gzip data.",
        "cut.json": "It is cut off: the JSON ends in the middle (line 1, column 12).",
        "empty.json": "The file is empty.",
        "list.json": "The file holds a list, not one session.",
        "package.json": "It holds neither turns nor messages, so it is not a session.",
    }
    assert [row.id for row in library.rows()] == ["good"]
    assert (tmp_path / "list.json").read_text() == "[]"


def test_links_and_pipes_are_damaged_and_linked_folders_not_entered(tmp_path: Path) -> None:
    root = tmp_path / "library"
    outside = put(tmp_path, "outside/secret.json", id="secret")
    root.mkdir()
    (root / "link.json").symlink_to(outside)
    (root / "nowhere.json").symlink_to(tmp_path / "missing")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.json")
    library = opened(root)
    assert library.rows() == ()
    assert {row.path: row.reason for row in library.damaged()} == {
        "link.json": "It is a symbolic link, which is not followed here.",
        "nowhere.json": "It is a symbolic link, which is not followed here.",
        "pipe.json": "It is not a regular file.",
    }


def test_refresh_sees_what_others_do_and_says_whether_anything_changed(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a", title="old")
    library = opened(tmp_path)
    assert library.refresh() is True
    assert library.refresh() is False
    put(tmp_path, "a.json", id="a", title="renewed")
    put(tmp_path, "b.json", id="b")
    assert library.refresh() is True
    assert {row.title for row in library.rows()} == {"renewed", "Untitled"}
    (tmp_path / "b.json").unlink()
    assert library.refresh() is True
    assert [row.id for row in library.rows()] == ["a"]


def test_refresh_reads_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        os.utime(put(tmp_path, f"{name}.json", id=name), (1, 1))
    library = opened(tmp_path)
    library.refresh()
    put(tmp_path, "b.json", id="b", title="changed")
    read: list[str] = []
    real = scan.read_entry

    def noted(root: Path, found: scan.Found) -> Any:
        read.append(found.path)
        return real(root, found)

    monkeypatch.setattr(scan, "read_entry", noted)
    library.refresh()
    assert read == ["b.json"]


def test_what_we_write_is_no_news(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.refresh()
    put(tmp_path, "a.json", id="a")
    library.refresh()
    library.update("a", lambda session: session.with_meta(notes="x"))
    assert library.refresh() is False


def test_a_scan_tells_its_progress_and_can_be_stopped(tmp_path: Path) -> None:
    for number in range(5):
        put(tmp_path, f"{number}.json")
    library = opened(tmp_path)
    told: list[tuple[int, int]] = []
    library.refresh(lambda *step: told.append(step), lambda: len(told) == 2)
    assert told == [(1, 5), (2, 5)]
    assert len(library.rows()) == 5


def test_a_file_that_vanishes_during_the_scan_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.json", id="a")
    gone = put(tmp_path, "b.json", id="b")
    real = scan.read_entry

    def vanishing(root: Path, found: scan.Found) -> Any:
        gone.unlink(missing_ok=True)
        return real(root, found)

    monkeypatch.setattr(scan, "read_entry", vanishing)
    library = opened(tmp_path)
    assert [row.id for row in library.rows()] == ["a"]
    assert library.damaged() == ()


def test_a_folder_that_cannot_be_listed_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.json", id="a")
    put(tmp_path, "private/b.json", id="b")
    library = opened(tmp_path)
    real = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("private"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert [row.id for row in library.rows()] == ["a"]
    (row,) = library.damaged()
    assert (row.path, row.reason) == (
        "private",
        "The folder cannot be listed: permission is denied.",
    )
    monkeypatch.undo()
    library.refresh()
    assert {row.id for row in library.rows()} == {"a", "b"}


def test_a_file_that_cannot_be_read_now_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.json", id="a")
    library = opened(tmp_path)
    real = os.open

    def refuse(path: Any, *args: int) -> int:
        if str(path).endswith("a.json"):
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *args)

    monkeypatch.setattr(os, "open", refuse)
    assert "the disk reports an error" in library.damaged()[0].reason
    monkeypatch.undo()
    library.refresh()
    assert library.damaged() == ()
    assert library.row("a").id == "a"


def test_names_that_are_no_utf8_are_found(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.json")).write_text('{"id": "a", "turns": []}')
    library = opened(tmp_path)
    library.update("a", lambda session: session.with_meta(notes="x"))
    row = library.delete("a")
    assert library.trash() == (row,)
    assert library.undelete("a") == "a"


def test_what_a_crash_left_of_a_save_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "w" / ".tui-sessions-0123456789ab.tmp"
    left.parent.mkdir()
    left.write_text("{")
    opened(tmp_path).refresh()
    assert not left.exists()
