"""The audit log says what is durable, and nothing of the text."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from shelves import Ticking, opened, session, turn

from tui_sessions.model.edits import retitle
from tui_sessions.store.audit import Audit


def said(log: Path) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    kept = ("action", "session", "message", "sha256")
    return [{key: entry[key] for key in kept if key in entry} for entry in entries]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_every_message_that_is_new_or_changed_has_a_line(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("a", turn("t", "secret question", None)))
    library.update("a", lambda current: current.with_turn(turn("t", "secret question", "yes")))
    library.update("a", retitle("A title"))
    assert said(log) == [
        {
            "action": "save",
            "session": "a",
            "message": "t:user",
            "sha256": digest("secret question"),
        },
        {"action": "save", "session": "a", "message": "t:assistant", "sha256": digest("yes")},
        {"action": "save", "session": "a"},
    ]
    assert "secret" not in log.read_text()


def test_other_changes_have_one_line_each(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("a"))
    library.move("a", "w")
    library.rename_file("a", "x")
    library.delete("a")
    library.undelete("a")
    library.audit.record("export", "a")
    actions = [entry["action"] for entry in said(log)]
    assert actions == ["save", "move", "move", "delete", "restore", "export"]


def test_a_line_comes_after_the_folder_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("a"))
    library.update("a", retitle("Old"))
    before = len(said(log))
    sync, seen = os.fsync, []

    def noted(descriptor: int) -> None:
        seen.append(len(said(log)))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    library.update("a", retitle("New"))
    assert seen == [before, before]
    assert len(said(log)) == before + 1


def test_a_log_that_cannot_be_written_keeps_nothing_from_being_saved(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    log.mkdir()
    library = opened(tmp_path / "library", audit=log)
    told: list[str] = []
    library.audit.when_problem = told.append
    library.create(session("a", turn("t")))
    library.update("a", retitle("Anew"))
    assert library.load("a").title == "Anew"
    assert "cannot be written: it is a folder. Everything is saved; 3 lines" in told[-1]
    log.rmdir()
    assert library.audit.write_waiting()
    assert told[-1] == library.audit.problem == ""
    assert [entry["action"] for entry in said(log)] == ["save", "save", "save"]


def test_who_it_was_is_told_but_nothing_of_what_was_said(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("a", turn("t", "canary question", "canary answer"), title="canary"))
    library.history.edit(["a"], retitle("canary two"), "title of canary")
    library.history.delete(["a"])
    library.history.undo()
    library.audit.record_each("open", ["a"])
    text = log.read_text()
    assert "canary" not in text
    entries = [json.loads(line) for line in text.splitlines()]
    assert {entry["pid"] for entry in entries} == {os.getpid()}
    assert all(entry["user"] for entry in entries)
    assert [entry["action"] for entry in entries] == [
        *["save"] * 3,
        "delete",
        "restore",
        "undo",
        "open",
    ]


def test_what_is_taken_out_is_told(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    library = opened(tmp_path / "library", audit=log)
    library.create(session("a", turn("t1"), turn("t2")))
    library.update("a", lambda s: s.with_turns(s.turns[:1]))
    assert said(log)[-2:] == [
        {"action": "remove", "session": "a", "message": "t2:assistant"},
        {"action": "remove", "session": "a", "message": "t2:user"},
    ]


def test_a_full_disk_leaves_whole_lines_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "audit.jsonl"
    audit = Audit(log, Ticking())
    audit.record("open", "a")
    whole, write = log.read_bytes(), os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, data[:10])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        audit.record("open", "b")
    assert "the disk is full" in audit.problem
    assert log.read_bytes() == whole
    audit.record("open", "c")
    assert [entry["session"] for entry in said(log)] == ["a", "b", "c"]


def test_a_line_that_a_crash_tore_spoils_no_other(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    log.write_bytes(b'{"at": "2026')
    Audit(log, Ticking()).record("open", "a")
    assert json.loads(log.read_bytes().splitlines()[-1])["session"] == "a"


def test_a_large_log_is_put_aside_and_kept(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    audit = Audit(log, Ticking())
    audit.max_bytes = 400
    for number in range(12):
        audit.record("open", f"s{number}")
    kept = sorted(tmp_path.iterdir())
    assert len(kept) > 2
    lines = [json.loads(line) for file in kept for line in file.read_text().splitlines()]
    assert [line["session"] for line in lines] == [f"s{number}" for number in range(12)]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept)


@pytest.mark.parametrize("kind", ["fifo", "link", "dangling"])
def test_what_is_no_file_is_not_written_to(tmp_path: Path, kind: str) -> None:
    log, other = tmp_path / "audit.jsonl", tmp_path / "other"
    if kind == "fifo":
        os.mkfifo(log)
    else:
        if kind == "link":
            other.write_text("mine")
        log.symlink_to(other)
    audit = Audit(log, Ticking())
    audit.record("open", "a")
    assert "cannot be written" in audit.problem
    assert not other.exists() or other.read_text() == "mine"
