"""`versions`: what a session held before, on the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("two")
SESSION = "k3v9x2m7q0ab"


def retitled(run: Any, *titles: str) -> None:
    for title in titles:
        assert run("rename", SESSION, title).code == 0


def listed(run: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("versions", SESSION, "--format", "json").out)
    return found


def test_versions_are_listed_with_what_differs(run: Any) -> None:
    retitled(run, "First", "Second")
    rows = listed(run)
    assert [row["title"] for row in rows] == ["First", "Python decorators"]
    assert rows[0]["differs"] == ["title “First”"]
    assert rows[0]["turns"] == 2
    assert Path(rows[0]["path"]).stat().st_size == rows[0]["size"]
    assert run("versions", SESSION, "--format", "ids").out.split() == ["2", "1"]


def test_a_session_without_versions_says_so(run: Any) -> None:
    done = run("versions", SESSION)
    assert done.code == 1
    assert "was never overwritten" in done.err


def test_a_version_is_shown_compared_and_restored(run: Any) -> None:
    retitled(run, "First", "Second")
    number = str(listed(run)[1]["number"])
    shown = run("versions", SESSION, "show", number).out
    assert "Title: Python decorators" in shown
    assert "A function of a function." in shown
    difference = run("versions", SESSION, "diff", number).out.splitlines()
    assert "-Title: Python decorators" in difference
    assert "+Title: Second" in difference
    done = run("versions", SESSION, "restore", number)
    assert f"Restored: version {number} of “Second”" in done.err
    assert "Python decorators" in run("list").out
    again = run("versions", SESSION, "restore", number)
    assert "holds already" in again.err
    run("undo")
    assert "Second" in run("list").out


def test_wrong_words_are_told(run: Any) -> None:
    retitled(run, "First")
    assert "Say which one" in run("versions", SESSION, "show").err
    missing = run("versions", SESSION, "show", "99")
    assert missing.code == 1
    assert "There is no version 99" in missing.err


def test_an_edit_tells_what_became_of_another_programs_file(run: Any, folder: Path) -> None:
    retitled(run, "First")
    (path,) = [file for file in folder.glob("*.json") if SESSION in file.read_text()]
    tree = json.loads(path.read_text())
    tree["turns"] = tree["turns"][:1]
    other = path.with_name("other.tmp")
    other.write_text(json.dumps(tree))
    os.replace(other, path)
    done = run("tag", SESSION, "later")
    assert done.code == 0
    assert "1 turn missing there" in done.err
    assert "is kept as the branch “conflict First" in done.err
    assert "conflict First" in run("list").out


def test_versions_of_a_damaged_session_can_be_shown(run: Any, folder: Path) -> None:
    retitled(run, "First")
    (path,) = [file for file in folder.glob("*.json") if SESSION in file.read_text()]
    path.write_text("{ spoilt")
    rows = json.loads(run("versions", SESSION, "--format", "json").out)
    assert {row["title"] for row in rows} == {"First", "Python decorators"}
    assert "And a decorator?" in run("versions", SESSION, "show", str(rows[0]["number"])).out
    assert run("versions", SESSION, "restore", str(rows[0]["number"])).code != 0
    assert path.read_text() == "{ spoilt"
