"""What answers cost that failed, were stopped or continued, and what the server itself charges."""

from __future__ import annotations

import asyncio
import threading

import pytest
from engine_bench import FixedPrices

from tui_sessions.engine.events import TurnEnded
from tui_sessions.errors import ProviderError
from tui_sessions.model.answers import finish_answer, own_cost, unpriced
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Counted, Finished, Text

USED = Usage(prompt_tokens=5, completion_tokens=2)
BEGUN = Usage(prompt_tokens=5)
FAILED = ProviderError("Overloaded.", kind="server")


async def asked(bench, *script, session_id: str | None = None) -> tuple[str, Turn]:
    bench.provider.script = script
    session = bench.session() if session_id is None else bench.library.load(session_id)
    if session.turns:
        bench.turns.resume(session.id, session.turns[-1].id)
    else:
        bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    return session.id, bench.library.load(session.id).turns[-1]


async def test_what_the_server_charged_counts_before_any_table(bench) -> None:
    _, turn = await asked(bench, Text("Hi."), Finished(finish="stop", usage=USED, cost=7))
    assert turn.cost == 7
    assert turn.price == Price(source="openai", date="2026-01-02")


async def test_an_answer_that_fails_keeps_what_was_counted_and_paid(bench) -> None:
    _, turn = await asked(bench, Text("Hi"), Counted(USED, 11), FAILED)
    assert (turn.finish, turn.usage, turn.cost) == ("error", USED, 11)


async def test_a_failed_answer_whose_count_was_still_to_grow_has_no_known_cost(bench) -> None:
    session_id, turn = await asked(bench, Text("Hi"), Counted(BEGUN), FAILED)
    assert (turn.usage, turn.cost) == (BEGUN, None)
    assert bench.library.load(session_id).cost.unknown == 1


async def test_a_stopped_answer_keeps_what_was_counted(bench) -> None:
    bench.provider.script = (Counted(USED, 3), Text("Hi"), asyncio.Event())
    session = bench.session()
    bench.turns.start(session.id, "hi")
    while not (bench.turns.running(session.id) or Text("")).text:
        await asyncio.sleep(0)
    bench.turns.stop(session.id)
    await bench.turns.wait(session.id)
    (turn,) = bench.library.load(session.id).turns
    assert (turn.finish, turn.usage, turn.cost) == ("cancelled", USED, 3)


async def test_a_continued_answer_adds_up_what_both_parts_were_charged(bench) -> None:
    session_id, _ = await asked(bench, Text("Hi"), Counted(USED, 3), FAILED)
    _, turn = await asked(
        bench, Text(" you"), Finished(finish="stop", usage=USED, cost=4), session_id=session_id
    )
    assert (turn.answer.text, turn.cost, unpriced(turn)) == ("Hi you", 7, 0)


async def test_a_part_of_unknown_cost_is_told_beside_the_part_that_is_known(bench) -> None:
    session_id, _ = await asked(bench, Text("Hi"), FAILED)
    _, turn = await asked(
        bench, Text(" you"), Finished(finish="stop", usage=USED, cost=4), session_id=session_id
    )
    assert (turn.cost, unpriced(turn)) == (4, 1)


async def test_a_failed_attempt_that_was_charged_is_not_forgotten_by_the_next(bench) -> None:
    session_id, turn = await asked(bench, Counted(BEGUN), FAILED)
    assert (turn.answer, turn.usage, turn.cost) == (None, BEGUN, None)
    bench.provider.script = (Text("Hi."), Finished(finish="stop", usage=USED, cost=4))
    bench.turns.retry(session_id, turn.id)
    await bench.turns.wait(session_id)
    (turn,) = bench.library.load(session_id).turns
    assert (turn.cost, unpriced(turn)) == (4, 1)


async def test_an_attempt_that_was_refused_before_anything_was_counted_leaves_no_note(
    bench,
) -> None:
    session_id, turn = await asked(bench, FAILED)
    bench.provider.script = (Text("Hi."), Finished(finish="stop", usage=USED, cost=4))
    bench.turns.retry(session_id, turn.id)
    await bench.turns.wait(session_id)
    (turn,) = bench.library.load(session_id).turns
    assert (turn.cost, unpriced(turn)) == (4, 0)


def said(text: str, cost: int | None, usage: Usage | None) -> Alternative:
    return Alternative(message=Message(role="assistant", content=text), cost=cost, usage=usage)


@pytest.mark.parametrize(
    ("first", "rest", "notes"),
    [
        ((None, USED), (None, USED), 0),  # both can be priced by their counts, as one
        ((None, BEGUN), (None, USED), 1),
        ((5, USED), (None, BEGUN), 1),
        ((None, USED), (5, USED), 1),
        ((5, USED), (6, USED), 0),
    ],
)
def test_what_is_unknown_of_a_continued_answer_is_noted(first, rest, notes) -> None:
    before = said("a", *first)
    turn = Turn(id="t", messages=(before.message,), usage=first[1], cost=first[0])
    usage = first[1].plus(rest[1])
    change = finish_answer("t", said("ab", rest[0], usage), before=before)
    after = change(Session(id="s", turns=(turn,))).turns[0]
    assert unpriced(after) == notes


def test_notes_of_the_parents_money_do_not_count_in_a_branch() -> None:
    turn = Turn(
        id="t",
        messages=(said("a", 5, USED).message,),
        cost=5,
        extra={"unpriced": 2, "deleted_cost_nanousd": 3},
    ).as_inherited()
    change = finish_answer("t", said("b", 4, USED))
    (after,) = change(Session(id="s", turns=(turn,))).turns
    assert (after.cost, unpriced(after), own_cost(after)) == (4, 0, None)


async def test_a_stopped_answer_is_priced_once_the_table_is_there(bench, monkeypatch) -> None:
    loaded = asyncio.Event()

    async def slow(function, *args):
        await loaded.wait()
        return function(*args)

    monkeypatch.setattr(asyncio, "to_thread", slow)
    bench.provider.script = (Counted(USED), Text("Hi"), asyncio.Event())
    session = bench.session()
    bench.turns.start(session.id, "hi")
    while not (bench.turns.running(session.id) or Text("")).text:
        await asyncio.sleep(0)
    bench.turns.stop(session.id)
    await bench.turns.wait(session.id)
    assert bench.library.load(session.id).turns[0].cost is None
    loaded.set()
    await bench.turns.aclose()
    assert bench.library.load(session.id).turns[0].cost == 9_000


async def test_a_fault_in_the_table_of_prices_loses_no_answer(bench, monkeypatch, caplog) -> None:
    def broken(*_) -> None:
        raise RuntimeError("a table of tomorrow")

    monkeypatch.setattr(FixedPrices, "cost", broken)
    gate = asyncio.Event()
    bench.provider.script = (Text("Hi."), gate, Finished(finish="stop", usage=USED))
    session = bench.session()
    bench.turns.start(session.id, "hi")
    while not caplog.records:  # The table was asked for before the end.
        await asyncio.sleep(0)
    gate.set()
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    (turn,) = bench.library.load(session.id).turns
    assert (turn.answer.text, turn.finish, turn.usage, turn.cost) == ("Hi.", "stop", USED, None)


async def test_what_is_free_is_free_also_where_the_table_comes_after_the_answer(
    bench, monkeypatch
) -> None:
    gate = threading.Event()

    def free(*_) -> tuple[int, Price]:
        gate.wait(30)
        return 0, Price(source="local")

    monkeypatch.setattr(FixedPrices, "cost", free)
    bench.provider.script = (Text("Hi."), Finished(finish="stop"))
    session = bench.session()
    bench.turns.subscribe(lambda event: isinstance(event, TurnEnded) and gate.set())
    bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    (turn,) = bench.library.load(session.id).turns
    assert (turn.cost, turn.price) == (0, Price(source="local"))
