"""Bytes that are no session: each gets its sentence, none gets through as another error."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.codec.decode import decode
from tui_sessions.errors import DamagedFileError

GOOD = (Path(__file__).parent.parent / "data" / "guide_a.json").read_bytes()


def reason(data: bytes) -> str:
    with pytest.raises(DamagedFileError) as caught:
        decode(data, fallback_id="x")
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"\0" * 4096, "only zero bytes"),
        ("{}".encode("utf-16"), "UTF-16, not in UTF-8"),
        ("{}".encode("utf-32"), "UTF-32, not in UTF-8"),
        ('{"turns": "größe"}'.encode("latin-1"), "It is not UTF-8 text: byte 14 of 18"),
        (b'{"turns": [', "It is cut off: the JSON ends in the middle (line 1, column 12)."),
        (b'{"turns": [], "title": "ab', "It is cut off"),
        (b'{"turns": []}}', "It is not JSON: extra data (line 1, column 14)."),
        (b'{"turns": [],\n<<<<<<< HEAD\n', "an unfinished merge (line 2)"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"turns":' * 50_000, "nested too deeply"),
        (b'{"turns": [], "n": ' + b"1" * 6000 + b"}", "too many digits"),
        (b"hello", "It is not JSON"),
    ],
)
def test_each_kind_of_damage_has_its_sentence(data: bytes, words: str) -> None:
    assert words in reason(data)


def test_a_byte_order_mark_is_no_damage() -> None:
    assert decode(b"\xef\xbb\xbf" + GOOD, fallback_id="x") == decode(GOOD, fallback_id="x")


@given(st.binary(max_size=200) | st.text().map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(DamagedFileError):
        decode(data, fallback_id="x")


@given(st.data())
def test_a_damaged_file_opens_or_is_damaged(data: st.DataObject) -> None:
    body = bytearray(GOOD)
    place = data.draw(st.integers(0, len(body) - 1))
    body[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=4))
    with suppress(DamagedFileError):
        assert decode(bytes(body), fallback_id="x").id == "x"
