"""Parameters: what is typed, checked, kept and sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import UsageError
from tui_sessions.model.params import (
    EFFORTS,
    checked,
    key_of,
    parsed,
    sent,
    set_param,
    set_values,
    shown,
    stops,
    summary,
    value_of,
    with_value,
)
from tui_sessions.model.session import Params, Session


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("temperature", "0.3", 0.3),
        ("temperature", "0,3", 0.3),
        ("temperature", "1", 1.0),
        ("max_tokens", "4_096", 4096),
        ("context_window", "0", 0),
        ("reasoning_effort", "HIGH", "high"),
        ("reasoning_effort", '"ultra"', "ultra"),
        ("stop", "END", "END"),
        ("stop", "42", "42"),
        ("stop", '["a", "b"]', ["a", "b"]),
        ("stop", '"\\n\\n"', "\n\n"),
        ("top_k", "40", 40),
        ("logprobs", "true", True),
        ("verbosity", "low", "low"),
        ("response_format", '{"type": "json_object"}', {"type": "json_object"}),
    ],
)
def test_what_is_typed_is_understood(key: str, text: str, value: Any) -> None:
    found = parsed(key, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "text", "word"),
    [
        ("temperature", "3", "0 to 2"),
        ("temperature", "true", "0 to 2"),
        ("temperature", "warm", "0 to 2"),
        ("temperature", "NaN", "0 to 2"),
        ("max_tokens", "0", "from 1"),
        ("max_tokens", "1.5", "from 1"),
        ("context_window", "-1", "0 sends all"),
        ("reasoning_effort", "much", "one of none, minimal, low"),
        ("stop", "[1]", "list of texts"),
        ("stop", "[]", "list of texts"),
        ("top_p", "2", "0 to 1"),
        ("seed", "x", "whole number"),
        ("top_k", "null", "needs a value"),
        ("top_k", "1e999", "JSON"),
        ("top_k", "[NaN]", "JSON"),
    ],
)
def test_what_a_parameter_cannot_be_is_told_in_a_sentence(key: str, text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word) as error:
        parsed(key, text)
    assert str(error.value).endswith(".")


def test_people_may_use_other_names() -> None:
    assert key_of("effort") == key_of("reasoning-effort") == "reasoning_effort"
    assert key_of("Max-Tokens") == "max_tokens"
    assert key_of("stopSequences") == "stop"
    assert key_of("topK") == "topK"


@pytest.mark.parametrize("name", ["", "a b", "1st", "x" * 65, "a\n", "model", "stream", "api_key"])
def test_a_name_that_means_nothing_to_a_server_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        key_of(name)


def test_keys_of_other_programs_and_empty_values_are_not_sent() -> None:
    extra = {"model": "m", "stream": False, "system": "s", "api_key": "k", "mcp_servers": [{}]}
    params = Params(temperature=1.0, extra={**extra, "top_k": None, "stop": [], "min_p": 0})
    assert sent(params) == {"min_p": 0}


def test_one_name_is_sent_for_a_parameter_that_has_several() -> None:
    assert sent(Params(extra={"effort": "low", "stop_sequences": ["a"]})) == {
        "reasoning_effort": "low",
        "stop": ["a"],
    }
    assert sent(Params(extra={"stop": "b", "stop_sequences": ["a"]})) == {"stop": "b"}
    assert stops("a") == ["a"]
    assert stops(["a", "b"]) == ["a", "b"]


def test_setting_one_parameter_leaves_the_others() -> None:
    session = Session(id="s", params=Params(max_tokens=5, extra={"effort": "low", "seed": 1}))
    after = set_param("reasoning_effort", "high")(session)
    assert after.params == Params(max_tokens=5, extra={"seed": 1, "reasoning_effort": "high"})
    gone = set_param("max_tokens", None)(set_param("seed", None)(after))
    assert gone.params == Params(extra={"reasoning_effort": "high"})


def test_what_is_set_is_listed_with_the_known_ones_first() -> None:
    params = Params(temperature=1.0, extra={"zeta": 1, "stop": "x", "effort": "low"})
    assert dict(set_values(params)) == {
        "temperature": 1.0,
        "reasoning_effort": "low",
        "stop": "x",
        "zeta": 1,
    }
    assert list(dict(set_values(params))) == ["temperature", "reasoning_effort", "stop", "zeta"]
    assert summary(params) == "temperature 1 · effort low · stop x · zeta 1"
    assert summary(Params()) == ""


def test_text_from_a_file_cannot_leave_its_line() -> None:
    params = Params(extra={"a\x1b[31m": "b\x1b]0;x\x07\nc"})
    assert summary(params).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(JSON.filter(lambda value: value is not None))
def test_what_is_shown_can_be_typed_again(value: Any) -> None:
    text = shown(value)
    assert "\n" not in text
    if text.isascii():
        assert parsed("further", text) == value


@given(st.sampled_from(["temperature", "seed", "stop", "reasoning_effort", "x"]), st.integers(0, 2))
def test_what_is_set_is_found_again(key: str, value: int) -> None:
    assert value_of(with_value(Params(), key, value), key) == value
    assert with_value(with_value(Params(), key, value), key, None) == Params()


def test_every_word_for_the_effort_is_taken() -> None:
    assert [checked("reasoning_effort", parsed("effort", word)) for word in EFFORTS] == list(
        EFFORTS
    )
