"""What holds for every session and every foreign file: nothing is lost, lists and files agree."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.codec.fields import MAX_DOLLARS, MAX_WHOLE
from tui_sessions.codec.header import FileFacts, read, read_of
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.message import Message, Part
from tui_sessions.model.money import NANO, Price
from tui_sessions.model.session import Meta, Params, Parent, Session
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import COUNTED, Usage

FILE = FileFacts(path="a/b.json", size=5, modified_at=datetime(2026, 1, 2, tzinfo=UTC))

# All characters, lone surrogates too; a pair of them would come back as the one it stands for.
texts = st.text(st.characters(), max_size=12).map(lambda text: json.loads(json.dumps(text)))
unknown_keys = texts.map(lambda text: f"x-{text}")
wholes = st.integers(-MAX_WHOLE, MAX_WHOLE)
numbers = st.floats(allow_nan=False, allow_infinity=False) | wholes
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
extras = st.dictionaries(unknown_keys, values, max_size=2)
times = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
costs = st.integers(0, 10**15)


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


usages = st.builds(Usage, extra=extras, **{name: perhaps(wholes) for name in COUNTED})
parts = st.builds(Part, kind=texts, text=perhaps(texts), extra=extras)
messages = st.builds(
    Message,
    role=texts,
    content=st.none() | texts | st.lists(parts, max_size=2).map(tuple),
    timestamp=perhaps(times),
    model=perhaps(texts),
    reasoning=perhaps(texts),
    extra=extras,
)
answers: dict[str, st.SearchStrategy[Any]] = {
    "usage": perhaps(usages),
    "latency_ms": perhaps(numbers),
    "first_token_ms": perhaps(numbers),
    "cost": perhaps(costs),
    "price": perhaps(
        st.builds(
            Price,
            source=perhaps(texts),
            date=perhaps(texts),
            input_per_mtok=perhaps(costs),
            output_per_mtok=perhaps(costs),
            extra=extras,
        )
    ),
    "finish": perhaps(texts),
    "error": perhaps(texts),
    "extra": extras,
}
turns = st.builds(
    Turn,
    id=texts.filter(bool),
    messages=st.lists(messages, max_size=2).map(tuple),
    alternatives=st.lists(st.builds(Alternative, message=messages, **answers), max_size=1).map(
        tuple
    ),
    inherited=st.booleans(),
    inherited_usage=perhaps(usages),
    inherited_cost=perhaps(costs),
    **answers,
)
sessions = st.builds(
    Session,
    id=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    format=st.integers(1, 3),
    title=perhaps(texts),
    model=perhaps(texts),
    system=perhaps(texts),
    created_at=perhaps(times),
    updated_at=perhaps(times),
    status=texts,
    parent=perhaps(st.builds(Parent, id=texts, turn=wholes, extra=extras)),
    params=st.builds(
        Params,
        temperature=perhaps(numbers),
        max_tokens=perhaps(wholes),
        context_window=perhaps(wholes),
        extra=extras,
    ),
    turns=st.lists(turns, max_size=3, unique_by=lambda turn: turn.id).map(tuple),
    usage_totals=perhaps(usages),
    meta=st.builds(
        Meta,
        tags=st.lists(texts, max_size=2).map(tuple),
        project=perhaps(texts),
        notes=perhaps(texts),
        extra=extras,
    ),
    extra=extras,
)

# Files as others might write them: our keys with right and wrong values, and keys that are not ours.
moments = st.sampled_from(["2026-01-08T14:30:22+00:00", "2026-01-08T14:30:22", 1704717022, 1.7e12])
raw_messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": perhaps(texts)},
    optional={
        "timestamp": values | moments,
        "model": values,
        "reasoning": values,
        "persona": values,
        "inherited": values,
        "x": values,
    },
)
raw_turns = st.fixed_dictionaries(
    {"messages": st.lists(raw_messages | st.just({"role": 1}), max_size=3)},
    optional={
        "id": values,
        "usage": values
        | st.dictionaries(st.sampled_from(COUNTED), perhaps(wholes) | values, max_size=6),
        "latency_ms": values | numbers,
        "cost_estimate": values | numbers,
        "first_token_ms": values | numbers,
        "finish": values | st.sampled_from(["stop", "interrupted", "error"]),
        "inherited": values,
        "alternatives": values,
        "deleted_cost_nanousd": values,
        "unpriced": values,
        "x": values,
    },
)
raw_sessions = st.fixed_dictionaries(
    {"turns": st.lists(raw_turns, max_size=3)},
    optional={
        "format": st.sampled_from([1, 2, 0, 1.0, "x"]),
        "id": values | st.just("good"),
        "title": values,
        "model": values,
        "system": values,
        "created_at": values | st.just("2024-01-08T14:30:22"),
        "updated_at": values | st.just(1704717022),
        "status": values,
        "parent": values | st.fixed_dictionaries({"id": texts}, optional={"turn": values}),
        "params": values,
        "usage_totals": values
        | st.dictionaries(st.sampled_from(COUNTED), perhaps(wholes) | values, max_size=6),
        "housekeeping": values
        | st.lists(
            st.fixed_dictionaries(
                {"kind": texts},
                optional={
                    "model": values,
                    "timestamp": values | moments,
                    "usage": values,
                    "cost_estimate": values | numbers,
                },
            ),
            max_size=2,
        ),
        "meta": values
        | st.fixed_dictionaries(
            {}, optional={"tags": values, "project": values, "notes": values, "title": values}
        ),
        "x": values,
    },
)
flat_sessions = st.fixed_dictionaries(
    {"messages": st.lists(raw_messages, max_size=5)},
    optional={"provider": values, "model": values, "metadata": values, "system": values},
)

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@given(sessions)
@quick
def test_a_session_comes_back_from_its_file_as_it_was(session: Session) -> None:
    assert decode(encode(session), fallback_id="other") == session


@given(raw_sessions, extras, extras, extras, extras, extras)
@quick
def test_what_we_do_not_know_is_written_back_at_every_level(
    raw: dict[str, Any], top: Any, turn: Any, message: Any, usage: Any, meta: Any
) -> None:
    raw |= top
    raw["meta"] = {"tags": ["a"], **meta}
    raw["params"] = dict(usage)
    raw["parent"] = {"id": "p", "turn": 1, **meta}
    said = {"role": "user", "content": [{"type": "file", **usage}], **message}
    answer = {"message": dict(said), "price": dict(top), **turn}
    raw["turns"] = [{"messages": [said], "usage": dict(usage), "alternatives": [answer], **turn}]
    raw["format"] = 1
    tree = json.loads(encode(decode(json.dumps(raw).encode(), fallback_id="x")))
    (written,) = tree["turns"]
    for place, extra in (
        (tree, top),
        (tree["meta"], meta),
        (tree["parent"], meta),
        (tree.get("params", {}), usage),
        (written, turn),
        (written["usage"], usage),
        (written["messages"][0], message),
        (written["messages"][0]["content"][0], usage),
        (written["alternatives"][0], turn),
        (written["alternatives"][0]["message"], message),
        (written["alternatives"][0]["price"], top),
    ):
        assert {key: place[key] for key in extra} == extra


@given(raw_sessions | flat_sessions)
@quick
def test_what_is_saved_of_a_foreign_file_reads_the_same_again(raw: dict[str, Any]) -> None:
    try:
        session = decode(json.dumps(raw).encode(), fallback_id="x")
    except DamagedFileError:
        return
    again = decode(encode(session), fallback_id="y")
    about_ids = [problem for problem in session.problems if "stands for it" not in problem]
    assert sorted(again.problems) == sorted(about_ids)
    assert again.turns == session.turns
    assert again.meta == session.meta
    assert again.id == session.id


def header_or_reason(data: bytes) -> object:
    try:
        return read(
            data,
            fallback_id="x",
            path=FILE.path,
            size=FILE.size,
            modified_at=FILE.modified_at,
        )
    except DamagedFileError as error:
        return str(error)


def row_or_reason(data: bytes) -> object:
    try:
        return read_of(decode(data, fallback_id="x"), FILE)
    except DamagedFileError as error:
        return str(error)


@given(sessions)
@quick
def test_the_row_of_a_file_of_ours_is_that_of_its_session(session: Session) -> None:
    data = encode(session)
    assert header_or_reason(data) == row_or_reason(data)


@given(raw_sessions | flat_sessions | values)
@settings(quick, max_examples=200)
def test_the_row_of_a_foreign_file_is_that_of_its_session(raw: object) -> None:
    data = json.dumps(raw).encode()
    assert header_or_reason(data) == row_or_reason(data)


@given(sessions, st.data())
@quick
def test_a_damaged_file_is_damaged_in_lists_too(session: Session, data: st.DataObject) -> None:
    body = bytearray(encode(session))
    place = data.draw(st.integers(0, len(body) - 1))
    body[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=2))
    assert header_or_reason(bytes(body)) == row_or_reason(bytes(body))


@given(st.integers(0, MAX_DOLLARS * NANO))
def test_no_amount_of_money_changes_on_its_way_through_a_file(cost: int) -> None:
    session = Session(id="a", turns=(Turn(id="t", cost=cost),))
    (turn,) = decode(encode(session), fallback_id="x").turns
    assert turn.cost == cost
    assert math.isfinite(turn.cost or 0)
