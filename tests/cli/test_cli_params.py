"""Parameters on the command line: of one session, kept there, shown and taken away again."""

from __future__ import annotations

import json
from pathlib import Path


def kept(folder: Path) -> dict:
    (path,) = folder.glob("*.json")
    return json.loads(path.read_text()).get("params", {})


def test_ask_keeps_parameters_in_the_new_session(run, folder: Path) -> None:
    options = ("--temperature", "0.3", "--max-tokens", "100", "--effort", "high", "--stop", "A")
    asked = run("ask", *options, "--stop", "B", "--param", "top_k=40", "Hello")
    assert asked.code == 0
    assert kept(folder) == {
        "temperature": 0.3,
        "max_tokens": 100,
        "reasoning_effort": "high",
        "stop": ["A", "B"],
        "top_k": 40,
    }


def test_ask_changes_parameters_of_the_session_from_then_on(run, folder: Path) -> None:
    run("ask", "-s", "one", "--temperature", "1", "--effort", "low", "Hello")
    run("ask", "-s", "one", "--temperature", "0", "Again")
    assert kept(folder) == {"temperature": 0.0, "reasoning_effort": "low"}


def test_a_wrong_value_is_one_sentence_and_makes_no_session(run, folder: Path) -> None:
    for option, value, word in (
        ("--temperature", "3", "0 to 2"),
        ("--effort", "much", "one of none, minimal"),
        ("--param", "top_k", "KEY=VALUE"),
        ("--param", "model=x/y", "model is no parameter"),
    ):
        asked = run("ask", option, value, "Hello")
        assert (asked.code, word in asked.err) == (2, True), asked.err
    assert not list(folder.glob("*.json"))


def test_param_sets_shows_and_unsets(run, folder: Path, two: None) -> None:
    assert run("param", "k3v9").out == ""
    assert run("param", "k3v9", "effort", "low").code == 0
    assert run("param", "k3v9", "seed=-5").code == 0
    assert run("param", "k3v9", "stop", '["a", "b"]').code == 0
    assert run("param", "k3v9", "effort").out == "low\n"
    assert run("param", "k3v9").lines == [
        "reasoning_effort  low",
        'stop              ["a", "b"]',
        "seed              -5",
    ]
    assert run("param", "k3v9", "--format", "json").json["seed"] == -5
    assert run("param", "k3v9", "--unset", "seed", "--unset", "stop").code == 0
    assert run("param", "k3v9").lines == ["reasoning_effort  low"]
    assert run("undo").code == 0
    assert len(run("param", "k3v9").lines) == 3


def test_param_refuses_what_cannot_be(run, two: None) -> None:
    assert run("param", "k3v9", "temperature", "hot").code == 2
    assert run("param", "k3v9", "--temperature").code == 2
    missing = run("param", "k3v9", "temperature")
    assert (missing.code, "as the provider has it" in missing.err) == (1, True)
    assert run("param", "nobody").code == 1
