"""Budgets that stop: before anything is saved, over the limit by a nano-dollar, never where it costs nothing."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import pytest
from engine_bench import FixedPrices, OneProvider

from tui_sessions.engine.budgets import Budgets
from tui_sessions.engine.limits import Planned
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import BudgetError, ConfigError
from tui_sessions.model.budget import parse
from tui_sessions.model.message import Message
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Finished, Text

USD = 10**9
NOON = datetime(2026, 5, 15, 12, tzinfo=UTC)
PROMPT = "Why is the sky blue?"


class Till:
    """Prices that a test sets, by model; a dollar a token where it sets none."""

    def __init__(self) -> None:
        self.by_model: dict[str, int | None] = {}

    def cost(self, model, usage, at):
        if model in self.by_model:
            return self.by_model[model], None
        return (None, None) if usage is None else FixedPrices().cost(model, usage, at)


class Purse:
    """Budgets over the bench's library, and an engine that they stop."""

    def __init__(self, bench) -> None:
        self.bench, self.till, self.configured = bench, Till(), {}
        self.time = NOON
        self.budgets = Budgets(
            lambda: bench.library,
            lambda: self.till,
            lambda: self.configured,
            now=lambda: self.time,
            underway=lambda: self.turns.underway(),
        )
        registry = OneProvider(bench.provider)
        self.turns = Turns(
            bench.library,
            registry,
            self.till,
            now=lambda: self.time,
            limits=lambda: (self.budgets,),
        )

    def spends(self, nano: int | None, at: datetime = NOON, **meta) -> Session:
        """A session with one answer of that cost."""
        answer = Message(role="assistant", content="Yes.", timestamp=at, model="openai/m")
        asked = Message(role="user", content="So?", timestamp=at)
        turn = Turn(
            id="paid",
            messages=(asked, answer),
            usage=Usage(prompt_tokens=3, completion_tokens=2),
            cost=nano,
        )
        return self.bench.session(turns=(turn,), meta=Meta(**meta))

    def next_cost(self, session: Session) -> int:
        plan = Planned(session=session, turn=prompted(), model="openai/m")
        return self.budgets.estimated(plan).nanousd


def prompted(text: str = PROMPT) -> Turn:
    return Turn(id="next", messages=(Message(role="user", content=text),))


@pytest.fixture
def purse(bench) -> Purse:
    return Purse(bench)


def turns_of(purse, session) -> int:
    return len(purse.bench.library.load(session.id).turns)


async def test_over_a_limit_nothing_is_saved_or_sent(purse) -> None:
    session = purse.spends(USD)
    purse.configured = {"month": "1"}
    with pytest.raises(BudgetError) as told:
        purse.turns.start(session.id, PROMPT)
    assert turns_of(purse, session) == 1
    assert not purse.bench.provider.requests
    assert told.value.exit_code == 5
    assert told.value.reason.startswith("This month's budget would be passed: $1.00 of $1.00")
    assert 'budgets."month"' in str(told.value)
    assert "--over-budget" in str(told.value)


async def test_who_allows_it_is_answered_all_the_same(purse) -> None:
    session = purse.spends(USD)
    purse.configured = {"month": "1"}
    purse.turns.start(session.id, PROMPT, allow=("budget",))
    await purse.turns.wait(session.id)
    assert turns_of(purse, session) == 2


async def test_what_reaches_a_limit_to_the_nanodollar_is_sent_and_one_more_is_not(purse) -> None:
    session = purse.spends(USD)
    purse.till.by_model["openai/m"] = 7
    purse.configured = {"tag:x": "1.000000007", "day": "1.000000007"}
    purse.turns.start(session.id, PROMPT)
    await purse.turns.wait(session.id)
    purse.configured = {"day": "1.000000013"}
    with pytest.raises(BudgetError):
        purse.turns.retry(session.id, "paid")
    purse.configured = {"day": "1.000000014"}
    purse.turns.retry(session.id, "paid")
    await purse.turns.wait(session.id)


@pytest.mark.parametrize("action", ["start", "retry", "resume", "compare", "compare_again"])
async def test_whatever_asks_a_model_is_stopped(purse, action) -> None:
    session = purse.spends(USD, extra={"budget": 1})
    given = {
        "start": (PROMPT,),
        "retry": ("paid",),
        "resume": ("paid",),
        "compare": (PROMPT, ["openai/a", "openai/b"]),
        "compare_again": ("paid", ["openai/a"]),
    }[action]
    before = purse.bench.library.load(session.id)
    with pytest.raises(BudgetError, match="This session's budget"):
        getattr(purse.turns, action)(session.id, *given)
    assert purse.bench.library.load(session.id) == before
    getattr(purse.turns, action)(session.id, *given, allow=("budget",))
    await purse.turns.wait(session.id)


async def test_models_that_answer_at_once_are_counted_together(purse) -> None:
    session = purse.spends(0)
    purse.till.by_model = {f"openai/{name}": 3 for name in "abc"}
    purse.configured = {"provider:openai": "0.000000008"}
    purse.turns.compare(session.id, PROMPT, ["openai/a", "openai/b"])
    await purse.turns.wait(session.id)
    purse.configured = {"provider:openai": "0.000000014"}
    with pytest.raises(BudgetError):
        purse.turns.compare(session.id, PROMPT, ["openai/a", "openai/b", "openai/c"])


async def test_answers_that_are_coming_count_as_they_were_estimated(purse) -> None:
    gate = asyncio.Event()
    purse.bench.provider.script = (Text("Wait"), gate, Finished(finish="stop"))
    purse.till.by_model["openai/m"] = 4
    one, other = purse.spends(0), purse.spends(0)
    purse.configured = {"day": "0.000000007"}
    purse.turns.start(one.id, PROMPT)
    with pytest.raises(BudgetError, match="is on its way"):
        purse.turns.start(other.id, PROMPT)
    assert purse.budgets.standing(other)[0].coming.nanousd == 4
    gate.set()
    await purse.turns.wait(one.id)
    assert purse.budgets.standing(other)[0].coming.nanousd == 0


async def test_what_another_program_is_being_answered_counts_as_well(purse) -> None:
    purse.till.by_model["openai/m"] = 4
    one, other = purse.spends(0), purse.spends(0)
    purse.configured = {"day": "0.000000007"}
    journal = purse.bench.library.open_journal(one.id, "paid", model="openai/m")
    assert purse.budgets.standing(other)[0].coming.nanousd == 0  # Ours: the engine tells of it.
    (path,) = (purse.bench.library.root / ".tui-sessions" / "journal").iterdir()
    theirs = path.rename(path.with_name(f"1-{path.name.partition('-')[2]}"))
    assert purse.budgets.standing(other)[0].coming.nanousd == 4
    with pytest.raises(BudgetError, match="is on its way"):
        purse.turns.start(other.id, PROMPT)
    theirs.unlink()
    journal.close()
    assert purse.budgets.standing(other)[0].coming.nanousd == 0


async def test_a_journal_that_nobody_holds_or_can_read_is_on_nobodys_way(purse) -> None:
    session = purse.spends(0)
    purse.configured = {"day": "1"}
    folder = purse.bench.library.root / ".tui-sessions" / "journal"
    journal = purse.bench.library.open_journal(session.id, "gone", model="openai/m")
    (path,) = folder.iterdir()
    path.rename(path.with_name("1-a.journal"))
    (folder / "1-b.journal").write_bytes(b"no journal")
    (folder / "1-c.journal").symlink_to("1-a.journal")
    assert purse.budgets.standing(session)[0].coming == Cost()
    journal.close()


async def test_what_costs_nothing_is_never_refused(purse) -> None:
    session = purse.spends(5 * USD)
    purse.till.by_model["openai/m"] = 0
    purse.configured = {"day": "0", "month": "1", "session": "2"}
    purse.turns.start(session.id, PROMPT)
    await purse.turns.wait(session.id)


async def test_with_a_budget_of_nothing_whatever_costs_is_refused(purse) -> None:
    session = purse.bench.session(meta=Meta(extra={"budget": 0}))
    with pytest.raises(BudgetError, match=r"\$0 of \$0 is spent"):
        purse.turns.start(session.id, PROMPT)


async def test_an_unknown_price_stops_only_where_nothing_is_left(purse) -> None:
    purse.till.by_model["openai/m"] = None
    purse.configured = {"session": "1"}
    session = purse.spends(USD - 1)
    purse.turns.start(session.id, PROMPT)
    await purse.turns.wait(session.id)
    used_up = purse.spends(USD)
    with pytest.raises(BudgetError, match="nobody knows what this would add"):
        purse.turns.start(used_up.id, PROMPT)


async def test_a_soft_limit_stops_nothing(purse) -> None:
    session = purse.spends(3 * USD)
    purse.configured = {"day": "soft 1", "month": "100, soft 2"}
    purse.turns.start(session.id, PROMPT)
    await purse.turns.wait(session.id)
    assert all(found.is_soft_passed for found in purse.budgets.standing(session))


async def test_unpriced_answers_are_said_and_not_counted(purse) -> None:
    purse.configured = {"project:soup": "1"}
    purse.spends(None, project="Soup")
    session = purse.spends(USD, project="soup")
    with pytest.raises(BudgetError, match=r"\$1\.00 \+ 1 unpriced of \$1\.00 is spent"):
        purse.turns.start(session.id, PROMPT)


async def test_a_session_outside_of_the_scope_is_not_stopped(purse) -> None:
    purse.configured = {
        "tag:soup": "0",
        "project:soup": "0",
        "folder:soup": "0",
        "provider:soup": "0",
    }
    session = purse.spends(USD, tags=("stew",))
    purse.turns.start(session.id, PROMPT)
    await purse.turns.wait(session.id)


async def test_the_nearest_to_its_end_is_told_and_the_others_named(purse) -> None:
    session = purse.spends(USD, tags=("soup",))
    purse.configured = {"month": "1", "tag:soup": "0.5"}
    with pytest.raises(BudgetError) as told:
        purse.turns.start(session.id, PROMPT)
    assert told.value.reason.startswith("The budget of #soup would be passed: $1.00 of $0.50")
    assert told.value.reason.endswith("So would this month's budget.")


async def test_a_budget_that_cannot_be_read_stops_too_and_is_named(purse) -> None:
    session = purse.spends(0)
    purse.configured = {"month": "much"}
    with pytest.raises(ConfigError, match=r'budgets\."month"'):
        purse.turns.start(session.id, PROMPT)
    assert turns_of(purse, session) == 1


def test_the_own_budget_takes_the_place_of_the_one_for_each_session(purse) -> None:
    purse.configured = {"session": "1", "session/day": "9"}
    own = purse.spends(USD, extra={"budget": 5})
    assert [found.hard for found in purse.budgets.standing(own)] == [5 * USD, 9 * USD]
    assert [found.hard for found in purse.budgets.standing(purse.spends(1))] == [USD, 9 * USD]


def test_only_what_concerns_a_session_stands_there(purse) -> None:
    purse.configured = {"provider:openai": "1", "provider:groq": "1", "tag:x": "1", "folder:w": "1"}
    session = purse.spends(0, tags=("X",))
    scopes = [found.budget.scope for found in purse.budgets.standing(session)]
    assert scopes == ["provider:openai", "tag:x"]
    elsewhere = purse.budgets.standing(session, folder="w/x", model="groq/m")
    assert [found.budget.scope for found in elsewhere] == ["provider:groq", "tag:x", "folder:w"]


def test_a_day_and_a_month_begin_anew(purse) -> None:
    purse.configured = {"day": "10", "month": "10", "session/day": "10"}
    session = purse.spends(USD, at=datetime(2026, 5, 30, 12, tzinfo=UTC))
    spent = {}
    for day, month in ((30, 5), (31, 5), (1, 6)):
        purse.time = datetime(2026, month, day, 12, tzinfo=UTC)
        spent[day] = [found.spent.nanousd for found in purse.budgets.standing(session)]
    assert spent == {30: [USD, USD, USD], 31: [0, USD, 0], 1: [0, 0, 0]}


def test_a_continued_answer_is_estimated_with_what_it_has_said(purse) -> None:
    answer = Message(role="assistant", content="word " * 500)
    turn = Turn(id="t", messages=(Message(role="user", content=PROMPT), answer))
    session = purse.bench.session(turns=(turn,))
    plan = Planned(session=session, turn=turn, model="openai/m")
    rest = Planned(session=session, turn=turn, model="openai/m", is_rest=True)
    again, more = (purse.budgets.estimated(p).nanousd for p in (plan, rest))
    assert again < more


def test_without_any_budget_nothing_is_counted(bench, monkeypatch) -> None:
    def never():
        raise AssertionError("nobody asked for this")

    budgets = Budgets(never, never, dict, now=never, underway=never)
    monkeypatch.delitem(sys.modules, "tui_sessions.model.budget")
    session = bench.session()
    budgets.check([Planned(session=session, turn=prompted(), model="openai/m")])
    assert budgets.standing(session) == ()
    assert "tui_sessions.model.budget" not in sys.modules


def test_all_that_is_configured_can_be_listed(purse) -> None:
    purse.configured = {"month": "10", "session": "1", "tag:x/month": "soft 2"}
    purse.spends(USD, tags=("x",))
    found = {one.budget.scope: one.spent.nanousd for one in purse.budgets.every()}
    assert found == {"month": USD, "tag:x/month": USD}
    assert purse.budgets.for_sessions() == (parse("session", "1"),)
