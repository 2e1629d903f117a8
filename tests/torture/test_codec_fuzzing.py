"""Whatever bytes a file holds: reading it gives a session or one kind of error, and never takes long."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime
from random import Random
from typing import Any

from damages import DAMAGES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proof import is_whole, size, tell
from test_damaged_files import written

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.codec.ending import TURNS, ending
from tui_sessions.codec.header import FileFacts, Read, read, read_of
from tui_sessions.codec.salvage import salvage
from tui_sessions.codec.texts import read_texts
from tui_sessions.errors import DamagedFileError
from tui_sessions.model.session import Session

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTES = 10
EXAMPLES = 600
"""In `make test`; in `make torture` as many as there is time for."""
KEYS = [
    "format",
    "id",
    "title",
    "model",
    "system",
    "created_at",
    "updated_at",
    "status",
    "parent",
    "params",
    "turns",
    "messages",
    "role",
    "content",
    "timestamp",
    "reasoning",
    "usage",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "latency_ms",
    "cost_estimate",
    "price",
    "finish",
    "error",
    "alternatives",
    "message",
    "inherited",
    "meta",
    "metadata",
    "tags",
    "project",
    "notes",
    "provider",
    "type",
    "text",
    "sha256",
    "name",
    "housekeeping",
    "usage_totals",
    "persona",
    "source",
    "date",
]
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, 10**18, 2**53, 2**63, 2**64, float("inf"), float("nan"), "", "x",
    "\ud800", "\0", "user", "assistant", "stop", "2026-03-01T00:00:00Z", "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00", [], {}, [None], [[]], {"id": "x"}, {"": None}, "a" * 300, -(2**70),
)  # fmt: skip
CALM = settings(
    max_examples=size(150, 5_000),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)

odd = st.sampled_from(ODD).map(deepcopy)
values = st.recursive(
    odd | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=25,
)
messages = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant", "tool"]) | odd,
        "content": st.text(max_size=9) | values,
    },
    optional={"timestamp": odd, "model": odd, "id": odd},
)
turns = st.fixed_dictionaries(
    {"messages": st.lists(messages, max_size=3)},
    optional={
        "id": odd,
        "usage": values,
        "finish": odd,
        "alternatives": values,
        "cost_estimate": odd,
    },
)
documents = st.fixed_dictionaries(
    {"turns": st.lists(turns, max_size=4) | values},
    optional={key: odd | values for key in KEYS if key != "turns"},
)


def outcome(data: bytes) -> Session | str:
    try:
        return decode(data, fallback_id="fallback")
    except DamagedFileError as error:
        return str(error)


def check(data: bytes) -> None:
    """Everything that reads a file, on these bytes."""
    session = outcome(data)
    file = FileFacts(path="x.json", size=len(data), modified_at=START)
    seen: Read | str
    try:
        seen = read(data, fallback_id="fallback", path="x.json", size=len(data), modified_at=START)
    except DamagedFileError as error:
        seen = str(error)
    wanted = read_of(session, file) if isinstance(session, Session) else session
    assert wanted
    assert seen == wanted or has_nan(seen)
    try:
        texts = read_texts(data)
    except DamagedFileError:
        assert isinstance(session, str)
    else:
        assert isinstance(session, str) or len(texts.turns) == len(session.turns)
    check_end(data, session)
    check_salvage(data, session)


def check_end(data: bytes, session: Session | str) -> None:
    end = ending(data)
    if end is not None and isinstance(session, Session):
        assert [turn.id for turn in end.turns] == [turn.id for turn in session.turns[-TURNS:]]


def check_salvage(data: bytes, session: Session | str) -> None:
    found = salvage(data, fallback_id="fallback")
    if isinstance(session, Session):
        assert found.reasons == ()
        assert found.session == session or has_nan(session)
    else:
        assert found.reasons
        assert found.kept >= found.torn >= 0
        assert found.lost >= 0
    if found.session is not None and not isinstance(session, Session):
        again = decode(encode(found.session), fallback_id="fallback")
        assert len(again.turns) == len(found.session.turns)


def has_nan(value: object) -> bool:
    return "nan" in repr(value)


def mutated() -> Iterator[bytes]:
    """Files with damage upon damage, without an end."""
    kinds = list(DAMAGES.values())
    number = 0
    while True:
        random = Random(f"fuzz {number}")
        data, _ = written(number, random)
        if number % 3 == 0:
            data = spoilt(data, random)
        for _ in range(random.randint(1, 3)):
            # Some damages are to what is JSON no more, or too deep by now.
            with suppress(
                ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError
            ):
                data = random.choice(kinds)(data, random) if len(data) > 8 else data
        yield data[:60_000]
        number += 1


def spoilt(data: bytes, random: Random) -> bytes:
    document = json.loads(data)
    for _ in range(random.randint(1, 8)):
        value: Any = document
        while isinstance(value, dict | list) and value:
            if isinstance(value, dict) and random.random() < 0.3:
                value[random.choice(KEYS)] = deepcopy(random.choice(ODD))
                break
            key = random.choice(list(value) if isinstance(value, dict) else list(range(len(value))))
            if random.random() < 0.3:
                value[key] = deepcopy(random.choice(ODD))
                break
            value = value[key]
    return json.dumps(document).encode()


def test_files_with_damage_upon_damage_are_read_or_refused_with_a_reason() -> None:
    began, count, slowest = time.monotonic(), 0, 0.0
    for data in mutated():
        before = time.process_time()
        check(data)
        slowest = max(slowest, time.process_time() - before)
        count += 1
        if count >= EXAMPLES and (not is_whole() or time.monotonic() - began > MINUTES * 60):
            break
    tell(
        "R8",
        "files of fuzzing read or refused with a reason",
        f"{count:,}, the slowest in {slowest:.1f} s",
    )


@CALM
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)


@CALM
@given(documents)
def test_any_document_of_our_keys_is_read_or_refused(document: dict[str, Any]) -> None:
    check(json.dumps(document).encode())


@CALM
@given(values)
def test_any_value_is_read_or_refused(value: Any) -> None:
    check(json.dumps(value).encode())


@CALM
@given(documents, st.randoms(use_true_random=False))
def test_any_document_that_is_damaged_is_read_or_refused(
    document: dict[str, Any], random: Random
) -> None:
    data = json.dumps(document, indent=random.choice((None, 1, 2))).encode()
    at = random.randrange(len(data))
    check(
        data[:at]
        + random.choice((b"", b'"', b"{", b"\0", b"\\", b"]", b"\xff"))
        + data[at + random.randint(0, 9) :]
    )


def test_brackets_without_an_end_take_no_time_that_grows_with_their_square() -> None:
    for piece in (
        b"[",
        b"{",
        b'{"a":',
        b'[{"role":',
        b'"',
        b'\\"',
        b"[}",
        b"{]",
        b'{"a":[',
        b'{"role":"user",',
        b"}]",
        b'"a":',
    ):
        small, large = (timed(piece * count) for count in (500, 4_000))
        assert large < 40 * max(small, 0.002), piece


def timed(data: bytes) -> float:
    """The quickest of three, in processor time."""
    took = []
    for _ in range(3):
        before = time.process_time()
        salvage(data)
        took.append(time.process_time() - before)
    return min(took)
