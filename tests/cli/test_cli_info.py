"""`info`, `index`: what there is, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("two")


def test_info_counts_what_is_in_the_library(run, folder: Path) -> None:
    (folder / "broken.json").write_text("{nonsense")
    run("pin", "k3v9")
    run("delete", "h2c7", "--yes")
    facts = run("info", "--format", "json").json
    assert facts["library"] == str(folder)
    assert (facts["sessions"], facts["turns"], facts["messages"]) == (1, 2, 4)
    assert (facts["tokens"], facts["cost"]) == (602, 0.0096)
    assert (facts["folders"], facts["tags"], facts["damaged"], facts["trash"]) == (1, 2, 1, 1)
    assert facts["size"] > 500
    assert facts["trash_size"] > 100
    assert facts["index_size"] > 0
    assert {"version", "python", "sqlite"} <= facts.keys()


def test_info_is_read_line_by_line(run, folder: Path) -> None:
    lines = run("info").lines
    assert lines[0].split(":", 1)[1].strip() == str(folder)
    assert any(line.startswith("Sessions:") and line.endswith(" 2") for line in lines)
    assert any(line.startswith("Cost:") and "$0.0096 + 1 unpriced" in line for line in lines)


def test_an_empty_library_has_an_info_too(run, folder: Path) -> None:
    run("delete", "--all", "--yes")
    run("trash", "empty", "--yes")
    facts = run("info", "--format", "json").json
    assert (facts["sessions"], facts["tokens"], facts["cost"]) == (0, 0, 0)


def test_the_index_tells_its_state_and_is_made_anew(run, folder: Path) -> None:
    run("list")
    status = run("index", "status", "--format", "json").json
    assert (status["sessions"], status["damaged"], status["problem"]) == (2, 0, None)
    assert Path(status["path"]).is_file()
    assert any(line.startswith("Path:") for line in run("index", "status").lines)
    made = run("index", "rebuild")
    assert made.code == 0
    assert "2 sessions" in made.err
    after = run("index", "status", "--format", "json").json
    assert (after["texts_done"], after["texts_total"]) == (2, 2)
    assert len(run("list", "--no-refresh", "--format", "ids").lines) == 2


def test_the_index_gives_back_space(run) -> None:
    done = run("index", "vacuum")
    assert done.code == 0
    assert "given back." in done.err
    assert len(run("list", "--format", "ids").lines) == 2


def test_a_deleted_index_loses_nothing(run) -> None:
    run("search", "decorator")
    Path(run("index", "status", "--format", "json").json["path"]).unlink()
    assert len(run("list", "--format", "ids").lines) == 2
    assert run("search", "decorator", "--format", "ids").lines == ["k3v9x2m7q0ab"]


def test_the_index_needs_to_know_what_to_do(run) -> None:
    asked = run("index")
    assert asked.code == 2
    assert "status, rebuild, vacuum" in asked.err


def test_without_a_place_for_the_index_all_is_answered_and_the_reason_said_once(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    listed = run("list")
    assert (listed.code, len(listed.lines)) == (0, 2)
    assert listed.err.count("cannot be used") == 1
    found = run("search", "decorator", "--format", "ids")
    assert (found.code, found.lines) == (0, ["k3v9x2m7q0ab"])
    assert found.err.count("The index ") == 1
    assert run("tag", "k3v9", "x").code == 0
    status = run("index", "status", "--format", "json")
    assert status.code == 3
    assert status.json["path"] is None
    assert "cannot be used" in status.json["problem"]
    for command in ("rebuild", "vacuum"):
        refused = run("index", command)
        assert refused.code == 3
        assert "cannot be used" in refused.err
        assert "anew" not in refused.err
    assert run("info").code == 0
