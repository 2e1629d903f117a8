"""What counts as a word when conversations are searched."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.words import BREAK, folded_with_places, indexed, words, words_of
from tui_sessions.store.texts.database import shard_statement

TEXTS = st.text(
    st.one_of(
        st.characters(codec="ascii"),
        st.sampled_from("äÄßéЁё修复错误처리がガไทยकहि’—“”…·\u0301\u00ad\u200b\ud800İıſﬁ²½Ａ"),
    ),
    max_size=60,
)


def found_words(text: str) -> set[str]:
    return set(words(indexed(text)))


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("getUserName()", ["getusername", "get", "user", "name", "getuser", "username"]),
        ("HTTPServer", ["http", "server", "httpserver"]),
        ("userIDs", ["user", "ids"]),
        ("snake_case", ["snake", "case"]),
        ("Café naïve Straße", ["cafe", "naive", "strasse"]),
        ("修复错误处理", list("修复错误处理")),
        ("Ёлка", ["елка"]),
        ("C++ and c#", ["c", "and"]),
        ("co\u00adoperate", ["cooperate"]),
        ("e\u0301te\u0301", ["ete"]),
        ("ﬁne", ["fine"]),
        ("हिन्दी।", ["हिन्दी"]),
        ("a\ud800b", ["a", "b"]),
    ],
)
def test_words_are_found_by_what_people_type(text: str, looked_for: list[str]) -> None:
    assert set(looked_for) <= found_words(text)


@pytest.mark.parametrize(
    "text", ["McDonald", "iPhone", "NASA", "plain words", "A1B2C3D4E5F6G7H8I9J0"]
)
def test_a_word_itself_is_always_found(text: str) -> None:
    assert set(text.lower().split()) <= found_words(text)


def test_encoded_data_is_not_taken_apart() -> None:
    blob = "aBcD" * 200
    assert found_words(blob) == {blob.lower()}
    assert BREAK not in indexed("aBcDeFgHiJkLmN")


def test_parts_of_different_names_are_no_phrase() -> None:
    line = " ".join(words(indexed("getUser setName")))
    assert "user set" not in line.partition(BREAK)[2]


@given(TEXTS)
def test_every_word_is_found_by_itself_whatever_its_case(text: str) -> None:
    for word in text.split():
        assert set(words_of(word)) <= set(words(indexed(text)))
        assert set(words_of(word.upper())) <= set(words(indexed(text.upper())))


@given(TEXTS)
def test_folding_tells_where_each_character_stood(text: str) -> None:
    folded, places = folded_with_places(text)
    assert len(places) == len(folded) if places is not None else len(folded) == len(text)
    if places is not None:
        assert places == sorted(places)
        assert all(0 <= place < len(text) for place in places)


@given(TEXTS)
def test_sqlite_sees_the_same_words(text: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(shard_statement(0))
    connection.execute("CREATE VIRTUAL TABLE seen USING fts5vocab(said_0, row)")
    connection.execute("INSERT INTO said_0(rowid, user) VALUES (1, ?)", (indexed(text),))
    seen = {term for (term,) in connection.execute("SELECT term FROM seen")}
    connection.close()
    assert seen == found_words(text)
