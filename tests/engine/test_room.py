"""What fits into a model's context, and what is done where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.engine.events import TurnStarted
from tui_sessions.engine.limits import Planned
from tui_sessions.engine.room import Context, pairs_within, sent_pairs
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import ContextError, UsageError
from tui_sessions.model.context_limit import context_limit, set_window, shown_window, window_from
from tui_sessions.model.message import Message
from tui_sessions.model.session import Params, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Finished, Text


def pair(number: int, words: int = 100, **more: object) -> Turn:
    said = (
        Message(role="user", content=f"question {number} " + "word " * words),
        Message(role="assistant", content="word " * words),
    )
    return Turn(id=f"t{number}", messages=said, **more)


def plan(*turns: Turn, prompt: str = "And now?", **params: object) -> Planned:
    session = Session(id="s", turns=turns, params=Params(**params))
    return Planned(
        session=session,
        turn=Turn(id="new", messages=(Message(role="user", content=prompt),)),
        model="openai/m",
    )


class Sizes:
    """Prices that know one size."""

    def __init__(self, size: int | None) -> None:
        self.size = size

    def context_at_hand(self, model: str) -> int | None:
        return self.size


def context(size: int | None, when_full: str = "ask") -> Context:
    return Context(lambda: Sizes(size), lambda: when_full)


TEN = tuple(pair(number) for number in range(10))
"""About 205 tokens each."""


def test_what_fits_passes() -> None:
    context(100_000).check([plan(*TEN)])


def test_what_does_not_fit_says_how_much_would() -> None:
    with pytest.raises(
        ContextError, match=r"With 10 earlier pairs .* openai/m takes 1,500"
    ) as found:
        context(1_500).check([plan(*TEN)])
    assert 2 <= found.value.pairs <= 6


def test_of_several_models_the_smallest_counts() -> None:
    long = plan(*TEN, prompt="word " * 600)
    with pytest.raises(ContextError) as found:
        context(1_500).check([plan(*TEN), long])
    assert found.value.pairs < pairs_within(plan(*TEN), 1_500)


def test_a_prompt_without_pairs_that_is_too_long_says_so() -> None:
    with pytest.raises(ContextError, match="The prompt alone") as found:
        context(1_500).check([plan(prompt="word " * 3_000)])
    assert found.value.pairs == 0


def test_a_size_that_is_not_at_hand_is_not_checked() -> None:
    context(None).check([plan(*TEN)])
    context(10, "send").check([plan(*TEN)])


def test_what_ollama_is_told_to_load_is_its_context() -> None:
    sizes = context(None)
    assert sizes.size("ollama/qwen3", Params(extra={"num_ctx": 4096})) == 4096
    assert sizes.size("openai/m", Params(extra={"num_ctx": 4096})) is None
    assert sizes.size("ollama/qwen3", Params(extra={"num_ctx": True})) is None


def test_trimming_leaves_out_the_oldest_and_never_the_prompt() -> None:
    whole = plan(*TEN)
    fitted = context(1_500, "trim").fitted(whole)
    assert [turn.id for turn in sent_pairs(fitted)] == [
        turn.id for turn in TEN[-len(sent_pairs(fitted)) :]
    ]
    assert 2 <= len(sent_pairs(fitted)) <= 6
    assert sent_pairs(context(250, "trim").fitted(whole)) == []
    assert context(100_000, "trim").fitted(whole) is whole


def test_a_sessions_own_limit_holds_whatever_the_model_takes() -> None:
    whole = plan(*TEN, extra={"context_tokens": 1_500})
    assert 2 <= len(sent_pairs(context(None).fitted(whole))) <= 6
    assert 2 <= len(sent_pairs(context(100_000).fitted(whole))) <= 6


def test_a_window_in_pairs_is_not_widened() -> None:
    whole = plan(*TEN, context_window=2)
    assert len(sent_pairs(context(100_000, "trim").fitted(whole))) == 2


def test_what_servers_counted_is_what_is_shared_out() -> None:
    counted = (*TEN[:-1], pair(9, usage=Usage(prompt_tokens=3_000, completion_tokens=150)))
    assert pairs_within(plan(*counted), 2_000) < pairs_within(plan(*TEN), 2_000)


@given(
    st.lists(st.integers(0, 400), max_size=12),
    st.integers(1, 8_000),
    st.one_of(st.none(), st.integers(0, 15)),
)
def test_more_room_never_takes_less_along(words, tokens, window) -> None:
    turns = [pair(number, count) for number, count in enumerate(words)]
    asked = plan(*turns, context_window=window)
    pairs = pairs_within(asked, tokens)
    assert 0 <= pairs <= len(sent_pairs(asked))
    assert pairs <= pairs_within(asked, tokens + 500)


# in the engine


def with_context(bench, size: int | None, when_full: str) -> None:
    bench.turns = Turns(
        bench.library,
        bench.turns._providers,
        bench.turns._saving._prices,
        now=bench.now,
        context=lambda: context(size, when_full),
    )
    bench.turns.subscribe(bench.events.append)


async def asked(bench, *allow: str):
    session = bench.session(turns=TEN)
    bench.turns.start(session.id, "And now?", allow=allow)
    await bench.turns.wait(session.id)
    return session, len(bench.provider.requests[-1].messages)


def test_as_much_goes_along_as_fits_also_where_servers_counted_all_of_it() -> None:
    counted = pair(10, usage=Usage(prompt_tokens=2300, completion_tokens=100))
    planned = plan(*TEN, counted)
    fitted = context(1500).fitted(planned, is_trimmed=True)
    assert len(sent_pairs(fitted)) == pairs_within(planned, 1500) >= 5


async def test_over_the_context_nothing_is_sent_or_saved(bench) -> None:
    with_context(bench, 1_500, "ask")
    with pytest.raises(ContextError):
        await asked(bench)
    assert bench.provider.requests == []
    (row,) = bench.library.rows()
    assert row.turns == 10


async def test_it_is_sent_as_it_is_or_trimmed_where_that_is_allowed(bench) -> None:
    with_context(bench, 1_500, "ask")
    session, messages = await asked(bench, "context")
    assert messages == 21
    session, messages = await asked(bench, "trim")
    assert messages <= 13
    saved = bench.library.load(session.id)
    assert len(saved.turns) == 11
    assert saved.params == Params()
    assert bench.of(TurnStarted)[-1].left_out == (21 - messages) // 2


async def test_the_policy_trims_every_kind_of_asking(bench) -> None:
    with_context(bench, 1_500, "trim")
    session, messages = await asked(bench)
    turn_id = bench.library.load(session.id).turns[-1].id
    bench.turns.retry(session.id, turn_id)
    await bench.turns.wait(session.id)
    assert len(bench.provider.requests[-1].messages) == messages
    bench.turns.compare_again(session.id, turn_id, ["openai/a", "openai/b"])
    await bench.turns.wait(session.id)
    assert len(bench.provider.requests[-1].messages) == messages


# what people say of the window


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10", "10 pairs"),
        ("1 pair", "1 pair"),
        ("0", "all"),
        ("all", "all"),
        ("+5", "8 pairs"),
        ("8000 tokens", "8,000 tokens"),
        ("8k tokens", "8,000 tokens"),
        ("1,000 tok", "1,000 tokens"),
    ],
)
def test_a_window_is_said_in_pairs_or_tokens(text: str, shown: str) -> None:
    now = Params(context_window=3, extra={"context_tokens": 500, "top_k": 4})
    session = set_window(window_from(text, now))(Session(id="s", params=now))
    assert shown_window(session.params) == shown
    assert session.params.extra["top_k"] == 4


@pytest.mark.parametrize(
    "text", ["-1", "ten", "", "5 tokens", "1 2 3", "٣", "5 pears", "9999999999"]
)
def test_what_is_no_window_says_what_one_is(text: str) -> None:
    with pytest.raises(UsageError, match="tokens"):
        window_from(text, Params())


@pytest.mark.parametrize("value", [True, -5, 0, "8000", None, 2.5])
def test_a_file_may_say_anything_of_its_limit(value: object) -> None:
    assert context_limit(Params(extra={"context_tokens": value})) is None


async def test_what_was_left_out_does_not_make_the_next_estimate_too_small(bench) -> None:
    with_context(bench, 1_500, "trim")
    counted = Usage(prompt_tokens=1_300, completion_tokens=5)
    bench.provider.script = (Text("Yes."), Finished(finish="stop", usage=counted))
    session, messages = await asked(bench)
    bench.turns.start(session.id, "And then?")
    await bench.turns.wait(session.id)
    saved = bench.library.load(session.id)
    assert saved.turns[-2].answer.extra["context_pairs"] == (messages - 1) // 2
    assert len(bench.provider.requests[-1].messages) in (messages, messages + 2)
