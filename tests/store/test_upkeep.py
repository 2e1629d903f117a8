"""The archive and packed files: where they go, what stays readable, what comes back."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shelves import START, Ticking, names, opened, put, session, stocked, turn

from tui_sessions.errors import StoreError
from tui_sessions.model.edits import add_tags, set_meta, set_status
from tui_sessions.model.query import parse_query
from tui_sessions.model.upkeep import Wanted
from tui_sessions.store.library import Library

LONG_AGO = datetime(2024, 1, 15, tzinfo=UTC)


def aged(root: Path, *ids: str, at: datetime = LONG_AGO, folder: str = "") -> None:
    for name in ids:
        put(
            root,
            f"{folder}{name}.json",
            id=name,
            title=name.upper(),
            updated_at=at.isoformat(),
            turns=[{"id": "t", "messages": [{"role": "user", "content": "hello " * 200}]}],
        )


def test_a_packed_session_is_read_edited_and_searched_as_before(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    before = library.load("s0")
    assert library.upkeep.compress(["s0"]).done == 1
    assert "f0.json.gz" in names(tmp_path)
    assert "f0.json" not in names(tmp_path)
    data = gzip.decompress((tmp_path / "f0.json.gz").read_bytes())
    assert data.startswith(b"{")
    assert library.load("s0") == before
    library.update("s0", lambda s: s.with_turn(turn("t3", "marmalade")))
    assert (tmp_path / "f0.json.gz").read_bytes().startswith(b"\x1f\x8b")
    library.history.edit(["s0"], add_tags(["x"]), "tags")
    assert [turn.id for turn in opened(tmp_path).load("s0").turns] == ["t1", "t2", "t3"]
    library.index_texts()
    found = [hit for batch in library.search(parse_query("marmalade")) for hit in batch.hits]
    assert [hit.session_id for hit in found] == ["s0"]


def test_packing_can_be_taken_back_done_again_and_undone_by_name(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    plain = (tmp_path / "f0.json").read_bytes()
    library.upkeep.compress(["s0", "s1"])
    library.history.undo()
    assert (tmp_path / "f0.json").read_bytes() == plain
    library.history.redo()
    assert (tmp_path / "f0.json.gz").read_bytes().startswith(b"\x1f\x8b")
    library.upkeep.compress(["s0"], is_back=True)
    assert (tmp_path / "f0.json").read_bytes() == plain
    assert {"f0.json", "f1.json.gz", "f2.json"} == names(tmp_path)


def test_packing_keeps_what_another_program_wrote_to_the_byte_and_its_time(tmp_path: Path) -> None:
    file = put(tmp_path, "a.json", note="\u00e9  ", id="a")
    data = file.read_bytes()
    os.utime(file, ns=(10**18, 10**18))
    library = opened(tmp_path)
    library.upkeep.compress(["a"])
    packed = tmp_path / "a.json.gz"
    assert gzip.decompress(packed.read_bytes()) == data
    assert packed.stat().st_mtime_ns == 10**18
    assert packed.stat().st_mode & 0o777 == 0o600


def test_what_has_no_id_keeps_the_one_it_is_listed_under(tmp_path: Path) -> None:
    put(tmp_path, "a.json")
    library = opened(tmp_path)
    (row,) = library.rows()
    assert library.upkeep.compress([row.id]).done == 1
    assert [each.id for each in opened(tmp_path).rows()] == [row.id]


def test_what_is_packed_already_is_left_alone(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.upkeep.compress(["s0"])
    outcome = library.upkeep.compress(["s0"])
    assert (outcome.done, outcome.step, outcome.problems) == (0, None, ())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    (tmp_path / "f0.json.gz").write_bytes(b"mine")
    library.refresh()
    library.upkeep.compress(["s0"])
    assert (tmp_path / "f0.json.gz").read_bytes() == b"mine"
    assert "f0_2.json.gz" in names(tmp_path)


def test_the_archive_is_by_the_month_of_the_last_use(tmp_path: Path) -> None:
    aged(tmp_path, "a", folder="work/")
    aged(tmp_path, "b")
    library = opened(tmp_path)
    library.update("b", set_status("completed"))
    assert library.upkeep.archive(["a", "b"]).done == 2
    assert {"archive/2024-01/a.json.gz", "archive/2024-01/b.json.gz"} <= names(tmp_path)
    assert library.load("a").status == "archived"
    assert library.row("a").updated_at == LONG_AGO
    assert library.upkeep.bring_back(["a", "b"]).done == 2
    assert {"work/a.json", "b.json"} <= names(tmp_path)
    assert (library.load("a").status, library.load("b").status) == ("active", "completed")
    assert library.load("a").meta.extra == {}


def test_two_of_one_name_both_find_room_in_the_archive(tmp_path: Path) -> None:
    aged(tmp_path, "a")
    put(tmp_path, "w/a.json", id="other", updated_at=LONG_AGO.isoformat())
    library = opened(tmp_path)
    assert library.upkeep.archive(["a", "other"]).problems == ()
    assert {"archive/2024-01/a.json.gz", "archive/2024-01/a_2.json.gz"} <= names(tmp_path)


def test_archiving_many_is_one_step(tmp_path: Path) -> None:
    many = [f"n{number}" for number in range(20)]
    aged(tmp_path, *many)
    library = opened(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    outcome = library.upkeep.archive(many, "archiving of 20 sessions")
    assert (outcome.done, outcome.problems) == (20, ())
    row = library.history.undo()
    assert row.problems == ()
    assert names(tmp_path) == before.keys()
    assert all(opened(tmp_path).load(name).status == "active" for name in many)
    assert library.history.redo().problems == ()
    assert len([name for name in names(tmp_path) if name.endswith(".gz")]) == 20


def test_a_way_back_that_a_file_makes_up_leads_nowhere(tmp_path: Path) -> None:
    aged(tmp_path, "a")
    library = opened(tmp_path)
    library.upkeep.archive(["a"])
    library.update("a", set_meta("archived_from", "../../outside"))
    library.upkeep.bring_back(["a"])
    assert "a.json" in names(tmp_path)


def test_what_is_archived_is_not_archived_again(tmp_path: Path) -> None:
    aged(tmp_path, "a")
    library = opened(tmp_path)
    library.upkeep.archive(["a"])
    outcome = library.upkeep.archive(["a"])
    assert outcome.problems == ("'A' is in the archive already.",)
    assert library.upkeep.archive(["gone"]).problems[0].startswith("There is no session")
    library.upkeep.bring_back(["a"])
    assert library.upkeep.bring_back(["a"]).problems == ("'A' is not in the archive.",)


def refuses(monkeypatch: pytest.MonkeyPatch, library: Library, name: str, times: int = 1) -> None:
    """The disk refuses this for so many times."""
    real, left = getattr(library, name), [None] * times

    def act(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()
            raise StoreError("The disk is full.")
        return real(*args, **kwargs)

    monkeypatch.setattr(library, name, act)


def test_what_could_not_be_moved_out_of_the_archive_still_knows_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(tmp_path, "a", folder="work/")
    library = opened(tmp_path)
    library.upkeep.archive(["a"])
    refuses(monkeypatch, library, "move")
    outcome = library.upkeep.bring_back(["a"])
    assert (outcome.done, outcome.step, outcome.problems) == (0, None, ("The disk is full.",))
    assert library.load("a").meta.extra == {"archived_from": "work"}
    assert library.load("a").status == "archived"
    assert library.upkeep.bring_back(["a"]).done == 1
    assert "work/a.json" in names(tmp_path)
    assert library.load("a").meta.extra == {}


def test_marks_that_could_not_be_taken_away_go_at_the_next_try_or_all_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(tmp_path, "a", "b", folder="work/")
    library = opened(tmp_path)
    library.upkeep.archive(["a"])
    library.upkeep.archive(["b"])
    refuses(monkeypatch, library, "update", 2)
    assert library.upkeep.bring_back(["a"]).problems == ("The disk is full.",)
    assert library.upkeep.bring_back(["b"]).step is not None
    library.history.undo()
    assert {"work/a.json", "archive/2024-01/b.json.gz"} <= names(tmp_path)
    assert library.upkeep.bring_back(["a"]).problems == ()
    assert (library.load("a").status, library.load("a").meta.extra) == ("active", {})
    assert library.upkeep.bring_back(["a"]).problems == ("'A' is not in the archive.",)


def test_what_does_not_get_into_the_archive_is_not_marked_as_archived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aged(tmp_path, "a", folder="work/")
    library = opened(tmp_path)
    refuses(monkeypatch, library, "move")
    outcome = library.upkeep.archive(["a"])
    assert (outcome.done, outcome.step) == (0, None)
    assert (library.load("a").status, library.load("a").meta.extra) == ("active", {})
    refuses(monkeypatch, library, "move")
    refuses(monkeypatch, library, "make_folder")
    real, calls = library.update, []

    def once(*args: Any) -> Any:
        calls.append(args)
        if len(calls) > 1:
            raise StoreError("The disk is full.")
        return real(*args)

    with monkeypatch.context() as patched:
        patched.setattr(library, "update", once)
        assert library.upkeep.archive(["a"]).step is not None
    assert library.load("a").status == "archived"
    library.history.undo()
    assert (library.load("a").status, library.load("a").meta.extra) == ("active", {})


def test_what_packing_frees_is_told_before(tmp_path: Path) -> None:
    aged(tmp_path, "a", "b")
    library = opened(tmp_path)
    freed = library.upkeep.packing_frees(["a", "b"])
    assert freed > sum(row.size for row in library.rows()) * 0.8
    library.upkeep.compress(["a", "b"])
    assert library.upkeep.packing_frees(["a", "b"]) == 0


# what is due


def test_old_ones_are_due_but_not_those_that_are_at_hand(tmp_path: Path) -> None:
    aged(tmp_path, "a", "pinned", "starred", "open")
    aged(tmp_path, "new", at=START)
    library = opened(tmp_path)
    library.update("pinned", set_meta("pinned", True))
    library.update("starred", set_meta("starred", True))
    wanted = Wanted(unused_since=START - timedelta(days=90))
    plan = library.upkeep.plan(wanted, now=Ticking(), busy=frozenset({"open"}))
    assert [row.id for row in plan.due[0].rows] == ["a"]
    assert plan.spared == 3
    assert plan.due[0].deed == "archive"
    assert library.upkeep.tidy(plan).done == 1
    assert not library.upkeep.plan(wanted, now=Ticking(), busy=frozenset({"open"}))


def test_what_is_used_meanwhile_stays(tmp_path: Path) -> None:
    aged(tmp_path, "a", "b")
    library = opened(tmp_path)
    plan = library.upkeep.plan(Wanted(unused_since=START, old_go_to="trash"), now=Ticking())
    library.update("a", lambda s: s.with_turn(turn("t9")))
    assert library.upkeep.tidy(plan).done == 1
    assert library.has("a")
    assert [row.id for row in library.trash()] == ["b"]


def test_what_is_pinned_while_it_is_asked_about_stays(tmp_path: Path) -> None:
    aged(tmp_path, "a", "b")
    library = opened(tmp_path)
    plan = library.upkeep.plan(Wanted(unused_since=START, old_go_to="trash"), now=Ticking())
    library.update("a", set_meta("pinned", True))
    assert library.upkeep.tidy(plan).done == 1
    assert library.has("a")


def test_empty_sessions_and_files_go_but_not_what_was_prepared(tmp_path: Path) -> None:
    aged(tmp_path, "full")
    put(tmp_path, "empty.json", id="empty", updated_at=LONG_AGO.isoformat())
    put(tmp_path, "ready.json", id="ready", system="You", updated_at=LONG_AGO.isoformat())
    put(tmp_path, "fresh.json", id="fresh", updated_at=START.isoformat())
    (tmp_path / "nothing.json").touch()
    (tmp_path / "torn.json").write_text("{")
    library = opened(tmp_path)
    plan = library.upkeep.plan(Wanted(empty=True), now=Ticking())
    (due,) = plan.due
    assert ([row.id for row in due.rows], due.damaged) == (["empty"], ("nothing.json",))
    assert library.upkeep.tidy(plan).done == 2
    assert {"full.json", "ready.json", "fresh.json", "torn.json"} == names(tmp_path)
    library.history.undo()
    assert {"empty.json", "nothing.json"} <= names(tmp_path)


def test_idle_ones_are_paused_and_only_so_many_stay_active(tmp_path: Path) -> None:
    aged(tmp_path, "idle")
    for number in range(5):
        aged(tmp_path, f"n{number}", at=START - timedelta(minutes=10 - number))
    library = opened(tmp_path)
    wanted = Wanted(idle_since=START - timedelta(hours=1), max_active=3)
    plan = library.upkeep.plan(wanted, now=Ticking())
    assert [[row.id for row in due.rows] for due in plan.due] == [["idle"], ["n0", "n1"]]
    was = library.row("n0").updated_at
    assert library.upkeep.tidy(plan).done == 3
    active = library.ids(parse_query("status:active"))
    assert sorted(active) == ["n2", "n3", "n4"]
    assert library.row("n0").updated_at == was
    library.history.undo()
    assert library.count(parse_query("status:active")) == 6


def test_what_lies_long_in_the_trash_goes_for_good(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.delete("s0")
    later = Wanted(trashed_before=START + timedelta(days=1))
    assert not library.upkeep.plan(Wanted(trashed_before=START), now=Ticking())
    plan = library.upkeep.plan(later, now=Ticking())
    assert (len(plan.purged), plan.purged_size > 0) == (1, True)
    assert library.upkeep.purge(plan) == 1
    assert library.trash() == ()


def test_the_oldest_of_very_many_are_found_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.store.upkeep.looking._AT_ONCE", 2)
    for number in range(12):
        aged(tmp_path, f"n{number:02}", at=LONG_AGO + timedelta(days=number))
    library = opened(tmp_path)
    plan = library.upkeep.plan(Wanted(unused_since=LONG_AGO + timedelta(days=9)), now=Ticking())
    assert [row.id for row in plan.due[0].rows] == [f"n{number:02}" for number in range(9)]


def test_the_largest_are_listed_first(tmp_path: Path) -> None:
    library = stocked(tmp_path)
    library.create(session("big", turn("t", "x" * 9999)), name="big")
    assert [row.id for row in library.upkeep.largest(1)] == ["big"]
