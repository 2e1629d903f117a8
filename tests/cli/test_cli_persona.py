"""`ask --persona`: who answers one prompt, from the user's own file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tui_sessions.config.paths import paths


@pytest.fixture
def personas() -> Path:
    file = paths(os.environ).config_dir / "personas.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def test_a_persona_answers_one_prompt_and_the_session_keeps_its_model(
    run, folder: Path, personas: Path
) -> None:
    personas.write_text('[poet]\nmodel = "demo/fast"\nsystem = "Rhyme."\n')
    assert run("ask", "--persona", "poet", "Hello").code == 0
    (path,) = folder.glob("*.json")
    stored = json.loads(path.read_text())
    prompt, answer = stored["turns"][0]["messages"]
    assert (prompt["persona"], answer["persona"], answer["model"]) == ("poet", "poet", "demo/fast")
    assert (stored["model"], stored.get("system")) == ("demo/demo", None)


def test_an_unknown_persona_makes_no_session_and_names_the_nearest(
    run, folder: Path, personas: Path
) -> None:
    personas.write_text("[poet]\n")
    asked = run("ask", "--persona", "poett", "Hello")
    assert (asked.code, "Did you mean poet?" in asked.err) == (1, True)
    assert not list(folder.glob("*.json"))


def test_a_slip_in_the_file_is_told_with_its_key(run, folder: Path, personas: Path) -> None:
    personas.write_text('[poet]\nsistem = "x"\n')
    asked = run("ask", "--persona", "poet", "Hello")
    assert asked.code == 2
    assert "poet.sistem is no key of a persona; did you mean system?" in asked.err
    assert not list(folder.glob("*.json"))
