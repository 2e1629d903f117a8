"""Listeners that fail, sessions that vanish, disks that refuse: the answer outlives them all."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest
from other_program import OtherProgram

from tui_sessions.engine.events import AnswerRescued, TextArrived, TurnEnded
from tui_sessions.engine.limits import Planned
from tui_sessions.errors import AnsweredElsewhereError, StoreError
from tui_sessions.providers.base import Finished, Text


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


def refuse(monkeypatch, bench, error=None):
    def full(*_):
        raise error or StoreError("The disk is full.")

    monkeypatch.setattr(bench.library, "update", full)


@pytest.mark.parametrize("kind", [TextArrived, TurnEnded])
async def test_a_listener_that_fails_keeps_no_answer_from_its_save(bench, kind):
    heard = []

    def fail(event):
        assert not isinstance(event, kind), "a listener's own mistake"

    bench.turns.subscribe(fail)
    bench.turns.subscribe(heard.append)
    session = bench.session()
    turn_id = bench.turns.start(session.id, "hi")
    await bench.turns.wait(session.id)
    await bench.turns.aclose()
    assert bench.library.load(session.id).turn(turn_id).answer.text == "Hello world."
    assert any(isinstance(event, TurnEnded) for event in heard)


async def test_the_journal_is_there_before_start_returns(bench):
    session = bench.session()
    bench.turns.start(session.id, "hi")
    journals = bench.library.root / ".tui-sessions" / "journal"
    assert len(list(journals.glob("*.journal"))) == 1
    await bench.turns.aclose()
    assert not list(journals.iterdir())


async def test_a_kill_while_an_answer_is_saved_costs_no_word_of_it(bench, monkeypatch):
    kept = []
    update = bench.library.update

    def look(*given):
        for path in (bench.library.root / ".tui-sessions" / "journal").glob("*.journal"):
            records = map(record_of, path.read_bytes().splitlines())
            kept.append("".join(record.get("t", "") for record in records))
        return update(*given)

    session = bench.session()
    bench.turns.start(session.id, "hi")
    monkeypatch.setattr(bench.library, "update", look)
    await bench.turns.wait(session.id)
    assert kept[0] == "Hello world."


def record_of(line):
    return json.loads(line.partition(b" ")[2])


async def test_an_answer_to_a_session_in_the_trash_is_saved_there(bench):
    session = bench.session()
    gate = asyncio.Event()
    bench.provider.script = (Text("Hello "), gate, Text("world."), Finished(finish="stop"))
    bench.turns.start(session.id, "hi")
    await until(lambda: bench.of(TextArrived))
    bench.library.delete(session.id)
    gate.set()
    await bench.turns.wait(session.id)
    (rescued,) = bench.of(AnswerRescued)
    assert "trash" in rescued.sentence
    (ended,) = bench.of(TurnEnded)
    assert ended.save_error is None
    bench.library.undelete(session.id)
    (turn,) = bench.library.load(session.id).turns
    assert turn.answer.text == "Hello world."
    assert not list((bench.library.root / ".tui-sessions" / "journal").iterdir())


async def test_an_answer_to_a_session_that_is_gone_makes_a_new_one(bench):
    session = bench.session(title="Soup")
    gate = asyncio.Event()
    bench.provider.script = (Text("Hello "), gate, Text("world."), Finished(finish="stop"))
    bench.turns.start(session.id, "hi")
    await until(lambda: bench.of(TextArrived))
    bench.library.path(session.id).unlink()
    gate.set()
    await bench.turns.wait(session.id)
    assert len(bench.of(AnswerRescued)) == 1
    (row,) = bench.library.rows()
    kept = bench.library.load(row.id)
    assert kept.title == "Soup (recovered)"
    assert [message.text for message in kept.turns[0].messages] == ["hi", "Hello world."]


async def test_a_save_that_was_made_although_it_was_refused_is_not_made_twice(bench, monkeypatch):
    session = bench.session()
    update = bench.library.update

    def made_and_refused(session_id, change):
        update(session_id, change)
        raise StoreError("The folder could not be synced.")

    gate = asyncio.Event()
    bench.provider.script = (Text("Hello"), gate, Finished(finish="stop"))
    bench.turns.start(session.id, "hi")
    await until(lambda: bench.of(TextArrived))
    monkeypatch.setattr(bench.library, "update", made_and_refused)
    gate.set()
    await bench.turns.wait(session.id)
    monkeypatch.setattr(bench.library, "update", update)
    assert bench.turns.unsaved_ids() == {session.id}
    bench.turns.save_again()
    (turn,) = bench.library.load(session.id).turns
    assert turn.alternatives == ()
    assert turn.answer.text == "Hello"


async def test_the_whole_session_is_known_while_its_file_cannot_be_read(bench, monkeypatch):
    session = bench.session(title="Soup")
    gate = asyncio.Event()
    bench.provider.script = (Text("Hello"), gate, Finished(finish="stop"))
    bench.turns.start(session.id, "hi")
    await until(lambda: bench.of(TextArrived))
    refuse(monkeypatch, bench)
    monkeypatch.setattr(bench.library, "load", lambda _: (_ for _ in ()).throw(StoreError("EIO")))
    gate.set()
    await bench.turns.wait(session.id)
    whole = bench.turns.whole_unsaved(session.id)
    assert whole.title == "Soup"
    assert [message.text for message in whole.turns[0].messages] == ["hi", "Hello"]


async def test_a_session_that_another_program_answers_is_not_asked(bench):
    session = bench.session()
    program = OtherProgram(bench.library.root, session.id)
    try:
        with pytest.raises(AnsweredElsewhereError, match="another window"):
            bench.turns.start(session.id, "mine")
        assert bench.turns.is_answered_elsewhere(session.id)
        program.kill()
        bench.library.recover()
        bench.turns.start(session.id, "mine")
        await bench.turns.aclose()
    finally:
        program.close()
    assert [turn.prompt.text for turn in bench.library.load(session.id).turns] == ["Theirs", "mine"]


_ASKS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.errors import ConflictError
from tui_sessions.store import locks
from tui_sessions.store.library import Library

locks.TIMEOUT_S = 0.1
library = Library.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))
library._locks._timeout_s = 0.1
try:
    with library.elsewhere.asking("another-session", is_shared=True):
        print("asked")
except ConflictError:
    print("refused")
"""


def other_asks(root):
    """What came of another program that asks in the same library."""
    command = [sys.executable, "-c", _ASKS, str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Watchful:
    """A budget over many sessions, that looks what another program may do while it counts."""

    name = "budget"
    is_shared = True

    def __init__(self, root):
        self.root = root
        self.seen = ""

    def check(self, planned: list[Planned]) -> None:
        self.seen = other_asks(self.root)


async def test_no_other_program_asks_while_a_budget_is_counted(bench):
    session = bench.session()
    watchful = Watchful(bench.library.root)
    bench.turns._limits = lambda: (watchful,)
    bench.turns.start(session.id, "hi")
    await bench.turns.aclose()
    assert watchful.seen == "refused"
    assert other_asks(bench.library.root) == "asked"
