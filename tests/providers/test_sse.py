"""Bytes into messages: however the bytes are cut, the messages are the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import ProviderError
from tui_sessions.providers.sse import (
    DocumentReader,
    JsonLinesReader,
    LineReader,
    Reader,
    ServerMessage,
    SseReader,
)

LIMIT = 1000
PIECES = st.lists(
    st.sampled_from(
        [
            b"data: ",
            b"data:",
            b"event: x",
            b":",
            b"id: 1",
            b"\n",
            b"\r",
            b"\r\n",
            b"\n\n",
            b"a",
            b" ",
            "ż".encode(),
            "\u2028".encode(),
            "\x85".encode(),
            b"\xff",
            b"\xef\xbb\xbf",
        ]
    ),
    max_size=30,
)


def read(reader: Reader, *chunks: bytes) -> list[ServerMessage]:
    found = [message for chunk in chunks for message in reader.feed(chunk)]
    return [*found, *reader.end()]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


@given(PIECES, st.lists(st.integers(min_value=0), max_size=8))
def test_where_the_bytes_are_cut_makes_no_difference(
    pieces: list[bytes], places: list[int]
) -> None:
    data = b"".join(pieces)
    for make in (SseReader, JsonLinesReader, DocumentReader):
        assert read(make(LIMIT), *cut(data, places)) == read(make(LIMIT), data)


@given(st.lists(st.binary(max_size=20), max_size=8), st.sampled_from([b"\n", b"\r", b"\r\n"]))
def test_lines_are_what_stands_between_line_ends(lines: list[bytes], end: bytes) -> None:
    plain = [line.replace(b"\r", b"").replace(b"\n", b"") for line in lines]
    plain[:1] = [line.replace(b"\xef\xbb\xbf", b"") for line in plain[:1]]
    data = b"".join(line + end for line in plain)
    assert list(LineReader(LIMIT).feed(data)) == plain


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_what_was_sent_is_read(texts: list[str]) -> None:
    sent = [text.replace("\r", "").replace("\n", "") for text in texts]
    sent = [text.encode("utf-8", "replace").decode() for text in sent]
    data = "".join(f"data: {text}\n\n" for text in sent).encode()
    assert [message.data for message in read(SseReader(LIMIT), data)] == sent


def test_several_data_lines_are_one_message_and_names_are_kept() -> None:
    found = read(SseReader(LIMIT), b"event: ping\r\ndata: a\r\ndata:b\r\n\r\ndata: c\r\n\r\n")
    assert found == [ServerMessage("ping", "a\nb"), ServerMessage("", "c")]


def test_comments_ids_and_retry_times_say_nothing() -> None:
    assert read(SseReader(LIMIT), b": hello\n\n:\n\nid: 1\nretry: 5\nfuture: x\n\n") == []


def test_a_byte_order_mark_is_dropped_once() -> None:
    found = read(SseReader(LIMIT), b"\xef\xbb\xbfdata: \xef\xbb\xbfx\n\n")
    assert found == [ServerMessage("", "\ufeffx")]


def test_the_last_message_needs_no_blank_line() -> None:
    assert read(SseReader(LIMIT), b"data: a\n\ndata: b") == [
        ServerMessage("", "a"),
        ServerMessage("", "b"),
    ]


def test_the_error_field_of_old_llama_cpp_is_an_error_event() -> None:
    assert read(SseReader(LIMIT), b'error: {"code":400}\n\n') == [
        ServerMessage("error", '{"code":400}')
    ]


def test_bytes_that_are_no_utf8_are_replaced_not_raised() -> None:
    assert read(SseReader(LIMIT), b"data: a\xffb\n\n") == [ServerMessage("", "a\ufffdb")]


def test_json_lines_skip_blank_lines_and_need_no_last_line_end() -> None:
    found = read(JsonLinesReader(LIMIT), b'{"a":1}\n\n  \n{"b":2}')
    assert [message.data for message in found] == ['{"a":1}', '{"b":2}']


def test_blank_lines_before_a_document_are_dropped() -> None:
    assert read(DocumentReader(LIMIT), b"\n\n", b" \n{", b"}") == [ServerMessage("", "{}")]


@pytest.mark.parametrize(
    "chunks",
    [[b"data: " + b"a" * LIMIT], [b"a" * 400] * 3, [b"data: " + b"a" * 400 + b"\n"] * 3],
    ids=["at once", "in pieces", "in lines of one message"],
)
def test_what_does_not_end_is_refused(chunks: list[bytes]) -> None:
    with pytest.raises(ProviderError, match="1,000 bytes") as caught:
        read(SseReader(LIMIT), *chunks)
    assert caught.value.kind == "protocol"


def test_lines_before_one_that_is_too_long_are_still_read() -> None:
    messages = SseReader(LIMIT).feed(b"data: kept\n\n" + b"a" * 2000)
    assert next(messages) == ServerMessage("", "kept")
    with pytest.raises(ProviderError):
        next(messages)
