"""The demonstration behaves like a provider, says what it is, and fails where it is asked to."""

from __future__ import annotations

import ast
import asyncio
import re

import pytest
from fake_servers import asking, heard
from hypothesis import example, given
from hypothesis import strategies as st

from tui_sessions.providers.base import ChatMessage, Reasoning, Request, Retrying, Text
from tui_sessions.providers.demo import MODELS, Demo, counted_tokens
from tui_sessions.providers.demo_text import answer_to


def demo(words_per_s: float = 0) -> Demo:
    return Demo(words_per_s=words_per_s, idle_timeout_s=0.01)


async def test_it_says_plainly_what_it_is_and_how_to_get_more() -> None:
    found = await heard(demo().stream(asking("How do decorators work in Python?", model="demo")))
    for words in ("built-in demonstration", "no network and no model", "OPENAI_API_KEY", "Ollama"):
        assert words in found.text
    assert "**decorators**" in found.text
    assert found.end is not None
    assert found.end.finish == "stop"


async def test_the_same_prompt_has_the_same_answer_and_another_has_another() -> None:
    first = await heard(demo().stream(asking("one thing", model="demo")))
    again = await heard(demo().stream(asking("one thing", model="demo")))
    other = await heard(demo().stream(asking("another matter", model="demo")))
    assert first.events == again.events
    assert other.text != first.text


async def test_it_knows_which_turn_it_is() -> None:
    said = ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"), ("user", "e")
    messages = tuple(ChatMessage(role, text) for role, text in said)
    found = await heard(demo().stream(Request(model="demo", messages=messages)))
    assert found.text.startswith("This is turn 3: I was given 2 earlier turns")


async def test_it_counts_four_characters_a_token() -> None:
    found = await heard(demo().stream(asking("12345", model="thinker", system="1234")))
    assert found.end is not None
    usage = found.end.usage
    assert usage is not None
    assert usage.prompt_tokens == 1 + 2
    assert usage.reasoning_tokens == counted_tokens(found.reasoning)
    assert usage.completion_tokens == counted_tokens(found.reasoning) + counted_tokens(found.text)
    assert usage.total == (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)


@given(st.text(max_size=200), st.integers(min_value=1, max_value=4))
@example("TRUE", 1)
def test_any_prompt_has_an_answer_whose_fences_are_closed(prompt: str, turn: int) -> None:
    text = answer_to(prompt, turn=turn, model="demo/demo")
    assert text.count("```") % 2 == 0
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        ast.parse(code)


def test_a_prompt_gets_what_it_names() -> None:
    text = answer_to("a table and some sql and a list, detailed", turn=2, model="demo/demo")
    for mark in ("|:----|", "```sql", "\n1. ", "\n> ", "```python", "- [", "## "):
        assert mark in text
    assert len(answer_to("a short word", turn=2, model="m")) < 400


async def test_a_thinker_thinks_before_it_speaks() -> None:
    found = await heard(demo().stream(asking(model="thinker")))
    kinds = [type(event) for event in found.events]
    assert kinds.index(Text) == kinds.count(Reasoning) > 0


@pytest.mark.parametrize(
    ("model", "prompt", "kind", "has_text"),
    [
        ("fail", "hi", "server", True),
        ("cut", "hi", "cut", True),
        ("refuse", "hi", "auth", False),
        ("silent", "hi", "timeout", False),
        ("demo", "please\nfail: midway\n", "server", True),
        ("fast", "Fail: First", "auth", False),
        ("demo", "fail: cut", "cut", True),
        ("demo", "fail: silent", "timeout", False),
    ],
)
async def test_it_fails_on_request(model: str, prompt: str, kind: str, has_text: bool) -> None:
    found = await heard(demo().stream(asking(prompt, model=model)))
    assert found.error is not None
    assert found.error.kind == kind
    assert bool(found.text) == has_text
    assert found.end is None


async def test_busy_answers_at_the_second_try() -> None:
    found = await heard(demo().stream(asking(model="busy")))
    assert isinstance(found.events[0], Retrying)
    assert found.end is not None


async def test_a_model_it_does_not_have_is_an_error() -> None:
    found = await heard(demo().stream(asking(model="gpt")))
    assert found.error is not None
    assert found.error.kind == "model"


async def test_all_models_are_listed() -> None:
    assert {model.name for model in await demo().models()} == set(MODELS)


@pytest.mark.parametrize(
    ("model", "speed", "pause_s"), [("demo", 40, 1 / 40), ("slow", 40, 8 / 40), ("fast", 40, 0)]
)
async def test_words_come_at_the_configured_speed(model: str, speed: float, pause_s: float) -> None:
    pauses: list[float] = []

    async def slept(seconds: float) -> None:
        pauses.append(seconds)

    found = await heard(Demo(words_per_s=speed, sleep=slept).stream(asking(model=model)))
    assert set(pauses) == {pause_s}
    assert len(pauses) == sum(isinstance(event, Text) for event in found.events)


async def test_at_full_speed_others_still_get_their_turn() -> None:
    seen = 0

    async def other() -> None:
        nonlocal seen
        while True:
            await asyncio.sleep(0)
            seen += 1

    task = asyncio.create_task(other())
    found = await heard(demo().stream(asking(model="fast")))
    task.cancel()
    assert seen >= len(found.events) - 2
