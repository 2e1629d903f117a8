"""`<think>` at the start of an answer is told apart, wherever it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.providers.base import Reasoning, Text
from tui_sessions.providers.thinking import ThinkingSplitter


def split(pieces: list[str]) -> tuple[str, str]:
    splitter = ThinkingSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)] + splitter.end()
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    return thought, "".join(event.text for event in events if isinstance(event, Text))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("plain", ("", "plain")),
        ("<think>\nhm\n</think>\n\nyes", ("hm\n", "yes")),
        (" \n<think>a</think>b", ("a", "b")),
        ("<think>a <b </thin c</think>d", ("a <b </thin c", "d")),
        ("<think></think>x", ("", "x")),
        ("<think>never ends </thi", ("never ends </thi", "")),
        ("<thin", ("", "<thin")),
        ("<thinner>", ("", "<thinner>")),
        ("say <think>x</think>", ("", "say <think>x</think>")),
        ("<think>a</think>b<think>c</think>", ("a", "b<think>c</think>")),
        ("  spaced", ("", "  spaced")),
        ("", ("", "")),
    ],
)
def test_only_a_tag_at_the_very_start_counts(answer: str, expected: tuple[str, str]) -> None:
    assert split([answer]) == expected
    assert split(list(answer)) == expected


@given(st.text(alphabet="<>/think a\n", max_size=40))
def test_without_the_tag_nothing_is_lost(answer: str) -> None:
    if not answer.lstrip().startswith("<think>"):
        assert split(list(answer)) == ("", answer)
