"""Which step is taken back or done again, with several programs at it and disks that refuse."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from shelves import opened, stocked, titles

from tui_sessions.errors import (
    ConflictError,
    DamagedFileError,
    NotFoundError,
    StoreError,
)
from tui_sessions.model.edits import add_tags, retitle
from tui_sessions.model.session import Change, Session
from tui_sessions.store import files

# which step


def test_what_is_done_again_while_something_new_begins_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, other = stocked(tmp_path, 2), opened(tmp_path)
    library.history.edit(["s0"], retitle("first"), "first")
    library.history.undo()
    update = library.update

    def meanwhile(session_id: str, change: Change) -> Session:
        monkeypatch.setattr(library, "update", update)
        other.history.edit(["s1"], retitle("second"), "second")
        return update(session_id, change)

    monkeypatch.setattr(library, "update", meanwhile)
    assert library.history.redo().label == "first"
    library.refresh()
    assert sorted(titles(library)) == ["first", "second"]
    assert [library.history.undo().label for _ in range(2)] == ["second", "first"]
    assert sorted(titles(library)) == ["T0", "T1"]


def test_there_may_be_nothing_to_take_back_or_do_again(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    with pytest.raises(NotFoundError, match="nothing to take back"):
        library.history.undo()
    library.history.edit(["s0"], retitle("n"), "title")
    with pytest.raises(NotFoundError, match="nothing to do again"):
        library.history.redo()


def test_steps_are_taken_back_the_latest_first_and_done_again_the_earliest_first(
    tmp_path: Path,
) -> None:
    library = stocked(tmp_path, 1)
    for title in ("a", "b", "c"):
        library.history.edit(["s0"], retitle(title), f"title {title}")
    assert [library.history.undo().label for _ in range(3)] == ["title c", "title b", "title a"]
    assert [library.history.redo().label for _ in range(3)] == ["title a", "title b", "title c"]
    assert library.load("s0").title == "c"


def test_what_was_taken_back_before_something_new_is_not_done_again(tmp_path: Path) -> None:
    library = stocked(tmp_path, 2)
    library.history.edit(["s0"], retitle("old"), "old")
    library.history.undo()
    library.history.edit(["s1"], retitle("new"), "new")
    with pytest.raises(NotFoundError):
        library.history.redo()
    library.history.undo()
    assert library.history.redo().label == "new"
    assert titles(library) == ["T0", "new"]
    assert [(row.label, row.is_undone) for row in library.history.steps()] == [
        ("new", False),
        ("old", True),
    ]


def test_what_comes_next_is_known_before(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    history = library.history
    assert (history.next_undo(), history.next_redo()) == (None, None)
    history.edit(["s0"], retitle("a"), "first")
    history.edit(["s0"], retitle("b"), "second")
    history.undo()
    undo, redo = history.next_undo(), history.next_redo()
    assert undo is not None
    assert redo is not None
    assert (undo.label, redo.label) == ("first", "second")


def test_any_step_can_be_taken_back_by_itself(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.edit(["s0"], retitle("n"), "title")
    library.history.edit(["s0"], add_tags(["x"]), "tag")
    first = library.history.steps()[1]
    library.history.undo_step(first.id)
    assert library.load("s0").title == "T0"
    assert library.load("s0").meta.tags == ("x",)
    with pytest.raises(ConflictError, match="already"):
        library.history.undo_step(first.id)
    with pytest.raises(NotFoundError):
        library.history.undo_step("nonesuch")


def test_another_program_takes_back_what_this_one_did(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.edit(["s0"], retitle("n"), "title")
    other = opened(tmp_path)
    assert other.history.undo().label == "title"
    library.refresh()
    assert library.load("s0").title == "T0"
    with pytest.raises(NotFoundError):
        library.history.undo()


def test_a_step_whose_file_is_damaged_is_listed_and_passed_over(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    library.history.edit(["s0"], retitle("a"), "first")
    library.history.edit(["s0"], add_tags(["x"]), "second")
    folder = tmp_path / ".tui-sessions" / "history"
    newest = max(folder.glob("*.jsonl"))
    newest.write_bytes(newest.read_bytes().replace(b'"kind"', b'"dink"', 1))
    with pytest.raises(DamagedFileError, match="cannot be taken back"):
        library.history.undo_step(library.history.steps()[0].id)
    assert library.history.undo().label == "first"


# several at once


def test_programs_that_take_back_at_once_take_back_different_steps(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    for number in range(6):
        library.history.edit(["s0"], add_tags([f"x{number}"]), f"{number}")
    libraries = [opened(tmp_path) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        taken = [pool.submit(one.history.undo) for one in libraries for _ in range(2)]
    assert sorted(each.result().label for each in taken) == ["0", "1", "2", "3", "4", "5"]
    assert library.load("s0").meta.tags == ()


def test_steps_made_at_once_are_all_kept_in_one_order(tmp_path: Path) -> None:
    stocked(tmp_path, 4)
    libraries = [opened(tmp_path) for _ in range(4)]

    def work(number: int) -> None:
        for count in range(5):
            libraries[number].history.edit([f"s{number}"], retitle(f"n{count}"), f"{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    rows = libraries[0].history.steps()
    assert len(rows) == len({row.at for row in rows}) == 20
    for _ in range(20):
        libraries[0].history.undo()
    assert titles(opened(tmp_path)) == ["T0", "T1", "T2", "T3"]


def test_nothing_is_taken_back_while_a_step_is_being_done(tmp_path: Path) -> None:
    library = stocked(tmp_path, 2)
    refusals: list[str] = []

    def change(now: Session) -> Session:
        if now.id == "s1":
            with pytest.raises(ConflictError) as refusal:
                opened(tmp_path).history.undo()
            refusals.append(str(refusal.value))
        return retitle("n")(now)

    library.history.edit(["s0", "s1"], change, "titles")
    assert refusals == ["'titles' is being done still. Wait for its end, or stop it."]
    assert titles(library) == ["n", "n"]
    library.history.undo()
    assert titles(library) == ["T0", "T1"]


def test_another_writer_in_between_is_neither_lost_nor_recorded_twice(tmp_path: Path) -> None:
    library = stocked(tmp_path, 1)
    path = tmp_path / "f0.json"
    is_first = True

    def change(now: Session) -> Session:
        nonlocal is_first
        if is_first:  # A program that knows no locks.
            is_first = False
            path.write_text(path.read_text().replace('"T0"', '"theirs"'))
        return retitle("mine")(now)

    library.history.edit(["s0"], change, "title")
    assert library.load("s0").title == "mine"
    assert library.history.undo().problems == ()
    assert library.load("s0").title == "theirs"


# a disk that refuses


def test_an_edit_that_cannot_be_recorded_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path, 1)

    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", refuse)
        outcome = library.history.edit(["s0"], retitle("n"), "title")
    assert outcome.done == 0
    assert "the disk is full" in outcome.problems[0]
    assert titles(library) == ["T0"]
    assert library.history.steps() == ()


def test_an_edit_that_was_made_though_its_end_was_refused_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path, 1)
    library.history.edit(["s0"], add_tags(["x"]), "tag")
    real = files.sync_folder

    def refuse(folder: Path) -> None:
        if folder == tmp_path:
            raise OSError(errno.EIO, "Input/output error")
        real(folder)

    with monkeypatch.context() as patch:
        patch.setattr(files, "sync_folder", refuse)
        outcome = library.history.edit(["s0"], retitle("n"), "title")
    assert outcome.done == 1
    assert "the disk reports an error" in outcome.problems[0]
    library.refresh()
    assert titles(library) == ["n"]
    library.history.undo()
    assert titles(library) == ["T0"]


def test_a_full_disk_while_taking_back_leaves_the_rest_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = stocked(tmp_path, 3)
    library.history.edit(["s0", "s1", "s2"], retitle("n"), "titles")
    real = files.replace

    def refuse(path: Path, *rest: Any, **more: Any) -> files.Stamp:
        if path.name == "f0.json":
            raise StoreError("full") from OSError(errno.ENOSPC, "No space left on device")
        return real(path, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(files, "replace", refuse)
        row = library.history.undo()
        assert (row.is_undone, row.problems) == (False, ("full",))
        with pytest.raises(StoreError, match="full"):
            library.history.undo()
    assert titles(library) == ["T1", "T2", "n"]
    assert library.history.undo().is_undone
    assert titles(library) == ["T0", "T1", "T2"]
