"""Where a query is found in a text, and the piece of text that is shown round it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.excerpts import excerpt_of, marks_in, rarest_place
from tui_sessions.model.found import as_typed
from tui_sessions.model.query import parse_query
from tui_sessions.model.text import UNSAFE


def marked(text: str, query: str, *, typed: bool = False) -> list[str]:
    wanted = parse_query(query)
    marks = marks_in(text, as_typed(wanted) if typed else wanted)
    return [text[start:end] for start, end in marks]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("The User asked the user.", "user", ["User", "user"]),
        ("users of user", "user", ["user"]),
        ("users of user", "user*", ["user", "user"]),
        ("getUserName(user)", "user", ["User", "user"]),
        ("call getUserName", "getuser", ["getUser"]),
        ("a snake_case name", "case", ["case"]),
        ("a snake_case name", "snake_case", ["snake_case"]),
        ("修复错误处理", "错误", ["错误"]),
        ("im Café, CAFE", "café", ["Café", "CAFE"]),
        ("Die Straße", "strasse", ["Straße"]),
        ("one, two three", '"one two"', ["one, two"]),
        ("one two", "two one", ["one", "two"]),
        ("draft of jwt", "jwt -draft", ["jwt"]),
        ("a b", "tag:a", []),
        ("c++ or c#", "c++", ["c", "c"]),
        ("co\u00adoperate", "cooperate", ["co\u00adoperate"]),
        ("e\u0301te\u0301!", "été", ["e\u0301te\u0301"]),
        ("aa aaa aa", "aa", ["aa", "aa"]),
        ("nothing", "++", []),
    ],
)
def test_marks_stand_where_the_words_are(text: str, query: str, found: list[str]) -> None:
    assert marked(text, query) == found


def test_the_word_being_typed_marks_what_begins_so() -> None:
    assert marked("saltwort and salt", "salt", typed=True) == ["salt", "salt"]
    assert marked("saltwort", "s", typed=True) == []


def test_an_excerpt_shows_what_was_found_with_what_stands_round_it() -> None:
    text = "word " * 200 + "\n\n  here is  the\tneedle \n in hay " + "more " * 200
    excerpt = excerpt_of(text, parse_query("needle"), 60)
    assert [excerpt.text[start:end] for start, end in excerpt.marks] == ["needle"]
    assert "here is the needle in hay" in excerpt.text
    assert excerpt.text.startswith("…")
    assert excerpt.text.endswith("…")
    assert len(excerpt.text) <= 62


def test_an_excerpt_goes_where_most_words_stand_together() -> None:
    text = "alpha " + "x " * 300 + "alpha beta"
    assert "alpha beta" in excerpt_of(text, parse_query("alpha beta"), 40).text


def test_a_short_text_is_shown_whole() -> None:
    excerpt = excerpt_of("all of it", parse_query("of"), 80)
    assert excerpt.text == "all of it"
    assert excerpt.marks == ((4, 6),)


def test_where_nothing_is_found_the_beginning_is_shown() -> None:
    assert excerpt_of("begin " * 50, parse_query("other"), 20).text.startswith("begin begin")


def test_an_excerpt_is_clean() -> None:
    excerpt = excerpt_of("\x1b[31mred\x00 word\u202e", parse_query("word"), 40)
    assert not UNSAFE.search(excerpt.text)
    assert [excerpt.text[start:end] for start, end in excerpt.marks] == ["word"]


@given(
    st.text(st.sampled_from("ab cß修\n\u0301\x00\ud800İ_A"), max_size=200),
    st.sampled_from(["a", "ab*", '"a b"', "ss", "修", "a -b", "++", "i"]),
    st.integers(1, 40),
)
def test_marks_lie_in_order_inside_the_text(text: str, query: str, width: int) -> None:
    wanted = parse_query(query)
    excerpt = excerpt_of(text, wanted, width)
    for shown, marks in ((text, marks_in(text, wanted)), (excerpt.text, excerpt.marks)):
        edges = [edge for mark in marks for edge in mark]
        assert edges == sorted(edges)
        assert all(start < end for start, end in marks)
        assert all(0 <= edge <= len(shown) for edge in edges)
    assert len(excerpt.text) <= width + 2
    assert "\n" not in excerpt.text


def test_an_excerpt_shows_the_rare_word_rather_than_the_common_one() -> None:
    text = "the build of the day, " * 400 + "and then the heron of the build."
    excerpt = excerpt_of(text, parse_query("build heron"), 60)
    assert "heron" in [excerpt.text[start:end] for start, end in excerpt.marks]


def test_a_long_text_is_looked_at_where_the_rare_word_stands_first() -> None:
    text = "the build of the day, " * 400 + "and then the heron. " + "More. " * 200 + "A heron."
    query = parse_query("build heron")
    assert text.index("and then") - 700 < rarest_place(text, query) <= text.index("heron")
    assert rarest_place("one build, two builds, a build", parse_query("build")) == 4
    assert rarest_place("nothing", query) == 0
