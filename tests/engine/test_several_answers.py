"""One prompt, several answers at once: each with its own end, journal and figures."""

from __future__ import annotations

import asyncio

import pytest

from tui_sessions.engine.events import SessionChanged, TextArrived, TurnEnded, TurnStarted
from tui_sessions.errors import ConflictError, ProviderError, StoreError, UsageError
from tui_sessions.model.answers import answers, step_answer
from tui_sessions.model.attachment import attachment
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Finished, Text

A, B, C = "openai/a", "openai/b", "openai/c"


def saying(text, *, gate=None, tokens=1, finish="stop"):
    steps = () if gate is None else (gate,)
    usage = Usage(prompt_tokens=5, completion_tokens=tokens)
    return (*steps, Text(text), Finished(finish=finish, usage=usage))


def journals(bench):
    folder = bench.library.root / ".tui-sessions" / "journal"
    return sorted(folder.iterdir()) if folder.exists() else []


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


async def ended(bench, session_id):
    await bench.turns.wait(session_id)
    await bench.turns.aclose()
    return bench.library.load(session_id)


async def test_every_model_answers_and_the_first_that_ends_stands(bench):
    gate = asyncio.Event()
    bench.provider.scripts = {
        "a": saying("Slow.", gate=gate, tokens=1),
        "b": saying("Quick.", tokens=2),
    }
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: bench.of(TurnEnded))
    assert bench.library.load(session.id).turn(turn_id).answer.text == "Quick."
    gate.set()
    saved = await ended(bench, session.id)
    turn = saved.turn(turn_id)
    assert turn.answer.text == "Quick."
    assert [(o.message.text, o.message.model) for o in turn.alternatives] == [("Slow.", A)]
    assert [(o.usage.completion_tokens, o.cost) for o in answers(turn)] == [(2, 9000), (1, 7000)]
    assert turn.cost == 16000
    assert saved.totals.completion_tokens == 3
    assert journals(bench) == []


async def test_events_name_their_answer_and_the_last_end_says_so(bench):
    bench.provider.scripts = {"a": saying("One."), "b": saying("Two.")}
    session = bench.session()
    bench.turns.compare(session.id, "hi", [A, B])
    begun = bench.of(TurnStarted)
    assert [event.model for event in begun] == [A, B]
    assert bench.turns.answer_ids(session.id) == tuple(event.answer_id for event in begun)
    await ended(bench, session.id)
    texts = {event.answer_id: event.text for event in bench.of(TextArrived)}
    assert texts == {begun[0].answer_id: "One.", begun[1].answer_id: "Two."}
    ends = bench.of(TurnEnded)
    assert [event.is_last for event in ends] == [False, True]
    assert {event.outcome.message.text for event in ends} == {"One.", "Two."}
    assert isinstance(bench.events[-1], SessionChanged)


async def test_who_comes_late_is_told_of_every_answer(bench):
    bench.provider.scripts = {m: (Text(m), asyncio.Event()) for m in "abc"}
    session = bench.session()
    bench.turns.compare(session.id, "hi", [A, B, C])
    await until(lambda: len(bench.of(TextArrived)) == 3)
    running = bench.turns.running_answers(session.id)
    assert [(so_far.model, so_far.text) for so_far in running] == [(A, "a"), (B, "b"), (C, "c")]
    assert all(so_far.elapsed_ms >= so_far.first_token_ms >= 0 for so_far in running)
    assert bench.turns.running(session.id).answer_id == running[0].answer_id
    await bench.turns.aclose()


async def test_one_answer_is_stopped_and_the_others_go_on(bench):
    gate = asyncio.Event()
    bench.provider.scripts = {"a": (Text("ha"), asyncio.Event()), "b": saying("Two.", gate=gate)}
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: bench.of(TextArrived))
    first = bench.turns.running(session.id)
    assert bench.turns.stop(session.id, first.answer_id)
    await until(lambda: bench.of(TurnEnded))
    assert not bench.turns.stop(session.id, first.answer_id)
    assert [so_far.model for so_far in bench.turns.running_answers(session.id)] == [B]
    gate.set()
    found = answers((await ended(bench, session.id)).turn(turn_id))
    assert [(o.message.text, o.finish) for o in found] == [("ha", "cancelled"), ("Two.", "stop")]


async def test_stopping_without_a_name_stops_all(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B, C])
    await until(lambda: len(bench.of(TextArrived)) == 3)
    assert bench.turns.stop(session.id)
    found = answers((await ended(bench, session.id)).turn(turn_id))
    assert [(o.message.text, o.finish) for o in found] == [("half", "cancelled")] * 3
    assert {o.message.model for o in found} == {A, B, C}


async def test_quitting_keeps_what_came_of_each(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: len(bench.of(TextArrived)) == 2)
    await bench.turns.aclose()
    found = answers(bench.library.load(session.id).turn(turn_id))
    assert [(o.message.text, o.finish) for o in found] == [("half", "interrupted")] * 2


async def test_one_that_fails_without_a_word_leaves_the_others_alone(bench):
    gate = asyncio.Event()
    bench.provider.scripts = {
        "a": (ProviderError("No key.", kind="auth"),),
        "b": saying("Two.", gate=gate),
    }
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: bench.of(TurnEnded))
    assert bench.of(TurnEnded)[0].error == "No key."
    gate.set()
    turn = (await ended(bench, session.id)).turn(turn_id)
    assert (turn.answer.text, turn.finish, turn.error) == ("Two.", "stop", None)
    assert turn.alternatives == ()


async def test_what_a_wordless_answer_used_is_counted_with_the_one_that_stands(bench):
    usage = Usage(prompt_tokens=5, completion_tokens=7)
    gate = asyncio.Event()
    bench.provider.scripts = {
        "a": saying("One."),
        "b": (gate, Finished(finish="filter", usage=usage)),
    }
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: bench.of(TurnEnded))
    gate.set()
    saved = await ended(bench, session.id)
    turn = saved.turn(turn_id)
    assert (turn.answer.text, turn.alternatives) == ("One.", ())
    assert turn.cost == 7000 + 19000
    assert saved.totals.completion_tokens == 8


async def test_an_unknown_model_among_them_sends_none(bench):
    session = bench.session()
    with pytest.raises(ProviderError, match="nobody"):
        bench.turns.compare(session.id, "hi", [A, "nobody/b"])
    assert bench.library.load(session.id).turns == ()
    assert bench.provider.requests == []


@pytest.mark.parametrize("models", [[], [A] * 9])
async def test_none_and_too_many_models_are_refused(bench, models):
    session = bench.session()
    with pytest.raises(UsageError, match="1 to 8 models"):
        bench.turns.compare(session.id, "hi", models)


async def test_comparing_does_not_change_the_model_of_the_session(bench):
    session = bench.session()
    bench.turns.compare(session.id, "hi", [A, B])
    assert (await ended(bench, session.id)).model == "openai/m"


async def test_further_answers_leave_the_one_that_stands(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    bench.provider.scripts = {"a": saying("One."), "b": saying("Two.")}
    bench.turns.compare_again(session.id, turn_id, [A, B])
    turn = (await ended(bench, session.id)).turn(turn_id)
    assert turn.answer.text == "Hello world."
    assert {o.message.text for o in turn.alternatives} == {"One.", "Two."}
    assert turn.cost == 9000 + 7000 + 7000


async def test_another_answer_may_be_asked_for_while_others_are_coming_but_no_other_turn(bench):
    bench.provider.script = (Text("half"), asyncio.Event())
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A])
    bench.turns.compare_again(session.id, turn_id, [B])
    assert len(bench.turns.answer_ids(session.id)) == 2
    for ask in (
        lambda: bench.turns.start(session.id, "more"),
        lambda: bench.turns.compare(session.id, "more", [A]),
        lambda: bench.turns.compare_again(session.id, "other", [A]),
        lambda: bench.turns.resume(session.id, turn_id),
        lambda: bench.turns.retry(session.id, turn_id),
    ):
        with pytest.raises(ConflictError):
            ask()
    await bench.turns.aclose()


async def test_all_that_could_not_be_saved_is_kept_and_saved_later(bench, monkeypatch):
    bench.provider.scripts = {"a": saying("One."), "b": saying("Two."), "c": saying("Three.")}
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B, C])
    update = bench.library.update

    def full(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(bench.library, "update", full)
    await bench.turns.wait(session.id)
    assert (bench.turns.unsaved_count(), bench.turns.unsaved_ids()) == (3, {session.id})
    assert len(journals(bench)) == 3
    seen = bench.turns.with_unsaved(bench.library.load(session.id)).turn(turn_id)
    assert {o.message.text for o in answers(seen)} == {"One.", "Two.", "Three."}
    with pytest.raises(StoreError):
        bench.turns.save_again()
    monkeypatch.setattr(bench.library, "update", update)
    bench.turns.save_again()
    assert (bench.turns.unsaved_count(), journals(bench)) == (0, [])
    turn = (await ended(bench, session.id)).turn(turn_id)
    assert {o.message.text for o in answers(turn)} == {"One.", "Two.", "Three."}
    assert turn.cost == 21000


async def test_a_choice_made_while_the_rest_comes_is_not_overwritten_by_it(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    bench.provider.script = (Text("Cut "), ProviderError("cut", kind="cut"))
    bench.turns.retry(session.id, turn_id)
    await bench.turns.wait(session.id)
    gate = asyncio.Event()
    bench.provider.script = (gate, *saying("short."))
    bench.turns.resume(session.id, turn_id)
    bench.library.update(session.id, step_answer(turn_id, 1))
    gate.set()
    turn = (await ended(bench, session.id)).turn(turn_id)
    assert turn.answer.text == "Hello world."
    assert [(o.message.text, o.finish) for o in turn.alternatives] == [("Cut short.", "stop")]
    assert turn.cost == 9000 + 7000


async def test_a_choice_made_while_another_answer_comes_stands(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    gate = asyncio.Event()
    bench.provider.script = saying("Second.", gate=gate)
    bench.turns.retry(session.id, turn_id)
    turn = bench.library.load(session.id).turn(turn_id)
    assert turn.answer is None
    bench.turns.compare_again(session.id, turn_id, [A])
    gate.set()
    found = answers((await ended(bench, session.id)).turn(turn_id))
    assert [o.message.text for o in found] == ["Hello world.", "Second.", "Second."]


async def test_costs_known_late_are_counted_at_their_own_answers(bench, monkeypatch):
    loaded = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slow(function, *args):
        await loaded.wait()
        return function(*args)

    monkeypatch.setattr(asyncio, "to_thread", slow)
    bench.provider.scripts = {"a": saying("One.", tokens=1), "b": saying("Two.", tokens=2)}
    session = bench.session()
    turn_id = bench.turns.compare(session.id, "hi", [A, B])
    await until(lambda: len(bench.of(TurnEnded)) == 2)
    assert bench.library.load(session.id).turn(turn_id).cost is None
    loop.call_soon(loaded.set)
    turn = (await ended(bench, session.id)).turn(turn_id)
    assert {o.message.model: o.cost for o in answers(turn)} == {A: 7000, B: 9000}
    assert turn.cost == 16000
    assert all(o.price is not None for o in answers(turn))


async def test_an_attachment_that_is_not_taken_is_refused_before_anything_is_saved(bench):
    session = bench.session()
    part = bench.library.attachments.put(b"\0\1\2", name="a.mp4")
    film = attachment(name="a.mp4", mime="video/mp4", sha256=part.extra["sha256"], size=3)
    with pytest.raises(
        ProviderError, match=r"a\.mp4 cannot be sent to openai/b: it takes no videos"
    ):
        bench.turns.compare(session.id, "look", [B], attachments=(film,))
    assert bench.library.load(session.id).turns == ()


async def test_an_attachment_goes_to_every_model_and_stands_in_the_prompt(bench):
    session = bench.session()
    part = bench.library.attachments.put(b"some text", name="a.txt")
    turn_id = bench.turns.compare(session.id, "look", [A, B], attachments=(part,))
    saved = await ended(bench, session.id)
    sent = [request.messages[-1].attachments[0].data for request in bench.provider.requests]
    assert sent == [b"some text", b"some text"]
    assert saved.turn(turn_id).prompt.content[-1] == part


async def test_an_attachment_that_is_gone_is_told_and_nothing_is_sent(bench):
    session = bench.session()
    lost = attachment(name="a.txt", mime="text/plain", sha256="0" * 64, size=3)
    with pytest.raises(ProviderError, match=r"a\.txt cannot be sent"):
        bench.turns.start(session.id, "look", attachments=(lost,))
    assert bench.library.load(session.id).turns == ()
