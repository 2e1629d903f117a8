"""What is spent of a budget is what adding up all files gives, to the nano-dollar."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_sessions.engine.budgets import Budgets
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Meta, Session
from tui_sessions.store.library import Library

NOW = datetime(2026, 3, 29, 10, tzinfo=UTC)
"""In Berlin the clocks went forward in the night before."""
DAY = (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
MONTH = (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
EDGES = [moment + timedelta(microseconds=off) for moment in (*DAY, *MONTH) for off in (-1, 0)]
MODELS = ("openai/a", "openai/b", "Groq/c", "demo/demo")
SCOPES = {
    "day": "1",
    "month": "1",
    "tag:soup": "1",
    "tag:Straße/month": "1",
    "project:Big Book/day": "1",
    "folder:work": "1",
    "folder:work/Api/month": "1",
    "provider:openai": "1",
    "provider:groq/day": "1",
}


@pytest.fixture(autouse=True, scope="module")
def berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


moments = st.one_of(
    st.sampled_from(EDGES),
    st.datetimes(datetime(2026, 2, 1), datetime(2026, 5, 1), timezones=st.just(UTC)),
)
costs = st.one_of(
    st.none(), st.integers(min_value=0, max_value=10**12), st.sampled_from([0, 1, 333_333_333])
)
answers = st.tuples(moments, st.sampled_from(MODELS), costs)
turns = st.lists(answers, min_size=1, max_size=3)
files = st.fixed_dictionaries(
    {
        "turns": st.lists(turns, max_size=4),
        "tags": st.lists(st.sampled_from(["Soup", "STRASSE", "stew"]), unique=True),
        "project": st.sampled_from([None, "big book", "Big"]),
        "folder": st.sampled_from(["", "work", "Work", "work/api", "work/apis", "workshop"]),
        "inherits": st.booleans(),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(files, max_size=5))
def test_standings_are_exact(sessions: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder) / "library"
        for number, session in enumerate(sessions):
            _write(root, number, session)
        library = Library.open(root, now=lambda: NOW, cache=Path(folder) / "cache")
        library.refresh()
        budgets = Budgets(lambda: library, _no_prices, lambda: SCOPES, now=lambda: NOW)
        found = {one.budget.scope: one.spent for one in budgets.every()}
        assert found == {scope: _added_up(scope, sessions) for scope in SCOPES}
        # Beside a session that all of them but one provider concern.
        here = Session(
            id="new", model="openai/a", meta=Meta(tags=("soup", "strasse"), project="BIG BOOK")
        )
        beside = budgets.standing(here, folder="work/api")
        assert {one.budget.scope: one.spent for one in beside} == {
            scope: spent for scope, spent in found.items() if not scope.startswith("provider:groq")
        }


def _no_prices() -> Any:
    raise AssertionError("what was paid is not priced again")


def _write(root: Path, number: int, session: dict[str, Any]) -> None:
    path = root / session["folder"] / f"s{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [_turn(f"t{index}", turn) for index, turn in enumerate(session["turns"])]
    if session["inherits"] and written:
        paid = written[0].pop("cost_estimate", None)
        written[0] |= {"inherited": True, "inherited_cost": paid}
        written[0]["inherited_usage"] = written[0].pop("usage")
    meta = {"tags": session["tags"], "project": session["project"]}
    path.write_text(json.dumps({"id": f"s{number}", "turns": written, "meta": meta}))


def _turn(turn_id: str, given: list[tuple[datetime, str, int | None]]) -> dict[str, Any]:
    """The first answer stands, the others are its alternatives; a turn's cost is that of all of them."""
    (at, model, own), *others = given
    known = [cost for _, _, cost in given if cost is not None]
    turn: dict[str, Any] = {
        "id": turn_id,
        "messages": [
            {"role": "user", "content": "So?", "timestamp": at.isoformat()},
            _answer(at, model),
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
        "finish": "stop",
        "alternatives": [
            {
                "message": _answer(moment, name),
                "usage": {"prompt_tokens": 3, "completion_tokens": 2},
                "finish": "stop",
                **({} if cost is None else {"cost_estimate": _dollars(cost)}),
            }
            for moment, name, cost in others
        ],
    }
    if own is not None:
        turn["price"] = {"source": "test"}
    if known:
        turn["cost_estimate"] = _dollars(sum(known))
    return turn


def _answer(at: datetime, model: str) -> dict[str, Any]:
    return {"role": "assistant", "content": "Yes.", "timestamp": at.isoformat(), "model": model}


def _dollars(nano: int) -> float:
    return float(Decimal(nano) / 10**9)


def _added_up(scope: str, sessions: list[dict[str, Any]]) -> Cost:
    """Every answer of every file, one by one."""
    what = scope.removesuffix("/day").removesuffix("/month")
    if "/day" in scope or scope == "day":
        begin, end = DAY
    elif "/month" in scope or scope == "month":
        begin, end = MONTH
    else:
        begin, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    kind, _, name = what.partition(":")
    name = name.casefold()
    counted: list[int | None] = []
    for session in sessions:
        tags = [tag.casefold() for tag in session["tags"]]
        inside = f"{session['folder'].casefold()}/".startswith(f"{name}/")
        is_meant = {
            "tag": name in tags,
            "project": (session["project"] or "").casefold() == name,
            "folder": inside,
        }.get(kind, True)
        own = session["turns"][1:] if session["inherits"] else session["turns"]
        for at, model, cost in (answer for turn in own for answer in turn):
            is_asked = kind != "provider" or model.partition("/")[0].casefold() == name
            if is_meant and is_asked and begin <= at < end:
                counted.append(cost)
    return Cost.total(counted)
