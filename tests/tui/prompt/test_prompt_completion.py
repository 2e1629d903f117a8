"""Colon commands: what is one, and what completes it."""

from __future__ import annotations

import pytest

from tui_sessions.tui.widgets.completion import (
    CommandInfo,
    completions,
    is_command,
    message_of,
    split_command,
)

COMMANDS = (
    CommandInfo("tag", "TAGS", "Put tags on it"),
    CommandInfo("title", "TEXT", "Give a title"),
    CommandInfo("untag", "TAGS", "Take tags away"),
    CommandInfo("help"),
)


def offered(text: str, column: int | None = None) -> list[str]:
    at = len(text) if column is None else column
    return [offer.text for offer in completions(text, at, COMMANDS, lambda name, typed: ())]


@pytest.mark.parametrize("text", [":help", ":tag a b", ":)", ": x", ":help\n"])
def test_one_line_behind_one_colon_is_a_command(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize("text", ["", "help", ":", ": ", "::help", " :help", ":a\nb"])
def test_anything_else_is_none(text: str) -> None:
    assert not is_command(text)


def test_a_command_is_a_name_and_an_argument() -> None:
    assert split_command(":help") == ("help", "")
    assert split_command(":tag  one two \n") == ("tag", "one two")


def test_two_colons_mean_one() -> None:
    assert message_of("::wq is how one leaves vi") == ":wq is how one leaves vi"
    assert message_of("a::b") == "a::b"


def test_a_bare_colon_offers_all() -> None:
    assert len(offered(":")) == len(COMMANDS)


def test_names_that_begin_with_the_letters_come_alone() -> None:
    assert offered(":T") == [":tag ", ":title "]


def test_without_such_names_those_that_hold_the_letters_come() -> None:
    assert offered(":nta") == [":untag "]


def test_a_name_without_argument_gets_no_space() -> None:
    assert offered(":h") == [":help"]


def test_the_argument_stays_when_the_name_is_changed() -> None:
    assert offered(":ti python", 3) == [":title python"]


def test_nothing_is_offered_for_other_texts() -> None:
    assert offered("tag") == offered("::t") == offered(":t\nx") == offered(":tag", 0) == []


def test_arguments_come_from_outside() -> None:
    asked = []

    def complete(name: str, typed: str) -> tuple[str, ...]:
        asked.append((name, typed))
        return ("python", "pypi")

    offers = completions(":tag py", 7, COMMANDS, complete)
    assert [offer.text for offer in offers] == [":tag python", ":tag pypi"]
    assert asked == [("tag", "py")]


def test_an_argument_that_is_complete_is_not_offered_again() -> None:
    assert completions(":tag python", 11, COMMANDS, lambda name, typed: ("python",)) == ()


def test_a_name_that_is_whole_comes_before_longer_ones() -> None:
    commands = (CommandInfo("personas"), CommandInfo("persona", "[name]"), CommandInfo("person"))
    offers = completions(":persona", 8, commands, None)
    assert [offer.text for offer in offers] == [":persona ", ":personas"]
