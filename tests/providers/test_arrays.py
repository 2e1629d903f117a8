"""An array is read as it comes: each object once it is whole, wherever the bytes are cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.errors import ProviderError
from tui_sessions.providers.arrays import JsonArrayReader
from tui_sessions.providers.documents import is_begun
from tui_sessions.providers.sse import BARE, ServerMessage, SseReader

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='{}[]"\\ ,:aé😀\n', max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=4)


def read(*chunks: bytes, limit: int = 1_000_000) -> list[Any]:
    reader = JsonArrayReader(limit)
    messages = [m for chunk in chunks for m in reader.feed(chunk)] + list(reader.end())
    return [json.loads(message.data) for message in messages]


@given(OBJECTS, st.sampled_from([None, 2]), st.booleans(), st.data())
def test_objects_are_read_wherever_the_bytes_are_cut(
    objects: list[Any], indent: int | None, is_plain: bool, cut: st.DataObject
) -> None:
    data = json.dumps(objects, indent=indent, ensure_ascii=is_plain).encode()
    places = sorted(cut.draw(st.lists(st.integers(0, len(data)), max_size=6)))
    chunks = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    assert read(*chunks) == objects


@given(OBJECTS, st.data())
def test_what_is_cut_off_gives_the_objects_before_the_cut(
    objects: list[Any], cut: st.DataObject
) -> None:
    data = json.dumps(objects).encode()
    found = read(data[: cut.draw(st.integers(0, len(data)))])
    assert found == objects[: len(found)]


def test_byte_by_byte_escapes_hold() -> None:
    objects = [{"a": 'x"]}\\'}, {"b": "\\\\"}]
    assert read(*(bytes([byte]) for byte in json.dumps(objects).encode())) == objects


def test_an_object_without_end_is_refused() -> None:
    with pytest.raises(ProviderError, match="1,000 bytes"):
        read(b'[{"a": "', b"x" * 2000, limit=1000)


@given(st.binary(max_size=100))
def test_no_bytes_are_too_odd_for_an_array(data: bytes) -> None:
    list(JsonArrayReader(1000).feed(b"[" + data))


@given(VALUES.filter(lambda value: isinstance(value, dict | list)), st.data())
def test_every_beginning_of_a_document_is_told_from_nonsense(
    value: Any, cut: st.DataObject
) -> None:
    text = json.dumps(value)
    assert is_begun(text[: cut.draw(st.integers(1, len(text) - 1))])
    assert not is_begun(text)
    assert not is_begun("nonsense " + text)


def test_bare_json_between_events_is_one_message_of_its_own() -> None:
    error = '{\n  "error": {\n    "code": 503\n  }\n}'
    reader = SseReader(1000)
    data = f"data: a\n\n{error}\ndata: b\n\n[{error}]\n\n"
    found = list(reader.feed(data.encode())) + list(reader.end())
    assert found == [
        ServerMessage("", "a"),
        ServerMessage(BARE, error),
        ServerMessage("", "b"),
        ServerMessage(BARE, f"[{error}]"),
    ]
