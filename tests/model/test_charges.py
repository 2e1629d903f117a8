"""What counts as an answer that was paid for, and what it cost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tui_sessions.model.answers import finish_answer, set_aside, step_answer
from tui_sessions.model.charges import charges, turn_cost
from tui_sessions.model.display import shown_cost
from tui_sessions.model.housekeeping import calls
from tui_sessions.model.message import Message
from tui_sessions.model.messages import delete_message
from tui_sessions.model.money import Cost, Price
from tui_sessions.model.session import Session, branched
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ASKED, SAID = NOW.replace(hour=7), NOW.replace(hour=8)
PRICE = Price(source="test")
USED = Usage(prompt_tokens=5, completion_tokens=2)


def prompt() -> Message:
    return Message(role="user", content="why?", timestamp=ASKED, extra={"persona": "Ada"})


def answer(text: str = "because", **fields: Any) -> Message:
    return Message(role="assistant", content=text, **fields)


def other(text: str, cost: int | None, **fields: Any) -> Alternative:
    return Alternative(message=answer(text), cost=cost, **fields)


def turn(said: Message | None = None, **fields: Any) -> Turn:
    messages = (prompt(),) if said is None else (prompt(), said)
    return Turn(id="t", messages=messages, **fields)


def session(*turns: Turn, **fields: Any) -> Session:
    return Session(id="s", model="a/m", turns=turns, **fields)


def costs(*turns: Turn) -> list[int | None]:
    return [charge.cost for charge in charges(session(*turns), NOW)]


def test_an_answer_is_charged_with_all_that_is_known_of_it() -> None:
    said = answer(timestamp=SAID, model="b/n", extra={"persona": "Bo"})
    (charge,) = charges(session(turn(said, usage=USED, cost=3, latency_ms=9.0)), NOW)
    assert (charge.at, charge.model, charge.persona, charge.cost) == (SAID, "b/n", "Bo", 3)
    assert (charge.prompt_tokens, charge.completion_tokens, charge.tokens) == (5, 2, 7)
    assert (charge.latency_ms, charge.is_error) == (9.0, False)


def test_without_its_own_an_answer_has_the_prompts_time_and_the_sessions_model() -> None:
    (charge,) = charges(session(turn(answer())), NOW)
    assert (charge.at, charge.model, charge.persona) == (ASKED, "a/m", None)


@pytest.mark.parametrize(
    ("fields", "at"),
    [({}, NOW), ({"created_at": ASKED}, ASKED), ({"created_at": ASKED, "updated_at": SAID}, SAID)],
)
def test_without_any_time_the_sessions_or_the_files_counts(fields: Any, at: datetime) -> None:
    said = Turn(id="t", messages=(answer(),))
    assert [charge.at for charge in charges(session(said, **fields), NOW)] == [at]


def test_an_alternative_of_unknown_cost_makes_the_sum_unknown_in_part() -> None:
    two = turn(answer(), cost=7, price=PRICE, usage=USED, alternatives=(other("no", None),))
    assert session(two).cost == turn_cost(two) == Cost(7, 1, 1)
    assert shown_cost(session(two).cost).startswith("≥")


@pytest.mark.parametrize("finish", ["error", "cancelled", "interrupted", None])
def test_a_prompt_that_was_refused_or_never_answered_is_not_unpriced(finish: str | None) -> None:
    assert session(turn(finish=finish)).cost.unknown == 0
    assert session(turn(answer(""), finish=finish)).cost.unknown == (finish is None)


def test_a_refused_request_is_an_error_that_cost_nothing() -> None:
    (charge,) = charges(session(turn(finish="error", error="No.")), NOW)
    assert (charge.is_error, charge.cost, charge.tokens, charge.persona) == (True, 0, 0, "Ada")
    assert charges(session(turn()), NOW) == ()


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"usage": USED}, Cost(0, 0, 1)),
        ({"usage": USED, "cost": 4}, Cost(4, 1, 0)),
        ({"usage": Usage()}, Cost()),
        ({"cost": 0}, Cost(0, 1, 0)),
    ],
)
def test_a_stopped_answer_without_a_word_counts_as_far_as_it_was_counted(
    fields: Any, cost: Cost
) -> None:
    assert session(turn(finish="cancelled", **fields)).cost == cost


def test_a_failed_answer_that_was_charged_counts() -> None:
    failed = turn(answer("be"), finish="error", usage=USED, cost=4)
    (charge,) = charges(session(failed), NOW)
    assert (charge.is_error, charge.cost, charge.tokens) == (True, 4, 7)


def test_inherited_turns_and_their_alternatives_are_counted_by_the_parent() -> None:
    own = turn(answer(), cost=7, alternatives=(other("no", 3),))
    branch = branched(session(own), 1, new_id="b", title=None, now=NOW)
    assert charges(branch, NOW) == ()
    assert branch.cost == Cost()


@pytest.mark.parametrize("alternatives", [(), (other("no", None),), (other("no", 3, usage=USED),)])
@pytest.mark.parametrize("fields", [{}, {"cost": 7, "usage": USED, "price": PRICE}])
def test_what_the_parent_paid_is_not_counted_again_when_its_turn_is_asked_anew(
    alternatives: tuple[Alternative, ...], fields: Any
) -> None:
    shared = turn(answer(), alternatives=alternatives, **fields).as_inherited()
    outcome = other("therefore", 5, usage=USED, price=PRICE)
    before = session(shared)
    anew = finish_answer("t", outcome)(before.with_turn(set_aside(shared)))
    beside = finish_answer("t", outcome)(before)
    turned = step_answer("t", 1)(beside)
    assert [one.cost for one in (anew, beside, turned)] == [Cost(5, 1, 0)] * 3


def test_the_cost_of_a_deleted_answer_stays_and_is_known() -> None:
    two = turn(answer(), cost=7, price=PRICE, usage=USED, alternatives=(other("no", 3),))
    left = delete_message("t", 1)(session(two))
    assert sorted(costs(*left.turns)) == [3, 4]
    deleted = next(charge for charge in charges(left, NOW) if charge.cost == 4)
    assert (deleted.tokens, deleted.completion_tokens) == (0, 0)


def test_requests_that_no_answer_tells_of_are_unpriced() -> None:
    assert session(turn(answer(), cost=4, extra={"unpriced": 2})).cost == Cost(4, 1, 2)


@pytest.mark.parametrize("odd", ["2", -1, True, 10**30, [1], None])
def test_odd_notes_in_a_turn_count_nothing(odd: object) -> None:
    noted = turn(answer(), cost=4, extra={"unpriced": odd, "deleted_cost_nanousd": odd})
    cost = session(noted).cost
    assert (cost.nanousd, cost.unknown) == (4, 0)


def test_the_costs_of_a_turn_add_up_to_what_it_states() -> None:
    for stated in (None, 0, 1, 9):
        for alternatives in ((), (other("no", None),), (other("no", 5), other("so", None))):
            found = costs(turn(answer(), cost=stated, alternatives=alternatives))
            assert sum(cost or 0 for cost in found) == (stated or 0)
            assert len(found) >= 1 + len(alternatives)


def test_housekeeping_calls_are_counted() -> None:
    noted = {
        "kind": "title",
        "model": "c/x",
        "timestamp": SAID.isoformat(),
        "usage": {"prompt_tokens": 30, "completion_tokens": 4},
        "cost_estimate": 0.25,
    }
    made = session(extra={"housekeeping": [noted, {"kind": "tags"}]})
    title, tags = charges(made, NOW)
    assert (title.at, title.model, title.tokens, title.cost) == (SAID, "c/x", 34, 250_000_000)
    assert (tags.at, tags.model, tags.tokens, tags.cost) == (NOW, "a/m", None, None)
    assert made.cost == Cost(250_000_000, 1, 1)


def test_a_branch_does_not_count_the_housekeeping_of_its_parent() -> None:
    noted = {"housekeeping": [{"kind": "tags", "cost_estimate": 1}], "x": 1}
    branch = branched(session(extra=noted), 0, new_id="b", title=None, now=NOW)
    assert (branch.cost, branch.extra) == (Cost(), {"x": 1})


@pytest.mark.parametrize(
    "odd",
    [None, 5, "x", {}, [5], [None], [{}], [{"kind": 5, "cost_estimate": 1}], [["kind"]]],
)
def test_what_is_no_housekeeping_call_is_ignored(odd: object) -> None:
    assert calls(session(extra={"housekeeping": odd})) == ()


def test_odd_fields_of_a_housekeeping_call_are_unknown() -> None:
    fields = ("model", "timestamp", "usage", "cost_estimate")
    for odd in (True, "x", [], {}, 1e300, float("nan"), float("inf"), -(10**40)):
        noted = {"kind": "title", **dict.fromkeys(fields, odd)}
        (call,) = calls(session(extra={"housekeeping": [noted]}))
        assert (call.timestamp, call.cost) == (None, None)
        noted = {"kind": "title", "usage": {"prompt_tokens": odd}}
        (call,) = calls(session(extra={"housekeeping": [noted]}))
        assert call.usage == Usage()


def test_totals_of_servers_with_and_without_a_sum_of_their_own_add_up() -> None:
    stated = Usage(prompt_tokens=5, completion_tokens=2, total_tokens=7)
    assert stated.plus(USED).total == USED.plus(stated).total == 14
    assert USED.plus(Usage(prompt_tokens=3)).total == 7
    made = session().with_turns((turn(answer(), usage=USED), replace(turn(usage=stated), id="u")))
    assert made.totals.total == 14
    assert made.with_turns(made.turns[:1]).totals.total == 7
