"""`ask`: a prompt in, the answer alone out, everything in the session's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def only_file(folder: Path) -> dict[str, Any]:
    (path,) = folder.glob("*.json")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def answers(stored: dict[str, Any]) -> list[str]:
    return [
        message["content"]
        for turn in stored["turns"]
        for message in turn["messages"]
        if message["role"] == "assistant"
    ]


def test_the_answer_alone_is_printed_and_both_are_saved(run, folder: Path) -> None:
    asked = run("ask", "Hello", "there")
    assert asked.code == 0
    stored = only_file(folder)
    assert stored["turns"][0]["messages"][0]["content"] == "Hello there"
    assert asked.out.rstrip("\n") == answers(stored)[0].rstrip("\n")
    assert asked.err == ""


def test_words_and_a_pipe_are_one_prompt(run, folder: Path) -> None:
    run("ask", "What is wrong?", piped="def fön():\n\tpass\n".encode())
    prompt = only_file(folder)["turns"][0]["messages"][0]["content"]
    assert prompt == "What is wrong?\n\ndef fön():\n\tpass"


def test_a_pipe_alone_is_a_prompt(run, folder: Path) -> None:
    assert run("ask", piped=b"Hello").code == 0
    assert only_file(folder)["turns"][0]["messages"][0]["content"] == "Hello"


@pytest.mark.parametrize("piped", [None, b"", b" \n"])
def test_no_prompt_makes_no_session(run, folder: Path, piped: bytes | None) -> None:
    asked = run("ask", piped=piped)
    assert asked.code == 2
    assert "Write a prompt" in asked.err
    assert not list(folder.glob("*.json"))


def test_a_pipe_that_is_no_text_is_not_sent(run, folder: Path) -> None:
    assert run("ask", piped=b"\xff\xfe\x00").code == 2
    assert not list(folder.glob("*.json"))


def test_get_id_prints_the_id_alone_and_others_go_on_with_it(run, folder: Path) -> None:
    made = run("ask", "--get-id", piped=b"Hello")
    session_id = made.out.strip()
    assert made.lines == [session_id]
    assert run("ask", "-s", session_id, "And now?").code == 0
    assert run("ask", "-r", "And then?").code == 0
    assert len(only_file(folder)["turns"]) == 3


def test_a_name_of_ones_own_is_made_and_found_again(run, folder: Path) -> None:
    run("ask", "-s", "review", "One")
    run("ask", "-s", "review", "Two")
    stored = only_file(folder)
    assert stored["id"] == "review"
    assert len(stored["turns"]) == 2


@pytest.mark.parametrize("name", ["a/b", "../x", "@last"])
def test_what_cannot_be_an_id_is_not_made(run, folder: Path, name: str) -> None:
    asked = run("ask", "-s", name, "Hello")
    assert asked.code == 1
    assert not list(folder.rglob("*.json"))


def test_resuming_nothing_is_told(run) -> None:
    assert run("ask", "-r", "Hello").code == 1


def test_a_new_session_has_what_was_asked(run, folder: Path) -> None:
    run(
        *("ask", "Hello", "--title", "Greeting", "--system", "Be kind.", "--tag", "a,b"),
        *("--name", "greeting", "--context-window", "3"),
    )
    stored = json.loads((folder / "greeting.json").read_text())
    assert stored["title"] == "Greeting"
    assert stored["system"] == "Be kind."
    assert stored["meta"]["tags"] == ["a", "b"]
    assert stored["params"]["context_window"] == 3


def test_what_is_said_about_an_old_session_holds_from_now_on(run, folder: Path) -> None:
    run("ask", "-s", "talk", "One")
    run("ask", "-s", "talk", "--system", "Be brief.", "--context-window", "2", "--tag", "x", "Two")
    stored = only_file(folder)
    assert stored["system"] == "Be brief."
    assert stored["params"]["context_window"] == 2
    assert stored["meta"]["tags"] == ["x"]
    assert run("ask", "-s", "talk", "--name", "other", "Three").code == 2


def test_a_person_is_told_where_it_is_and_what_it_cost(run, watched, folder: Path) -> None:
    watched("stderr")
    asked = run("ask", "Hello")
    (path,) = folder.glob("*.json")
    assert str(path) in asked.err
    assert "demo/" in asked.err
    assert "tokens · $0 · " in asked.err
    assert "earlier turn" in run("ask", "-r", "Again").err


def test_an_unknown_provider_is_told_and_no_session_is_made(run, folder: Path) -> None:
    asked = run("ask", "--model", "nobody/nothing", "Hello")
    assert (asked.code, asked.out) == (4, "")
    assert "nobody" in asked.err
    assert not list(folder.glob("*.json"))


def test_a_failure_is_a_sentence_and_the_prompt_stays(run, folder: Path) -> None:
    asked = run("ask", "--model", "openai/gpt-4o", "--base-url", "http://127.0.0.1:9/v1", "Hello")
    assert asked.code == 4
    assert asked.err.startswith("tui-sessions: ")
    assert "Traceback" not in asked.err
    stored = only_file(folder)
    assert stored["turns"][0]["messages"][0]["content"] == "Hello"
    assert stored["turns"][0]["finish"] == "error"


def test_two_ways_to_name_a_session_are_one_too_many(run) -> None:
    assert run("ask", "-r", "-s", "x", "Hello").code == 2
