"""A chat server on loopback that speaks the OpenAI wire form; run as a process of its own.

The name of the model says what is answered: `words-<count>-<rate>`, `fence-<characters>-<rate>`; a rate is
words per second or `max`. Every word is an event of its own, as servers send tokens. An answer begins with
BEGINOFANSWER and ends with ENDOFANSWER; a `stamped-<count>-<rate>` one begins with the nanoseconds of the
monotonic clock at which it was sent. All bytes are made before the first request, so that at full speed
the server takes nothing from the program's core.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from benchmarks.prose import Prose

BEGIN, END = "BEGINOFANSWER", "ENDOFANSWER"
_SEED = 42
_EVENTS_A_WRITE = 64
_WARMED = (
    ("words", 50),
    ("words", 2_000),
    ("words", 20_000),
    ("words", 200_000),
    ("stamped", 50),
    ("stamped", 2_000),
    ("fence", 1_000_000),
)
"""Kinds and sizes that are made before the first request."""


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def _event(**values: object) -> bytes:
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    return _chunk(b"data: " + json.dumps({**base, **values}).encode() + b"\n\n")


def _piece(text: str) -> bytes:
    delta = {"content": text}
    return _event(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


@cache
def _events(kind: str, size: int) -> tuple[bytes, ...]:
    """An answer as it goes over the wire, one item a word."""
    prose = Prose(_SEED)
    text = prose.fence(size) if kind == "fence" else prose.answer(size)
    first = () if kind == "stamped" else (_piece(f"{BEGIN}\n\n"),)
    words = re.findall(r"\s*\S+", text)
    return (*first, *map(_piece, words), _piece(f"\n\n{END}"), _closing(len(words)))


def _closing(tokens: int) -> bytes:
    usage = {"prompt_tokens": 10, "completion_tokens": tokens, "total_tokens": tokens + 10}
    stop = _event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    counted = _event(choices=[], usage=usage)
    return stop + counted + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


async def _answer(model: str, writer: asyncio.StreamWriter) -> None:
    kind, size, rate = model.split("-")
    events = _events(kind, int(size))
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    writer.write(head)
    if kind == "stamped":
        writer.write(_piece(f"{time.monotonic_ns()} "))
    step = _EVENTS_A_WRITE if rate == "max" else 1
    began = time.monotonic()
    for place in range(0, len(events), step):
        if rate != "max":
            await asyncio.sleep(max(0.0, began + place / float(rate) - time.monotonic()))
        writer.write(b"".join(events[place : place + step]))
        await writer.drain()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            if b"/chat/completions" in head.split(b"\r\n", 1)[0]:
                await _answer(json.loads(body)["model"], writer)
            else:
                listed = json.dumps({"object": "list", "data": []}).encode()
                start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                writer.write(start + b"%d\r\n\r\n%s" % (len(listed), listed))
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def _run() -> None:
    for kind, size in _WARMED:
        _events(kind, size)
    async with await asyncio.start_server(_serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


@contextmanager
def running() -> Iterator[str]:
    """The server's base URL while it runs."""
    command = [sys.executable, "-m", "benchmarks.server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_run())
