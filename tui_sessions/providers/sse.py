"""Bytes into lines, lines into messages: server-sent events and JSON lines, a piece at a time.
Pure.

Works on bytes, so that a character cut in two is never seen: only LF, CR and CRLF end a line
(`str.splitlines`, and with it httpx's line iterator, also cuts at U+2028 and U+0085, which stand
raw in answers). Wire form: https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6.
Checked byte by byte against
`tests/data/providers/*.sse` and `*.ndjson`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from tui_sessions.errors import ProviderError

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ServerMessage(msgspec.Struct, frozen=True):
    """One message of a stream: an event's name ("" for the usual one) and its data."""

    name: str
    data: str


class LineReader:
    """Complete lines out of pieces of bytes, without their ends."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._pieces: list[bytes] = []
        self._size = 0
        self._after_cr = False
        self._is_first = True

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The lines that `chunk` completes. Raises `ProviderError` once a line is too long."""
        if not chunk:
            return
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        self._after_cr = chunk.endswith(b"\r") or (self._after_cr and not chunk)
        # Cut as a whole: at full speed a piece holds hundreds of lines.
        *lines, rest = _LINE_END.split(chunk) if b"\r" in chunk else chunk.split(b"\n")
        if lines:
            self._keep(lines[0])
            lines[0] = self._line()
            if len(chunk) > self._max:
                yield from self._short(lines)
            else:
                yield from lines
        self._keep(rest)

    def end(self) -> Iterator[bytes]:
        """The last line, where its end is missing."""
        if self._size:
            yield self._line()

    def _short(self, lines: list[bytes]) -> Iterator[bytes]:
        for line in lines:
            if len(line) > self._max:
                raise too_long(self._max)
            yield line

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._max:
            raise too_long(self._max)
        if piece:
            self._pieces.append(piece)

    def _line(self) -> bytes:
        line = b"".join(self._pieces)
        self._pieces, self._size = [], 0
        if self._is_first:
            self._is_first = False
            line = line.removeprefix(_BYTE_ORDER_MARK)
        return line


BARE = "(bare)"
"""The name of a message that stands in a stream without any field: an error of Google's, printed in
several lines (google-genai, _api_client.py); what else it may be, nobody knows."""


class SseReader:
    """Server-sent events; also the field `error:` of llama.cpp builds of 2025, as an event of that
    name, and `BARE` JSON."""

    def __init__(self, max_line_bytes: int) -> None:
        self._lines = LineReader(max_line_bytes)
        self._max = max_line_bytes
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """The messages that `chunk` completes."""
        return self._messages(self._lines.feed(chunk))

    def end(self) -> Iterator[ServerMessage]:
        """The last message, where its blank line is missing: real servers do that behind
        proxies."""
        yield from self._messages(self._lines.end())
        yield from self._messages((b"",))

    def _messages(self, lines: Iterable[bytes]) -> Iterator[ServerMessage]:
        for line in lines:
            if self._name == BARE and line.startswith(b"data:"):
                yield from self._whole()
            if line.startswith(b"data: "):
                self._add(line[6:])
            elif line:
                self._take(line)
            else:
                yield from self._whole()

    def _whole(self) -> Iterator[ServerMessage]:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", [], 0
        if data:
            yield ServerMessage(name, "\n".join(data))

    def _take(self, line: bytes) -> None:
        if self._name == BARE or (line[:1] in (b"{", b"[") and not self._data):
            self._name = BARE
            self._add(line)
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match field:
            case b"data":
                self._add(value)
            case b"event":
                self._name = value.decode("utf-8", "replace")
            case b"error":
                self._name = "error"
                self._add(value)
            case _:
                pass  # a comment (nothing before the colon), id, retry, or a field of the future

    def _add(self, value: bytes) -> None:
        text = value.decode("utf-8", "replace")
        self._size += len(text)
        if self._size > self._max:
            raise too_long(self._max)
        self._data.append(text)


class JsonLinesReader:
    """One JSON document a line."""

    def __init__(self, max_line_bytes: int) -> None:
        self._lines = LineReader(max_line_bytes)

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """The lines that `chunk` completes; blank ones are skipped."""
        return self._messages(self._lines.feed(chunk))

    def end(self) -> Iterator[ServerMessage]:
        """The last line, where its end is missing."""
        return self._messages(self._lines.end())

    def _messages(self, lines: Iterator[bytes]) -> Iterator[ServerMessage]:
        for line in lines:
            if line.strip():
                yield ServerMessage("", line.decode("utf-8", "replace"))


class DocumentReader:
    """A whole answer in one document; the blank lines that some servers send before it are
    dropped."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max = max_line_bytes
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """Nothing yet. Raises `ProviderError` once the document is too large."""
        if not self._pieces:
            chunk = chunk.lstrip()
        self._size += len(chunk)
        if self._size > self._max:
            raise too_long(self._max)
        if chunk:
            self._pieces.append(chunk)
        return iter(())

    def end(self) -> Iterator[ServerMessage]:
        """The document."""
        document = b"".join(self._pieces).removeprefix(_BYTE_ORDER_MARK)
        if document:
            yield ServerMessage("", document.decode("utf-8", "replace"))


class Reader(Protocol):
    """Bytes to messages."""

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """The messages that `chunk` completes. Raises `ProviderError` for what cannot be one."""
        ...

    def end(self) -> Iterator[ServerMessage]:
        """What stands at the end without its own end."""
        ...


def too_long(limit: int) -> ProviderError:
    """The error for a line that does not end."""
    return ProviderError(
        f"The server sent a line of more than {limit:,} bytes, which is no answer. "
        "Try again, or raise network.max_line_bytes.",
        kind="protocol",
    )
