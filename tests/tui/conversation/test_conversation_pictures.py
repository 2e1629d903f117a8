"""Pictures and other attachments in a conversation: named always, drawn where they can be."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from conversation_app import pane, seen, session, text, turn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tui_sessions.model.attachment import attachment
from tui_sessions.model.message import Message, Part
from tui_sessions.model.session import Session
from tui_sessions.tui.widgets.conversation import pictures
from tui_sessions.tui.widgets.conversation.lines import line_cells, line_text
from tui_sessions.tui.widgets.conversation.pictures import MOST_ROWS, PictureRows
from tui_sessions.tui.widgets.conversation.slots import body_of

HASH = "ab" * 32


def png(width: int, height: int, colour: str = "#ff8000", mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    kept = io.BytesIO()
    Image.new(mode, (width, height), colour).save(kept, "PNG")
    return kept.getvalue()


def with_picture(size: int | None = 34_000, **extra: object) -> Session:
    """A session whose prompt has a picture."""
    part = attachment(name="cat\x1b.png", mime="image/png", sha256=HASH, size=size or 0)
    content = (Part(kind="text", text="Look."), part, Part(kind="file", extra={"name": "a.pdf"}))
    said = turn(1, "x", "fine")
    prompt = Message(role="user", content=content)
    return session(said.with_answer(None), id="s").with_turns(
        (type(said)(id="t1", messages=(prompt, said.messages[1]), finish="stop"),)
    )


async def test_attachments_are_named_on_a_line_and_not_in_the_text() -> None:
    async with pane(with_picture()) as (conversation, _):
        rows = seen(conversation)
    assert "▎ Look." in rows
    assert "▎ ▣ cat␛.png · image · 34.0 kB" in rows
    assert "▎ ▣ a.pdf · file" in rows
    assert "[image" not in "".join(rows)


async def test_a_picture_is_drawn_from_what_the_owner_gives() -> None:
    asked: list[str] = []

    def give(sha256: str) -> bytes | None:
        asked.append(sha256)
        return png(4, 4)

    async with pane(with_picture()) as (conversation, _):
        assert "▀" not in text(conversation)
        conversation.pictures = give
        rows = seen(conversation)
        first = rows.index("▎ ▀▀▀▀")
        assert rows[first : first + 3] == ["▎ ▀▀▀▀", "▎ ▀▀▀▀", "▎ ▣ a.pdf · file"]
        segment = list(conversation.render_line(first))[2]
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        assert segment.style.color.triplet == segment.style.bgcolor.triplet == (255, 128, 0)
    assert asked == [HASH]


async def test_a_picture_is_read_and_decoded_once_however_often_all_is_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    decoded: list[int] = []
    points = pictures._points

    def give(sha256: str) -> bytes | None:
        asked.append(sha256)
        return png(4, 4)

    def counted(data: bytes, across: int, down: int) -> object:
        decoded.append(across)
        return points(data, across, down)

    monkeypatch.setattr(pictures, "_points", counted)
    async with pane(with_picture()) as (conversation, pilot):
        conversation.pictures = give
        shown = text(conversation)
        for forks in ({"t1": 1}, {}):
            conversation.forks = forks
            assert "▀▀▀▀" in text(conversation)
        assert text(conversation) == shown
        assert (asked, decoded) == ([HASH], [4])
        await pilot.resize_terminal(50, 16)
        await pilot.resize_terminal(60, 16)
        assert text(conversation) == shown
    assert len(asked) == 2


def test_only_the_last_pictures_are_kept_and_none_that_is_gone() -> None:
    asked: list[str] = []

    def give(sha256: str) -> bytes | None:
        asked.append(sha256)
        return None if sha256 == "gone" else png(4, 4)

    kept = pictures.KeptPictures(give)
    names = [str(n) for n in range(pictures.MOST_KEPT + 1)]
    for name in names:
        assert len(kept.rows(name, 40)) == 2
    kept.rows(names[-1], 40)
    assert asked == names
    kept.rows(names[0], 40)
    assert asked == [*names, names[0]]
    assert kept.rows("gone", 40) == kept.rows("gone", 40) == ()
    assert asked[-2:] == ["gone", "gone"]


async def test_without_colours_or_pillow_a_picture_is_only_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    pictures.are_drawn.cache_clear()
    try:
        async with pane(with_picture()) as (conversation, _):
            conversation.pictures = lambda _: png(4, 4)
            assert "cat␛.png" in text(conversation)
            assert "▀" not in text(conversation)
    finally:
        pictures.are_drawn.cache_clear()


async def test_a_picture_that_is_gone_is_named() -> None:
    async with pane(with_picture()) as (conversation, _):
        conversation.pictures = lambda _: None
        assert "cat␛.png" in text(conversation)


async def test_a_folded_message_hides_its_pictures() -> None:
    message = Message(
        role="user",
        content=(
            Part(kind="text", text="\n\n".join("abcdefg")),
            attachment(name="c.png", mime="image/png", sha256=HASH, size=1),
        ),
    )
    one = turn(1, "x", None)
    async with pane(session(type(one)(id="t1", messages=(message,))), size=(60, 30)) as (c, pilot):
        c.pictures = lambda _: png(4, 4)
        assert "▀" in text(c)
        await pilot.press("space")
        assert "▀" not in text(c)
        assert "c.png" in text(c)


def rows_of(data: bytes, width: int = 40) -> list[str]:
    """The rows of a picture."""
    return [line_text(line) for line in PictureRows(data, width)]


def test_a_picture_keeps_its_shape_and_stays_in_its_room() -> None:
    assert rows_of(png(8, 6)) == ["▀" * 8] * 3
    assert rows_of(png(8, 5)) == ["▀" * 8] * 3
    wide, tall = rows_of(png(400, 100)), rows_of(png(100, 400))
    assert (len(wide), len(wide[0])) == (5, 40)
    assert (len(tall), len(tall[0])) == (MOST_ROWS, 10)


def test_what_is_transparent_shows_what_is_behind() -> None:
    assert rows_of(png(3, 2, "#00000000", "RGBA")) == ["   "]


def test_a_photo_held_upright_stands_upright() -> None:
    kept, turned = io.BytesIO(), Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 20), "red").save(kept, "JPEG", exif=turned)
    rows = rows_of(kept.getvalue())
    assert (len(rows), len(rows[0])) == (20, 20)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99))
    assert rows_of(bomb) == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 300), st.integers(1, 120))
def test_damaged_bytes_are_no_error(noise: bytes, at: int, width: int) -> None:
    whole = png(30, 30)
    for data in (noise, whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        rows = PictureRows(data, width)
        assert all(line_cells(rows[row]) <= width for row in range(len(rows)))


def test_a_picture_of_which_only_the_beginning_is_there_says_so() -> None:
    first, *blank = rows_of(png(30, 30)[:60])
    assert first == "damaged: only its beginning can be read"
    assert {row.strip() for row in blank} == {""}


def test_a_picture_in_the_text_is_drawn_under_its_name() -> None:
    url = "data:image/png;base64," + base64.b64encode(png(4, 4)).decode()
    body = body_of(f"before\n![dots]({url})\nafter", 30)
    rows = [line_text(body.line(row)) for row in range(body.height)]
    assert rows == ["before", "", "▣ dots", "▀▀▀▀", "▀▀▀▀", "", "after"]
    assert [line_text(line) for line in PictureRows(b"", 10)] == []
