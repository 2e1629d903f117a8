"""A persona answers one turn; the session stays what it was."""

from __future__ import annotations

from tui_sessions.config.personas import Persona
from tui_sessions.model.session import Params

POET = Persona(
    name="poet", model="openai/p", system="Rhyme.", params=Params(temperature=1.0, max_tokens=5)
)


async def test_it_answers_with_its_model_system_prompt_and_values_for_this_turn_only(bench):
    session = bench.session(system="Be brief.", params=Params(context_window=3))
    turn_id = bench.turns.start(session.id, "hi", persona=POET)
    await bench.turns.wait(session.id)
    bench.turns.start(session.id, "and now")
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    first, second = bench.provider.requests
    assert (first.model, first.system) == ("p", "Rhyme.")
    assert first.params == Params(temperature=1.0, max_tokens=5, context_window=3)
    assert (second.model, second.system) == ("m", "Be brief.")
    saved = bench.library.load(session.id)
    assert (saved.model, saved.system, saved.params) == (
        "openai/m",
        "Be brief.",
        Params(context_window=3),
    )
    turn = saved.turn(turn_id)
    assert [message.extra for message in turn.messages] == [{"persona": "poet"}] * 2
    assert saved.turns[1].answer.extra == {}


async def test_a_model_that_is_named_is_asked_in_its_place(bench):
    session = bench.session()
    bench.turns.start(session.id, "hi", model="openai/x", persona=POET)
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    assert (bench.provider.requests[0].model, bench.provider.requests[0].system) == ("x", "Rhyme.")
    assert bench.library.load(session.id).model == "openai/m"


async def test_another_answer_and_a_rest_are_its_too(bench):
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi", persona=POET)
    await bench.turns.wait(session.id)
    bench.turns.retry(session.id, turn_id, persona=POET)
    await bench.turns.wait(session.id)
    bench.turns.resume(session.id, turn_id, persona=POET)
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    assert {request.system for request in bench.provider.requests} == {"Rhyme."}
    turn = bench.library.load(session.id).turn(turn_id)
    assert turn.answer.extra == {"persona": "poet"}
