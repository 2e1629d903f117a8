"""`cleanup`, `archive`, `compress`, `prune`: looked at first, done as one step, taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

OLD = "2024-01-08T12:00:00+00:00"


@pytest.fixture
def shelf(put) -> None:
    """Three old sessions of some size, one pinned; one empty; one of today."""
    said = [{"role": "user", "content": "marmalade " * 100}, {"role": "assistant", "content": "no"}]
    turns = [{"id": f"t{n}", "messages": said} for n in (1, 2, 3)]
    for name in ("one", "two", "kept"):
        meta: dict[str, Any] = {"pinned": True} if name == "kept" else {"tags": ["x"]}
        put(f"w/{name}.json", id=name, title=name, updated_at=OLD, turns=turns, meta=meta)
    put("empty.json", id="empty", title="nothing", updated_at=OLD, turns=[])
    put("new.json", id="new", title="new", updated_at="2099-01-01T00:00:00Z", turns=turns)


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.json*")
        if ".tui-sessions" not in path.parts
    }


def test_cleanup_shows_what_is_due_and_changes_nothing_unasked(run, shelf, folder) -> None:
    before = files(folder)
    told = run("cleanup", "--older-than", "90d", "--empty", "--dry-run")
    assert told.code == 0
    assert "1 session without a turn" in told.out
    assert "2 sessions not used since" in told.out
    assert "go into the archive, which frees about" in told.out
    assert "1 session stays: pinned" in told.out
    asked = run("cleanup", "--older-than", "90d")
    assert (asked.code, "--yes" in asked.err) == (2, True)
    assert files(folder) == before


def test_cleanup_archives_and_drops_as_one_step(run, shelf, folder) -> None:
    before = files(folder)
    done = run("cleanup", "--older-than", "90d", "--empty", "--yes")
    assert (done.code, "3 tidied away." in done.err) == (0, True)
    assert {"archive/2024-01/one.json.gz", "archive/2024-01/two.json.gz"} <= files(folder)
    assert "empty.json" not in files(folder)
    assert run("undo").code == 0
    assert files(folder) == before


def test_cleanup_can_delete_and_be_narrowed_down(run, shelf, folder) -> None:
    assert run("cleanup", "--older-than", "90d", "--delete", "--title", "one", "--yes").code == 0
    assert "w/one.json" not in files(folder)
    assert "w/two.json" in files(folder)
    assert run("cleanup", "--delete").code == 2
    assert run("cleanup", "--older-than", "1d", "--archive", "--delete").code == 2


def test_cleanup_alone_looks_for_all_that_is_configured(run, shelf) -> None:
    assert "1 session without a turn" in run("cleanup", "--dry-run").out
    told = run(
        "--set", "upkeep.expire_days=30", "--set", "upkeep.max_active=1", "cleanup", "--dry-run"
    )
    assert "2 sessions not used since" in told.out
    assert run("cleanup", "--empty", "--yes").code == 0
    assert "There is nothing to tidy up." in run("cleanup", "--expired").out


def test_what_is_idle_is_paused_and_shown_so(run, shelf) -> None:
    idle = ("--set", "upkeep.idle_minutes=60")
    assert "marked as paused" in run(*idle, "cleanup", "--expired", "--dry-run").out
    assert "3 sessions would be paused by now" in run(*idle, "list", "--status", "active").err
    assert run(*idle, "cleanup", "--expired", "--yes").code == 0
    active = run("list", "--status", "active", "--format", "ids").lines
    assert sorted(active) == ["kept", "new"]
    assert run("ask", "-s", "one", "--model", "demo/demo", "Hello").code == 0
    assert run("show", "one", "--format", "json").json["status"] == "active"
    assert run("status", "one", "completed").code == 0
    assert run("status", "new", "completed").code == 0
    assert run("list", "--status", "active", "--format", "ids").lines == ["kept"]


def test_the_largest_files_are_listed(run, shelf) -> None:
    rows = run("cleanup", "--largest", "2").lines
    assert [row.split("\t")[0] for row in rows] != []
    assert len(rows) == 2


def test_the_trash_is_kept_for_thirty_days(run, shelf, folder) -> None:
    assert run("delete", "one", "--yes").code == 0
    assert "for good" not in run("cleanup", "--expired").out
    for note in (folder / ".tui-sessions" / "trash").glob("*.note"):
        held = json.loads(note.read_text())
        note.write_text(json.dumps({**held, "deleted_at": OLD}))
    assert "1 file in the trash" in run("cleanup", "--expired", "--dry-run").out
    assert "deleted for good" in run("cleanup", "--expired", "--yes").err
    assert run("trash").code == 1


def test_archive_and_back(run, shelf, folder) -> None:
    assert run("archive", "one").code == 0
    assert "archive/2024-01/one.json.gz" in files(folder)
    assert run("list", "--status", "archived", "--format", "ids").lines == ["one"]
    assert run("archive", "--back", "one").code == 0
    assert "w/one.json" in files(folder)
    assert run("archive", "--older-than", "90d", "--yes").code == 0
    assert len([name for name in files(folder) if name.endswith(".gz")]) == 4
    assert run("archive", "--older-than", "90d", "--yes").code == 1


def test_a_packed_session_is_gone_on_with_as_any_other(run, shelf, folder) -> None:
    packed = run("compress", "one", "two")
    assert (packed.code, "packed" in packed.err) == (0, True)
    assert run("ask", "-s", "one", "--model", "demo/demo", "Hello").code == 0
    assert run("tag", "one", "late").code == 0
    assert {"w/one.json.gz", "w/two.json.gz"} <= files(folder)
    assert "w/one.json" not in files(folder)
    assert (folder / "w/one.json.gz").read_bytes().startswith(b"\x1f\x8b")
    assert len(run("show", "one", "--format", "json").json["turns"]) == 4
    assert run("search", "marmalade", "--format", "ids").code == 0
    assert run("compress", "--unpack", "one").code == 0
    assert len(json.loads((folder / "w/one.json").read_text())["turns"]) == 4


def test_only_large_or_old_files_are_packed(run, shelf, folder) -> None:
    told = run("compress", "--larger-than", "1K", "--older-than", "90d", "--dry-run")
    assert "packing frees about" in told.err
    assert run("compress", "--larger-than", "1K", "--older-than", "90d", "--yes").code == 0
    assert {name for name in files(folder) if name.endswith(".gz")} == {
        "w/one.json.gz",
        "w/two.json.gz",
        "w/kept.json.gz",
    }
    assert run("compress", "--larger-than", "1Q").code == 2
    assert run("compress", "--larger-than", "1G").code == 1


def test_prune_keeps_the_last_turns_and_the_way_back(run, shelf) -> None:
    done = run("prune", "one", "--keep-last", "1", "--branch")
    assert (done.code, "2 turns went" in done.err) == (0, True)
    branch = done.lines[0]
    assert [t["id"] for t in run("show", "one", "--format", "json").json["turns"]] == ["t3"]
    assert len(run("show", branch, "--format", "json").json["turns"]) == 3
    assert run("undo").code == 0
    assert len(run("show", "one", "--format", "json").json["turns"]) == 3
    assert "would go" in run("prune", "one", "--keep-last", "0", "--dry-run").err
    assert "nothing is to go" in run("prune", "one", "--keep-last", "9").err
