"""A server on loopback that misbehaves on purpose: raw sockets, every language, one fault at a time.

`faults.py` says what each fault does; here stands how it is brought onto the wire. A tongue of `tongues.py` puts it
into the words of one kind of provider, so that the same fault is met by all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from other_tongues import frame
from tongues import Tongue

_PRELUDE = 12
_CHECKSUM = 4
_HANDSHAKE = b"\x16"
"""How TLS begins."""
_COUNT = re.compile(rb'("\w*(?:[tT]oken\w*|_count)": )\d+')
_ENDS = re.compile(rb'"(?:stop|end_turn|STOP|completed)"')


class Gone(Exception):  # noqa: N818 - nothing is wrong: the client has left
    """The client has closed the connection."""


class Words:
    """A tongue, and the same said wrongly."""

    def __init__(self, tongue: Tongue) -> None:
        self.tongue = tongue
        self.kind = tongue.kind
        self.is_framed = "eventstream" in tongue.kind

    def document(self, data: bytes) -> bytes:
        """JSON, or what should be, as one message of the stream."""
        if self.is_framed:
            headers = {"event_type": "contentBlockDelta", "message_type": "event"}
            return frame(data, **headers)
        return data + b"\n" if "ndjson" in self.kind else b"data: " + data + b"\n\n"

    def idle(self) -> bytes:
        """A message that only holds the line."""
        if self.is_framed:
            return frame(b'{"p":"abc"}', event_type="futureEvent", message_type="event")
        return b"\n" if "ndjson" in self.kind else b": still here\n\n"

    def text_as(self, value: bytes) -> bytes:
        """A piece of text whose place holds this raw JSON."""
        return self.bent(self.tongue.text("@@"), lambda data: data.replace(b'"@@"', value))

    def end_with(self, count: bytes) -> bytes:
        """The end, with every count replaced."""
        return self.bent(self.tongue.end(), lambda data: _COUNT.sub(rb"\g<1>" + count, data))

    def end_because(self, word: bytes) -> bytes:
        """The end for a reason that nobody knows."""
        return self.bent(self.tongue.end(), lambda data: _ENDS.sub(b'"' + word + b'"', data))

    def bent(self, message: bytes, bend: Callable[[bytes], bytes]) -> bytes:
        """A message with other content; the sums of a frame are made right again."""
        if not self.is_framed:
            return bend(message)
        return b"".join(
            _framed_anew(headers, bend(payload)) for headers, payload in _frames(message)
        )


def _frames(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    while data:
        length, headers = struct.unpack_from(">II", data)
        yield (
            data[_PRELUDE : _PRELUDE + headers],
            data[_PRELUDE + headers : length - _CHECKSUM],
        )
        data = data[length:]


def _framed_anew(headers: bytes, payload: bytes) -> bytes:
    import zlib

    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return whole + struct.pack(">I", zlib.crc32(whole))


@dataclass
class Line:
    """One request as it came, and the way to answer it badly."""

    words: Words
    path: str
    headers: dict[str, str]
    body: bytes
    number: int
    """How many requests came before it."""
    server: Served
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def tongue(self) -> Tongue:
        return self.words.tongue

    async def raw(self, data: bytes) -> None:
        """Bytes, as they are. Raises `Gone`."""
        try:
            self.writer.write(data)
            await self.writer.drain()
        except (ConnectionError, RuntimeError, ssl.SSLError):
            raise Gone from None
        if self.writer.is_closing():
            raise Gone
        self.server.sent += len(data)

    async def head(self, status: str = "200 OK", **headers: str | None) -> None:
        """The status and headers; `None` leaves one out."""
        all_headers = {
            "content_type": self.words.kind,
            "transfer_encoding": "chunked",
            "connection": "close",
            **headers,
        }
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{n.replace('_', '-')}: {v}" for n, v in all_headers.items() if v is not None]
        await self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def chunk(self, data: bytes) -> None:
        """A chunk of the body; an empty one would be its end."""
        if not data:
            return
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def no_more(self) -> None:
        """The end of the chunks."""
        await self.raw(b"0\r\n\r\n")

    async def whole(
        self, status: str, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        """A body whose length is told."""
        await self.head(
            status,
            content_type=kind,
            transfer_encoding=None,
            content_length=str(len(body)),
            **headers,
        )
        await self.raw(body)

    async def begin(self, *pieces: str, **headers: str | None) -> None:
        """A good answer as far as these pieces."""
        await self.head(**headers)
        await self.chunk(self.tongue.begin() + b"".join(map(self.tongue.text, pieces)))

    async def finish(self) -> None:
        """The good end of a good answer."""
        await self.chunk(self.tongue.end())
        await self.no_more()

    async def refuse(self, status: str, said: str = "no", **headers: str) -> None:
        """An error as this kind of server words it."""
        await self.whole(status, self.tongue.refusal(said), **headers)

    async def silence(self) -> None:
        """Nothing more, until the client has gone."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while await self.reader.read(4096):
                pass
        raise Gone

    def reset(self) -> None:
        """Break the connection off, without a good-bye."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Act = Callable[[Line], Awaitable[None]]


@dataclass
class Served:
    """A running server, and what it was asked."""

    port: int = 0
    scheme: str = "http"
    lines: list[Line] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)
    sent: int = 0
    other: Served | None = None
    """A second server of another origin, which nobody has a reason to ask."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def asked(self) -> int:
        """How many requests came."""
        return len(self.lines)


@contextlib.asynccontextmanager
async def serving(
    act: Act, tongue: Tongue, *, tls: ssl.SSLContext | None = None, other: Served | None = None
) -> AsyncIterator[Served]:
    """A server for one fault, in this loop."""
    served, words = Served(other=other), Words(tongue)
    tasks: set[asyncio.Task[Any]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        try:
            line = await _heard(reader, writer, words, served)
            if line is None:
                return
            served.lines.append(line)
            await act(line)
        except (Gone, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as error:  # noqa: BLE001 - whatever a fault does wrong fails its test
            served.problems.append(error)
        finally:
            with contextlib.suppress(Exception):
                writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _heard(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: Words, served: Served
) -> Line | None:
    """The request; None where somebody tries to speak in cipher."""
    first = await reader.readexactly(1)
    if first == _HANDSHAKE:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return None
    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Line(words, head[0].split()[1], headers, body, served.asked, served, reader, writer)


@contextlib.contextmanager
def served_aside(act: Act, tongue: Tongue, **more: Any) -> Iterator[Served]:
    """The same in a thread of its own: for programs that have their own loop."""
    ready, done = threading.Event(), threading.Event()
    found: list[Served] = []

    async def run() -> None:
        async with serving(act, tongue, **more) as served:
            found.append(served)
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield found[0]
    finally:
        done.set()
        thread.join(20)
