"""`trash`, `undelete`, `undo`, `redo`, `history`: what was done comes back, or is gone for good."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("two")
Put = Callable[..., Path]
BOTH = ["h2c7d8e9f0aa", "k3v9x2m7q0ab"]


def ids(run) -> list[str]:
    return sorted(run("list", "--format", "ids").lines)


def test_the_trash_is_listed_in_every_form(run) -> None:
    run("delete", "k3v9", "--yes")
    (line,) = run("trash").lines
    assert line.split("\t")[0] == "k3v9x2m7q0ab"
    (record,) = run("trash", "list", "--format", "json").json
    assert record["path"] == "session_20240108_143022.json"
    assert run("trash", "--format", "ids").lines == ["k3v9x2m7q0ab"]
    assert len(run("trash", "--format", "jsonl").lines) == 1
    (row,) = csv.DictReader(io.StringIO(run("trash", "--format", "csv").out))
    assert row["title"] == "Python decorators"


@pytest.mark.parametrize("how", [["k3v9"], ["--all"]], ids=" ".join)
def test_what_is_in_the_trash_is_restored_and_can_be_deleted_again_by_undo(run, how) -> None:
    run("delete", "k3v9", "--yes")
    back = run("trash", "restore", *how)
    assert (back.code, back.lines) == (0, ["k3v9x2m7q0ab"])
    assert ids(run) == BOTH
    assert run("undo").code == 0
    assert ids(run) == BOTH[:1]


def test_several_are_taken_back_at_once(run) -> None:
    run("delete", "--all", "--yes")
    assert sorted(run("undelete", "k3v9", "h2c7").lines) == BOTH
    assert ids(run) == BOTH


def test_restoring_needs_a_name(run) -> None:
    assert run("trash", "restore").code == 2
    assert run("trash", "restore", "nowhere").code == 1


def test_emptying_the_trash_says_how_much_and_needs_yes(run, folder: Path) -> None:
    run("delete", "--all", "--yes")
    refused = run("trash", "empty", piped=b"")
    assert refused.code == 2
    assert "--yes" in refused.err
    dry = run("trash", "empty", "--dry-run")
    assert dry.code == 0
    assert len(run("trash", "--format", "ids").lines) == 2
    gone = run("trash", "empty", "--yes")
    assert gone.code == 0
    assert "2 files (" in gone.err
    assert "deleted for good." in gone.err
    assert list((folder / ".tui-sessions" / "trash").glob("*.json")) == []
    assert run("trash").code == 1
    assert run("trash", "empty", "--yes").code == 1


def test_only_what_is_old_is_emptied(run) -> None:
    run("delete", "--all", "--yes")
    young = run("trash", "empty", "--older-than", "30d", "--yes")
    assert young.code == 1
    assert "Nothing is that old." in young.err
    assert len(run("trash", "--format", "ids").lines) == 2
    assert run("trash", "empty", "--older-than", "0d", "--yes").code == 0
    assert run("trash").code == 1


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 2)])
def test_emptying_the_trash_is_asked_about_on_a_terminal(run, watched, answer, left) -> None:
    run("delete", "--all", "--yes")
    watched("stderr")
    asked = run("trash", "empty", typed=answer)
    assert "for good? [y/N]" in asked.err
    assert len(run("undelete", "--format", "ids").lines) == left


def test_what_was_done_is_listed_and_taken_back_step_by_step(run) -> None:
    run("tag", "k3v9", "one")
    run("tag", "k3v9", "two")
    run("delete", "h2c7", "--yes")
    steps = run("history", "--format", "json").json
    assert [step["count"] for step in steps] == [1, 1, 1]
    assert "Python decorators" in steps[1]["label"]
    assert len(run("history", "-n", "2").lines) == 2
    undone = run("undo", "--step", steps[2]["id"][:-1])
    assert undone.code == 0, undone.err
    assert run("meta", "k3v9", "tags").out == "python, programming, two\n"
    run("undo")
    assert ids(run) == BOTH
    assert [step["is_undone"] for step in run("history", "--format", "json").json] == [
        True,
        False,
        True,
    ]


def test_history_has_every_form(run) -> None:
    run("tag", "k3v9", "one")
    (id,) = run("history", "--format", "ids").lines
    (line,) = run("history").lines
    assert line.split("\t")[0] == id
    assert line.split("\t")[-1] == "done"
    run("undo")
    (row,) = csv.DictReader(io.StringIO(run("history", "--format", "csv").out))
    assert row["is_undone"] == "True"
    assert len(run("history", "--all", "--format", "jsonl").lines) == 1
    assert run("history", "--format", "table").lines[0].split()[:2] == ["ID", "WHEN"]


def test_what_was_taken_back_is_done_again(run) -> None:
    run("delete", "k3v9", "--yes")
    assert "Taken back: " in run("undo").err
    assert ids(run) == BOTH
    assert "Done again: " in run("redo").err
    assert ids(run) == BOTH[:1]


def test_nothing_to_take_back_is_a_sentence(run) -> None:
    for command in ("undo", "redo", "history"):
        done = run(command)
        assert (done.code, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1
    assert run("history", "--format", "json").json == []
    assert run("undo", "--step", "nowhere").code == 1


def test_a_title_and_a_files_name_come_back(run, folder: Path) -> None:
    run("rename", "k3v9", "Another")
    run("rename", "k3v9", "--file", "another")
    assert (folder / "another.json").exists()
    run("undo")
    run("undo")
    assert run("list", "k3v9", "--format", "ids").code == 1
    assert run("list", "decorators").lines[0].split("\t")[1] == "session_20240108_143022.json"


def test_a_new_session_and_a_branch_are_taken_back_into_the_trash(run) -> None:
    made = run("new", "--title", "Draft").out.strip()
    branch = run("branch", "k3v9").out.strip()
    before = run("context", "k3v9").out
    run("context", "k3v9", "1")
    assert run("context", "k3v9").out == "1/1\n"
    run("undo")
    run("undo")
    run("undo")
    assert ids(run) == BOTH
    assert sorted(run("trash", "--format", "ids").lines) == sorted([made, branch])
    assert run("context", "k3v9").out == before
