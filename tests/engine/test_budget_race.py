"""Two programs that ask at the same moment do not spend the same dollar."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

from tui_sessions.model.session import Session
from tui_sessions.store.library import Library

_PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = sys.argv[3:]
from engine_bench import FixedPrices, OneProvider, Scripted
from tui_sessions.engine.budgets import Budgets
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import BudgetError
from tui_sessions.providers.base import Finished, Text
from tui_sessions.store.library import Library

now = lambda: datetime.now(UTC)

async def main():
    library = Library.open(Path(sys.argv[1]), now=now)
    provider, gate = Scripted(), asyncio.Event()
    provider.script = (Text("x"), gate, Finished(finish="stop"))
    turns = None
    budgets = Budgets(
        lambda: library, lambda: FixedPrices(), lambda: {"day": "0.0012"}, now=now,
        underway=lambda: turns.underway(),
    )
    turns = Turns(library, OneProvider(provider), FixedPrices(), now=now, limits=lambda: (budgets,))
    library.refresh()
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        turns.start(sys.argv[2], "word " * 100)
        print("asked", flush=True)
    except BudgetError:
        print("refused", flush=True)
    sys.stdin.readline()
    gate.set()
    await turns.aclose()

asyncio.run(main())
"""


# One answer is estimated at 0.0009 dollars: two are more than the day may cost.


def test_of_two_programs_at_the_edge_of_a_budget_one_asks(tmp_path, request):
    library = Library.open(tmp_path, now=lambda: datetime.now(UTC))
    for name in ("one", "two"):
        library.create(Session(id=name, model="openai/m"))
    paths = [str(request.path.parent)]
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(tmp_path), name, *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    try:
        for program in programs:
            assert program.stdout.readline() == "ready\n"
        for program in programs:
            program.stdin.write("go\n")
            program.stdin.flush()
        said = sorted(program.stdout.readline().strip() for program in programs)
    finally:
        for program in programs:
            program.communicate("end\n")
    assert said == ["asked", "refused"]
