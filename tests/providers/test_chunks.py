"""Bodies in chunks: joined as far as they have come, and never other bytes than h11 alone gives."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import h11
import pytest
from h11 import _readers
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.providers.chunks import JoinedChunks, join_chunks

PIECES = st.lists(st.binary(min_size=1, max_size=20), max_size=8)
HEADERS = st.sampled_from([b"", b";name=value", b" \t"])


def body(pieces: list[bytes], extra: bytes = b"", end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x%b\r\n%b\r\n" % (len(p), extra, p) for p in pieces) + end


def read(reader: Any, wire: bytes, cuts: list[int]) -> tuple[list[bytes], bool]:
    """The data that came, one item an event, and whether the end was seen."""
    buffer, found = _readers.ReceiveBuffer(), []
    bounds = [0, *sorted(cut % (len(wire) + 1) for cut in cuts), len(wire)]
    for start, stop in pairwise(bounds):
        buffer += wire[start:stop]
        while (event := reader(buffer)) is not None:
            if isinstance(event, h11.EndOfMessage):
                return found, True
            found.append(bytes(event.data))
    return found, False


@given(PIECES, st.lists(st.integers(min_value=0), max_size=6), HEADERS)
def test_what_is_joined_is_what_h11_reads(
    pieces: list[bytes], cuts: list[int], extra: bytes
) -> None:
    wire = body(pieces, extra)
    expected, ended = read(_readers.ChunkedReader(), wire, cuts)
    found, is_over = read(JoinedChunks(), wire, cuts)
    assert (b"".join(found), is_over) == (b"".join(expected), ended) == (b"".join(pieces), True)


def test_chunks_that_came_at_once_are_one() -> None:
    assert read(JoinedChunks(), body([b"a", b"bc", b"d"]), []) == ([b"abcd"], True)


def test_a_chunk_that_is_not_all_there_waits_for_its_rest() -> None:
    found, is_over = read(JoinedChunks(), body([b"a", b"bcdef"], end=b""), [9])
    assert (b"".join(found), is_over) == (b"abcdef", False)
    assert found[0] == b"a"


def test_trailers_and_bad_framing_are_left_to_h11() -> None:
    trailed = body([b"a", b"b"], end=b"0\r\nx-more: 1\r\n\r\n")
    assert read(JoinedChunks(), trailed, []) == ([b"ab"], True)
    with pytest.raises(h11.LocalProtocolError):
        read(JoinedChunks(), b"1\r\naXX1\r\nb\r\n", [])
    with pytest.raises(h11.LocalProtocolError):
        read(JoinedChunks(), b"1\r\na\r\nnonsense\r\n", [])


def test_it_takes_the_place_of_h11s_own_reader_once(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: dict[str, Any] = {"chunked": _readers.ChunkedReader}
    monkeypatch.setitem(_readers.READERS, h11.SEND_BODY, readers)
    join_chunks()
    join_chunks()
    assert readers == {"chunked": JoinedChunks}


@pytest.mark.parametrize("moved", [{}, {h11.SEND_BODY: None}, {h11.SEND_BODY: {"chunked": dict}}])
def test_where_h11_has_another_inside_nothing_is_touched(
    moved: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_readers, "READERS", moved)
    before = dict(moved)
    join_chunks()
    assert moved == before
