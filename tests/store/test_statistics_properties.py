"""Sums over the library against all files added up by plain Python, to the nano-dollar."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from charged_shelves import ZONES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from shelves import opened, put

from tui_sessions.codec.decode import decode
from tui_sessions.errors import UsageError
from tui_sessions.model.answers import add_cost, delete_turn, finish_answer, set_aside, step_answer
from tui_sessions.model.charge import Charge
from tui_sessions.model.charges import charges
from tui_sessions.model.message import Message
from tui_sessions.model.messages import delete_message
from tui_sessions.model.money import NANO, Cost, Price
from tui_sessions.model.query import parse_query
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.statistics import DIMENSIONS, Scope, Sum
from tui_sessions.model.turn import FINISHES, Alternative, Turn
from tui_sessions.model.usage import Usage
from tui_sessions.store.files import stamp_of
from tui_sessions.store.library import Library
from tui_sessions.store.statistics import Statistics

MODELS = ("openai/gpt-4o", "anthropic/claude", "llama", "openai/o3", None)
TAGS = ("work", "Work", "idea", "ünï")
Known = tuple[Session, str, Charge]
"""A charge with its session and the path of its file."""


# ---- all files, added up by plain Python


def files(library: Library) -> Iterator[tuple[Path, str, bytes]]:
    for path in sorted(library.root.rglob("*.json")):
        inside = path.relative_to(library.root)
        if ".tui-sessions" not in inside.parts:
            yield path, inside.as_posix(), path.read_bytes()


def known(library: Library) -> list[Known]:
    found: list[Known] = []
    for path, inside, data in files(library):
        session = decode(data, fallback_id="x")
        written = stamp_of(path.stat()).modified_at
        found += [(session, inside, charge) for charge in charges(session, written)]
    return found


def paid(library: Library) -> int:
    """Straight out of the JSON, without any notion of answers."""
    total = Decimal(0)
    for _, _, data in files(library):
        tree = json.loads(data, parse_float=Decimal)
        for turn in tree["turns"]:
            if not turn.get("inherited"):
                total += turn.get("cost_estimate") or 0
        noted = tree.get("housekeeping")
        for call in noted if isinstance(noted, list) else ():
            total += call.get("cost_estimate") or 0
    assert total * NANO == int(total * NANO)
    return int(total * NANO)


def summed(found: Iterable[Known]) -> Sum:
    found = list(found)
    told = [charge for _, _, charge in found]

    def of(name: str) -> int:
        return sum(getattr(charge, name) or 0 for charge in told)

    return Sum(
        answers=len(told),
        sessions=len({path for _, path, _ in found}),
        errors=sum(charge.is_error for charge in told),
        prompt_tokens=of("prompt_tokens"),
        completion_tokens=of("completion_tokens"),
        cached_tokens=of("cached_tokens"),
        reasoning_tokens=of("reasoning_tokens"),
        tokens=of("tokens"),
        unknown_tokens=sum(charge.tokens is None for charge in told),
        prompted=sum(bool(charge.prompt_tokens) for charge in told),
        cost=Cost.total(charge.cost for charge in told),
    )


def keys_of(dimension: str, one: Known, zone: tzinfo) -> set[str]:
    session, path, charge = one
    local = charge.at.astimezone(zone)
    year, week, _ = local.isocalendar()
    model = charge.model or ""
    match dimension:
        case "tag":
            return {tag.casefold() for tag in session.meta.tags} or {""}
        case "provider":
            return {model.partition("/")[0] if "/" in model else ""}
    return {
        {
            "day": f"{local:%Y-%m-%d}",
            "week": f"{year}-W{week:02}",
            "month": f"{local:%Y-%m}",
            "hour": f"{local:%H}",
            "weekday-hour": f"{local.weekday()}-{local:%H}",
            "model": model,
            "persona": charge.persona or "",
            "project": session.meta.project or "",
            "folder": path.rpartition("/")[0],
            "status": session.status,
            "session": session.id,
        }[dimension]
    }


def grouped(dimension: str, found: list[Known], zone: tzinfo) -> dict[str, Sum]:
    groups: dict[str, list[Known]] = {}
    for one in found:
        for key in keys_of(dimension, one, zone):
            groups.setdefault(key, []).append(one)
    return {key: summed(group) for key, group in groups.items()}


def check(library: Library, zone: tzinfo) -> None:
    statistics = Statistics(library._index, zone)
    found = known(library)
    assert statistics.total().cost.nanousd == paid(library)
    compare(statistics, Scope(), found, zone)
    assert sum(row.cost.nanousd for row in library.rows()) == paid(library)
    assert Cost.total(c.cost for _, _, c in found).unknown == sum(
        row.cost.unknown for row in library.rows()
    )
    assert statistics.span() == span(found)
    for scope, chosen in scopes(found):
        compare(statistics, scope, chosen, zone)
        asked = statistics.spent(since=scope.since, until=scope.until)
        if scope.query.is_empty:
            assert asked == summed(chosen).cost
    spending(statistics, found)


def compare(statistics: Statistics, scope: Scope, found: list[Known], zone: tzinfo) -> None:
    assert statistics.total(scope) == summed(found)
    for dimension in DIMENSIONS:
        slices = statistics.by(dimension, scope)
        folded = str.casefold if dimension == "tag" else str
        expected = grouped(dimension, found, zone)
        assert {folded(one.key): one.sum for one in slices} == expected
        assert len(slices) == len(expected)
        for one in slices[:2]:
            amounts = statistics.sessions(dimension, one.key, scope)
            assert sum(amount.sum.cost.nanousd for amount in amounts) == one.sum.cost.nanousd
            assert len(amounts) == one.sum.sessions


def span(found: list[Known]) -> tuple[datetime, datetime] | None:
    moments = [charge.at for _, _, charge in found]
    return (min(moments), max(moments)) if moments else None


def scopes(found: list[Known]) -> Iterator[tuple[Scope, list[Known]]]:
    if not found:
        return
    moments = sorted(charge.at for _, _, charge in found)
    # Between answers, and on the very microsecond of one.
    since, until = moments[len(moments) // 3], moments[2 * len(moments) // 3]
    scope = Scope(since=since, until=until)
    yield scope, [one for one in found if since <= one[2].at < until]
    yield Scope(since=since), [one for one in found if one[2].at >= since]
    work = [one for one in found if "work" in keys_of("tag", one, UTC)]
    yield Scope(query=parse_query("tag:work")), work
    late = until + timedelta(microseconds=1)
    both = Scope(until=late, query=parse_query("-tag:work"))
    yield both, [one for one in found if one not in work and one[2].at < late]


def spending(statistics: Statistics, found: list[Known]) -> None:
    for asked, holds in (
        ({"provider": "OpenAI"}, lambda one: (one[2].model or "").startswith("openai/")),
        ({"provider": "none"}, lambda one: False),
        ({"tag": "WORK"}, lambda one: "work" in keys_of("tag", one, UTC)),
        ({"project": "p"}, lambda one: one[0].meta.project == "p"),
        ({"folder": "a"}, lambda one: one[1].startswith("a/")),
        ({"folder": ""}, lambda one: True),
        (
            {"folder": "a/b", "provider": "openai"},
            lambda one: one[1].startswith("a/b/") and (one[2].model or "").startswith("openai/"),
        ),
    ):
        assert statistics.spent(**asked) == summed(filter(holds, found)).cost


# ---- sessions of every kind

moments = st.datetimes(
    datetime(2026, 3, 27), datetime(2026, 4, 3), timezones=st.just(UTC)
) | st.sampled_from([datetime(2026, 3, 29, 1, 15, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)])
costs = st.none() | st.integers(0, 5 * NANO)
counts = st.none() | st.integers(0, 5000)
usages = st.none() | st.builds(
    Usage, prompt_tokens=counts, completion_tokens=counts, total_tokens=counts, cached_tokens=counts
)
answers = st.builds(
    Message,
    role=st.just("assistant"),
    content=st.sampled_from(["", "yes", "no"]),
    timestamp=st.none() | moments,
    model=st.sampled_from(MODELS),
    extra=st.sampled_from([{}, {"persona": "Ada"}]),
)
figures: dict[str, Any] = {
    "usage": usages,
    "cost": costs,
    "price": st.sampled_from([None, Price(source="test")]),
    "finish": st.none() | st.sampled_from(FINISHES),
    "latency_ms": st.none() | st.floats(1, 9000),
    "first_token_ms": st.none() | st.floats(1, 900),
}
others = st.builds(Alternative, message=answers, **figures)


@st.composite
def turns(draw: st.DrawFn) -> Turn:
    alternatives = tuple(draw(st.lists(others, max_size=2)))
    prompt = Message(role="user", content="why?", timestamp=draw(st.none() | moments))
    said = draw(st.none() | answers)
    turn = Turn(
        id=draw(st.uuids()).hex,
        messages=(prompt,) if said is None else (prompt, said),
        alternatives=alternatives,
        **{name: draw(strategy) for name, strategy in figures.items()},
    )
    if turn.cost is not None:
        paid_before = sum(other.cost or 0 for other in alternatives)
        return replace(turn, cost=turn.cost + paid_before)
    return turn


calls = st.fixed_dictionaries(
    {"kind": st.just("title")},
    optional={"model": st.sampled_from(MODELS), "cost_estimate": st.sampled_from([None, 0.25])},
)
sessions = st.builds(
    Session,
    id=st.uuids().map(lambda id: id.hex),
    model=st.sampled_from(MODELS),
    turns=st.lists(turns(), max_size=3).map(tuple),
    status=st.sampled_from(["active", "archived"]),
    meta=st.builds(
        Meta,
        tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
        project=st.sampled_from([None, "p"]),
    ),
    extra=st.sampled_from([{}, {"housekeeping": 5}])
    | st.builds(dict, housekeeping=st.lists(calls)),
)
folders = st.sampled_from(["", "a", "a/b", "ab"])


class Shelf:
    """A library, and all that can be done to what lies in it."""

    def __init__(self, root: Path, data: st.DataObject) -> None:
        self.library = opened(root)
        self._data = data

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self._data.draw(strategy)

    def create(self) -> None:
        self.library.create(self.draw(sessions), folder=self.draw(folders))

    def _any(self) -> str | None:
        rows = sorted(self.library.rows(), key=lambda row: row.path)
        return rows[self.draw(st.integers(0, 11)) % len(rows)].id if rows else None

    def _changed(self, change: Callable[[Session, str], Callable[[Session], Session]]) -> None:
        session_id = self._any()
        if session_id is None:
            return
        session = self.library.load(session_id)
        if session.turns:
            turn = session.turns[self.draw(st.integers(0, 5)) % len(session.turns)]
            self.library.update(session_id, change(session, turn.id))

    def answer(self) -> None:
        outcome = self.draw(others)

        def asked_again(turn_id: str) -> Callable[[Session], Session]:
            finish = finish_answer(turn_id, outcome)
            return lambda session: finish(session.with_turn(set_aside(session.turn(turn_id))))

        self._changed(lambda session, turn_id: asked_again(turn_id))

    def other(self) -> None:
        self._changed(lambda session, turn_id: finish_answer(turn_id, self.draw(others)))

    def price(self) -> None:
        self._changed(lambda session, turn_id: add_cost(turn_id, self.draw(others)))

    def step(self) -> None:
        self._changed(lambda session, turn_id: step_answer(turn_id, 1))

    def drop_message(self) -> None:
        self._changed(lambda session, turn_id: delete_message(turn_id, 1))

    def drop_turn(self) -> None:
        self._changed(lambda session, turn_id: delete_turn(turn_id))

    def tag(self) -> None:
        tags = tuple(self.draw(st.lists(st.sampled_from(TAGS), max_size=2)))
        if (session_id := self._any()) is not None:
            self.library.update(session_id, lambda session: session.with_meta(tags=tags))

    def move(self) -> None:
        if (session_id := self._any()) is not None:
            self.library.move(session_id, self.draw(folders))

    def branch(self) -> None:
        if (session_id := self._any()) is not None:
            count = len(self.library.load(session_id).turns)
            self.library.branch(session_id, self.draw(st.integers(0, count)))

    def extract(self) -> None:
        session_id = self._any()
        if session_id is not None and self.library.load(session_id).turns:
            self.library.extract(session_id, 1, 1, title="x")

    def promote(self) -> None:
        for row in sorted(self.library.rows(), key=lambda row: row.path):
            if row.parent_id is not None and self.library.has(row.parent_id):
                with suppress(UsageError):  # nothing to promote
                    self.library.branching.promote(row.id)
                return

    def merge(self) -> None:
        for row in sorted(self.library.rows(), key=lambda row: row.path):
            if row.parent_id is not None and self.library.has(row.parent_id):
                with suppress(UsageError):  # nothing to merge
                    self.library.branching.merge(row.id)
                return

    def delete(self) -> None:
        if (session_id := self._any()) is not None:
            self.library.delete(session_id)

    def undelete(self) -> None:
        if trash := self.library.trash():
            self.library.undelete(trash[0].entry)

    def outside(self) -> None:
        """Another program writes a file; the same stamp with other answers is seen by its content."""
        turn = {
            "messages": [{"role": "assistant", "content": "x", "model": "openai/o3"}],
            "cost_estimate": self.draw(st.sampled_from([0.5, 0.125])),
        }
        put(self.library.root, "a/outside.json", id="outside", turns=[turn])
        self.library.refresh()

    def refresh(self) -> None:
        self.library.refresh()

    def rebuild(self) -> None:
        self.library.rebuild_index()

    def damage(self) -> None:
        for _, inside, _ in files(self.library):
            (self.library.root / inside).unlink()
            (self.library.root / "broken.json.txt").write_text("{")
            break
        self.library.refresh()


STEPS = [name for name in vars(Shelf) if not name.startswith("_") and name != "draw"]


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=12), st.sampled_from(ZONES), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_sums_are_those_of_all_files_whatever_is_done(
    steps: list[str], zone: tzinfo, data: st.DataObject
) -> None:
    with TemporaryDirectory() as root:
        shelf = Shelf(Path(root), data)
        shelf.create()
        for step in steps:
            getattr(shelf, step)()
            check(shelf.library, zone)
