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


def test_several_personas_answer_in_one_session_and_each_answer_says_whose_it_is(
    run, folder: Path, personas: Path
) -> None:
    personas.write_text('[apollo]\nmodel = "demo/fast"\n[athena]\nmodel = "demo/thinker"\n')
    session = run("ask", "--get-id", "@apollo", "Analyse this").out.strip()
    assert run("ask", "-s", session, "@Athena", "Review Apollo's analysis").code == 0
    assert run("ask", "-s", session, "And you?").code == 0
    (path,) = folder.glob("*.json")
    turns = json.loads(path.read_text())["turns"]
    said = [(t["messages"][0]["content"], t["messages"][1].get("persona")) for t in turns]
    assert said == [
        ("Analyse this", "apollo"),
        ("Review Apollo's analysis", "athena"),
        ("And you?", None),
    ]
    shown = run("show", session).out
    assert "@apollo" in shown
    assert "@athena" in shown
    for name in ("markdown", "text"):
        assert "@apollo" in run("export", session, "--format", name, "-o", "-").out
    flat = json.loads(run("export", session, "--format", "json-b", "-o", "-").out)
    assert [m.get("persona") for m in flat["messages"]] == ["apollo"] * 2 + ["athena"] * 2 + [
        None
    ] * 2


def test_a_name_before_a_piped_prompt_counts_and_an_unknown_one_is_a_word(
    run, folder: Path, personas: Path
) -> None:
    personas.write_text("[apollo]\n")
    assert run("ask", "-s", "a", "@apollo", piped=b"What is this?").code == 0
    assert run("ask", "-s", "a", "@dataclass", "what does it do?").code == 0
    (path,) = folder.glob("*.json")
    first, second = json.loads(path.read_text())["turns"]
    assert (first["messages"][0]["content"], first["messages"][0]["persona"]) == (
        "What is this?",
        "apollo",
    )
    assert second["messages"][0]["content"] == "@dataclass what does it do?"
    assert "persona" not in second["messages"][0]


def test_a_standing_persona_answers_until_another_is_named(
    run, folder: Path, personas: Path
) -> None:
    personas.write_text('[apollo]\nmodel = "demo/fast"\n[athena]\n')
    run("ask", "-s", "a", "Hello")
    run("meta", "a", "persona", "apollo")
    run("ask", "-s", "a", "More")
    run("ask", "-s", "a", "--persona", "athena", "Once")
    run("ask", "-s", "a", "More")
    (path,) = folder.glob("*.json")
    turns = json.loads(path.read_text())["turns"]
    assert [turn["messages"][1].get("persona") for turn in turns] == [
        None,
        "apollo",
        "athena",
        "apollo",
    ]
    personas.write_text("")
    gone = run("ask", "-s", "a", "More")
    assert (gone.code, "There is no persona 'apollo'" in gone.err) == (1, True)


def test_personas_are_made_listed_shown_changed_and_deleted(run, personas: Path) -> None:
    assert (run("persona").code, run("persona", "list", "--format", "json").out) == (1, "[]\n")
    made = run(
        *("persona", "new", "apollo", "--model", "demo/fast", "--system", "You analyse."),
        *("--temperature", "0.2", "--effort", "high", "--window", "3", "--param", "top_k=4"),
    )
    assert made.code == 0
    assert run("persona").lines == [
        "apollo\tdemo/fast\tYou analyse.\ttemperature 0.2 · effort high · window 3 · top_k 4"
    ]
    changed = run(
        "persona", "edit", "apollo", "--unset", "top_k", "--name", "athena", "--stop", "X"
    )
    assert changed.code == 0
    assert run("persona", "show", "@athena", "--format", "json").json == {
        "name": "athena",
        "model": "demo/fast",
        "system": "You analyse.",
        "params": {
            "temperature": 0.2,
            "reasoning_effort": "high",
            "context_window": 3,
            "stop": "X",
        },
    }
    assert run("persona", "show", "athena").out.startswith("[athena]\nmodel = ")
    assert run("persona", "delete", "athena").code == 2
    assert run("persona", "delete", "athena", "--yes").code == 0
    assert run("persona", "list").code == 1


def test_a_persona_can_be_edited_in_the_editor(
    run, personas: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    personas.write_text('# mine\n\n[apollo]\nmodel = "demo/fast"\n\n[athena]\n')
    monkeypatch.setenv("VISUAL", "sed -i s/fast/slow/")
    assert run("persona", "edit", "apollo").code == 0
    assert personas.read_text() == '# mine\n\n[apollo]\nmodel = "demo/slow"\n\n[athena]\n'
    monkeypatch.setenv("VISUAL", "sed -i s/model/modell/")
    slip = run("persona", "edit", "apollo")
    assert (slip.code, "line 4: apollo.modell is no key" in slip.err) == (2, True)
    assert 'model = "demo/slow"' in personas.read_text()


def test_a_second_persona_of_a_name_is_refused(run, personas: Path) -> None:
    assert run("persona", "new", "apollo").code == 0
    assert run("persona", "new", "Apollo").code == 2
    assert run("persona", "new", "two words").code == 2
    assert run("persona", "new", "athena", "--model", "nobody").code != 0
    assert run("persona", "list", "--format", "ids").out == "apollo\n"
