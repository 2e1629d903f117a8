"""Faults of the connection: silence, breaks, lengths that are wrong, what is no HTTP, what never ends."""

from __future__ import annotations

import asyncio
import gzip
import os
import zlib

from fault_server import Line
from faults import (
    ALL,
    ANSWER,
    CUT,
    HALF,
    NONSENSE,
    PIECES,
    SHORT_HEADERS,
    SHORT_SILENCE,
    SILENT,
    SMALL,
    TRIES,
    fault,
    is_text,
)

NO_HTTP = NONSENSE | {"network"}
FIRST, THEN = PIECES[:2], PIECES[2:]


# silence


@fault(SILENT, "", network=SHORT_HEADERS)
async def no_response(line: Line) -> None:
    await line.silence()


@fault(SILENT, "", network=SHORT_HEADERS)
async def headers_byte_by_byte(line: Line) -> None:
    for byte in b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" * 99:
        await line.raw(bytes([byte]))
        await asyncio.sleep(0.05)


@fault(SILENT, "", network=SHORT_HEADERS)
async def continues_for_ever(line: Line) -> None:
    while True:
        await line.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 20)
        await asyncio.sleep(0.01)


@fault(SILENT, HALF, network=SHORT_SILENCE)
async def silence_after_some_text(line: Line) -> None:
    await line.begin(*FIRST)
    await line.silence()


@fault(SILENT, "", network=SHORT_SILENCE)
async def silence_after_the_headers(line: Line) -> None:
    await line.head()
    await line.silence()


@fault(SILENT, HALF, network=SHORT_SILENCE)
async def comments_for_ever(line: Line) -> None:
    await line.begin(*FIRST)
    while True:
        await line.chunk(line.words.idle())
        await asyncio.sleep(0.05)


@fault(SILENT, HALF, network=SHORT_SILENCE)
async def empty_pieces_for_ever(line: Line) -> None:
    await line.begin(*FIRST)
    while True:
        await line.chunk(line.tongue.text(""))
        await asyncio.sleep(0.05)


@fault(SILENT, HALF, network=SHORT_SILENCE)
async def messages_of_the_future_for_ever(line: Line) -> None:
    await line.begin(*FIRST)
    while True:
        await line.chunk(line.words.document(b'{"future": 1}'))
        await asyncio.sleep(0.05)


@fault(SILENT, HALF, network=SHORT_SILENCE)
async def a_line_that_drips(line: Line) -> None:
    await line.begin(*FIRST)
    for byte in line.tongue.text("x" * 999):
        await line.chunk(bytes([byte]))
        await asyncio.sleep(0.05)


@fault(ANSWER, ALL, network={"idle_timeout_s": 3.0})
async def silence_after_the_end(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end())
    await line.silence()


@fault(ANSWER, ALL, network={"idle_timeout_s": 3.0})
async def comments_after_the_end(line: Line) -> None:
    await line.begin(*PIECES)
    await line.chunk(line.tongue.end())
    while True:
        await line.chunk(line.words.idle())
        await asyncio.sleep(0.02)


# breaks


@fault(frozenset({"network"}), "", asked=TRIES)
async def reset_at_once(line: Line) -> None:
    line.reset()


@fault(frozenset({"network"}), "", asked=TRIES)
async def closed_at_once(line: Line) -> None:
    return


@fault(NO_HTTP, "", asked=0)
async def closed_in_the_headers(line: Line) -> None:
    await line.raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/ev")


@fault(NO_HTTP, "", asked=0)
async def reset_in_the_headers(line: Line) -> None:
    await line.raw(b"HTTP/1.1 200 OK\r\ncontent-ty")
    await asyncio.sleep(0.05)
    line.reset()


@fault(CUT, "")
async def closed_after_the_headers(line: Line) -> None:
    await line.head()


@fault(CUT, HALF)
async def closed_after_some_text(line: Line) -> None:
    await line.begin(*FIRST)


@fault(CUT, HALF)
async def reset_after_some_text(line: Line) -> None:
    await line.begin(*FIRST)
    await asyncio.sleep(0.1)
    line.reset()


@fault(CUT, HALF)
async def closed_inside_a_character(line: Line) -> None:
    await line.begin(*FIRST)
    message = line.tongue.text("漢字")
    await line.chunk(message[: message.find(b"\xe6") + 1 or len(message) // 2])


@fault(CUT, HALF)
async def closed_inside_a_message(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.tongue.text("never whole")[:-8])


@fault(CUT, HALF)
async def ended_well_without_a_finish(line: Line) -> None:
    await line.begin(*FIRST)
    await line.no_more()


@fault(CUT, "")
async def an_empty_answer(line: Line) -> None:
    await line.whole("200 OK", b"", line.words.kind)


@fault(CUT | NONSENSE, "")
async def no_content(line: Line) -> None:
    await line.head("204 No Content", transfer_encoding=None)


# lengths


@fault(CUT, "")
async def a_length_that_is_too_short(line: Line) -> None:
    await line.head(transfer_encoding=None, content_length="10")
    await line.raw(line.tongue.text("first "))


@fault(CUT, HALF)
async def a_length_that_is_too_long(line: Line) -> None:
    await line.head(transfer_encoding=None, content_length="999999")
    await line.raw(line.tongue.begin() + b"".join(map(line.tongue.text, FIRST)))


@fault(NONSENSE, "")
async def a_length_below_nothing(line: Line) -> None:
    await line.begin(*PIECES, transfer_encoding=None, content_length="-5")


@fault(NONSENSE, "")
async def two_lengths(line: Line) -> None:
    await line.begin(*PIECES, transfer_encoding=None, content_length="5, 6")


@fault(CUT, HALF)
async def chunks_of_no_size(line: Line) -> None:
    await line.begin(*FIRST)
    await line.raw(b"ZZZ\r\nxx\r\n")


@fault(CUT, HALF)
async def a_chunk_of_endless_size(line: Line) -> None:
    await line.begin(*FIRST)
    await line.raw(b"FFFFFFFFFFFF\r\n" + line.tongue.text("")[:3])


# what is no HTTP


@fault(NONSENSE, "")
async def garbage(line: Line) -> None:
    await line.raw(b"\x00" + os.urandom(4096))


@fault(NO_HTTP, "", asked=0)
async def http_of_1991(line: Line) -> None:
    await line.raw(line.tongue.answer(*PIECES))


@fault(NONSENSE, "")
async def http_of_another_kind(line: Line) -> None:
    await line.raw(b"ICY 200 OK\r\n\r\n")


@fault(NONSENSE, "")
async def a_status_of_letters(line: Line) -> None:
    await line.raw(b"HTTP/1.1 two hundred\r\n\r\n")


@fault(frozenset({"server", "protocol", "request"}), "", asked=0)
async def a_status_beyond_all(line: Line) -> None:
    await line.refuse("999 Beyond")


@fault(NONSENSE, "")
async def a_giant_header(line: Line) -> None:
    await line.raw(b"HTTP/1.1 200 OK\r\n")
    for number in range(2_000):
        await line.raw(b"x-%d: " % number + b"a" * 8_000 + b"\r\n")


@fault(NONSENSE, "")
async def headers_without_end(line: Line) -> None:
    await line.raw(b"HTTP/1.1 200 OK\r\nx: ")
    while True:
        await line.raw(b"a" * 65_536)


@fault(frozenset({"network"}), "", asked=0, is_closed=True)
async def nobody_there(line: Line) -> None:
    raise AssertionError


@fault(frozenset({"network"}), "", scheme="https", asked=0)
async def plain_where_encryption_is_expected(line: Line) -> None:
    await line.begin(*PIECES)


@fault(frozenset({"network"}), "", scheme="https", is_tls=True, asked=0)
async def a_certificate_of_nobody(line: Line) -> None:
    await line.begin(*PIECES)
    await line.finish()


@fault(frozenset({"network", "protocol"}), "", is_tls=True, asked=0)
async def encryption_where_plain_is_expected(line: Line) -> None:
    await line.begin(*PIECES)
    await line.finish()


# what never ends, and what is packed


@fault(NONSENSE, None, network=SMALL)
async def text_without_end(line: Line) -> None:
    await line.begin()
    many = line.tongue.text("word " * 200) * 50
    while True:
        await line.chunk(many)


@fault(NONSENSE, HALF, network=SMALL)
async def messages_without_text_without_end(line: Line) -> None:
    await line.begin(*FIRST)
    many = line.tongue.text("") * 500
    while True:
        await line.chunk(many)


@fault(NONSENSE, HALF, network=SMALL)
async def a_line_without_end(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(line.tongue.text("x" * 999)[:200])
    while True:
        await line.chunk(b"A" * 65_536)


@fault(NONSENSE, "", network=SMALL)
async def a_document_without_end(line: Line) -> None:
    await line.head(content_type="application/json")
    await line.chunk(b'{"choices": "')
    while True:
        await line.chunk(b"A" * 65_536)


@fault(NONSENSE, "", network=SMALL)
async def a_bomb(line: Line) -> None:
    await line.head(content_encoding="gzip")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b"data: " + bytes(1 << 20)
    while True:
        await line.chunk(packer.compress(zeros) + packer.flush(zlib.Z_SYNC_FLUSH))
        await asyncio.sleep(0)


@fault(ANSWER, ALL)
async def packed_unasked(line: Line) -> None:
    await line.head(content_encoding="gzip")
    await line.chunk(gzip.compress(line.tongue.answer(*PIECES)))
    await line.no_more()


@fault(NONSENSE, "")
async def packed_badly(line: Line) -> None:
    await line.head(content_encoding="gzip")
    await line.chunk(b"\x1f\x8b\x08\x00garbage" * 20)
    await line.no_more()


@fault(CUT, HALF)
async def packed_and_cut(line: Line) -> None:
    await line.head(content_encoding="gzip")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = line.tongue.begin() + b"".join(map(line.tongue.text, FIRST))
    await line.chunk(packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))
    await line.no_more()


@fault(NONSENSE, "")
async def packed_in_a_way_not_asked_for(line: Line) -> None:
    await line.begin(*PIECES, content_encoding="br")
    await line.finish()


@fault(NONSENSE, "")
async def packed_twice(line: Line) -> None:
    await line.head(content_encoding="gzip, gzip")
    await line.chunk(gzip.compress(gzip.compress(line.tongue.answer(*PIECES))))
    await line.no_more()


# frames


def is_framed(tongue: object) -> bool:
    """Amazon's binary messages."""
    return not is_text(tongue)  # type: ignore[arg-type]


@fault(NONSENSE, HALF, fits=is_framed)
async def a_frame_with_a_wrong_sum(line: Line) -> None:
    await line.begin(*FIRST)
    message = line.tongue.text("third ")
    await line.chunk(message[:-1] + bytes([message[-1] ^ 1]))
    await line.finish()


@fault(NONSENSE, HALF, fits=is_framed)
async def a_frame_with_a_wrong_length(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(b"\xff\xff\xff\xff" + line.tongue.text("third ")[4:])
    await line.finish()


@fault(NONSENSE, HALF, fits=is_framed)
async def a_frame_of_nothing(line: Line) -> None:
    await line.begin(*FIRST)
    await line.chunk(bytes(64))
    await line.finish()
