"""`audit`: what the log says, and whether what was saved is there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tui_sessions.config.paths import paths

ON = ("--set", "audit=true")


def log_file() -> Path:
    return paths(os.environ).state_dir / "audit.jsonl"


def lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in log_file().read_text().splitlines()]


def test_nothing_is_kept_unless_asked(run, two) -> None:
    run("tag", "k3v9", "x")
    assert not log_file().exists()
    told = run("audit")
    assert (told.code, "audit = true" in told.err) == (1, True)


def test_who_opened_changed_exported_deleted_what(run, two, tmp_path) -> None:
    run(*ON, "show", "k3v9")
    run(*ON, "rename", "k3v9", "canary title")
    run(*ON, "export", "k3v9", "-o", str(tmp_path / "out.md"))
    run(*ON, "delete", "k3v9", "--yes")
    run(*ON, "undo")
    run(*ON, "archive", "k3v9")
    actions = [row["action"] for row in run(*ON, "audit", "--format", "json").json]
    assert actions == [
        "open",
        "save",
        "export",
        "delete",
        "restore",
        "undo",
        "save",
        "move",
        "archive",
    ]
    assert log_file().stat().st_mode & 0o777 == 0o600
    assert "canary" not in log_file().read_text()
    picked = run("audit", "k3v9", "--action", "export,delete", "--format", "jsonl")
    assert [json.loads(line)["action"] for line in picked.lines] == ["export", "delete"]
    assert len(run("audit", "--last", "1").lines) == 1
    assert run("audit", "h2c7").code == 1
    assert run("audit", "--until", "2020-01-01").code == 1
    assert run("audit", "--since", "nonsense").code == 2


def test_damaged_lines_are_passed_over_and_counted(run, two) -> None:
    run(*ON, "tag", "k3v9", "x")
    with log_file().open("ab") as log:
        log.write(
            b"\xff\xfe\n[1]\n{}\n" + b'{"at": "2026-01-01", "action": 7}\n' + b"x" * 200_000 + b"\n"
        )
    run(*ON, "tag", "k3v9", "y")
    told = run("audit")
    assert len(told.lines) == 2
    assert "cannot be read" in told.err


def test_a_named_file_is_stronger_and_words_switch(run, two, tmp_path, monkeypatch) -> None:
    named = tmp_path / "named.jsonl"
    monkeypatch.setenv("TUI_SESSIONS_AUDIT", str(named))
    run(*ON, "tag", "k3v9", "x")
    assert named.exists()
    assert not log_file().exists()
    monkeypatch.setenv("TUI_SESSIONS_AUDIT", "true")
    run("tag", "k3v9", "y")
    assert log_file().exists()


def test_a_log_that_cannot_be_written_is_told_and_all_else_goes_on(
    run, two, tmp_path, monkeypatch
) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.setenv("TUI_SESSIONS_AUDIT", str(tmp_path / "log"))
    done = run("tag", "k3v9", "x")
    assert done.code == 0
    assert done.err.count("cannot be written: it is a folder. Everything is saved") == 1
    assert "x" in run("show", "k3v9", "--format", "json").json["meta"]["tags"]


def test_verify_proves_that_nothing_was_lost(run, folder: Path) -> None:
    run(*ON, "new", "--id", "talk", "--model", "demo/demo")
    for prompt in ("One", "Two"):
        assert run(*ON, "ask", "-s", "talk", prompt).code == 0
    told = run(*ON, "audit", "verify", "talk")
    assert (told.code, told.err) == (0, "4 messages in 1 session: 4 kept.\n")
    run(*ON, "prune", "talk", "--keep-last", "1")
    assert "2 kept, 2 taken out." in run(*ON, "audit", "verify").err
    run(*ON, "delete", "talk", "--yes")
    assert run(*ON, "audit", "verify").code == 0
    run(*ON, "undo")
    (file,) = folder.glob("*.json")
    file.write_text(file.read_text().replace('"Two"', '"Too"'))
    told = run(*ON, "audit", "verify", "talk", "--format", "json")
    assert told.code == 3
    assert sorted(row["today"] for row in told.json) == [
        "changed outside",
        "kept",
        "taken out",
        "taken out",
    ]
    file.unlink()
    assert "2 missing" in run(*ON, "audit", "verify", "talk").err


def test_following_shows_what_comes(run, two, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui_sessions.cli import auditing

    run(*ON, "tag", "k3v9", "before")
    naps = []

    def nap(_: float) -> None:
        naps.append(1)
        if len(naps) == 1:
            with log_file().open("a") as log:
                log.write('{"at": "2026-01-01T00:00:00Z", "action": "open", "session": "s"}\n')
        elif len(naps) == 2:
            log_file().rename(log_file().with_name("audit-20260101-000000-000000.jsonl"))
        elif len(naps) == 3:
            log_file().write_text(
                '{"at": "2026-01-01T00:00:01Z", "action": "delete", "session": "t"}\n'
            )
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(auditing.time, "sleep", nap)
    told = run("audit", "--follow")
    assert told.code == 130
    assert [line.split("\t")[1:3] for line in told.lines] == [["open", "s"], ["delete", "t"]]
    assert [row["action"] for row in run("audit", "--format", "json").json] == [
        "save",
        "open",
        "delete",
    ]
