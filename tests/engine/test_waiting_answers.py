"""Answers that wait for a server to be asked again, and those that end by a slip of ours."""

from __future__ import annotations

import asyncio

from tui_sessions.providers.base import Retrying, Text


async def finished(bench, session_id):
    await bench.turns.wait(session_id)
    await bench.turns.aclose()
    return bench.library.load(session_id)


async def test_a_slip_of_ours_ends_the_answer_in_words_that_hold_nothing(bench):
    bench.provider.script = (Text("some "), RuntimeError("a-secret-word"))
    session = bench.session()
    bench.turns.start(session.id, "hi")
    saved = await finished(bench, session.id)
    [turn] = saved.turns
    assert (turn.finish, turn.answer.text) == ("error", "some ")
    assert "RuntimeError" in turn.error
    assert "a-secret-word" not in turn.error


async def test_who_waits_can_have_it_asked_at_once(bench):
    waiting = Retrying("busy", 600.0, 1)
    gate = asyncio.Event()
    bench.provider.script = (waiting, gate, *bench.provider.script)
    session = bench.session()
    bench.turns.start(session.id, "hi")
    while (so_far := bench.turns.running(session.id)).waiting is None:
        await asyncio.sleep(0)
    assert 590 < so_far.wait_s <= 600
    assert bench.turns.ask_at_once(session.id)
    await waiting.wait.pass_(600.0)
    assert bench.turns.running(session.id).wait_s == 0
    gate.set()
    assert (await finished(bench, session.id)).turns[0].finish == "stop"
    assert not bench.turns.ask_at_once(session.id)


async def test_an_answer_stopped_while_it_waits_keeps_the_reason(bench):
    bench.provider.script = (Retrying("It is busy (429).", 600.0, 1), asyncio.Event())
    session = bench.session()
    bench.turns.start(session.id, "hi")
    while bench.turns.running(session.id).waiting is None:
        await asyncio.sleep(0)
    assert bench.turns.stop(session.id)
    saved = await finished(bench, session.id)
    assert (saved.turns[0].finish, saved.turns[0].error) == ("cancelled", "It is busy (429).")
