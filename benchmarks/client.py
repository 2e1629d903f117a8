"""F12: what the provider costs over reading the socket. Measured in a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

import msgspec

from benchmarks.figure import Figure
from benchmarks.rig import Rig
from benchmarks.server import BEGIN
from tui_sessions.config.schema import Config
from tui_sessions.providers.base import ChatMessage, Request, Text
from tui_sessions.providers.registry import Providers

_TOKENS = 2_000
_MANY = 20_000
_CPU_S, _FIRST_MS, _COLD_MS = 0.10, 20, 150
_AGAIN = 10


def client(rig: Rig) -> Iterator[Figure]:
    """Processor time of 2,000 tokens, and how late the first one is."""
    runs = [_measured(rig) for _ in range(rig.runs + 1)][1:]
    yield Figure(
        "F12",
        f"{_TOKENS:,} tokens over the bare socket",
        "CPU s",
        tuple(run.streaming_s - run.socket_s for run in runs),
        goal=_CPU_S,
        floor=median(run.socket_s for run in runs),
    )
    yield Figure(
        "F12",
        "processor time for 1,000 tokens, all in all",
        "CPU ms",
        tuple(1e6 * run.streaming_s / _TOKENS for run in runs),
        floor=median(1e6 * run.socket_s / _TOKENS for run in runs),
    )
    yield Figure(
        "F12",
        f"{_MANY:,} tokens of a server at full speed",
        "s",
        tuple(run.many_s for run in runs),
        floor=median(run.many_socket_s for run in runs),
    )
    yield Figure("F12", "tokens of it", "/s", tuple(_MANY / run.many_s for run in runs))
    warm = tuple(late for run in runs for late in run.warm_ms)
    yield Figure("F12", "first token after the server's", "ms", warm, goal=_FIRST_MS)
    cold = tuple(run.cold_ms for run in runs)
    yield Figure("F12", "request to first token, first use", "ms", cold, goal=_COLD_MS)
    shown = tuple(_on_screen_ms(rig) for _ in range(rig.runs + 1))[1:]
    yield Figure("F12", "enter to first words on the screen, first use", "ms", shown)


class _Run(msgspec.Struct):
    """What the process says."""

    cold_ms: float
    warm_ms: tuple[float, ...]
    streaming_s: float
    socket_s: float
    """Processor time."""
    many_s: float
    many_socket_s: float
    """By the clock."""


def _measured(rig: Rig) -> _Run:
    command = [sys.executable, "-m", "benchmarks.client", rig.server]
    printed = subprocess.check_output(command, env=rig.environ(rig.work))
    return msgspec.json.decode(printed, type=_Run)


def _on_screen_ms(rig: Rig) -> float:
    with rig.ready(rig.empty(), CHAT_MODEL="openai/words-50-20") as terminal:
        terminal.press("go")
        terminal.settle(0.5)
        pressed = terminal.press("enter")
        return 1000 * (terminal.see(BEGIN) - pressed)


async def _run(base_url: str) -> _Run:
    providers = Providers(Config(), {}, base_urls={"": base_url})
    began = time.monotonic_ns()
    cold, _ = await _stream(providers, "stamped-50-max")
    warm = [await _stream(providers, "stamped-50-max") for _ in range(_AGAIN)]
    cpu = time.process_time()
    await _stream(providers, f"stamped-{_TOKENS}-max")
    streaming = time.process_time() - cpu
    started = time.monotonic()
    await _stream(providers, f"stamped-{_MANY}-max")
    many = time.monotonic() - started
    await providers.aclose()
    cpu = time.process_time()
    await _read_socket(base_url, f"stamped-{_TOKENS}-max")
    socket = time.process_time() - cpu
    started = time.monotonic()
    await _read_socket(base_url, f"stamped-{_MANY}-max")
    return _Run(
        cold_ms=(cold - began) / 1e6,
        warm_ms=tuple((came - sent) / 1e6 for came, sent in warm),
        streaming_s=streaming,
        socket_s=socket,
        many_s=many,
        many_socket_s=time.monotonic() - started,
    )


async def _stream(providers: Providers, model: str) -> tuple[int, int]:
    """When the first text came and when the server sent it."""
    request = Request(model=model, messages=(ChatMessage("user", "go"),))
    came = sent = 0
    async for event in providers.get("openai").stream(request):
        if not came and isinstance(event, Text):
            came, sent = time.monotonic_ns(), int(event.text.split()[0])
    return came, sent


async def _read_socket(base_url: str, model: str) -> None:
    where = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    body = json.dumps({"model": model}).encode()
    writer.write(
        b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    answer = b""
    while not answer.endswith(b"0\r\n\r\n"):
        answer = answer[-8:] + await reader.read(65_536)
    writer.close()


if __name__ == "__main__":
    print(msgspec.json.encode(asyncio.run(_run(sys.argv[1]))).decode())
