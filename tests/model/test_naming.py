"""Titles and tags: what is asked for them, and what an answer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.message import Message
from tui_sessions.model.naming import (
    MOST_CHARS,
    Named,
    known_tags_in,
    question,
    quoted_prompt,
    understood,
)
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn


def said(prompt: str, answer: str = "Yes.") -> Session:
    messages = (Message(role="user", content=prompt), Message(role="assistant", content=answer))
    return Session(id="s", turns=(Turn(id="t", messages=messages),))


def test_the_first_prompt_and_answer_are_quoted_and_cut() -> None:
    asked = question(said("p" * 9_999, "a" * 9_999), title=True, tags=False)
    assert asked.count("p" * MOST_CHARS) == 1
    assert len(asked) < 2 * MOST_CHARS + 400
    assert '"title"' in asked
    assert '"tags"' not in asked


def test_tags_in_use_are_preferred() -> None:
    asked = question(said("Hello"), title=False, tags=True, known_tags=("python", "a, b\n"))
    assert "Prefer tags in use where they fit: python, a, b." in asked
    assert '"title"' not in asked
    assert known_tags_in(asked) == ("python", "a", "b")
    assert quoted_prompt(asked) == "Hello"


def test_nothing_is_asked_of_a_session_without_words() -> None:
    assert question(Session(id="s"), title=True, tags=True) == ""
    assert question(said("  "), title=True, tags=True) == ""


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "OAuth in Go", "tags": ["go", "OAuth"]}',
        'Sure!\n```json\n{"title": "OAuth in Go.", "tags": "go, oauth"}\n```',
        'Title: "OAuth in Go"\nTags: go, oauth',
        '{"title": "OAuth\\u001b in Go"}\n'.replace("\\u001b", "") + "",
    ],
)
def test_an_answer_is_understood_in_any_wrapping(text: str) -> None:
    assert understood(text).title == "OAuth in Go"
    assert understood(text).tags in (("go", "oauth"), ())


def test_a_long_title_and_many_tags_are_cut() -> None:
    tags = ", ".join(f'"tag {n}"' for n in range(9))
    found = understood(f'{{"title": "{"word " * 20}", "tags": [{tags}, "{"x" * 40}"]}}')
    assert found == Named(title=" ".join(["word"] * 8), tags=("tag 0", "tag 1", "tag 2", "tag 3"))


@pytest.mark.parametrize("text", ["", "I cannot do that", "{", '{"title": 3, "tags": {}}', "[1]"])
def test_what_says_neither_names_nothing(text: str) -> None:
    assert understood(text) == Named()


@given(st.text() | st.builds("{{{}}}".format, st.text()))
def test_whatever_comes_back_is_one_short_line(text: str) -> None:
    found = understood(text)
    assert len(found.title) <= 80
    assert found.title.isprintable()
    assert len(found.tags) <= 4
    assert all(tag and len(tag) <= 40 for tag in found.tags)
