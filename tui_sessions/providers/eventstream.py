"""Amazon's event stream: binary frames with two checksums, a piece at a time. Pure.

Wire form: https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html and the transcribe guide's
table of header types, as of November 2026. A frame is its length, the length of its headers and the CRC-32
of these eight bytes; the headers; the payload; the CRC-32 of all before. Checked byte by byte against
`tests/data/providers/bedrock*.eventstream`.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator

from tui_sessions.errors import ProviderError
from tui_sessions.providers.documents import NotJsonError, loads, mapping, string
from tui_sessions.providers.sse import ServerMessage, too_long

EVENT_STREAM = "application/vnd.amazon.eventstream"
"""The media type."""

_PRELUDE = struct.Struct(">III")
_CRC = struct.Struct(">I")
_LENGTH = struct.Struct(">H")
_SMALLEST = _PRELUDE.size + _CRC.size
_MAX_HEADERS = 131_072
"""AWS's own limit."""
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of the values of each type that is not told with its length: true, false, byte, short, int, long,
time, UUID."""
_BYTES, _TEXT = 6, 7


class EventStreamReader:
    """Frames out of pieces of bytes. An event is a message of its name; an exception or error is one of the
    name `error`, with its class as the type."""

    def __init__(self, max_frame_bytes: int) -> None:
        self._max = max_frame_bytes
        self._held = bytearray()

    def feed(self, chunk: bytes) -> Iterator[ServerMessage]:
        """The messages of the frames that `chunk` completes. Raises `ProviderError` for a frame that is
        damaged or too large."""
        self._held += chunk
        while len(self._held) >= _PRELUDE.size:
            length, headers_length, _ = _PRELUDE.unpack_from(self._held)
            self._check(length, headers_length)
            if len(self._held) < length:
                return
            frame = bytes(self._held[:length])
            del self._held[:length]
            if zlib.crc32(frame[: -_CRC.size]) != _CRC.unpack_from(frame, length - _CRC.size)[0]:
                raise _damaged()
            body_at = _PRELUDE.size + headers_length
            headers = _headers(frame[_PRELUDE.size : body_at])
            yield _message(headers, frame[body_at : -_CRC.size].decode("utf-8", "replace"))

    def end(self) -> Iterator[ServerMessage]:
        """Half a frame is none."""
        return iter(())

    def _check(self, length: int, headers_length: int) -> None:
        """The lengths are believed only where their checksum is right."""
        if zlib.crc32(self._held[:8]) != _CRC.unpack_from(self._held, 8)[0]:
            raise _damaged()
        if length > self._max or headers_length > _MAX_HEADERS:
            raise too_long(self._max)
        if length < _SMALLEST + headers_length:
            raise _damaged()


def _message(headers: dict[str, str], payload: str) -> ServerMessage:
    match headers.get(":message-type"):
        case "exception":
            kind = headers.get(":exception-type", "")
            return _report(kind, _words(payload))
        case "error":
            return _report(headers.get(":error-code", ""), headers.get(":error-message", ""))
    # A frame without a payload says only that it came.
    return ServerMessage(headers.get(":event-type", ""), payload or "{}")


def _words(payload: str) -> str:
    try:
        document = mapping(loads(payload))
    except NotJsonError:
        return payload
    return string(document.get("message")) or string(document.get("Message"))


def _report(kind: str, words: str) -> ServerMessage:
    return ServerMessage("error", json.dumps({"type": kind, "message": words}))


def _headers(data: bytes) -> dict[str, str]:
    """The headers whose value is a text. Raises `ProviderError` where they do not fit their place."""
    found, at = {}, 0
    try:
        while at < len(data):
            name, at = _counted(data, at + 1, data[at])
            kind, at = data[at], at + 1
            if kind in (_BYTES, _TEXT):
                (size,) = _LENGTH.unpack_from(data, at)
                at += _LENGTH.size
            else:
                size = _SIZES[kind]
            value, at = _counted(data, at, size)
            if kind == _TEXT:
                found[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    except (struct.error, KeyError, IndexError):
        raise _damaged() from None
    return found


def _counted(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    """So many bytes, and where they end."""
    if at + size > len(data):
        raise _damaged()
    return data[at : at + size], at + size


def _damaged() -> ProviderError:
    return ProviderError(
        "The server sent a damaged piece of its answer, so the rest cannot be read: try again.",
        kind="protocol",
    )
