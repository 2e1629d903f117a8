"""Keys come from the environment, else from a command, and never show."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tui_sessions.errors import ProviderError
from tui_sessions.providers.keys import KeySource

SECRET = "sk-canary-0123456789abcdef"


def python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_the_first_variable_that_is_set_wins() -> None:
    source = KeySource({"A": " ", "B": f" {SECRET}\n", "C": "x"}, ("A", "B", "C"))
    found = source.find()
    assert (found.secret, found.source) == (SECRET, "B")
    assert SECRET not in repr(found)


def test_nothing_set_names_the_variable_to_set() -> None:
    found = KeySource({}, ("OPENAI_API_KEY",)).find()
    assert (found.secret, found.source) == (None, "OPENAI_API_KEY")


def test_a_command_is_run_once_and_its_first_line_is_the_key(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = python(f"open({str(log)!r}, 'a').write('x'); print('{SECRET}'); print('more')")
    source = KeySource({}, ("A",), command, setting="providers.openai.api_key_command")
    assert source.runs_command
    assert [source.find().secret for _ in range(3)] == [SECRET] * 3
    assert log.read_text() == "x"
    assert not source.runs_command


def test_the_environment_wins_over_a_command() -> None:
    source = KeySource({"A": SECRET}, ("A",), "false")
    assert not source.runs_command
    assert source.find().secret == SECRET


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python(f"print('{SECRET}'); raise SystemExit(3)"), "code 3"),
        (python("print()"), "printed nothing"),
        ("/nowhere/at-all --key", "not found"),
        ("echo 'unclosed", "quotes"),
    ],
)
def test_a_command_that_gives_no_key_says_why_and_nothing_of_its_output(
    command: str, words: str
) -> None:
    with pytest.raises(ProviderError, match=words) as caught:
        KeySource({}, (), command).find()
    assert caught.value.kind == "auth"
    assert SECRET not in str(caught.value)


def test_a_command_that_hangs_is_given_up() -> None:
    waiting = python("import threading; threading.Event().wait()")
    with pytest.raises(ProviderError, match="too long"):
        KeySource({}, (), waiting, timeout_s=0.1).find()


@pytest.mark.parametrize("bad", ["two words", "a\nb", "schlüssel", "a\u2026b"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(bad: str) -> None:
    with pytest.raises(ProviderError, match="The key from A") as caught:
        KeySource({"A": bad}, ("A",)).find()
    assert bad not in str(caught.value)
