"""`show` and `context`: one session in words."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("two")


def test_the_box_says_what_is_known_and_then_come_all_messages(run) -> None:
    found = run("show", "k3v9")
    assert found.code == 0
    for fact in (
        "Title: Python decorators",
        "Model: openai/gpt-4o-mini",
        "Created: 2024-01-08",
        "System: You are a helpful programming assistant",
        "Turns: 2",
        "Tokens: 602 (181 in, 421 out)",
        "Cost: $0.0096",
        "Mean latency: 1.8 s",
        "Status: active",
        "Tags: python, programming",
        "session_20240108_143022.json",
    ):
        assert fact in found.out
    assert found.out.index("How do I create") < found.out.index("A function of a function.")


@pytest.mark.parametrize(
    "name", ["k3v9x2m7q0ab", "session_20240108_143022.json", "session_20240108_143022"]
)
def test_a_session_is_found_by_id_and_file_name(run, name: str) -> None:
    assert "Python decorators" in run("show", name).out


def test_a_session_is_found_by_its_path(run, folder) -> None:
    assert "OAuth" in run("show", str(folder / "work" / "oauth.json")).out


def test_the_summary_has_first_and_last_exchange_and_the_cost_of_each_turn(run) -> None:
    out = run("show", "k3v9", "--summary").out
    assert out.index("First exchange") < out.index("Last exchange")
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["1", "25", "187", "$0.0034", "1.5", "s"],
        ["2", "156", "234", "$0.0062", "2.0", "s"],
    ]


def test_unknown_costs_are_question_marks(run) -> None:
    out = run("show", "h2c7", "--summary").out
    assert out.splitlines()[-1].split() == ["1", "?", "?", "?", "?"]
    assert "Cost: 1 unpriced" in out


def test_skip_and_limit_count_messages(run) -> None:
    out = run("show", "k3v9", "--skip", "1", "--limit", "2").out
    assert "How do I create" not in out
    assert "use `class`" in out
    assert "And a decorator?" in out
    assert "A function of" not in out
    assert "[2] User" in out


def test_other_formats_go_out_as_they_are(run) -> None:
    assert run("show", "k3v9", "--format", "markdown").out.startswith("# Python decorators\n")
    assert json.loads(run("show", "k3v9", "--format", "json").out)["id"] == "k3v9x2m7q0ab"
    part = json.loads(run("show", "k3v9", "--format", "json", "--limit", "1").out)
    assert sum(len(turn["messages"]) for turn in part["turns"]) == 1


def test_no_escape_of_others_goes_out_but_in_a_file_that_is_asked_for(run, watched) -> None:
    assert "\x1b" not in run("show", "h2c7").out
    assert "␛]0;bad␇tokens" in run("show", "h2c7").out
    assert "\x1b]0;bad\x07" in run("show", "h2c7", "--format", "markdown").out
    watched("stdout")
    for args in (["show", "h2c7"], ["show", "h2c7", "--format", "json"]):
        assert "\x1b]0" not in run(*args).out


def test_what_is_not_there_is_not_found(run) -> None:
    found = run("show", "nowhere")
    assert (found.code, found.out) == (1, "")
    assert "nowhere" in found.err


def test_an_ambiguous_beginning_lists_the_candidates(run, put) -> None:
    put("other.json", id="k3v9zzzzzzzz", title="Other", turns=[])
    found = run("show", "k3v9")
    assert found.code == 1
    assert "k3v9x2m7q0ab" in found.err
    assert "k3v9zzzzzzzz" in found.err


def test_a_damaged_file_is_told_as_such(run, folder) -> None:
    (folder / "broken.json").write_text("{nonsense")
    found = run("show", "broken.json")
    assert found.code in (1, 3)
    assert "broken.json" in found.err


def test_the_context_window_is_shown_set_and_extended(run) -> None:
    assert run("context", "k3v9").out == "2/2\n"
    assert run("context", "k3v9", "1").out == "1/1\n"
    assert run("context", "k3v9", "+4").out == "2/5\n"
    assert run("show", "k3v9", "--format", "json").json["params"]["context_window"] == 5
    assert run("context", "k3v9", "0").out == "2/2\n"
    assert run("context", "k3v9", "many").code == 2
