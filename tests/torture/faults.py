"""Every way in which a server misbehaves here, and how its answer must end. See `fault_server.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fault_server import Act, Line
from tongues import Tongue

PIECES = ("first ", "second é漢字😀 ", "third ", "last")
ALL, HALF = "".join(PIECES), "".join(PIECES[:2])

ANSWER = frozenset({"answer"})
CUT = frozenset({"cut"})
SILENT = frozenset({"timeout"})
NONSENSE = frozenset({"protocol"})
TRIES = 3
"""The first, and the two retries that are set."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to misbehave."""

    name: str
    act: Act
    ends: frozenset[str]
    """How it may end: `answer`, or a kind of `ProviderError`."""
    keeps: str | None
    """The text that is kept; None where that may be anything."""
    asked: int
    """How often the server is asked; 0 where that may be anything."""
    network: Mapping[str, Any] = field(default_factory=dict)
    """Limits that are other here."""
    fits: Callable[[Tongue], bool] = lambda _: True
    """Whether a server of that language could do it."""
    scheme: str = "http"
    is_tls: bool = False
    is_closed: bool = False
    """Whether nobody listens there."""


FAULTS: dict[str, Fault] = {}


def fault(
    ends: frozenset[str], keeps: str | None, *, asked: int = 1, **more: Any
) -> Callable[[Act], Act]:
    """Puts a fault into the catalogue under the name of its function."""

    def put(act: Act) -> Act:
        name = act.__name__.strip("_")
        assert name not in FAULTS, name
        FAULTS[name] = Fault(name=name, act=act, ends=ends, keeps=keeps, asked=asked, **more)
        return act

    return put


SHORT_HEADERS = {"header_timeout_s": 0.6, "retries": 0}
SHORT_SILENCE = {"idle_timeout_s": 0.6}
SMALL = {"max_answer_bytes": 2_000_000, "max_answer_chars": 500_000, "max_line_bytes": 300_000}
"""Bounds that are met soon."""


def is_events(tongue: Tongue) -> bool:
    """Server-sent events."""
    return tongue.kind == "text/event-stream"


def is_chat(tongue: Tongue) -> bool:
    """Streams that end with `[DONE]`."""
    return "Chat" in type(tongue).__name__


def is_text(tongue: Tongue) -> bool:
    """Streams of lines; the others are frames with sums."""
    return "eventstream" not in tongue.kind


# good answers, oddly sent


@fault(ANSWER, ALL)
async def plain(line: Line) -> None:
    await line.begin(*PIECES)
    await line.finish()


@fault(ANSWER, ALL)
async def byte_by_byte(line: Line) -> None:
    await line.head()
    for byte in line.tongue.answer(*PIECES):
        await line.chunk(bytes([byte]))
    await line.no_more()


@fault(ANSWER, ALL)
async def cut_inside_characters(line: Line) -> None:
    await line.head()
    data = line.tongue.answer(*PIECES)
    for place in range(0, len(data), 5):
        await line.chunk(data[place : place + 5])
        await asyncio.sleep(0)
    await line.no_more()


@fault(ANSWER, ALL, fits=is_events)
async def other_line_ends(line: Line) -> None:
    await line.head()
    await line.chunk(line.tongue.answer(*PIECES).replace(b"\r\n", b"\n").replace(b"\n", b"\r"))
    await line.no_more()


@fault(ANSWER, ALL)
async def comments_between(line: Line) -> None:
    await line.head()
    await line.chunk(line.words.idle() + line.tongue.begin())
    for piece in PIECES:
        await line.chunk(line.words.idle() + line.tongue.text(piece) + line.words.idle())
    await line.finish()


@fault(ANSWER, ALL, fits=is_text)
async def a_byte_order_mark(line: Line) -> None:
    await line.head()
    await line.chunk(b"\xef\xbb\xbf" + line.tongue.answer(*PIECES))
    await line.no_more()


@fault(ANSWER, ALL, fits=is_events)
async def no_space_after_the_colon(line: Line) -> None:
    await line.head()
    await line.chunk(line.tongue.answer(*PIECES).replace(b"data: ", b"data:"))
    await line.no_more()


@fault(ANSWER, ALL, fits=is_events)
async def fields_of_the_future(line: Line) -> None:
    await line.head()
    await line.chunk(b"id: 7\nretry: 100\nfuture: x\nno colon\n" + line.tongue.answer(*PIECES))
    await line.no_more()


@fault(ANSWER, ALL)
async def messages_of_the_future(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.unknown())
    await line.finish()


@fault(ANSWER, ALL)
async def all_in_one_packet(line: Line) -> None:
    await line.head(transfer_encoding=None)
    await line.raw(line.tongue.answer(*PIECES))


@fault(ANSWER, ALL)
async def a_document_instead_of_a_stream(line: Line) -> None:
    await line.whole("200 OK", line.tongue.whole(ALL))


@fault(ANSWER, ALL)
async def a_cookie(line: Line) -> None:
    await line.begin(*PIECES, set_cookie="track=me; Path=/")
    await line.finish()


@fault(ANSWER, ALL)
async def a_kind_in_capitals(line: Line) -> None:
    await line.begin(*PIECES, content_type=line.words.kind.upper() + " ; charset=x")
    await line.finish()


@fault(ANSWER, ALL, fits=is_text)
async def a_kind_that_says_nothing(line: Line) -> None:
    await line.begin(*PIECES, content_type="application/octet-stream")
    await line.finish()
