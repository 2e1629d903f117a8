"""A real server whose body is no answer, too much of one, or packed: what came is kept, and why it ended is said."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from fake_servers import Asked, asking, chunk, heard


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
async def test_a_web_page_is_no_answer(loopback: Any, provider_at: Any, kind: str) -> None:
    async def page(asked: Asked) -> None:
        await asked.head(kind=kind)
        await asked.raw(b"\n<html><body>Sign in</body></html>")

    server = await loopback(page)
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.error is not None
    assert found.error.kind == "protocol"
    assert "web page" in str(found.error)


async def test_an_error_page_is_told_by_its_title_only(loopback: Any, provider_at: Any) -> None:
    body = "<html><title>502 Bad\nGateway</title><script>x</script><p>nginx</p></html>"

    async def page(asked: Asked) -> None:
        await asked.head("502 Bad", "text/html", x_should_retry="false")
        await asked.raw(body.encode())

    server = await loopback(page)
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.error is not None
    assert str(found.error).endswith("It says: 502 Bad Gateway.")
    assert len(server.asked) == 1


async def test_text_that_is_no_json_ends_the_answer_and_keeps_what_came(
    loopback: Any, provider_at: Any
) -> None:
    async def garbles(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("kept"), "{not json", chunk("lost"))

    server = await loopback(garbles)
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.text == "kept"
    assert found.error is not None
    assert found.error.kind == "protocol"


async def test_an_empty_answer_is_an_error(loopback: Any, provider_at: Any) -> None:
    server = await loopback(lambda asked: asked.head(content_length="0"))
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.error is not None
    assert "empty answer" in str(found.error)


@pytest.mark.parametrize(
    "limits", [{"max_line_bytes": 5000}, {"max_answer_bytes": 5000}], ids=["line", "answer"]
)
async def test_a_line_without_end_is_cut_off(
    loopback: Any, provider_at: Any, limits: dict[str, int]
) -> None:
    async def endless(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("kept"))
        await asked.raw(b"data: ")
        while True:
            await asked.raw(b"a" * 1000)

    server = await loopback(endless)
    found = await heard(provider_at(server.url, **limits).stream(asking()))
    assert found.text == "kept"
    assert found.error is not None
    assert found.error.kind == "protocol"


async def test_an_answer_without_end_is_cut_before_it_fills_the_memory(
    loopback: Any, provider_at: Any
) -> None:
    async def endless(asked: Asked) -> None:
        await asked.head()
        while True:
            await asked.say(chunk("word "))

    server = await loopback(endless)
    found = await heard(provider_at(server.url, max_answer_chars=52).stream(asking()))
    assert found.text == ("word " * 11)[:52]
    assert "longer than 52 characters" in str(found.error)


async def test_compressed_answers_are_read_and_bombs_are_not(
    loopback: Any, provider_at: Any
) -> None:
    async def compressed(asked: Asked) -> None:
        await asked.head(content_encoding="gzip")
        await asked.raw(gzip.compress(contents.pop()))

    contents = [
        b"data: " + b"\0" * 3_000_000,
        b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]',
    ]
    server = await loopback(compressed)
    provider = provider_at(server.url, max_line_bytes=1_000_000)
    assert (await heard(provider.stream(asking()))).text == "hi"
    bomb = await heard(provider.stream(asking()))
    assert bomb.error is not None
    assert "1,000,000 bytes" in str(bomb.error)


async def test_damaged_compression_and_unknown_encodings_are_said(
    loopback: Any, provider_at: Any
) -> None:
    async def odd(asked: Asked) -> None:
        await asked.head(content_encoding=encodings.pop())
        await asked.raw(b"\x1f\x8b\x08\x00garbage" * 20)

    encodings = ["br", "gzip"]
    server = await loopback(odd)
    for word in ("damaged", "encoding"):
        found = await heard(provider_at(server.url).stream(asking()))
        assert found.error is not None
        assert word in str(found.error)
