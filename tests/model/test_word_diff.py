"""The difference of two texts: nothing is lost, nothing is made up, and the cost stays bounded."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from tui_sessions.model import word_diff as module
from tui_sessions.model.word_diff import word_diff

WORDS = st.lists(
    st.sampled_from(["a", "b", "the", " ", "  ", "\n", "\n\n", ", ", "漢", "字", "e\u0301"])
)
TEXTS = st.one_of(st.text(), WORDS.map("".join))


def told(a: str, b: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in word_diff(a, b)]


@given(TEXTS, TEXTS)
@example("a b\n\nc", "a b\n\nd")
@example("", "x")
@example("\ud800 a", "\ud800 b")
def test_same_and_gone_are_the_first_text_same_and_new_the_second(a: str, b: str) -> None:
    pieces = word_diff(a, b)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == a
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == b
    assert all(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_neighbours_are_of_different_kinds_and_gone_stands_before_new(a: str, b: str) -> None:
    kinds = [piece.kind for piece in word_diff(a, b)]
    assert all(one != other for one, other in pairwise(kinds))
    assert ("new", "gone") not in list(pairwise(kinds))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert told(text, text) == ([("same", text)] if text else [])


def test_whole_words_are_told_apart() -> None:
    assert told("the quick fox", "the slow fox") == [
        ("same", "the "),
        ("gone", "quick"),
        ("new", "slow"),
        ("same", " fox"),
    ]


def test_a_word_with_an_apostrophe_is_one_word() -> None:
    assert ("gone", "don't") in told("I don't know", "I do know")


def test_characters_of_a_script_without_blanks_are_told_apart() -> None:
    assert told("春天来了", "春天走了") == [
        ("same", "春天"),
        ("gone", "来"),
        ("new", "走"),
        ("same", "了"),
    ]


def test_a_blank_between_two_changed_words_is_no_island() -> None:
    assert told("one two three", "one four five") == [
        ("same", "one "),
        ("gone", "two three"),
        ("new", "four five"),
    ]


def test_lines_that_both_have_hold_what_stands_between_them() -> None:
    a = "first\n" + "the same words again and again\n" * 3 + "anchor\nold end\n"
    b = "first\nanchor\nnew end\n"
    assert ("same", " end\n") in told(a, b)
    assert ("gone", "old") in told(a, b)


def comparisons_of(words: int, monkeypatch, other: str = "b") -> int:
    """How many pairs of words may have been compared with each other at most."""
    pairs = 0

    class Counting(module.SequenceMatcher):  # type: ignore[type-arg]
        def __init__(self, junk, a, b, autojunk=True) -> None:  # type: ignore[no-untyped-def]
            nonlocal pairs
            pairs += len(a) * len(b)
            super().__init__(junk, a, b, autojunk=autojunk)

    monkeypatch.setattr(module, "SequenceMatcher", Counting)
    chance = random.Random(7)
    vocabulary = [f"w{number}" for number in range(200)]
    a = " ".join(chance.choices(vocabulary, k=words))
    b = " ".join(chance.choices(vocabulary, k=words))
    word_diff(a, b)
    return pairs


def test_twice_the_text_does_not_cost_four_times_as_much(monkeypatch) -> None:
    once = comparisons_of(5_000, monkeypatch)
    twice = comparisons_of(10_000, monkeypatch)
    assert twice <= 3 * once + module._MOST_PAIRS


def test_texts_beyond_all_bounds_are_compared_line_by_line(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 10)
    a, b = "one two three\nfour five six\n", "one two 3\nfour five six\n"
    assert told(a, b) == [
        ("gone", "one two three\n"),
        ("new", "one two 3\n"),
        ("same", "four five six\n"),
    ]
