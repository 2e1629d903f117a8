"""The index of texts when it is spoilt, locked, shared, killed or cannot be at all: searching goes on."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from text_shelves import TextShelf, places

from tui_sessions.model.query import parse_query
from tui_sessions.store.index.index import Index
from tui_sessions.store.texts import indexing
from tui_sessions.store.texts.database import Database


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_garbage_is_made_anew(tmp_path: Path, content: bytes) -> None:
    shelf = TextShelf(tmp_path)
    shelf.file.parent.mkdir(exist_ok=True)
    shelf.file.write_bytes(content)
    shelf.put("a", ("jwt", "x"))
    assert shelf.find("jwt") == {("a", 0)}
    assert shelf.update()
    assert shelf.find("jwt") == {("a", 0)}
    assert (shelf.texts.problem, shelf.texts.turns()) == ("", 1)


def test_a_file_that_is_spoilt_while_it_is_used_is_made_anew(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    for number in range(40):
        shelf.put(f"s{number}", (f"jwt {number}", "x " * 300))
    shelf.update()
    shelf.texts.close()
    data = bytearray(shelf.file.read_bytes())
    data[4096:] = b"\x99" * (len(data) - 4096)
    shelf.file.write_bytes(data)
    expected = {(f"s{number}", 0) for number in range(40)}
    assert shelf.find("jwt") == expected
    shelf.update()
    assert shelf.find("jwt") == expected
    assert shelf.texts.progress() == (40, 40)


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "PRAGMA application_id = 7"])
def test_a_file_of_another_version_or_program_is_made_anew(tmp_path: Path, statement: str) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    shelf.texts.close()
    connection = sqlite3.connect(shelf.file)
    connection.execute(statement)
    connection.close()
    again = TextShelf(tmp_path)
    assert again.update()
    assert again.find("jwt") == {("a", 0)}


def test_a_file_that_is_deleted_while_it_is_used_is_made_anew(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    for side in ("", "-wal", "-shm"):
        Path(f"{shelf.file}{side}").unlink(missing_ok=True)
    assert shelf.find("jwt") == {("a", 0)}
    assert shelf.update()
    assert shelf.find("jwt") == {("a", 0)}


def test_where_the_cache_cannot_be_written_files_are_searched_and_it_says_so(
    tmp_path: Path,
) -> None:
    (tmp_path / "cache").write_text("a file")
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"), title="draft")
    assert not shelf.update()
    assert shelf.find("jwt draft") == {("a", 0)}
    assert "full-text index cannot be used" in shelf.texts.problem
    assert shelf.rows.ids(parse_query("text:jwt"), "updated") == ("a",)
    assert shelf.texts.progress() == (0, 1)


def test_a_locked_file_is_not_waited_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.texts.database.BUSY_S", 0.01)
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    holder = sqlite3.connect(shelf.file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    shelf.put("b", ("jwt", "x"))
    assert not shelf.update()
    assert "locked" in shelf.texts.problem
    assert shelf.find("jwt") == {("a", 0), ("b", 0)}
    holder.close()
    assert shelf.update()
    assert shelf.texts.problem == ""
    assert shelf.texts.turns() == 2


def test_a_full_disk_leaves_the_search_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("tui_sessions.store.texts.shards.Shards.put", full)
    assert not shelf.update()
    assert "disk is full" in shelf.texts.problem
    assert shelf.find("jwt") == {("a", 0)}


def test_while_another_program_fills_the_index_we_read_what_is_there(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    shelf.put("b", ("jwt", "x"))
    other = Database(shelf.file)
    with other.filling() as writing:
        assert writing is not None
        assert not shelf.update()
        assert shelf.find("jwt") == {("a", 0)}
    assert shelf.texts.problem == ""
    assert shelf.update()
    assert shelf.find("jwt") == {("a", 0), ("b", 0)}


def test_what_another_program_took_in_is_found(tmp_path: Path) -> None:
    first, second = TextShelf(tmp_path), TextShelf(tmp_path)
    first.put("a", ("jwt", "x"))
    second.rows.refresh()
    assert second.find("jwt") == {("a", 0)}
    first.update()
    assert second.find("jwt") == {("a", 0)}
    assert not second.update()


def test_a_file_that_another_program_made_anew_is_the_one_that_is_read(tmp_path: Path) -> None:
    shelf, other = TextShelf(tmp_path), TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    assert shelf.find("jwt") == {("a", 0)}
    other.texts.clear()
    other.put("a", ("other", "x"))
    other.update()
    assert shelf.find("jwt") == set()
    assert shelf.find("other") == {("a", 0)}


def test_the_files_are_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        shelf = TextShelf(tmp_path)
        shelf.put("a", ("secret", "x"))
        shelf.update()
        shelf.find("secret")
    finally:
        os.umask(old)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in shelf.file.parent.glob("texts*")
    }
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(shelf.file.parent.stat().st_mode) == 0o700


def test_rows_in_memory_serve_as_well(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, are_rows_kept=False)
    shelf.put("a", ("jwt", "x"))
    assert shelf.update()
    shelf.put("b", ("jwt", "x"))
    shelf.remove("a")
    assert shelf.update()
    assert not shelf.update()
    assert (shelf.find("jwt"), shelf.texts.turns()) == ({("b", 0)}, 1)


def test_lone_surrogates_and_zeros_do_no_harm(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("half \ud800 jwt \x00 rest", "x"), title="\udfff t")
    shelf.update()
    assert shelf.find("jwt") == {("a", 0)}
    assert shelf.find("rest") == {("a", 0)}
    assert shelf.texts.problem == ""


def test_a_run_that_was_killed_loses_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_TOLD_EVERY_S", 0.0)
    monkeypatch.setattr(indexing, "_TRANSACTION_S", 0.0)
    shelf = TextShelf(tmp_path, shard_turns=2)
    for number in range(6):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.rows.refresh()

    def killed(done: int, _: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.texts.index(progress=killed)
    assert shelf.texts.progress() == (3, 6)
    shelf.texts.index()
    assert shelf.find("word") == {(f"s{number}", 0) for number in range(6)}


def test_a_table_that_is_dropped_while_it_is_searched_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.texts.shards._FEW_DEAD", 0)
    shelf = TextShelf(tmp_path, shard_turns=2)
    shelf.put("old", ("word", "said"), ("word", "again"))
    shelf.update()
    shelf.put("new", ("word", "said"))
    shelf.update()
    batches = shelf.texts.search(parse_query("word"))
    first = [next(batches), next(batches)]
    shelf.put("old", ("other", "said"), ("word", "again"))
    shelf.update()
    assert places([*first, *batches]) == {("new", 0)}
    assert shelf.texts.problem == ""
    assert shelf.find("word") == {("new", 0), ("old", 1)}


def test_searching_goes_on_while_another_thread_fills_the_index(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path, shard_turns=5)
    for number in range(60):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.rows.refresh()
    filling = threading.Thread(target=shelf.texts.index)
    filling.start()
    seen = [len(shelf.find("word")) for _ in range(20)]
    filling.join()
    assert shelf.texts.problem == ""
    assert len(shelf.find("word")) == 60
    assert max(seen) <= 60


@pytest.mark.parametrize("is_made_anew", [False, True])
def test_an_index_of_rows_that_is_deleted_while_it_is_used_makes_no_trouble(
    tmp_path: Path, is_made_anew: bool
) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("b", ("first", "words"))
    shelf.update()
    shelf.put("a", ("second", "words"))
    shelf.rows.refresh()
    for file in (tmp_path / "cache").glob("index-*"):
        file.unlink()
    if is_made_anew:
        Index(shelf.root, tmp_path / "cache").refresh()
    shelf.texts.index()
    assert shelf.texts.problem == ""
    assert shelf.find("words") == {("a", 0), ("b", 0)}
    assert shelf.find("second") == {("a", 0)}
