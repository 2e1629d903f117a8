"""Prompts that wait: sent in order, after good ends only, by one program only, and never forgotten."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui_sessions.config.personas import PersonaFile
from tui_sessions.config.queue_file import QueueFile
from tui_sessions.engine.events import QueueChanged, TextArrived, TurnEnded
from tui_sessions.engine.queue import PromptQueue
from tui_sessions.errors import BudgetError, NotFoundError, ProviderError, StoreError
from tui_sessions.model.message import Part
from tui_sessions.providers.base import Finished, Text

HANG = (Text("half"), asyncio.Event())
GOOD = (Text("Fine."), Finished(finish="stop"))


@pytest.fixture
def made(bench, tmp_path):
    """`made()` is the queue of a program; made anew it is that of the next one."""
    queues = []

    def make(other=bench):
        personas = PersonaFile(tmp_path / "personas.toml")
        file = QueueFile(tmp_path / "state" / "queue", other.library.root)
        queues.append(PromptQueue(other.turns, other.library, file, persona=personas.get))
        return queues[-1]

    yield make
    for queue in queues:
        queue.close()


@pytest.fixture
async def gated(bench):
    """A session whose first answer ends when the gate opens."""
    gate = asyncio.Event()
    bench.provider.script = (gate, *GOOD)
    session = bench.session()
    bench.turns.start(session.id, "first")
    return session.id, gate


def texts(queue, session_id):
    return [queued.text for queued in queue.waiting(session_id)]


def prompts(bench, session_id):
    return [turn.prompt.text for turn in bench.library.load(session_id).turns]


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


async def quiet(bench):
    """Nothing more is sent by itself."""
    for _ in range(20):
        await asyncio.sleep(0)
    assert bench.turns.running_ids() == frozenset()


async def test_prompts_are_sent_one_after_the_other_in_their_order(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")
    queue.add(session_id, "third", model="openai/x")
    assert texts(queue, session_id) == ["second", "third"]
    assert queue.all_ids() == {session_id}
    gate.set()
    await until(lambda: len(bench.of(TurnEnded)) == 3)
    await quiet(bench)
    assert prompts(bench, session_id) == ["first", "second", "third"]
    assert [request.model for request in bench.provider.requests] == ["m", "m", "x"]
    assert queue.all_ids() == frozenset()
    assert bench.of(QueueChanged)[-1].session_id == session_id


async def test_the_next_one_is_sent_with_the_answer_before_it(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")
    gate.set()
    await until(lambda: len(bench.of(TurnEnded)) == 2)
    sent = [message.content for message in bench.provider.requests[1].messages]
    assert sent == ["first", "Fine.", "second"]


async def test_where_nothing_is_answered_it_is_sent_at_once(bench, made):
    session, queue = bench.session(), made()
    queue.add(session.id, "now")
    await until(lambda: bench.of(TurnEnded))
    assert prompts(bench, session.id) == ["now"]


@pytest.mark.parametrize(
    "ending",
    [
        (ProviderError("No.", kind="server"),),
        (Text("x"), ProviderError("cut", kind="cut")),
        (Text("x"), Finished(finish="filter")),
    ],
)
async def test_after_a_bad_end_they_are_held_until_somebody_says_so(bench, made, ending):
    gate = asyncio.Event()
    bench.provider.script = (gate, *ending)
    session, queue = bench.session(), made()
    bench.turns.start(session.id, "first")
    queue.add(session.id, "second")
    gate.set()
    await until(lambda: queue.is_held(session.id))
    await quiet(bench)
    assert texts(queue, session.id) == ["second"]
    bench.provider.script = GOOD
    queue.go_on(session.id)
    await until(lambda: len(bench.of(TurnEnded)) == 2)
    assert prompts(bench, session.id) == ["first", "second"]
    assert not queue.is_held(session.id)


async def test_after_a_stop_they_are_held_and_what_is_added_waits_with_them(bench, made, gated):
    (session_id, _), queue = gated, made()
    queue.add(session_id, "second")
    bench.turns.stop(session_id)
    await until(lambda: queue.is_held(session_id))
    queue.add(session_id, "third")
    await quiet(bench)
    assert texts(queue, session_id) == ["second", "third"]


async def test_an_answer_that_could_not_be_saved_holds_them(bench, made, gated, monkeypatch):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")

    def full(*_):
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(bench.library, "update", full)
        gate.set()
        await until(lambda: queue.is_held(session_id))
        with pytest.raises(StoreError, match="full"):
            queue.go_on(session_id)
        assert queue.is_held(session_id)
    queue.go_on(session_id)
    await until(lambda: len(bench.of(TurnEnded)) == 2)
    assert [len(turn.messages) for turn in bench.library.load(session_id).turns] == [2, 2]


async def test_several_answers_have_all_to_end_before_the_next_is_sent(bench, made):
    gate = asyncio.Event()
    bench.provider.scripts = {"a": GOOD, "b": (gate, ProviderError("No.", kind="server"))}
    session, queue = bench.session(), made()
    bench.turns.compare(session.id, "first", ["openai/a", "openai/b"])
    queue.add(session.id, "second")
    await until(lambda: bench.of(TurnEnded))
    await asyncio.sleep(0)
    assert texts(queue, session.id) == ["second"]
    gate.set()
    await until(lambda: len(bench.of(TurnEnded)) == 3)
    assert prompts(bench, session.id) == ["first", "second"]


async def test_one_of_several_that_was_stopped_holds_them(bench, made):
    bench.provider.scripts = {"a": GOOD, "b": HANG}
    session, queue = bench.session(), made()
    bench.turns.compare(session.id, "first", ["openai/a", "openai/b"])
    queue.add(session.id, "second")
    await until(lambda: bench.of(TurnEnded) and len(bench.of(TextArrived)) == 2)
    bench.turns.stop(session.id)
    await until(lambda: queue.is_held(session.id))


async def test_a_prompt_that_cannot_be_sent_stays_and_the_reason_is_told(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second", model="nobody/x")
    gate.set()
    await until(lambda: queue.is_held(session_id))
    assert "nobody" in bench.of(QueueChanged)[-1].problem
    with pytest.raises(ProviderError, match="nobody"):
        queue.go_on(session_id)
    assert texts(queue, session_id) == ["second"]
    assert queue.is_held(session_id)


async def test_one_can_be_taken_out_once(bench, made, gated):
    (session_id, _), queue = gated, made()
    queue.add(session_id, "second")
    third = queue.add(session_id, "third")
    assert queue.take(session_id, third.id) == third
    assert texts(queue, session_id) == ["second"]
    for action in (queue.take, queue.send_first):
        with pytest.raises(NotFoundError, match="does not wait"):
            action(session_id, third.id)
    await bench.turns.aclose()


async def test_one_can_be_put_before_the_others(bench, made, gated):
    (session_id, _), queue = gated, made()
    queue.add(session_id, "second")
    assert not queue.send_first(session_id, queue.add(session_id, "third").id)
    assert texts(queue, session_id) == ["third", "second"]
    await bench.turns.aclose()


async def test_of_those_that_are_held_one_alone_can_be_sent(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")
    third = queue.add(session_id, "third")
    bench.turns.stop(session_id)
    await until(lambda: queue.is_held(session_id))
    await until(lambda: not bench.turns.running_ids())
    gate.set()
    assert queue.send_first(session_id, third.id)
    await bench.turns.wait(session_id)
    await quiet(bench)
    assert prompts(bench, session_id) == ["first", "third"]
    assert (texts(queue, session_id), queue.is_held(session_id)) == (["second"], True)


async def test_one_that_cannot_be_sent_first_is_not_lost(bench, made):
    session, queue = bench.session(), made()
    lost = queue.add(session.id, "Hello", persona="nobody")
    await until(lambda: queue.is_held(session.id))
    with pytest.raises(NotFoundError, match="no persona"):
        queue.send_first(session.id, lost.id)
    assert (texts(queue, session.id), queue.is_held(session.id)) == (["Hello"], True)


async def test_a_prompt_that_the_disk_refuses_does_not_wait(bench, made, gated, tmp_path):
    session_id, _ = gated
    (tmp_path / "state").write_text("")
    queue = made()
    with pytest.raises(StoreError, match="could not be put into the queue"):
        queue.add(session_id, "second")
    assert texts(queue, session_id) == []
    await bench.turns.aclose()


async def test_after_a_restart_they_are_there_in_their_order_and_held(bench, made, gated):
    (session_id, gate), queue = gated, made()
    part = Part(
        kind="file", extra={"name": "a", "mime": "text/plain", "sha256": "0" * 64, "size": 1}
    )
    first = queue.add(session_id, "one \ud83d", attachments=(part,), model="openai/x", persona="p")
    second = queue.add(session_id, "two")
    gate.set()
    queue.close()
    again = made()
    assert again.waiting(session_id) == (first, second)
    assert again.is_held(session_id)
    await until(lambda: bench.of(TurnEnded))
    await quiet(bench)
    assert prompts(bench, session_id) == ["first"]


async def test_quitting_sends_nothing_and_leaves_them(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")
    gate.set()
    queue.close()
    await bench.turns.aclose()
    await quiet(bench)
    assert prompts(bench, session_id) == ["first"]
    assert texts(made(), session_id) == ["second"]


async def test_a_prompt_that_was_sent_when_the_program_died_is_not_sent_again(bench, made, gated):
    (session_id, gate), queue = gated, made()
    queued = queue.add(session_id, "second")
    queue.close()
    gate.set()
    await bench.turns.wait(session_id)
    # It got as far as this, and no further.
    bench.turns.start(session_id, queued.text, turn_id=queued.id)
    await bench.turns.wait(session_id)
    again = made()
    again.add(session_id, "third")
    again.go_on(session_id)
    await until(lambda: len(bench.of(TurnEnded)) == 3)
    assert prompts(bench, session_id) == ["first", "second", "third"]
    assert again.all_ids() == frozenset()


async def test_of_two_programs_on_one_library_only_one_has_a_prompt(bench, made, gated, tmp_path):
    (session_id, gate), queue = gated, made()
    queue.add(session_id, "second")
    other = made()
    assert other.all_ids() == frozenset()
    gate.set()
    await until(lambda: len(bench.of(TurnEnded)) == 2)
    assert prompts(bench, session_id) == ["first", "second"]


async def test_a_persona_of_the_queue_answers_its_prompt(bench, made, gated, tmp_path):
    (session_id, gate), queue = gated, made()
    (tmp_path / "personas.toml").write_text("[poet]\nmodel = 'openai/p'\nsystem = 'Rhyme.'\n")
    queue.add(session_id, "second", persona="poet")
    queue.add(session_id, "third", persona="port")
    gate.set()
    await until(lambda: queue.is_held(session_id))
    assert bench.provider.requests[-1].system == "Rhyme."
    assert "Did you mean poet?" in bench.of(QueueChanged)[-1].problem
    assert texts(queue, session_id) == ["third"]


async def test_a_session_that_is_gone_holds_what_waits_for_it(bench, made):
    session, queue = bench.session(), made()
    bench.library.delete(session.id)
    queue.add(session.id, "late")
    await until(lambda: queue.is_held(session.id))
    assert texts(queue, session.id) == ["late"]


def test_the_prompts_of_a_killed_program_wait_in_the_next(tmp_path, bench, made):
    script = """
import sys
from pathlib import Path
from tui_sessions.config.queue_file import QueueFile
file = QueueFile(Path(sys.argv[1]), Path(sys.argv[2]))
file.write([{"id": "q", "session_id": "s", "text": "waits"}])
print("written", flush=True)
sys.stdin.read()
"""
    folder = tmp_path / "state" / "queue"
    arguments = [sys.executable, "-c", script, str(folder), str(bench.library.root)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout.readline() == b"written\n"
        assert made().all_ids() == frozenset()
        program.send_signal(signal.SIGKILL)
        program.wait()
    assert texts(made(), "s") == ["waits"]
    assert len(list(Path(folder).iterdir())) == 1


async def test_one_that_would_pass_a_budget_is_held_with_the_reason(bench, tmp_path):
    class Limit:
        name = "budget"

        def check(self, planned):
            if planned[0].turn.prompt.text != "first":
                raise BudgetError("Today's budget would be passed. Raise it.", reason="Too dear.")

    bench.turns._limits = lambda: (Limit(),)
    personas = PersonaFile(tmp_path / "personas.toml")
    file = QueueFile(tmp_path / "state" / "queue", bench.library.root)
    queue = PromptQueue(bench.turns, bench.library, file, persona=personas.get)
    gate = asyncio.Event()
    bench.provider.script = (gate, *GOOD)
    session = bench.session()
    bench.turns.start(session.id, "first")
    queue.add(session.id, "second")
    queue.add(session.id, "third")
    gate.set()
    await until(lambda: queue.is_held(session.id))
    assert queue.is_over_budget(session.id)
    assert [event.problem for event in bench.of(QueueChanged)][-1] == "Too dear."
    with pytest.raises(BudgetError):
        queue.go_on(session.id)
    assert texts(queue, session.id) == ["second", "third"]
    assert queue.is_over_budget(session.id)
    # Whoever goes on over the budget does so for the next one alone.
    queue.go_on(session.id, allow=("budget",))
    assert not queue.is_over_budget(session.id)
    await until(lambda: queue.is_held(session.id))
    await quiet(bench)
    assert prompts(bench, session.id) == ["first", "second"]
    assert queue.send_first(session.id, queue.waiting(session.id)[0].id, allow=("budget",))
    await bench.turns.wait(session.id)
    assert prompts(bench, session.id) == ["first", "second", "third"]
    queue.close()
