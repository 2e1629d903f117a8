"""What answers cost into the tables of the index: sums for each quarter of an hour, and each answer packed.

Sums are what statistics add up; the packed answers are for medians, and for the quarter of an hour in
which a period begins or ends between its answers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

import msgspec

from tui_sessions.model.charge import Charge
from tui_sessions.store.index.schema import MAX_WHOLE, bounded, storable

QUARTER_S = 900
SUMMED = (
    "answers",
    "errors",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "tokens",
    "unknown_tokens",
    "cost",
    "unknown",
    "prompted",
)
"""The columns that are added up; `cost` is of the answers that are not `unknown`."""
FIRST = datetime(1, 1, 1, tzinfo=UTC)
"""The beginning of the first quarter of an hour, so that none has a number below zero. A Monday."""
_MICROSECOND = timedelta(microseconds=1)
_QUARTER_US = QUARTER_S * 1_000_000
_INSERT = f"INSERT INTO charges VALUES ({','.join('?' * (4 + len(SUMMED)))})"

Key = tuple[int, int, int]
"""Quarter of an hour, model, persona."""
Row = tuple[
    int,
    int,
    int,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    int | None,
    bool,
    float | None,
    float | None,
]
"""What an `Answer` is made of."""


class Answer(NamedTuple):
    """One charge as it is packed."""

    at: int
    """Microseconds since `FIRST`."""
    model: int
    persona: int
    """Places in the list of words."""
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    tokens: int | None
    cost: int | None
    is_error: bool
    latency_ms: float | None
    first_token_ms: float | None

    @property
    def quarter(self) -> int:
        """The number of the quarter of an hour that it falls into."""
        return self.at // _QUARTER_US


_pack = msgspec.msgpack.Encoder().encode
_MODEL, _PERSONA = itemgetter(1), itemgetter(2)
_unpack = msgspec.msgpack.Decoder(tuple[list[str], list[Answer]]).decode


def unpacked(data: bytes) -> tuple[list[str], list[Answer]]:
    """The words (models, personas; "" for none) and the answers of a file, out of the table `answers`.

    Raises `sqlite3.DatabaseError` for what is nothing of ours, as SQLite does.
    """
    try:
        words, answers = _unpack(data)
        named = {*map(_MODEL, answers), *map(_PERSONA, answers)}
        if named and not 0 <= min(named) <= max(named) < len(words):
            raise ValueError("there is no such word")
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise sqlite3.DatabaseError("the answers of a file cannot be read") from error
    return words, answers


def ticks(moment: datetime) -> int:
    """Microseconds since `FIRST`, exact."""
    return (moment - FIRST) // _MICROSECOND


def moment_of(at: int) -> datetime:
    """The moment of so many ticks."""
    return FIRST + timedelta(microseconds=at)


def quarter_of(at: int) -> tuple[int, bool]:
    """The quarter of an hour that so many ticks fall into, and whether they are its beginning."""
    quarter, rest = divmod(at, _QUARTER_US)
    return quarter, rest == 0


class Packed(NamedTuple):
    """The charges of a file."""

    words: list[str]
    rows: list[Row]
    data: bytes | None
    """Both of them packed; None where there are none."""


def packed(charges: Sequence[Charge]) -> Packed:
    """The charges of a file as the tables hold them."""
    if not charges:
        return Packed([], [], None)
    words: dict[str, int] = {}
    rows = [_row(charge, words) for charge in charges]
    listed = list(words)
    return Packed(listed, rows, _pack((listed, rows)))


def insert(writing: sqlite3.Connection, fid: int, charges: Packed) -> None:
    """A file's charges; nothing may be there of it."""
    if charges.data is None:
        return
    writing.execute("INSERT INTO answers VALUES (?, ?)", (fid, charges.data))
    numbers = [_number(writing, word) for word in charges.words]
    writing.executemany(_INSERT, rows_of(fid, charges.rows, numbers))


def rows_of(fid: int, answers: Iterable[Row], numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Rows of the table `charges` of answers of one file; `numbers` are those of their words."""
    return [
        (quarter, fid, numbers[model], numbers[persona], *_held(sums))
        for (quarter, model, persona), sums in summed(answers).items()
    ]


def summed(answers: Iterable[Row]) -> dict[Key, list[int]]:
    """The sums of these answers by quarter of an hour, model and persona; in the order of `SUMMED`."""
    sums: dict[Key, list[int]] = {}
    known = total = None
    for (
        at,
        model,
        persona,
        prompt,
        completion,
        cached,
        reasoning,
        tokens,
        cost,
        failed,
        *_,
    ) in answers:
        key = (at // _QUARTER_US, model, persona)
        if key != known or total is None:
            total = sums.get(key)
            if total is None:
                total = sums[key] = [0] * len(SUMMED)
            known = key
        total[0] += 1
        total[1] += failed
        total[2] += prompt or 0
        total[3] += completion or 0
        total[4] += cached or 0
        total[5] += reasoning or 0
        total[6] += tokens or 0
        total[7] += tokens is None
        total[8] += cost or 0
        total[9] += cost is None
        total[10] += bool(prompt)
    return sums


def provider_of(model: str) -> str:
    """The part of a model before the first `/`; "" where there is none."""
    return model.partition("/")[0] if "/" in model else ""


def _row(charge: Charge, words: dict[str, int]) -> Row:
    since, cost = charge.at - FIRST, charge.cost
    return (
        (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds,
        words.setdefault(storable(charge.model or ""), len(words)),
        words.setdefault(storable(charge.persona or ""), len(words)),
        charge.prompt_tokens,
        charge.completion_tokens,
        charge.cached_tokens,
        charge.reasoning_tokens,
        charge.tokens,
        cost if cost is None or -MAX_WHOLE < cost < MAX_WHOLE else bounded(cost),
        charge.is_error,
        charge.latency_ms,
        charge.first_token_ms,
    )


def _number(writing: sqlite3.Connection, word: str) -> int:
    if not word:
        return 0
    known = writing.execute("SELECT number FROM words WHERE written = ?", (word,)).fetchone()
    if known is not None:
        return int(known[0])
    values = (word, provider_of(word))
    return writing.execute("INSERT INTO words VALUES (NULL, ?, ?)", values).lastrowid or 0


def _held(sums: list[int]) -> list[int]:
    if max(sums) <= MAX_WHOLE and min(sums) >= -MAX_WHOLE:
        return sums
    return [bounded(number) for number in sums]
