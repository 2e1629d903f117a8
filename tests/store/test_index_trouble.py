"""Caches that cannot be used and numbers that SQLite cannot hold: the library is answered for all the same."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from shelves import Ticking, put

from tui_sessions.model.query import parse_query
from tui_sessions.store import files
from tui_sessions.store.library import Library


def cached(root: Path, cache: Path) -> Library:
    return Library.open(root, now=Ticking(), cache=cache)


def filled(root: Path) -> Path:
    for number in range(5):
        put(root, f"f{number}.json", id=f"s{number}")
    return root


def index_file(cache: Path) -> Path:
    (file,) = cache.glob("index-*.sqlite")
    return file


def test_an_index_in_whose_place_a_folder_lies_is_done_without(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    cached(root, cache).refresh()
    file = index_file(cache)
    file.unlink()
    file.mkdir()
    library = cached(root, cache)
    assert library.count() == 5
    assert "cannot be used (it is a folder)" in library.index_problem


def test_numbers_beyond_what_sqlite_counts_are_no_reason_to_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [{"id": f"t{n}", "messages": [], "usage": {"total_tokens": 2**53}} for n in range(1_100)]
    for name in ("a", "b"):
        put(tmp_path / "library", f"{name}.json", id=name, turns=many)
    put(tmp_path / "library", "damaged.json").write_text("{")
    real = files.stamp_of

    def odd(status: os.stat_result) -> files.Stamp:
        past_2262 = {"st_mtime_ns": 2**64, "st_ino": 2**64 - 1}
        return real(SimpleNamespace(st_size=status.st_size, **past_2262))  # type: ignore[arg-type]

    monkeypatch.setattr(files, "stamp_of", odd)
    library = cached(tmp_path / "library", tmp_path / "cache")
    assert library.ids(parse_query("tokens:>1k")) == ("a", "b")
    assert [row.path for row in library.damaged()] == ["damaged.json"]
    assert library.totals().tokens > 2**63
    library.index_texts()
    assert library.index_problem == ""


def test_an_index_that_another_program_holds_is_not_made_anew_but_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.index.database.BUSY_S", 0.01)
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    library = cached(root, cache)
    library.refresh()
    holder = sqlite3.connect(index_file(cache), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    library.rebuild_index()
    assert library.count() == 5
    assert "locked" in library.index_problem
    holder.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE facts SET row = x'c1c1'",
        "UPDATE facts SET row = x'90'",
        "UPDATE facts SET row = 'text'",
        "UPDATE facts SET row = x'7b'",
        "UPDATE answers SET packed = x'c1'",
        "UPDATE answers SET packed = x'9291a1619195010000cd0101'",
        "UPDATE answers SET packed = 7",
        "ALTER TABLE sessions ADD COLUMN more; UPDATE files SET is_lasting = 0; DELETE FROM facts",
        "DROP TABLE charges; CREATE TABLE charges (fid, day)",
    ],
)
def test_an_index_of_another_layout_under_the_same_number_is_made_again(
    tmp_path: Path, damage: str
) -> None:
    answer = {"role": "assistant", "content": "b", "timestamp": "2026-11-20T10:01:00+00:00"}
    turn = {"id": "t", "messages": [{"role": "user", "content": "a"}, answer]}
    for number in range(3):
        put(tmp_path / "library", f"f{number}.json", id=f"s{number}", turns=[turn])

    def told(library: Library) -> tuple[object, ...]:
        paces = library.statistics.paces()
        library.refresh()
        span = library.statistics.span()
        return len(library.rows()), paces, span, library.statistics.total().answers

    cache = tmp_path / "cache"
    expected = told(cached(tmp_path / "library", cache))
    other = sqlite3.connect(index_file(cache))
    other.executescript(damage)
    other.close()
    assert told(cached(tmp_path / "library", cache)) == expected
    after = cached(tmp_path / "library", cache)
    assert told(after) == expected
    assert after.index_problem == ""
