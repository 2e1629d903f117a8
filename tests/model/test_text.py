"""The one door for text from elsewhere."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.text import (
    MOST_MARKS,
    UNSAFE,
    brief_line,
    clean,
    clean_line,
    hidden_in,
)


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


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_taken_for_plain_holds_nothing_unsafe(text):
    assert not UNSAFE.search(clean(text))
    assert not UNSAFE.search(clean_line(text))


@pytest.mark.parametrize("mark", ["\u0301", "\u0316", "\u05b0", "\u0e49", "\u20dd", "\ufe0f"])
def test_a_flood_of_marks_is_a_few_of_them(mark):
    assert clean("Z" + mark * 5_000 + "x") == "Z" + mark * MOST_MARKS + "x"


def test_joiners_that_join_nothing_are_shown():
    assert clean("p\u200day\u200cpal") == "p·ay·pal"


@pytest.mark.parametrize(
    "text",
    [
        "Việt Nam e\u0302\u0323", "שָׁלוֹם", "कर्तव्यनिष्ठा", "กู้", "བསྒྲུབས", "❤\ufe0f 1\ufe0f\u20e3", "می\u200cخواهم",
    ],
)  # fmt: skip
def test_the_marks_of_honest_scripts_stay(text):
    assert clean(text) == text


@pytest.mark.parametrize("blank", ["\u3164", "\uffa0", "\u115f", "\u1160", "\u034f", "\U0001d173"])
def test_letters_that_are_blank_are_shown(blank):
    assert clean(f"a{blank}b") == "a·b"


def test_blank_braille_is_shown_in_a_name_and_stays_in_a_picture():
    assert clean_line("\u2800\u2800") == "··"
    assert clean("⣿\u2800⣿") == "⣿\u2800⣿"


def test_bytes_hidden_in_selectors_are_shown_but_not_another_form_of_a_sign():
    assert clean("x\U000e0101\U000e0102") == "x··"
    assert clean("葛\U000e0100飾") == "葛飾"


def test_a_brief_line_is_as_long_as_can_be_drawn():
    assert brief_line("a\x1b" * 1_000_000) == "a␛" * 200 + "…"
    assert brief_line("a\tb") == "a b"


def test_what_is_hidden_is_counted():
    assert hidden_in("plain words\nand more – of them") == 0
    assert hidden_in("a\x1b[2J\u202e\r\nb") == 2
