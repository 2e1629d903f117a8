"""The audit log says what is durable, and nothing of the text."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from shelves import opened, session, turn

from tui_sessions.errors import StoreError
from tui_sessions.model.edits import retitle


def said(log: Path) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    return [{key: value for key, value in entry.items() if key != "at"} for entry in entries]


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


def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    library = opened(tmp_path / "library", audit=tmp_path / "audit.jsonl")
    with pytest.raises(StoreError, match=r"write the audit log .*audit\.jsonl: it is a folder"):
        library.create(session("a"))
