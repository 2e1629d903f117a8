"""Attachments as parts of a message: ours, those of other programs, and what kind a file is."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_sessions.model.attachment import (
    About,
    about,
    attachment,
    attachments_of,
    blocks,
    inline_bytes,
    is_attached,
    shown_attachment,
    typed_text,
    with_attachments,
)
from tui_sessions.model.message import Message, Part
from tui_sessions.model.mime import is_text, mime_of

HASH = "1a2b3c4d5e6f" + "0" * 52
PNG = b"\x89PNG\r\n\x1a\n rest"
IN_BASE64 = base64.b64encode(PNG).decode()
PHOTO = attachment(name="photo.png", mime="image/png", sha256=HASH, size=34_000)
NOTES = attachment(name="notes.md", mime="text/markdown", sha256=HASH, size=12)


def said(*parts: Part) -> Message:
    return Message(role="user", content=parts)


def test_an_image_is_of_its_own_kind_and_all_else_is_a_file() -> None:
    assert (PHOTO.kind, NOTES.kind) == ("image", "file")
    assert about(PHOTO) == About(name="photo.png", mime="image/png", sha256=HASH, size=34_000)


def test_text_alone_stays_text_and_attachments_come_after_it() -> None:
    assert with_attachments("Hello", ()) == "Hello"
    content = with_attachments("Hello", (PHOTO,))
    assert content == (Part(kind="text", text="Hello"), PHOTO)
    assert with_attachments("", (PHOTO,)) == (PHOTO,)


def test_what_was_typed_is_told_from_what_was_attached() -> None:
    message = Message(role="user", content=with_attachments("What is it?", (PHOTO, NOTES)))
    assert typed_text(message) == "What is it?"
    assert attachments_of(message) == (PHOTO, NOTES)
    assert message.text == "What is it?\n\n[image: photo.png]\n\n[file: notes.md]"
    assert typed_text(Message(role="user", content="plain")) == "plain"
    assert typed_text(Message(role="user", content=None)) == ""


def test_blocks_keep_the_order_and_the_text_that_a_part_brings() -> None:
    extracted = Part(kind="document", text="The text of it.", extra={"name": "a.pdf"})
    thought = Part(kind="thinking", extra={})
    message = said(Part(kind="text", text="one"), extracted, Part(kind="text", text="two"), thought)
    assert list(blocks(message)) == [
        ("one", None),
        ("The text of it.", None),
        ("a.pdf", extracted),
        ("two", None),
        ("[thinking]", None),
    ]
    assert typed_text(message) == "one\n\nThe text of it.\n\ntwo\n\n[thinking]"


def test_an_attachment_is_shown_on_one_clean_line() -> None:
    assert shown_attachment(PHOTO) == "photo.png, image/png, 34.0 kB, sha256 1a2b3c4d5e6f"
    bad = Part(kind="file", extra={"name": "a\x1b[2J\nb", "size": -1, "sha256": "../../etc"})
    assert shown_attachment(bad) == "a␛[2J b"
    assert about(bad) == About(name="a\x1b[2J\nb")
    assert shown_attachment(Part(kind="audio")) == "a file without a name"


FOREIGN: list[tuple[str, dict[str, Any], About]] = [
    (
        "image_url",
        {"image_url": {"url": f"data:image/png;base64,{IN_BASE64}"}},
        About(mime="image/png"),
    ),
    ("input_image", {"image_url": f"data:image/png;base64,{IN_BASE64}"}, About(mime="image/png")),
    (
        "image",
        {"source": {"type": "base64", "media_type": "image/png", "data": IN_BASE64}},
        About(mime="image/png"),
    ),
    (
        "file",
        {"file": {"filename": "a.png", "file_data": f"data:image/png;base64,{IN_BASE64}"}},
        About(name="a.png", mime="image/png"),
    ),
    (
        "document",
        {"title": "a.pdf", "source": {"media_type": "application/pdf", "data": IN_BASE64}},
        About(name="a.pdf", mime="application/pdf"),
    ),
    ("audio", {"input_audio": {"data": IN_BASE64, "format": "wav"}}, About()),
]


@pytest.mark.parametrize(("kind", "extra", "expected"), FOREIGN)
def test_parts_of_other_programs_say_what_they_hold(
    kind: str, extra: dict[str, Any], expected: About
) -> None:
    part = Part(kind=kind, extra=extra)
    assert is_attached(part)
    assert about(part) == expected
    assert inline_bytes(part) == PNG


@pytest.mark.parametrize(
    "extra",
    [
        {"image_url": {"url": "https://example.com/a.png"}},
        {"image_url": "deadbeef"},
        {"source": {"type": "url", "url": "abcd"}},
        {"source": {"data": "not base64!"}},
        {"data": ""},
        {"data": None, "file": 3, "source": []},
        {},
    ],
)
def test_a_part_without_bytes_has_none(extra: dict[str, Any]) -> None:
    assert inline_bytes(Part(kind="image", extra=extra)) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    ["name", "mime", "sha256", "size", "file", "source", "image_url", "url", "data", "title"]
)


@given(st.sampled_from(["image", "file", "image_url"]), st.dictionaries(_KEYS, _JSON))
def test_whatever_a_file_says_of_an_attachment_can_be_shown(
    kind: str, extra: dict[str, Any]
) -> None:
    part = Part(kind=kind, extra=extra)
    shown = shown_attachment(part)
    assert "\n" not in shown
    assert "\x1b" not in shown
    inline_bytes(part)


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [
        (PNG, "photo.txt", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "photo", "image/jpeg"),
        (b"GIF89a;", "x", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "x", "image/webp"),
        (b"%PDF-1.7\n", "x.txt", "application/pdf"),
        (b"\0\0junk%PDF-1.4", "x", "application/pdf"),
        (b"hello", "x.md", "text/markdown"),
        (b"hello", "x.MD", "text/markdown"),
        ("fön".encode(), "Makefile", "text/plain"),
        (b"not a picture", "photo.png", "text/plain"),
        (b"{}", "x.json", "application/json"),
        (b"<svg/>", "x.svg", "image/svg+xml"),
        (b"\x00\x01\x02", "x.png", "application/octet-stream"),
        (b"\x00\x01\x02", "x.txt", "application/octet-stream"),
        (b"\xff\x00", "song.mp3", "audio/mpeg"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "x.wav", "audio/wav"),
        (b"PK\x03\x04\xff", "x.docx", mime_of(b"\xff", "y.docx")),
    ],
)
def test_the_content_tells_the_kind_before_the_name(data: bytes, name: str, mime: str) -> None:
    assert mime_of(data, name) == mime


@pytest.mark.parametrize("mime", ["text/plain", "application/json", "image/svg+xml", "a/b+json"])
def test_what_is_text_by_another_name_is_text(mime: str) -> None:
    assert is_text(mime)
    assert is_text(f"{mime.upper()}; charset=utf-8")


@pytest.mark.parametrize("mime", ["image/png", "application/pdf", "application/octet-stream", ""])
def test_what_is_no_text_is_none(mime: str) -> None:
    assert not is_text(mime)
