"""Messages with parts go through the codec whole, whoever wrote them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.codec.decode import decode
from tui_sessions.codec.encode import encode
from tui_sessions.codec.header import read
from tui_sessions.codec.texts import read_texts
from tui_sessions.model.attachment import attachment, with_attachments
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn

THEN = datetime(2026, 1, 2, tzinfo=UTC)
OURS = attachment(name="a.png", mime="image/png", sha256="ab" * 32, size=3)


def file_of(*parts: Any) -> bytes:
    message = {"role": "user", "content": list(parts)}
    return json.dumps({"id": "x", "turns": [{"id": "t", "messages": [message]}]}).encode()


def again(data: bytes) -> list[Any]:
    content: list[Any] = json.loads(encode(decode(data, fallback_id="x")))["turns"][0]["messages"][
        0
    ]["content"]
    return content


def test_an_attachment_is_written_as_the_design_says() -> None:
    message = Message(role="user", content=with_attachments("What?", (OURS,)))
    session = Session(id="x", turns=(Turn(id="t", messages=(message,)),))
    written = json.loads(encode(session))["turns"][0]["messages"][0]["content"]
    image = {"type": "image", "name": "a.png", "mime": "image/png", "sha256": "ab" * 32, "size": 3}
    assert written == [{"type": "text", "text": "What?"}, image]
    assert decode(encode(session), fallback_id="x").turns == session.turns


FOREIGN = [
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
    {"type": "tool_use", "id": "1", "input": {"a": [1, None]}},
    {"type": "hologram", "text": None, "new": {"deep": [1.5]}},
    {"text": "no type"},
    {"nothing": "known"},
    {"type": "image", "name": "a", "sha256": "ab" * 32, "note": "mine"},
]


@pytest.mark.parametrize("part", FOREIGN)
def test_parts_and_keys_that_nobody_knows_survive(part: dict[str, Any]) -> None:
    (written,) = again(file_of(part))
    assert {key: value for key, value in written.items() if key in part} == {
        key: value for key, value in part.items() if value is not None or key in written
    }
    assert written.keys() <= part.keys() | {"type"}


_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
_KEYS = st.sampled_from(["name", "mime", "sha256", "size", "source", "image_url", "new"])
_PARTS = st.builds(
    lambda kind, more: {"type": kind, **more},
    st.sampled_from(["image", "file", "image_url", "tool_use", "hologram"]),
    st.dictionaries(_KEYS, _VALUES),
)


@given(st.lists(_PARTS, min_size=1, max_size=3))
def test_any_parts_come_back_as_they_were(parts: list[dict[str, Any]]) -> None:
    assert again(file_of(*parts)) == parts


@pytest.mark.parametrize(
    ("part", "expected"),
    [(FOREIGN[0], True), (FOREIGN[2], False), (FOREIGN[6], True), ({"type": "text"}, False)],
)
def test_a_row_sees_what_is_attached(part: dict[str, Any], expected: bool) -> None:
    row = read(file_of(part), fallback_id="x", path="a", size=1, modified_at=THEN).row
    assert row.has_attachment is expected


def test_the_name_of_an_attachment_is_a_text_that_can_be_found() -> None:
    texts = read_texts(file_of({"type": "text", "text": "look"}, FOREIGN[6] | {"name": "sun.png"}))
    assert texts.turns[0][0] == "look\n\n[image: sun.png]"


def test_a_title_is_made_of_the_words_not_of_the_attachment() -> None:
    message = Message(role="user", content=with_attachments("What is it?", (OURS,)))
    session = Session(id="x", turns=(Turn(id="t", messages=(message,)),))
    assert session.shown_title == "What is it?"
