"""The one door for text from elsewhere."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.text import clean, clean_line


@given(st.text(st.characters()))
def test_no_control_character_but_newline_and_tab_gets_through(text):
    shown = clean(text)
    assert not [c for c in shown if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert not [c for c in shown if unicodedata.category(c) == "Cs"]


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters()))
def test_a_line_is_one_line(text):
    assert "\n" not in clean_line(text)
    assert "\t" not in clean_line(text)


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\U000e0041", "\u200e"])
def test_what_cannot_be_seen_is_shown(hidden):
    assert clean(f"a{hidden}b") == "a·b"


def test_an_escape_sequence_becomes_words():
    assert clean("\x1b]52;c;aGk=\x07") == "␛]52;c;aGk=␇"


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_every_kind_of_line_end_is_a_newline(ending):
    assert clean(f"a{ending}b") == "a\nb"


def test_emoji_with_joiners_and_scripts_stay_whole():
    family = "👩\u200d👩\u200d👧 क्\u200dष नमस्ते 日本語 é"
    assert clean(family) == family
