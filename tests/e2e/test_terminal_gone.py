"""A program that loses its terminal, or is told to end, ends in order: nothing spins, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ChatServer
from terminal import Terminal

PROGRAM = str(Path(sys.executable).with_name("tui-sessions"))
PATIENCE_S = 30


@pytest.fixture
def served() -> Iterator[ChatServer]:
    server = ChatServer()
    server.gate.clear()
    yield server
    server.close()


@pytest.fixture
def environ(served, tmp_path) -> dict[str, str]:
    return {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "TUI_SESSIONS_CHAT_MODEL": "openai/served-model",
        "TUI_SESSIONS_PROVIDERS_OPENAI_BASE_URL": served.url,
    }


@pytest.fixture
def answering(environ, tmp_path) -> Iterator[Terminal]:
    """The full screen, in the middle of an answer, with something typed."""
    terminal = Terminal([PROGRAM, "--dir", str(tmp_path / "library")], environ)
    terminal.see("New session")
    terminal.type("What are you?")
    terminal.press("enter")
    terminal.see("Hello")
    terminal.type("and a thought")
    terminal.see("and a thought")
    yield terminal
    terminal.kill()


def only_turn(tmp_path: Path) -> dict:
    (path,) = (tmp_path / "library").glob("*.json")
    (turn,) = json.loads(path.read_text())["turns"]
    return turn


def drafts(tmp_path: Path) -> str:
    (path,) = tmp_path.rglob("drafts.json")
    return path.read_text()


def ended(process: subprocess.Popen[bytes]) -> int:
    return process.wait(PATIENCE_S)


def is_whole(tmp_path: Path) -> None:
    turn = only_turn(tmp_path)
    assert [message["content"] for message in turn["messages"]] == ["What are you?", "Hello "]
    assert turn["finish"] == "interrupted"
    assert not list((tmp_path / "library" / ".tui-sessions" / "journal").iterdir())


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_screen_in_order(answering, tmp_path, name):
    number = getattr(signal, name)
    answering.process.send_signal(number)
    assert answering.wait() == 128 + number
    is_whole(tmp_path)


def test_a_terminal_that_is_closed_without_a_signal_ends_the_screen(answering, tmp_path):
    os.close(answering._master)
    answering._master = os.open(os.devnull, os.O_RDWR)  # `kill` closes it
    assert ended(answering.process) == 128 + signal.SIGHUP
    is_whole(tmp_path)


def test_what_is_typed_when_the_terminal_goes_is_there_the_next_time(answering, environ, tmp_path):
    os.close(answering._master)
    answering._master = os.open(os.devnull, os.O_RDWR)
    ended(answering.process)
    again = Terminal([PROGRAM, "--dir", str(tmp_path / "library"), "open", "-r"], environ)
    try:
        again.see("and a thought")
        again.see("interrupted")
    finally:
        again.kill()


def asking(environ, tmp_path, **more) -> subprocess.Popen[bytes]:
    command = [PROGRAM, "--dir", str(tmp_path / "library"), "ask", "What are you?"]
    return subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **more
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_ask_with_what_came(environ, tmp_path, name):
    with asking(environ, tmp_path) as process:
        assert process.stdout.read(6) == b"Hello "
        process.send_signal(getattr(signal, name))
        assert ended(process) == 128 + getattr(signal, name)
    turn = only_turn(tmp_path)
    assert turn["messages"][1]["content"] == "Hello "
    assert not list((tmp_path / "library" / ".tui-sessions" / "journal").iterdir())


def test_a_reader_of_ask_who_goes_away_loses_no_answer(environ, tmp_path, served):
    with asking(environ, tmp_path) as process:
        assert process.stdout.read(6) == b"Hello "
        process.stdout.close()
        served.gate.set()
        assert ended(process) == 0
    assert only_turn(tmp_path)["messages"][1]["content"].startswith("Hello from")


def test_ask_waits_for_the_answer_of_another_program(environ, tmp_path, served):
    (tmp_path / "library").mkdir()
    subprocess.run(
        [PROGRAM, "--dir", str(tmp_path / "library"), "new", "--id", "mine"],
        env=environ,
        check=True,
        capture_output=True,
    )
    command = [PROGRAM, "--dir", str(tmp_path / "library"), "ask", "-s", "mine"]
    with subprocess.Popen([*command, "First"], env=environ, stdout=subprocess.PIPE) as first:
        assert first.stdout.read(6) == b"Hello "
        with subprocess.Popen(
            [*command, "Second"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as second:
            assert b"Another program is answering" in second.stderr.readline()
            assert len(served.requests) == 1
            first.kill()
            first.wait(PATIENCE_S)
            assert second.stdout.read(6) == b"Hello "
            served.gate.set()
            assert ended(second) == 0
    (path,) = (tmp_path / "library").glob("*.json")
    first_turn, second_turn = json.loads(path.read_text())["turns"]
    assert first_turn["messages"][1]["content"] == "Hello "
    assert first_turn["finish"] == "interrupted"
    assert second_turn["messages"][1]["content"] == "Hello from the server."
    sent = [message["content"] for message in served.requests[1]["messages"]]
    assert sent[-3:] == ["First", "Hello ", "Second"]
