"""The index equals the files, whatever happened, and may be lost at any time."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelves import Ticking, opened, put, session, turn

from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.edits import add_tags, retitle, set_meta
from tui_sessions.model.query import Query, parse_query
from tui_sessions.store import scan
from tui_sessions.store.index.schema import VERSION
from tui_sessions.store.library import Library

IDS = ("a", "b", "c", "d")
FOLDERS = ("", "w", "w/x", "Ä")
NAMES = ("one", "two", "three")


def cached(root: Path, cache: Path) -> Library:
    return Library.open(root, now=Ticking(), cache=cache)


def known(library: Library) -> dict[str, Any]:
    """All that an index answers."""
    tree = library.tree(Query(), sort="title")
    return {
        "rows": library.rows(sort="title"),
        "by cost": library.ids(sort="cost"),
        "damaged": library.damaged(),
        "folders": library.folders(),
        "tags": library.tags(),
        "projects": library.projects(),
        "sum": (library.count(), library.summed()),
        "tree": tree.window(0, tree.count),
        "filtered": library.ids(parse_query("tag:x OR e -is:pinned")),
    }


def session_file(draw: Any) -> dict[str, Any]:
    return {
        "id": draw(st.sampled_from(IDS)),
        "title": draw(st.sampled_from(("Zed", "été", "日本語", "\ud800", ""))),
        "created_at": draw(st.sampled_from((None, "2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"))),
        "parent": draw(st.sampled_from((None, {"id": "a", "turn": 0}, {"id": "b", "turn": 0}))),
        "meta": draw(
            st.sampled_from(
                (
                    {},
                    {"tags": ["x", "Y"], "pinned": True},
                    {"tags": ["X"], "n": 2**70, "project": "p"},
                )
            )
        ),
        "turns": [{"messages": [{"role": "user", "content": "```x```"}], "cost_estimate": 0.25}],
    }


@st.composite
def outside(draw: Any) -> tuple[str, str, str, Any]:
    """What another program does to a file or folder."""
    doing = draw(
        st.sampled_from(("write", "pack", "spoil", "remove", "move", "move folder", "empty"))
    )
    place = f"{draw(st.sampled_from(FOLDERS))}/{draw(st.sampled_from(NAMES))}".lstrip("/")
    other = f"{draw(st.sampled_from(FOLDERS))}/{draw(st.sampled_from(NAMES))}".lstrip("/")
    return doing, place, other, session_file(draw)


@st.composite
def inside(draw: Any) -> tuple[str, str, str, Any]:
    """What somebody does through the library."""
    doing = draw(st.sampled_from(("create", "tag", "title", "pin", "branch", "move in", "delete")))
    return doing, draw(st.sampled_from(IDS)), draw(st.sampled_from(FOLDERS)), None


def do_outside(root: Path, doing: str, place: str, other: str, fields: Any) -> None:
    file = root / f"{place}.json"
    match doing:
        case "write":
            put(root, f"{place}.json", **fields)
        case "pack":
            file.parent.mkdir(parents=True, exist_ok=True)
            (root / f"{place}.json.gz").write_bytes(gzip.compress(json.dumps(fields).encode()))
        case "spoil":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("{")
        case "remove":
            file.unlink(missing_ok=True)
        case "move" if file.exists():
            (root / other).parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, root / f"{other}.json")
        case "move folder" if (root / "w").exists():
            os.replace(root / "w", root / "moved") if not (root / "moved").exists() else None
        case "empty":
            (root / "hollow").mkdir(parents=True, exist_ok=True)


def do_inside(library: Library, doing: str, id: str, folder: str) -> None:
    match doing:
        case "create":
            library.create(session(id, turn("t")), folder="" if folder == "Ä" else folder)
        case "tag":
            library.update(id, add_tags(("x", "new")))
        case "title":
            library.update(id, retitle("renamed"))
        case "pin":
            library.update(id, set_meta("pinned", True))
        case "branch":
            library.branch(id, 0)
        case "move in":
            library.move(id, folder)
        case "delete":
            library.delete(id)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.one_of(outside(), inside()), max_size=14), data=st.data())
def test_after_any_changes_the_index_equals_one_made_from_the_files(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], data: st.DataObject
) -> None:
    base = tmp_path_factory.mktemp("case")
    root = base / "library"
    root.mkdir()
    ours, theirs = cached(root, base / "cache"), cached(root, base / "cache")
    for doing, place, other, fields in steps:
        library = data.draw(st.sampled_from((ours, theirs)))
        if fields is not None:
            do_outside(root, doing, place, other, fields)
        else:
            with suppress(TuiSessionsError):
                do_inside(library, doing, place, other)
        if data.draw(st.booleans()):
            library.refresh()
    ours.refresh()
    fresh = opened(root)
    assert known(ours) == known(fresh)
    assert known(theirs) == known(fresh)
    assert fresh.index_problem == ""
    shutil.rmtree(base)


def filled(root: Path) -> Path:
    for number in range(5):
        put(root, f"{number}.json", id=f"s{number}", title=f"Title {number}")
    (root / "bad.json").write_text("{")
    return root


def index_file(cache: Path) -> Path:
    (file,) = cache.glob("index-*.sqlite")
    return file


def test_the_index_answers_before_the_directory_is_read_where_it_is_told_to(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    cached(root, cache).refresh()
    (root / "0.json").unlink()
    library = cached(root, cache)
    library.answer_at_once()
    assert library.is_scanned
    assert library.count() == 5
    assert library.refresh() is True
    assert library.count() == 4


def test_without_that_the_first_answer_is_of_the_directory_as_it_stands(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    cached(root, cache).refresh()
    (root / "0.json").unlink()
    assert cached(root, cache).count() == 4


def test_a_first_reading_that_was_broken_off_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.index.reconcile.BATCH_S", 0)
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    for file in root.iterdir():
        os.utime(file, (1, 1))
    told: list[tuple[int, int]] = []
    cached(root, cache).refresh(lambda *step: told.append(step), lambda: len(told) == 4)
    assert told[-1] == (4, 6)
    told.clear()
    library = cached(root, cache)
    library.refresh(lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]
    assert library.count() == 5


@pytest.mark.parametrize(
    "content", [b"no database at all" * 400, b"", b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_garbage_in_place_of_the_index_is_made_again(tmp_path: Path, content: bytes) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    cached(root, cache).refresh()
    file = index_file(cache)
    for side in cache.iterdir():
        side.unlink()
    file.write_bytes(content)
    library = cached(root, cache)
    assert library.count() == 5
    assert library.index_problem == ""
    again = cached(root, cache)
    again.answer_at_once()
    assert again.count() == 5


def test_an_index_of_another_version_is_made_again(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    cached(root, cache).refresh()
    other = sqlite3.connect(index_file(cache))
    other.executescript(f"DROP TABLE sessions; PRAGMA user_version = {VERSION + 1}")
    other.close()
    assert cached(root, cache).count() == 5


def test_an_index_whose_tables_are_gone_is_made_again_while_it_is_used(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    library = cached(root, cache)
    library.refresh()
    other = sqlite3.connect(index_file(cache))
    other.executescript("DROP TABLE sessions; DROP TABLE facts")
    other.close()
    assert library.count() == 5
    library.create(session("new"))
    assert library.row("new").id == "new"


def test_where_the_cache_cannot_be_written_memory_serves_and_it_is_said(tmp_path: Path) -> None:
    root = filled(tmp_path / "library")
    (tmp_path / "cache").write_text("a file in the way")
    library = cached(root, tmp_path / "cache")
    assert library.count() == 5
    assert "cannot be used" in library.index_problem
    assert "Everything works without it" in library.index_problem
    library.create(session("new"))
    assert library.row("new").id == "new"


def test_an_index_that_another_program_holds_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.index.database.BUSY_S", 0.01)
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    library = cached(root, cache)
    library.refresh()
    holder = sqlite3.connect(index_file(cache), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    library.create(session("new"))
    assert library.row("new").id == "new"
    assert "locked" in library.index_problem
    assert library.count() == 6
    holder.close()


def test_the_index_is_private_whatever_the_umask(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache" / "deep"
    before = os.umask(0)
    try:
        cached(root, cache).refresh()
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in cache.iterdir()} == {0o600}


def test_losing_the_index_loses_nothing(tmp_path: Path) -> None:
    root, cache = filled(tmp_path / "library"), tmp_path / "cache"
    library = cached(root, cache)
    library.update("s1", add_tags(("kept",)))
    before = known(library)
    shutil.rmtree(cache)
    assert known(cached(root, cache)) == before


def test_a_file_that_changes_within_a_tick_of_the_clock_is_read_again(tmp_path: Path) -> None:
    file = put(tmp_path, "a.json", id="a", title="old")
    library = opened(tmp_path)
    library.refresh()
    status = file.stat()
    with file.open("r+") as same:
        same.write(file.read_text().replace("old", "new"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    library.refresh()
    assert library.row("a").title == "new"


def test_packed_files_are_indexed_as_well(tmp_path: Path) -> None:
    fields = {"id": "packed", "title": "In a box", "turns": []}
    (tmp_path / "p.json.gz").write_bytes(gzip.compress(json.dumps(fields).encode()))
    assert opened(tmp_path).row("packed").title == "In a box"


def test_what_lies_behind_a_link_now_is_no_session_any_more(tmp_path: Path) -> None:
    root, cache = tmp_path / "library", tmp_path / "cache"
    put(root, "w/a.json", id="a", title="old")
    put(root, "w/x/b.json", id="b")
    library = cached(root, cache)
    library.refresh()
    shutil.move(root / "w", tmp_path / "elsewhere")
    (root / "w").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotFoundError):
        library.update("a", retitle("new"))
    assert "old" in (tmp_path / "elsewhere/a.json").read_text()
    library.refresh()
    assert known(library) == known(opened(root))


def test_a_file_behind_a_link_is_forgotten_where_it_is_looked_at_alone(tmp_path: Path) -> None:
    root = tmp_path / "library"
    put(root, "w/a.json", id="a")
    library = opened(root)
    library.refresh()
    shutil.move(root / "w", tmp_path / "elsewhere")
    (root / "w").symlink_to(tmp_path / "elsewhere")
    assert library.look_at(["w/a.json"])
    assert not library.has("a")


def test_folders_in_one_that_cannot_be_listed_for_a_while_are_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        put(tmp_path, f"w/{name}/{name}.json", id=name)
    library = opened(tmp_path)
    library.refresh()
    put(tmp_path, "d/d.json", id="d")
    library.refresh()
    before, glance = known(library), scan.glance

    def closed(root: Path, path: str) -> scan.Glance | None:
        return scan.Glance(b"", (), "It is closed.") if path == "w" else glance(root, path)

    with monkeypatch.context() as patch:
        patch.setattr(scan, "glance", closed)
        library.refresh()
    library.refresh()
    assert known(library) == before


def test_a_file_of_ours_that_others_remove_before_the_next_look_is_gone(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.refresh()
    library.create(session("a"), name="a")
    (tmp_path / "a.json").unlink()
    library.refresh()
    assert library.ids() == ()


def test_a_file_that_we_delete_and_others_put_back_is_there(tmp_path: Path) -> None:
    put(tmp_path, "a.json", id="a")
    library = opened(tmp_path)
    os.utime(tmp_path / "a.json", (1, 1))
    library.refresh()
    row = library.delete("a")
    library.trash_file(row).rename(tmp_path / "a.json")
    library.refresh()
    assert library.ids() == ("a",)


def test_a_look_that_is_older_than_a_file_of_ours_does_not_count_for_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = opened(tmp_path)
    library.refresh()
    put(tmp_path, "old.json", id="old")
    found_files = scan.found_files

    def meanwhile(root: Path, path: str) -> Any:
        found = list(found_files(root, path))
        if not (root / "a.json").exists():
            library.create(session("a"), name="a")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(scan, "found_files", meanwhile)
        library.refresh()
    assert set(library.ids()) == {"a", "old"}
    (tmp_path / "a.json").unlink()
    library.refresh()
    assert library.ids() == ("old",)
