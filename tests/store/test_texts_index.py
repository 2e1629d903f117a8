"""The index of texts in step with the files, whatever happens to either."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_shelves import LONG_AGO, TextShelf

from tui_sessions.errors import UsageError
from tui_sessions.model.query import Query, parse_query
from tui_sessions.store.texts import indexing

A_WEEK = 7 * 24 * 3600 * 10**9
WORDS = ["jwt", "getUserName", "user", "修复", "café", "the", "draft", "snake_case", "x"]
SAID = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
TURN = st.tuples(SAID, SAID)
HEAD = st.fixed_dictionaries(
    {},
    optional={
        "title": SAID,
        "meta": st.fixed_dictionaries(
            {}, optional={"tags": st.lists(st.sampled_from(WORDS), max_size=2), "notes": SAID}
        ),
    },
)
NAME = st.sampled_from("ab")
PUT = st.tuples(st.just("put"), NAME, st.lists(TURN, min_size=1, max_size=4), HEAD)
STEP = st.one_of(
    *[PUT] * 6,
    st.tuples(st.just("remove"), NAME),
    st.tuples(st.just("damage"), NAME),
    st.tuples(st.just("move"), NAME, NAME),
    st.tuples(st.just("lose")),
)
NOTICED = st.sampled_from([True, True, True, False])
QUERIES = [
    "jwt", "user", "修复", "cafe", "jwt user", "the -draft", "jwt OR draft", "-jwt", "us*", "snake_case", '"the jwt"',
    "role:user jwt", "role:assistant user the", "tag:jwt OR the", "jwt OR -draft", "-jwt OR -draft", "tag:jwt the",
    "user the jwt", "x -the", "++ jwt", "++", "tag:jwt OR title:user draft",
]  # fmt: skip


def take(shelf: TextShelf, step: tuple) -> None:
    match step:
        case ("put", name, turns, head):
            shelf.put(name, *turns, **head)
        case ("remove", name) if (shelf.root / f"{name}.json").exists():
            shelf.remove(name)
        case ("damage", name):
            (shelf.root / f"{name}.json").write_text("{ no")
        case ("move", name, other) if (shelf.root / f"{name}.json").exists():
            os.replace(shelf.root / f"{name}.json", shelf.root / f"{other}.json")
        case ("lose",):
            shelf.texts.clear()


@settings(max_examples=80)
@given(st.lists(st.tuples(STEP, NOTICED), min_size=4, max_size=10))
def test_the_index_finds_what_the_files_hold(
    tmp_path_factory: pytest.TempPathFactory, steps: list
) -> None:
    shelf = TextShelf(tmp_path_factory.mktemp("shelf"), shard_turns=3)
    for step, is_noticed in steps:
        take(shelf, step)
        if is_noticed:
            shelf.update()
    shelf.update()
    assert shelf.texts.problem == ""
    for query in QUERIES:
        assert (query, shelf.find(query)) == (query, shelf.find_plainly(query))


@given(st.text(st.sampled_from("ab \"*-:()^+{}.,'\\\x00é修\ud800ORNTADNEAR"), max_size=30))
@settings(max_examples=200)
def test_no_query_is_too_odd(texts_of_one: TextShelf, text: str) -> None:
    try:
        query = parse_query(text)
    except UsageError:
        return
    for as_typed in (False, True):
        list(texts_of_one.texts.search(query, as_typed=as_typed))
    assert texts_of_one.texts.problem == ""


@pytest.fixture(scope="module")
def texts_of_one(tmp_path_factory: pytest.TempPathFactory) -> TextShelf:
    shelf = TextShelf(tmp_path_factory.mktemp("odd"))
    shelf.put("a", ("a b", "é 修"))
    shelf.update()
    return shelf


def rows_used(shelf: TextShelf) -> int:
    connection = sqlite3.connect(shelf.file)
    used = connection.execute("SELECT total(used) FROM shards").fetchone()[0]
    connection.close()
    return int(used)


def test_a_session_that_grew_by_a_turn_costs_one_row(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    turns = [(f"prompt {number}", "answer") for number in range(50)]
    shelf.put("a", *turns)
    shelf.update()
    shelf.put("a", *turns, ("one more", "answer"))
    shelf.update()
    assert rows_used(shelf) == 51
    shelf.put("a", *turns[1:], ("one more", "answer"))
    shelf.update()
    assert rows_used(shelf) == 51
    assert shelf.find("more") == {("a", 49)}
    assert shelf.texts.turns() == 50


def test_nothing_is_done_where_nothing_changed(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    assert shelf.update()
    assert not shelf.update()
    assert shelf.texts.progress() == (1, 1)


def test_tables_that_are_mostly_dead_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.texts.shards._FEW_DEAD", 2)
    shelf = TextShelf(tmp_path, shard_turns=6)
    shelf.put("stays", ("jwt", "x"))
    for round_ in range(10):
        shelf.put("changes", *[(f"word{round_} {turn}", "y") for turn in range(3)])
        shelf.update()
    connection = sqlite3.connect(shelf.file)
    used, live = connection.execute("SELECT sum(used), sum(live) FROM shards").fetchone()
    numbers = {f"said_{number}" for (number,) in connection.execute("SELECT number FROM shards")}
    tables = {
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' AND name LIKE 'said%'"
        )
    }
    connection.close()
    assert live == 4
    assert used <= 12
    assert tables == numbers
    assert shelf.find("jwt") == {("stays", 0)}
    assert shelf.find("word9") == {("changes", turn) for turn in range(3)}
    assert shelf.find("word8") == set()


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    for number in range(6):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.rows.refresh()
    left = iter([False, False, True])
    shelf.texts.index(stop=lambda: next(left))
    done, total = shelf.texts.progress()
    assert (done, total) == (3, 6)
    assert {place[0] for place in shelf.find("word")} == {"s5", "s4", "s3"}
    assert all(batch.is_partial for batch in shelf.batches("word"))
    shelf.texts.index()
    assert shelf.texts.progress() == (6, 6)
    assert not any(batch.is_partial for batch in shelf.batches("word"))


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_TOLD_EVERY_S", 0.0)
    shelf = TextShelf(tmp_path)
    for number in range(3):
        shelf.put(f"s{number}", ("word", "said"))
    shelf.rows.refresh()
    told: list[tuple[int, int]] = []
    shelf.texts.index(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_many_sessions_at_once_are_found_like_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BULK", 2)
    shelf = TextShelf(tmp_path, shard_turns=7)
    for number in range(20):
        shelf.put(f"s{number}", ("word", f"n{number}"), ("other", "word"))
    shelf.update()
    assert len(shelf.find("word")) == 40
    assert shelf.find("n7") == {("s7", 0)}


def test_a_session_too_long_for_one_table_is_divided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("shards", "searching"):
        monkeypatch.setattr(f"tui_sessions.store.texts.{place}.ROOM", 4)
    shelf = TextShelf(tmp_path, shard_turns=4)
    shelf.put("short", ("word", "x"))
    shelf.put("long", *[("word", f"n{number}") for number in range(11)])
    shelf.update()
    assert len(shelf.find("word")) == 12
    assert shelf.find("n10") == {("long", 10)}
    shelf.put("long", ("word", "n10"))
    shelf.update()
    assert shelf.find("word") == {("long", 0), ("short", 0)}


def test_a_file_just_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.store.index.reconcile.RACY_NS", A_WEEK)
    monkeypatch.setattr(indexing, "RACY_NS", A_WEEK)
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("first", "x"))
    path = shelf.root / "a.json"
    os.utime(path)
    shelf.update()
    now = path.stat()
    path.write_text(path.read_text().replace("first", "other"))
    os.utime(path, ns=(now.st_mtime_ns, now.st_mtime_ns))
    shelf.update()
    assert shelf.find("other") == {("a", 0)}
    assert shelf.find("first") == set()


def test_a_file_that_changes_again_unseen_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "RACY_NS", A_WEEK)
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("older", "x"))
    shelf.rows.refresh()
    path = shelf.root / "a.json"
    path.write_text(path.read_text().replace("older", "first"))
    shelf.texts.index()
    assert shelf.find("first") == {("a", 0)}
    seen = path.stat().st_mtime_ns
    path.write_text(path.read_text().replace("first", "other"))
    os.utime(path, ns=(seen, seen))
    monkeypatch.setattr("tui_sessions.store.index.reconcile.RACY_NS", 0)
    shelf.update()
    assert shelf.find("other") == {("a", 0)}


def test_another_index_of_rows_means_a_new_index_of_texts(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.put("b", ("jwt", "x"))
    shelf.update()
    shelf.rows.rebuild()
    assert shelf.find("jwt") == {("a", 0), ("b", 0)}
    assert shelf.update()
    assert shelf.find("jwt") == {("a", 0), ("b", 0)}
    assert shelf.texts.turns() == 2


def test_packed_files_are_found(tmp_path: Path) -> None:
    import gzip

    shelf = TextShelf(tmp_path)
    packed = gzip.compress(
        b'{"id": "z", "turns": [{"messages": [{"role": "user", "content": "jwt"}]}]}'
    )
    (shelf.root / "z.json.gz").write_bytes(packed)
    os.utime(shelf.root / "z.json.gz", (LONG_AGO, LONG_AGO))
    shelf.update()
    assert shelf.find("jwt") == {("z", 0)}


def test_giving_back_space_keeps_what_is_indexed(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    shelf.texts.vacuum()
    assert shelf.texts.size > 0
    assert shelf.find("jwt") == {("a", 0)}


def test_an_empty_query_lists_what_there_is(tmp_path: Path) -> None:
    shelf = TextShelf(tmp_path)
    shelf.put("a", ("jwt", "x"))
    shelf.update()
    (batch,) = shelf.texts.search(Query())
    assert [hit.session_id for hit in batch.hits] == ["a"]
