"""Amazon's frames: read wherever they are cut, refused where a bit is wrong or a length is a lie."""

from __future__ import annotations

import contextlib
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from other_tongues import frame

from tui_sessions.errors import ProviderError
from tui_sessions.providers.eventstream import EventStreamReader
from tui_sessions.providers.sse import ServerMessage

LIMIT = 100_000
EVENT = {"message_type": "event", "event_type": "contentBlockDelta"}


def read(*chunks: bytes, limit: int = LIMIT) -> list[ServerMessage]:
    reader = EventStreamReader(limit)
    return [m for chunk in chunks for m in reader.feed(chunk)] + list(reader.end())


def with_headers(headers: bytes, payload: bytes = b"{}") -> bytes:
    """A frame whose headers are these bytes."""
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return whole + struct.pack(">I", zlib.crc32(whole))


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20)), max_size=5), st.data())
def test_frames_are_read_wherever_they_are_cut(
    payloads: list[dict[str, str]], cut: st.DataObject
) -> None:
    data = b"".join(frame(payload, **EVENT) for payload in payloads)
    places = sorted(cut.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    chunks = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    found = read(*chunks)
    assert [json.loads(message.data) for message in found] == payloads
    assert {message.name for message in found} <= {"contentBlockDelta"}


@given(st.integers(0, 8 * len(frame({"a": "b"}, **EVENT)) - 1))
def test_one_wrong_bit_is_never_taken_for_an_answer(bit: int) -> None:
    data = bytearray(frame({"a": "b"}, **EVENT))
    data[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProviderError) as caught:
        read(bytes(data))
    assert caught.value.kind == "protocol"


@given(st.binary(max_size=200))
def test_bytes_that_are_no_frames_give_nothing_or_a_protocol_error(data: bytes) -> None:
    found: list[ServerMessage] = []
    with contextlib.suppress(ProviderError):
        found = read(data)
    assert found == []


def test_frames_before_a_damaged_one_are_still_read() -> None:
    reader = EventStreamReader(LIMIT)
    messages = reader.feed(frame({"a": 1}, **EVENT) + b"\x00" * 16)
    assert next(messages).data == '{"a": 1}'
    with pytest.raises(ProviderError):
        next(messages)


def test_a_frame_that_is_too_large_is_refused_before_it_came() -> None:
    prelude = struct.pack(">II", LIMIT + 1, 0)
    with pytest.raises(ProviderError, match="100,000 bytes"):
        read(prelude + struct.pack(">I", zlib.crc32(prelude)))


@pytest.mark.parametrize(("length", "headers"), [(15, 0), (0, 0), (20, 5), (16, 1)])
def test_lengths_that_do_not_fit_are_refused(length: int, headers: int) -> None:
    prelude = struct.pack(">II", length, headers)
    with pytest.raises(ProviderError, match="damaged"):
        read(prelude + struct.pack(">I", zlib.crc32(prelude)) + b"\x00" * 20)


def test_exceptions_and_errors_are_told_with_their_class() -> None:
    told = {"exception_type": "throttlingException", "message_type": "exception"}
    [message] = read(frame({"message": "slow"}, **told))
    assert (message.name, json.loads(message.data)) == (
        "error",
        {"type": "throttlingException", "message": "slow"},
    )
    told = {"message_type": "error", "error_code": "InternalFailure", "error_message": "boom"}
    [message] = read(frame(b"", **told))
    assert json.loads(message.data) == {"type": "InternalFailure", "message": "boom"}
    [message] = read(frame(b"no json", exception_type="x", message_type="exception"))
    assert json.loads(message.data)["message"] == "no json"


def test_headers_of_every_type_are_passed_over() -> None:
    sizes = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
    headers = b"".join(
        bytes([1]) + b"h" + bytes([kind]) + bytes(size) for kind, size in sizes.items()
    )
    headers += b"\x01b\x06" + struct.pack(">H", 3) + b"abc"
    headers += b"\x0b:event-type\x07" + struct.pack(">H", 1) + b"x"
    assert read(with_headers(headers)) == [ServerMessage("x", "{}")]


@pytest.mark.parametrize(
    "headers", [b"\x05ab", b"\x01a\x63", b"\x01a\x07\xff\xff", b"\x01a\x07\x00", b"\x01a"]
)
def test_headers_that_do_not_fit_are_refused(headers: bytes) -> None:
    with pytest.raises(ProviderError, match="damaged"):
        read(with_headers(headers))


def test_a_frame_without_a_payload_is_an_empty_message() -> None:
    assert read(frame(b"", **EVENT)) == [ServerMessage("contentBlockDelta", "{}")]
