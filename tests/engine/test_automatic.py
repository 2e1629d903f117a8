"""Titles and tags by a model: once, beside everything else, paid for and counted."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from engine_bench import Bench, FixedPrices, OneProvider

from tui_sessions.config.schema import AutomaticConfig
from tui_sessions.engine.automatic import Automatic
from tui_sessions.engine.limits import Planned
from tui_sessions.errors import BudgetError, ConfigError, ProviderError, UsageError
from tui_sessions.model.edits import retitle
from tui_sessions.model.housekeeping import calls
from tui_sessions.model.session import Meta
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Counted, Finished, Text

ANSWER = (
    Text('{"title": "Greeting the world", "tags": ["greetings", "tests"]}'),
    Finished(finish="stop", usage=Usage(prompt_tokens=50, completion_tokens=10)),
)
COST = 1000 * 50 + 2000 * 10


class Refusing:
    name = "budget"

    def check(self, planned: list[Planned]) -> None:
        raise BudgetError("Over it.")


class Unreadable(FixedPrices):
    def cost(self, model: str, usage: Usage | None, at: Any) -> Any:
        raise ConfigError("prices.toml cannot be read.")


class Held(FixedPrices):
    """Whose table takes its time."""

    def __init__(self) -> None:
        self.is_asked, self.gate = threading.Event(), threading.Event()

    def cost(self, model: str, usage: Usage | None, at: Any) -> Any:
        self.is_asked.set()
        self.gate.wait(30)
        return super().cost(model, usage, at)


def automatic(
    bench: Bench, *limits: Any, prices: FixedPrices | None = None, **config: Any
) -> Automatic:
    wanted = {"titles": True, "tags": True, "model": "openai/cheap", **config}
    bench.provider.scripts.setdefault("cheap", ANSWER)
    found = Automatic(
        bench.library,
        OneProvider(bench.provider),
        prices or FixedPrices(),
        now=bench.now,
        config=lambda: AutomaticConfig(**wanted),
        announce=bench.turns.announce,
        limits=limits,
    )
    bench.turns.subscribe(found.hear)
    return found


async def answered(bench: Bench, naming: Automatic, session_id: str, prompt: str = "Hi") -> Any:
    bench.turns.start(session_id, prompt)
    await bench.turns.wait(session_id)
    await naming.wait()
    return bench.library.load(session_id)


def asked_cheaply(bench: Bench) -> int:
    return sum(request.model == "cheap" for request in bench.provider.requests)


async def test_the_first_whole_answer_brings_title_and_tags_in_one_call(bench: Bench) -> None:
    naming, session = automatic(bench), bench.session()
    after = await answered(bench, naming, session.id)
    assert (after.title, after.meta.tags) == ("Greeting the world", ("greetings", "tests"))
    (call,) = calls(after)
    assert (call.kind, call.model, call.cost) == ("title", "openai/cheap", COST)
    assert after.cost.nanousd == COST + 1000 * 5 + 2000 * 2
    await answered(bench, naming, session.id, "More")
    assert asked_cheaply(bench) == 1


async def test_undoing_takes_the_title_back_and_not_what_it_cost(bench: Bench) -> None:
    naming, session = automatic(bench), bench.session()
    await answered(bench, naming, session.id)
    bench.library.history.undo()
    after = bench.library.load(session.id)
    assert (after.title, after.meta.tags, len(calls(after))) == (None, (), 1)


async def test_a_title_that_is_there_or_given_meanwhile_stays(bench: Bench) -> None:
    naming, session = automatic(bench), bench.session(title="Mine", meta=Meta(tags=("a",)))
    after = await answered(bench, naming, session.id)
    assert (after.title, after.meta.tags, asked_cheaply(bench)) == ("Mine", ("a",), 0)
    gate = asyncio.Event()
    bench.provider.scripts["cheap"] = (gate, *ANSWER)
    other = bench.session()
    bench.turns.start(other.id, "Hi")
    await bench.turns.wait(other.id)
    bench.library.update(other.id, retitle("Named by hand"))
    gate.set()
    await naming.wait()
    after = bench.library.load(other.id)
    assert (after.title, after.meta.tags) == ("Named by hand", ("greetings", "tests"))


@pytest.mark.parametrize("config", [{"model": ""}, {"titles": False, "tags": False}])
async def test_nothing_is_asked_where_nobody_wants_it(bench: Bench, config: dict[str, Any]) -> None:
    naming, session = automatic(bench, **config), bench.session()
    await answered(bench, naming, session.id)
    assert len(bench.provider.requests) == 1


async def test_a_failure_is_quiet_and_is_not_repeated(bench: Bench) -> None:
    bench.provider.scripts["cheap"] = (ProviderError("No.", kind="server"),)
    naming, session = automatic(bench), bench.session()
    after = await answered(bench, naming, session.id)
    assert (after.title, calls(after)) == (None, ())
    await answered(bench, naming, session.id, "Again")
    assert asked_cheaply(bench) == 1


async def test_a_call_that_fails_after_it_was_counted_is_noted(bench: Bench) -> None:
    counted = Counted(Usage(prompt_tokens=50), cost=7)
    bench.provider.scripts["cheap"] = (counted, ProviderError("No.", kind="cut"))
    naming, session = automatic(bench), bench.session()
    after = await answered(bench, naming, session.id)
    assert [call.cost for call in calls(after)] == [7]
    assert after.title is None


async def test_a_price_file_that_cannot_be_read_hides_no_call(bench: Bench) -> None:
    naming, session = automatic(bench, prices=Unreadable()), bench.session()
    after = await answered(bench, naming, session.id)
    assert [(call.cost, call.usage) for call in calls(after)] == [(None, ANSWER[1].usage)]
    assert after.title == "Greeting the world"


async def test_who_leaves_while_a_price_is_looked_up_has_paid_all_the_same(bench: Bench) -> None:
    prices = Held()
    naming, session = automatic(bench, prices=prices), bench.session()
    bench.turns.start(session.id, "Hi")
    await bench.turns.wait(session.id)
    assert await asyncio.to_thread(prices.is_asked.wait, 30)
    await naming.aclose()
    prices.gate.set()
    assert [call.usage for call in calls(bench.library.load(session.id))] == [ANSWER[1].usage]


async def test_over_the_budget_nothing_is_asked(bench: Bench) -> None:
    naming, session = automatic(bench, Refusing()), bench.session()
    after = await answered(bench, naming, session.id)
    assert (after.title, asked_cheaply(bench)) == (None, 0)
    with pytest.raises(BudgetError):
        await naming.propose(session.id, title=True, tags=False)


async def test_a_cut_answer_is_no_first_answer(bench: Bench) -> None:
    naming, session = automatic(bench), bench.session()
    bench.provider.script = (Text("Hel"), ProviderError("No.", kind="cut"))
    await answered(bench, naming, session.id)
    assert asked_cheaply(bench) == 0


async def test_leaving_does_not_wait_for_a_title(bench: Bench) -> None:
    bench.provider.scripts["cheap"] = (asyncio.Event(), *ANSWER)
    naming, session = automatic(bench), bench.session()
    bench.turns.start(session.id, "Hi")
    await bench.turns.wait(session.id)
    await naming.aclose()
    assert bench.library.load(session.id).title is None


async def test_by_hand_it_proposes_and_changes_nothing(bench: Bench) -> None:
    naming, session = automatic(bench, model="", titles=False), bench.session()
    bench.provider.scripts["m"] = ANSWER
    with pytest.raises(UsageError, match="Nothing was said"):
        await naming.propose(session.id, title=True, tags=False)
    await answered(bench, naming, session.id)
    proposal = await naming.propose(session.id, title=False, tags=True)
    assert (proposal.tags, proposal.model, proposal.cost) == (
        ("greetings", "tests"),
        "openai/m",
        COST,
    )
    assert bench.library.load(session.id).meta.tags == ()
    naming.add_tags(session.id, proposal)
    after = bench.library.load(session.id)
    assert after.meta.tags == ("greetings", "tests")
    assert [call.kind for call in calls(after)] == ["tags"]


async def test_an_answer_without_a_title_is_an_error_that_was_paid_for(bench: Bench) -> None:
    naming, session = automatic(bench, titles=False, tags=False), bench.session()
    await answered(bench, naming, session.id)
    bench.provider.scripts["cheap"] = (Text("Sorry."), ANSWER[1])
    with pytest.raises(ProviderError, match="gave no title"):
        await naming.propose(session.id, title=True, tags=False)
    assert len(calls(bench.library.load(session.id))) == 1
