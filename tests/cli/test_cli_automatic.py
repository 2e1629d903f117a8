"""Titles and tags by a model on the command line; the demonstration names what was said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

AUTOMATIC = (
    *("--set", "automatic.titles=true"),
    *("--set", "automatic.tags=true"),
    *("--set", "automatic.model=demo/fast"),
)


def stored(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("*.json")
    return json.loads(path.read_text())


def test_a_session_is_renamed_by_its_own_model(run, folder: Path, watched) -> None:
    run("ask", "-s", "one", "How do I bake sourdough bread at home?")
    watched("stderr")
    renamed = run("rename", "one", "--auto")
    assert renamed.code == 0
    assert "the session's own model demo/demo is asked" in renamed.err
    assert "Bake sourdough bread at home · demo/demo · $0" in renamed.err
    session = stored(folder)
    assert session["title"] == "Bake sourdough bread at home"
    (call,) = session["housekeeping"]
    assert (call["kind"], call["model"]) == ("title", "demo/demo")
    assert run("undo").code == 0
    assert "title" not in stored(folder)


def test_tags_are_proposed_and_put_on_once_they_are_agreed_to(run, folder: Path) -> None:
    run("ask", "-s", "two", "--tag", "bread", "Bread")
    run("ask", "-s", "one", "How do I bake sourdough bread at home?")
    assert run("tag", "one", "--auto").code == 2
    tagged = run("tag", "one", "--auto", "--yes")
    assert tagged.code == 0
    session = json.loads((folder / "one.json").read_text())
    assert session["meta"]["tags"][0] == "bread"
    assert len(session["housekeeping"]) == 1


def test_automatic_takes_no_words_beside_it(run, folder: Path) -> None:
    run("ask", "-s", "one", "Hello there")
    assert run("rename", "one", "Title", "--auto").code == 2
    assert run("tag", "one", "word", "--auto", "--yes").code == 2
    assert run("tag", "--tag", "x", "--auto", "--yes").code == 2
    assert "housekeeping" not in stored(folder)


def test_ask_names_the_session_for_a_person_and_keeps_no_script_waiting(
    run, folder: Path, watched
) -> None:
    run(*AUTOMATIC, "ask", "-s", "script", "How do I bake sourdough bread?")
    assert "housekeeping" not in json.loads((folder / "script.json").read_text())
    watched("stdout", "stderr")
    asked = run(*AUTOMATIC, "ask", "-s", "person", "How do I bake sourdough bread?")
    assert asked.code == 0
    assert "Bake sourdough bread · #" in asked.err
    session = json.loads((folder / "person.json").read_text())
    assert session["title"] == "Bake sourdough bread"
    assert "sourdough" in session["meta"]["tags"]
