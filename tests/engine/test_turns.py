"""A prompt's way: on disk before it is sent, its answer on disk at every end."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest

from tui_sessions.engine.events import (
    AnswerRescued,
    SessionChanged,
    TextArrived,
    TurnEnded,
    TurnWaiting,
)
from tui_sessions.errors import ConflictError, ProviderError, StoreError
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ChatMessage, Finished, Reasoning, Retrying, Text

HANG = "hang"


def on_disk(bench, session_id):
    return json.loads(bench.library.path(session_id).read_text())


async def finished(bench, session_id):
    await bench.turns.wait(session_id)
    await bench.turns.aclose()
    return bench.library.load(session_id)


async def until_text(bench, count=1):
    while len(bench.of(TextArrived)) < count:
        await asyncio.sleep(0)


async def test_the_prompt_is_on_disk_before_the_request_leaves(bench):
    session = bench.session()
    seen = []
    bench.provider.on_request = lambda: seen.append(
        on_disk(bench, session.id)["turns"][0]["messages"]
    )
    bench.turns.start(session.id, "hi")
    await finished(bench, session.id)
    assert [message["content"] for message in seen[0]] == ["hi"]


async def test_a_whole_answer_is_saved_with_its_figures(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    saved = await finished(bench, session.id)
    turn = saved.turn(turn_id)
    assert turn.answer.text == "Hello world."
    assert turn.answer.model == "openai/m"
    assert turn.finish == "stop"
    assert turn.usage == Usage(prompt_tokens=5, completion_tokens=2)
    assert turn.cost == 9000
    assert turn.price.source == "test"
    assert turn.latency_ms >= turn.first_token_ms >= 0
    assert saved.totals.prompt_tokens == 5


async def test_pieces_carry_the_offset_of_their_kind(bench):
    bench.provider.script = (
        Reasoning("hm"),
        Text("ab"),
        Reasoning("!"),
        Text("c"),
        Finished(finish="stop"),
    )
    session = bench.session()
    bench.turns.start(session.id, "hi")
    await finished(bench, session.id)
    pieces = [(piece.is_reasoning, piece.offset, piece.text) for piece in bench.of(TextArrived)]
    assert pieces == [(True, 0, "hm"), (False, 0, "ab"), (True, 2, "!"), (False, 2, "c")]


async def test_pieces_that_come_in_one_go_are_handed_on_as_one(bench):
    gate = asyncio.Event()
    bench.provider.script = (Text("a"), Text("b"), gate, Text("c"), Finished(finish="stop"))
    session = bench.session()
    bench.turns.start(session.id, "hi")
    await until_text(bench)
    assert [piece.text for piece in bench.of(TextArrived)] == ["ab"]
    gate.set()
    saved = await finished(bench, session.id)
    assert [(piece.offset, piece.text) for piece in bench.of(TextArrived)] == [(0, "ab"), (2, "c")]
    assert saved.turns[0].answer.text == "abc"


async def test_who_comes_late_is_told_the_answer_so_far(bench):
    gate = asyncio.Event()
    bench.provider.script = (
        Reasoning("why"),
        Text("half"),
        gate,
        Text(" whole"),
        Finished(finish="stop"),
    )
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await until_text(bench, 2)
    so_far = bench.turns.running(session.id)
    assert (so_far.turn_id, so_far.text, so_far.reasoning) == (turn_id, "half", "why")
    gate.set()
    await finished(bench, session.id)
    assert bench.turns.running(session.id) is None


async def test_stopping_keeps_what_had_arrived(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await until_text(bench)
    assert bench.turns.stop(session.id)
    saved = await finished(bench, session.id)
    assert (saved.turn(turn_id).answer.text, saved.turn(turn_id).finish) == ("half", "cancelled")
    assert saved.turn(turn_id).usage is None
    assert saved.turn(turn_id).cost is None
    assert bench.provider.closed_streams == 1


async def test_stopping_before_the_first_step_still_ends_the_turn(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    bench.turns.stop(session.id)
    saved = await finished(bench, session.id)
    assert saved.turn(turn_id).finish == "cancelled"
    assert bench.turns.running_ids() == frozenset()


async def test_quitting_keeps_what_had_arrived(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await until_text(bench)
    await bench.turns.aclose()
    turn = bench.library.load(session.id).turn(turn_id)
    assert (turn.answer.text, turn.finish) == ("half", "interrupted")


async def test_a_cancel_right_behind_the_end_of_an_answer_does_not_change_how_it_ended(bench):
    gate = asyncio.Event()
    bench.provider.script = (Text("half"), gate, ProviderError("The server broke.", kind="server"))
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await until_text(bench)
    (run,) = bench.turns._runs.of(session.id)
    gate.set()
    while bench.provider.closed_streams == 0:
        await asyncio.sleep(0)
    run.task.cancel()
    await bench.turns.aclose()
    turn = bench.library.load(session.id).turn(turn_id)
    assert (turn.answer.text, turn.finish, turn.error) == ("half", "error", "The server broke.")


async def test_two_cancels_lose_nothing(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await until_text(bench)
    bench.turns.stop(session.id)
    await asyncio.sleep(0)
    bench.turns.stop(session.id)
    await bench.turns.aclose()
    assert bench.library.load(session.id).turn(turn_id).answer.text == "half"


async def test_an_error_in_mid_answer_keeps_the_text_and_says_why(bench):
    bench.provider.script = (Text("half"), ProviderError("The server broke.", kind="server"))
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    turn = (await finished(bench, session.id)).turn(turn_id)
    assert (turn.answer.text, turn.finish, turn.error) == ("half", "error", "The server broke.")
    assert bench.of(TurnEnded)[-1].error == "The server broke."


async def test_a_cut_answer_is_interrupted_not_complete(bench):
    bench.provider.script = (Text("half"), ProviderError("The connection was cut.", kind="cut"))
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    assert (await finished(bench, session.id)).turn(turn_id).finish == "interrupted"


async def test_a_stream_that_ends_without_a_word_is_not_complete(bench):
    bench.provider.script = (Text("half"),)
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    assert (await finished(bench, session.id)).turn(turn_id).finish == "interrupted"


async def test_several_sessions_answer_at_once(bench):
    gate = asyncio.Event()
    bench.provider.script = (gate, *bench.provider.script)
    ids = [bench.session().id for _ in range(3)]
    for session_id in ids:
        bench.turns.start(session_id, f"hi {session_id}")
    assert bench.turns.running_ids() == frozenset(ids)
    gate.set()
    for session_id in ids:
        await bench.turns.wait(session_id)
        assert bench.library.load(session_id).turns[0].answer.text == "Hello world."
    await bench.turns.aclose()


async def test_a_session_that_is_being_answered_takes_no_second_prompt(bench):
    bench.provider.script = (asyncio.Event(),)
    session = bench.session()
    bench.turns.start(session.id, "hi")
    with pytest.raises(ConflictError, match="being answered"):
        bench.turns.start(session.id, "again")
    await bench.turns.aclose()
    assert len(bench.library.load(session.id).turns) == 1


async def test_an_unknown_provider_saves_and_sends_nothing(bench):
    session = bench.session(model="nobody/m")
    with pytest.raises(ProviderError, match="nobody"):
        bench.turns.start(session.id, "hi")
    assert bench.library.load(session.id).turns == ()


async def test_an_edit_while_it_answers_is_not_undone_by_the_answer(bench):
    gate = asyncio.Event()
    bench.provider.script = (gate, *bench.provider.script)
    session = bench.session()
    bench.turns.start(session.id, "hi")
    bench.library.update(session.id, lambda now: now.with_meta(tags=("kept",)))
    gate.set()
    saved = await finished(bench, session.id)
    assert saved.meta.tags == ("kept",)
    assert saved.turns[0].answer.text == "Hello world."


async def test_a_retry_is_told_while_it_waits(bench):
    bench.provider.script = (Retrying("busy", 2.0, 1), *bench.provider.script)
    session = bench.session()
    bench.turns.start(session.id, "hi")
    await finished(bench, session.id)
    assert (bench.of(TurnWaiting)[0].reason, bench.of(TurnWaiting)[0].wait_s) == ("busy", 2.0)


async def test_another_answer_keeps_the_old_one_and_adds_up_both_costs(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    bench.provider.script = (
        Text("Second."),
        Finished(finish="stop", usage=Usage(prompt_tokens=5, completion_tokens=1)),
    )
    bench.turns.retry(session.id, turn_id, model="openai/other")
    saved = await finished(bench, session.id)
    turn = saved.turn(turn_id)
    assert turn.answer.text == "Second."
    assert [other.message.text for other in turn.alternatives] == ["Hello world."]
    assert turn.alternatives[0].cost == 9000
    assert turn.cost == 9000 + 7000
    assert saved.totals.prompt_tokens == 10


async def test_a_retry_that_fails_without_a_word_brings_the_old_answer_back(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    bench.provider.script = (ProviderError("No.", kind="auth"),)
    bench.turns.retry(session.id, turn_id)
    turn = (await finished(bench, session.id)).turn(turn_id)
    assert (turn.answer.text, turn.cost, turn.alternatives) == ("Hello world.", 9000, ())


async def test_continuing_puts_the_rest_behind_what_is_there(bench):
    bench.provider.script = (Text("Hello "), ProviderError("cut", kind="cut"))
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    bench.provider.script = (Text("world."), Finished(finish="stop"))
    bench.turns.resume(session.id, turn_id)
    assert bench.turns.running(session.id).text == "Hello "
    turn = (await finished(bench, session.id)).turn(turn_id)
    assert (turn.answer.text, turn.finish, turn.error) == ("Hello world.", "stop", None)
    sent = bench.provider.requests[-1].messages
    assert sent[:2] == (ChatMessage("user", "hi"), ChatMessage("assistant", "Hello "))
    assert bench.of(TextArrived)[-1].offset == len("Hello ")


async def test_the_context_window_counts_pairs(bench):
    session = bench.session(params=Params(context_window=1))
    for prompt in ("one", "two", "three"):
        bench.turns.start(session.id, prompt)
        await bench.turns.wait(session.id)
    await bench.turns.aclose()
    sent = [message.content for message in bench.provider.requests[-1].messages]
    assert sent == ["two", "Hello world.", "three"]


async def test_a_failed_save_is_told_and_can_be_done_again(bench, monkeypatch):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    update = bench.library.update

    def full(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(bench.library, "update", full)
    await bench.turns.wait(session.id)
    assert bench.of(TurnEnded)[-1].save_error == "The disk is full."
    assert bench.turns.unsaved_ids() == frozenset({session.id})
    monkeypatch.setattr(bench.library, "update", update)
    journals = bench.library.root / ".tui-sessions" / "journal"
    assert len(list(journals.iterdir())) == 1
    bench.turns.save_again()
    assert bench.turns.unsaved_ids() == frozenset()
    assert list(journals.iterdir()) == []
    assert bench.library.load(session.id).turn(turn_id).answer.text == "Hello world."
    await bench.turns.aclose()


async def test_the_journal_is_gone_once_the_answer_is_saved(bench):
    session = bench.session()
    bench.turns.start(session.id, "hi")
    await finished(bench, session.id)
    assert bench.library.recover() == ()
    assert bench.of(SessionChanged)


async def test_unknown_fields_of_the_turn_survive_the_answer(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")

    def mark(now):
        turn = msgspec.structs.replace(now.turn(turn_id), extra={"x": 1})
        return now.with_turn(turn)

    bench.library.update(session.id, mark)
    saved = await finished(bench, session.id)
    assert saved.turn(turn_id).extra == {"x": 1}


async def test_an_answer_whose_turn_was_deleted_meanwhile_brings_it_back(bench):
    gate = asyncio.Event()
    bench.provider.script = (Text("kept"), gate, Finished(finish="stop"))
    session = bench.session()
    first = bench.turns.start(session.id, "first")
    await until_text(bench)
    gate.set()
    await bench.turns.wait(session.id)
    gate.clear()
    second = bench.turns.start(session.id, "second")
    await until_text(bench, 2)
    bench.library.update(session.id, lambda now: now.with_turns(()))
    gate.set()
    saved = await finished(bench, session.id)
    assert [turn.id for turn in saved.turns] == [second]
    assert (saved.turns[0].prompt.text, saved.turns[0].answer.text) == ("second", "kept")
    assert saved.turn(first) is None
    (told,) = bench.of(AnswerRescued)
    assert "taken out of its session" in told.sentence


async def test_an_answer_whose_turn_an_older_file_dropped_comes_back_in_its_place(bench):
    gate = asyncio.Event()
    bench.provider.script = (Text("kept"), gate, Finished(finish="stop"))
    session = bench.session()
    path = bench.library.path(session.id)
    before = path.read_bytes()
    turn_id = bench.turns.start(session.id, "asked here")
    await until_text(bench)
    path.unlink()
    path.write_bytes(before)
    gate.set()
    saved = await finished(bench, session.id)
    assert saved.turn(turn_id).prompt.text == "asked here"
    assert saved.turn(turn_id).answer.text == "kept"
