"""What the next turn would use."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.engine.estimate import (
    ANSWER_TOKENS,
    attachment_tokens,
    budget,
    earlier,
    next_turn,
    tokens_of,
)
from tui_sessions.model.attachment import attachment
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Meta, Params, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage


def turn(number: int, *, words: int = 100, usage: Usage | None = None, **more: Any) -> Turn:
    said = (
        Message(role="user", content=f"question {number} " + "word " * words),
        Message(role="assistant", content="word " * words),
    )
    return Turn(id=f"t{number}", messages=said, usage=usage, **more)


def session(*turns: Turn, **more: Any) -> Session:
    return Session(id="s", turns=turns, **more)


def used(prompt: int, answer: int, **more: int) -> Usage:
    return Usage(prompt_tokens=prompt, completion_tokens=answer, **more)


COUNTED = (
    # OpenAI's cookbook, "How to count tokens with tiktoken"; its messages as the service counted them, less
    # about what roles and names add.
    ("tiktoken is great!", 6),
    ("2 + 2 = 4", 7),
    ("お誕生日おめでとう", 8),
    (
        (
            "You are a helpful, pattern-following assistant that translates corporate jargon into plain English. "
            "New synergies will help drive top-line growth. Things working well together will increase revenue. "
            "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage. "
            "Let's talk later when we're less busy about how to do better. This late pivot means we don't have "
            "time to boil the ocean for the client deliverable."
        ),
        94,
    ),
    # https://simonwillison.net/2023/Jun/8/gpt-tokenizers/
    ("The dog eats the apples", 5),
    ("El perro come las manzanas", 8),
)


@pytest.mark.parametrize(("text", "tokens"), COUNTED)
def test_texts_that_were_counted_by_others_are_near(text: str, tokens: int) -> None:
    assert abs(tokens_of(text) - tokens) <= max(2, tokens * 0.15)


def test_code_and_prose_are_within_what_vendors_say_of_them() -> None:
    with open(__file__, encoding="utf-8") as file:
        code = file.read()
    assert 200 < tokens_of(code) * 1000 / len(code) < 330
    prose = "It is a truth universally acknowledged, that a single man in possession of a good fortune. "
    assert 190 < tokens_of(prose * 20) * 1000 / len(prose * 20) < 270


def test_a_long_text_is_sampled_and_comes_out_alike() -> None:
    text = "A sentence of some words, with a number like 1234.\n" * 4000
    assert tokens_of(text) == pytest.approx(4000 * tokens_of(text[:51]), rel=0.1)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_is_not_fewer_tokens(first: str, second: str) -> None:
    assert 0 <= tokens_of(first) <= tokens_of(f"{first} {second}") + 1


def test_a_first_prompt_is_its_text_with_the_system_prompt_and_a_middling_answer() -> None:
    estimate = next_turn(earlier(session(system="Be brief.")), "Hello there")
    assert 5 < estimate.prompt_tokens < 25
    assert estimate.completion_tokens == ANSWER_TOKENS
    assert estimate.total == estimate.prompt_tokens + ANSWER_TOKENS


def test_what_the_server_counted_last_is_the_base() -> None:
    said = session(turn(1), turn(2, usage=used(450, 120)))
    assert next_turn(earlier(said), "").prompt_tokens == pytest.approx(450 + 120, abs=10)


def test_thinking_is_paid_for_and_not_sent_again() -> None:
    said = session(turn(1, usage=used(120, 900, reasoning_tokens=800)))
    estimate = next_turn(earlier(said), "")
    assert estimate.prompt_tokens == pytest.approx(120 + 100, abs=10)
    assert estimate.completion_tokens == 900


def test_a_count_that_cannot_be_right_only_corrects_within_bounds() -> None:
    counted = earlier(session(turn(1, usage=used(100, 100)))).tokens
    wild = earlier(session(turn(1, usage=used(90_000, 100)))).tokens
    assert counted < wild < 4 * counted


def test_only_the_context_window_goes_along() -> None:
    turns = [turn(number) for number in range(10)]
    every = earlier(session(*turns)).tokens
    two = earlier(session(*turns, params=Params(context_window=2))).tokens
    assert two == pytest.approx(every / 5, rel=0.05)


def test_a_servers_count_corrects_what_goes_along_within_the_window() -> None:
    turns = [turn(number) for number in range(4)]
    last = turn(4, usage=used(500, 100))
    two = Params(context_window=2)
    guessed = earlier(session(*turns, turn(4), params=two)).tokens
    assert earlier(session(*turns, last, params=two)).tokens != guessed


def test_a_window_that_is_newer_than_the_last_answer_does_not_make_its_tokens_dearer() -> None:
    turns = [turn(number) for number in range(20)]
    whole = earlier(session(*turns)).tokens
    turns[-1] = turn(19, usage=used(whole, 100))
    few = earlier(session(*turns, params=Params(context_window=5))).tokens
    assert few == pytest.approx(whole / 4, rel=0.1)


def test_a_count_within_a_narrow_window_does_not_make_all_of_a_session_cheap() -> None:
    turns = [turn(number) for number in range(40)]
    whole = earlier(session(*turns)).tokens
    narrow = turn(40, usage=used(500, 100))
    assert earlier(session(*turns, narrow)).tokens >= whole


def test_prompts_without_an_answer_do_not_go_along() -> None:
    lone = Turn(id="x", messages=(Message(role="user", content="word " * 1000),))
    assert earlier(session(lone)).tokens == 0


def test_while_an_answer_comes_its_prompt_and_an_answer_are_counted() -> None:
    asked = Turn(id="x", messages=(Message(role="user", content="word " * 1000),))
    quiet = earlier(session(turn(1), asked))
    busy = earlier(session(turn(1), asked), is_answering=True)
    assert busy.tokens - quiet.tokens == pytest.approx(1000 + quiet.answer_tokens, rel=0.05)
    answered = session(turn(1), turn(2))
    assert earlier(answered, is_answering=True) == earlier(answered)


def test_an_inherited_turn_counts_as_it_was_counted() -> None:
    inherited = turn(1, usage=used(130, 120)).as_inherited()
    assert earlier(session(inherited)).tokens == pytest.approx(250, abs=10)


def test_the_answer_is_as_long_as_answers_are_here() -> None:
    turns = [turn(number, usage=used(100, 100 * number)) for number in (1, 2, 3)]
    assert earlier(session(*turns)).answer_tokens == 200
    assert earlier(session(turn(1, words=50))).answer_tokens == pytest.approx(50, rel=0.2)


def test_of_a_long_session_parts_are_counted_and_it_comes_out_alike() -> None:
    some = [turn(number, words=200) for number in range(100)]
    assert earlier(session(*some * 30)).tokens == pytest.approx(
        30 * earlier(session(*some)).tokens, rel=0.05
    )


@pytest.mark.parametrize(
    ("mime", "size", "low", "high"),
    [
        ("text/plain", 4_000, 900, 1_100),
        ("image/png", 3_000_000, 200, 1_700),
        ("application/pdf", 200_000, 2_000, 10_000),
    ],
)
def test_files_are_counted_by_kind(mime: str, size: int, low: int, high: int) -> None:
    part = attachment(name="x", mime=mime, sha256="a" * 64, size=size)
    assert low < attachment_tokens(part) < high
    assert next_turn(earlier(session()), "", (part,)).prompt_tokens > low


def test_a_part_that_says_nothing_of_itself_is_counted_too() -> None:
    assert attachment_tokens(Part(kind="image")) > 0


@pytest.mark.parametrize(
    ("value", "dollars"),
    [
        ("2", 2), (2, 2), (0.5, 0.5), ("$1.50", 1.5), (" 3 ", 3), ("0", 0), ("much", None), ("", None),
        (True, None), (None, None), ("nan", None), ("inf", None), (-1, None), ([2], None),
    ],
)  # fmt: skip
def test_a_budget_is_an_amount_of_dollars(value: object, dollars: float | None) -> None:
    said = session(meta=Meta(extra={"budget": value}))
    assert budget(said) == (None if dollars is None else round(dollars * 10**9))
