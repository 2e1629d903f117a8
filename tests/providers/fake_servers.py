"""Servers for the tests of providers: an answer made of bytes, and a real HTTP server on loopback
that follows a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tui_sessions.config.schema import Config, NetworkConfig
from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import ChatMessage, Event, Finished, Reasoning, Request, Text

CANARY = "sk-canary-0123456789abcdef"
QUICK = NetworkConfig(
    connect_timeout_s=5, header_timeout_s=20, idle_timeout_s=20, retries=2, max_retry_wait_s=5
)


def configured(**network: Any) -> Config:
    """A configuration with other patience."""
    settings = {name: getattr(QUICK, name) for name in QUICK.__struct_fields__}
    return Config(network=NetworkConfig(**{**settings, **network}))


def asking(prompt: str = "hi", *, model: str = "m", **wanted: Any) -> Request:
    """A request with one prompt."""
    return Request(model=model, messages=(ChatMessage("user", prompt),), **wanted)


@dataclass
class Heard:
    """What came of an answer."""

    events: list[Event] = field(default_factory=list)
    error: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Text))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Reasoning))

    @property
    def end(self) -> Finished | None:
        return next((event for event in self.events if isinstance(event, Finished)), None)


async def heard(stream: AsyncGenerator[Event, None]) -> Heard:
    """Listen to the end, whatever it is."""
    result = Heard()
    try:
        async for event in stream:
            result.events.append(event)
    except ProviderError as error:
        result.error = error
    return result


@dataclass
class BytesAnswer:
    """An open answer made of pieces of bytes, then perhaps an error: what `http.Answer` is to the
    reader."""

    pieces: Iterable[bytes]
    content_type: str = "text/event-stream"
    broken: ProviderError | None = None
    calls: list[str] = field(default_factory=list)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for piece in self.pieces:
            yield piece
        if self.broken is not None:
            raise self.broken

    def alive(self) -> None:
        self.calls.append("alive")

    def hurry(self, limit_s: float) -> None:
        self.calls.append("hurry")


@dataclass
class Asked:
    """One request as the server got it, and the way to answer it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(
        self, status: str = "200 OK", kind: str = "text/event-stream", **headers: str
    ) -> None:
        lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", "connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def say(self, *documents: Any) -> None:
        """Events of a stream."""
        for document in documents:
            data = document if isinstance(document, str) else json.dumps(document)
            await self.raw(f"data: {data}\n\n".encode())

    async def answer(self, text: str = "hello") -> None:
        """A whole good answer of OpenAI's shape."""
        await self.head()
        await self.say(chunk(text), chunk("", "stop"), "[DONE]")

    async def refuse(self, status: str, error: Any, **headers: str) -> None:
        body = error if isinstance(error, str) else json.dumps(error)
        await self.head(status, "application/json", content_length=str(len(body)), **headers)
        await self.raw(body.encode())

    async def until_gone(self) -> None:
        """Return once the client has closed the connection."""
        while await self.reader.read(1024):
            pass


Script = Callable[[Asked], Awaitable[None]]


@dataclass
class Loopback:
    """A running server, and all it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


async def serve(script: Script) -> tuple[Loopback, asyncio.Server]:
    """Start a server that answers every request by `script`."""
    loopback = Loopback(port=0)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader, writer)
            loopback.asked.append(asked)
            await script(asked)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception as error:  # noqa: BLE001 - whatever a script does wrong fails its test
            loopback.problems.append(error)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    loopback.port = server.sockets[0].getsockname()[1]
    return loopback, server


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(head[0].split()[1], headers, json.loads(body or b"{}"), reader, writer)


def chunk(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of OpenAI's shape."""
    return {
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}],
        **more,
    }
