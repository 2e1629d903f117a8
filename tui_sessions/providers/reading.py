"""An open answer into events: the kind of the answer chooses the reader, the provider's dialect the
meaning.

What is asked for and what is sent differ (a `stream: true` answered with one document, and the
reverse), so only the response's own Content-Type counts, and its first bytes where that says
nothing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Iterator
from itertools import groupby
from typing import Any, Protocol

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.usage import Usage
from tui_sessions.providers.arrays import JsonArrayReader
from tui_sessions.providers.base import Counted, Event, Finished, Reasoning, Text
from tui_sessions.providers.documents import NotJsonError, is_begun, is_json, loads
from tui_sessions.providers.eventstream import EVENT_STREAM, EventStreamReader
from tui_sessions.providers.failures import Server, error_in, problem_of, reported
from tui_sessions.providers.sse import (
    BARE,
    DocumentReader,
    JsonLinesReader,
    Reader,
    ServerMessage,
    SseReader,
)

DONE = "[DONE]"
"""What ends a stream of OpenAI's shape, handed to the dialect as it is."""

GRACE_S = 5.0
"""How long to wait for token counts once the answer itself has ended."""

SLICE_S, PAUSE_S = 0.003, 0.008
"""How long an answer that comes at full speed may keep the loop to itself, and how long keys and
frames then have it: a key takes several goes of the loop, so one go is not enough."""


class OpenAnswer(Protocol):
    """What is needed of `http.Answer`."""

    content_type: str

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The bytes. Raises `ProviderError`."""
        ...

    def alive(self) -> None:
        """Text came."""
        ...

    def hurry(self, limit_s: float) -> None:
        """Wait no longer than that from now on."""
        ...


class Dialect(Protocol):
    """How one kind of server says things. Lives for one answer."""

    is_over: bool
    """Nothing more is awaited."""

    @property
    def has_ended(self) -> bool:
        """The answer is whole; only token counts may follow."""
        ...

    @property
    def usage(self) -> Usage | None:
        """What the server has counted up to now; a count that is still to grow is None in it."""
        ...

    @property
    def cost(self) -> int | None:
        """Nano-dollars that the server says it charges; None where it tells nothing."""
        ...

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one message of a stream."""
        ...

    def take_whole(self, document: Any) -> list[Event]:
        """The events of an answer that came in one document."""
        ...

    def flush(self) -> list[Event]:
        """Text that was held back."""
        ...

    def finished(self) -> Finished | None:
        """The end; None where the answer has none."""
        ...


class Plain:
    """What most dialects have in common: no text is held back, no cost is told."""

    @property
    def cost(self) -> int | None:
        """See `Dialect`."""
        return None

    def flush(self) -> list[Event]:
        """See `Dialect`."""
        return []


def joined(events: list[Event]) -> list[Event]:
    """The same with neighbouring pieces of one kind in one."""
    found: list[Event] = []
    for kind, run in groupby(events, type):
        if kind is Text or kind is Reasoning:
            pieces = [event.text for event in run if isinstance(event, Text | Reasoning)]
            found.append(Text("".join(pieces)) if kind is Text else Reasoning("".join(pieces)))
        else:
            found.extend(run)
    return found


async def answer_events(
    answer: OpenAnswer, dialect: Dialect, server: Server, max_line_bytes: int
) -> AsyncGenerator[Event, None]:
    """The events of `answer`, then one `Finished`. Whatever arrived, and was counted, is yielded before
    a `ProviderError` is raised."""
    messages = _Messages(answer, dialect, server, max_line_bytes)
    counted: Counted | None = None
    try:
        async with contextlib.aclosing(messages.batches()) as batches:
            async for events in batches:
                for event in events:
                    yield event
                now = _counted(dialect)
                if now is not None and now != counted and not dialect.is_over:
                    counted = now
                    yield now
    except ProviderError:
        if not dialect.has_ended:  # else the answer is whole, whatever came behind it
            for event in dialect.flush():
                yield event
            now = _counted(dialect)
            if now is not None and now != counted:
                yield now
            raise
    for event in dialect.flush():
        yield event
    finished = dialect.finished()
    if finished is None:
        raise messages.cut()
    yield msgspec.structs.replace(finished, finish=server.without_key(finished.finish))


def _counted(dialect: Dialect) -> Counted | None:
    """None where nothing is counted yet."""
    usage, cost = dialect.usage, dialect.cost
    return None if usage is None and cost is None else Counted(usage or Usage(), cost)


class _Messages:
    """Bytes to events; knows the reader."""

    def __init__(
        self, answer: OpenAnswer, dialect: Dialect, server: Server, max_line_bytes: int
    ) -> None:
        self._answer = answer
        self._dialect = dialect
        self._server = server
        self._max = max_line_bytes
        self._reader: Reader | None = _reader_for(answer.content_type, max_line_bytes)
        self._has_any = False

    async def batches(self) -> AsyncGenerator[list[Event], None]:
        """The events of all that came at once. Raises `ProviderError`."""
        if self._answer.content_type == "text/html":
            raise self._is_page()
        broken, busy_s = None, 0.0
        try:
            async with contextlib.aclosing(self._answer.chunks()) as chunks:
                async for chunk in chunks:
                    began = time.monotonic()
                    events, broken = self._taken(self._fed(chunk))
                    yield events
                    if broken is not None or self._dialect.is_over:
                        break
                    busy_s += time.monotonic() - began
                    if busy_s > SLICE_S:
                        # A fast server is always ready with more.
                        await asyncio.sleep(PAUSE_S)
                        busy_s = 0.0
        except ProviderError as error:
            broken = error
        if self._dialect.is_over and broken is None:
            return
        if broken is not None and broken.kind not in ("cut", "timeout"):
            raise broken
        events, worse = self._taken(self._rest())
        yield events
        broken = worse or broken
        if broken is not None:
            raise broken

    def _taken(self, batches: Iterator[list[Event]]) -> tuple[list[Event], ProviderError | None]:
        """The events up to the end of the answer, neighbouring pieces in one: each passes several
        generators on its way. Then the error that came after them."""
        events: list[Event] = []
        try:
            for some in batches:
                events += some
                if self._dialect.is_over:
                    break
        except ProviderError as error:
            return joined(events), error
        return joined(events), None

    def cut(self) -> ProviderError:
        """The error for an answer that ended without saying so."""
        host = self._server.host
        if not self._has_any:
            return ProviderError(
                f"{host} sent an empty answer: check the base URL and the model, or try again.",
                kind="cut",
            )
        return ProviderError(f"The answer of {host} was cut off before its end.", kind="cut")

    def _fed(self, chunk: bytes) -> Iterator[list[Event]]:
        if self._reader is None:
            chunk = chunk.lstrip()
            if not chunk:
                return
            self._reader = self._guessed(chunk)
        if isinstance(self._reader, DocumentReader) and chunk.strip():
            self._answer.alive()  # a long document comes in many pieces
        for message in self._reader.feed(chunk):
            self._has_any = True
            yield self._events(message)

    def _rest(self) -> Iterator[list[Event]]:
        """What stands at the end without its line end. Half a message means that the answer was
        cut."""
        for message in self._reader.end() if self._reader else ():
            self._has_any = True
            if isinstance(self._reader, DocumentReader):
                yield from self._whole(message.data)
                continue
            try:
                loads(message.data)
            except NotJsonError:
                if message.data != DONE:
                    continue
            yield self._events(message)

    def _events(self, message: ServerMessage) -> list[Event]:
        dialect, data = self._dialect, message.data
        if message.name == BARE:
            return self._bare(data)
        document = DONE if data.strip() == DONE else self._loaded(message)
        problem = error_in(document)
        if problem is None and message.name == "error":
            problem = problem_of({"error": document})
        if problem is not None:
            raise reported(self._server, problem)
        had_ended = dialect.has_ended
        events = dialect.take(message.name, document)
        if any(isinstance(event, Text | Reasoning) and event.text for event in events):
            self._answer.alive()  # whatever else comes only holds the line
        if dialect.has_ended and not had_ended:
            self._answer.hurry(GRACE_S)
        return events

    def _bare(self, text: str) -> list[Event]:
        """JSON between the events counts only where it is an error."""
        try:
            problem = error_in(loads(text))
        except NotJsonError:
            problem = None
        if problem is not None:
            raise reported(self._server, problem)
        return []

    def _whole(self, text: str) -> Iterator[list[Event]]:
        try:
            document = loads(text)
        except NotJsonError:
            yield from self._lines(text)
            return
        problem = error_in(document)
        if problem is not None:
            raise reported(self._server, problem)
        yield self._dialect.take_whole(document)

    def _lines(self, text: str) -> Iterator[list[Event]]:
        """JSON lines that were announced as one document; the last may be cut."""
        lines = [line for line in text.split("\n") if line.strip()]
        if is_begun(text) and not is_json(lines[0]):
            raise self.cut()  # half a document
        for line in lines:
            if line is lines[-1] and is_begun(line):
                raise self.cut()
            yield self._events(ServerMessage("", line))

    def _loaded(self, message: ServerMessage) -> Any:
        try:
            return loads(message.data)
        except NotJsonError:
            if message.name == "error":
                return message.data
            raise self._not_json() from None

    def _guessed(self, chunk: bytes) -> Reader:
        start = chunk.removeprefix(b"\xef\xbb\xbf")[:1]
        if start == b"<":
            raise self._is_page()
        if start == b"[":
            return JsonArrayReader(self._max)
        is_json = "json" in self._answer.content_type
        return DocumentReader(self._max) if is_json or start == b"{" else SseReader(self._max)

    def _not_json(self) -> ProviderError:
        return ProviderError(
            f"{self._server.host} sent something that is no JSON, so the rest of its answer "
            "cannot be read: try again.",
            kind="protocol",
        )

    def _is_page(self) -> ProviderError:
        return ProviderError(
            f"{self._server.host} answered with a web page instead of an answer: check the base "
            "URL, or sign in "
            "where the network asks for it.",
            kind="protocol",
        )


def _reader_for(content_type: str, max_line_bytes: int) -> Reader | None:
    """The reader for a kind of answer; None where its first bytes must tell."""
    if content_type == "text/event-stream":
        return SseReader(max_line_bytes)
    if "ndjson" in content_type or "jsonl" in content_type or "json-seq" in content_type:
        return JsonLinesReader(max_line_bytes)
    if content_type == EVENT_STREAM:
        return EventStreamReader(max_line_bytes)
    return None
