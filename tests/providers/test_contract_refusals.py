"""What every provider keeps where something goes wrong: one sentence with the host in it, a kind, patience
with an end, and nobody's key anywhere but in the one header."""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import Any

import pytest
from contract import ENVIRON, KEY, ROWS, Row, Wire, answering, asked_of, refused_models
from fake_servers import Asked, asking, heard

from tui_sessions.providers.base import Retrying, Text

each = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
SOON = {"retry_after_ms": "1"}
PASSING = {408, 409, 429, 498, *range(500, 600)} - {501, 505, 511}
"""The statuses after which the same request may be answered."""


def expected_kinds(status: int) -> tuple[str, ...]:
    """What a status alone may mean."""
    by_status = {401: "auth", 402: "quota", 403: "auth", 408: "timeout", 413: "context"}
    by_status |= {429: "limit", 498: "limit", 504: "timeout", 409: "server", 424: "server"}
    by_status |= {499: "server"}
    if status == 404:
        return ("request", "model")
    return (by_status.get(status, "server" if status >= 500 else "request"),)


@each
async def test_every_error_status_has_its_kind_and_a_sentence_with_the_host(
    row: Row, monkeypatch: Any
) -> None:
    wire = Wire(monkeypatch, row)
    bodies = [(b"", "text/plain"), (row.tongue.refusal("it is so"), "application/json")]
    async with wire.provider() as provider:
        for wire.status in range(400, 600):
            for wire.data, wire.kind in bodies if row.is_chief else bodies[1:]:
                error = (await heard(provider.stream(asking()))).error
                assert error is not None
                assert error.kind in expected_kinds(wire.status), wire.status
                assert error.status == wire.status
                says = str(error)
                assert "127.0.0.1:9" in says or error.kind in ("context", "model"), says
                assert says.endswith("."), says
                assert says.isprintable(), says
                assert ("It says: it is so" in says) == bool(wire.data), says
                assert error.retryable == (wire.status in PASSING), wire.status


@each
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html><head><title>Bad Gateway</title></head><body>x</body></html>", "text/html"),
        (b"Internal Server Error", "text/plain"),
        (b'{"detail":[{"loc":["body","x"],"msg":"extra"}]}', "application/json"),
        (b'data: {"error":{"message":"in a stream"}}\n\n', "text/event-stream"),
        (b'[{"error":{"message":"in a list"}}]', "application/json"),
        (b"\xff\xfe\x00 no text at all", "application/octet-stream"),
        (b"{" * 70_000, "application/json"),
    ],
    ids=["page", "text", "detail", "stream", "list", "bytes", "large"],
)
async def test_no_body_of_an_error_is_too_odd(
    row: Row, body: bytes, kind: str, monkeypatch: Any
) -> None:
    wire = Wire(monkeypatch, row)
    wire.status, wire.data, wire.kind = 502, body, kind
    async with wire.provider() as provider:
        error = (await heard(provider.stream(asking()))).error
    assert error is not None
    assert (error.kind, error.status) == ("server", 502)
    assert len(str(error)) < 500


@each
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Unsupported value: 'temperature' does not support 0.2 with this model.", "temperature"),
        ("`top_p` is deprecated for this model.", "top_p"),
        ("max_tokens: 200000 > 64000, which is the maximum allowed", "max_tokens"),
    ],
    ids=["temperature", "top_p", "max_tokens"],
)
async def test_a_refusal_names_the_parameter(
    row: Row, words: str, name: str, monkeypatch: Any
) -> None:
    wire = Wire(monkeypatch, row)
    wire.status, wire.data, wire.kind = 400, row.tongue.refusal(words), "application/json"
    async with wire.provider() as provider:
        error = (await heard(provider.stream(asking()))).error
    assert error is not None
    assert error.kind == "request"
    assert f"does not take {name} as it is set" in str(error)


@each
async def test_the_key_is_in_no_message_and_no_log(
    row: Row, loopback: Any, built: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)

    async def echo(asked: Asked) -> None:
        words = f"bad: {json.dumps(asked.headers)} {KEY}"
        match len(server.asked):
            case 1:
                await asked.refuse("400 Bad", row.tongue.refusal(words).decode())
            case 2:
                await asked.refuse("401 No", words)
            case 3:
                await asked.refuse("307 Moved", "", location=f"http://x/?key={KEY}")
            case _:
                await asked.head(kind=row.tongue.kind)
                await asked.raw(row.tongue.begin() + row.tongue.failure(words))

    server = await loopback(echo)
    provider = built(row, server.url, retries=0)
    for _ in range(4):
        result = await heard(provider.stream(asking()))
        assert result.error is not None
        shown = "".join(traceback.format_exception(result.error)) + repr(vars(result.error))
        assert KEY not in shown
    said = await refused_models(row, provider)
    assert KEY not in said + repr(provider) + repr(vars(provider)) + caplog.text


@each
async def test_a_redirect_is_not_followed(row: Row, loopback: Any, built: Any) -> None:
    other = await loopback(answering(row, row.tongue.answer("stolen")))
    moved = f"{other.url}{row.path}"
    server = await loopback(lambda asked: asked.refuse("308 Moved", "", location=moved))
    provider = built(row, server.url)
    result = await heard(provider.stream(asking()))
    assert (other.asked, result.text) == ([], "")
    assert "redirect" in str(result.error)
    assert "redirect" in await refused_models(row, provider) or not row.lists
    assert other.asked == []


@each
async def test_a_key_goes_to_no_public_place_without_encryption(row: Row, monkeypatch: Any) -> None:
    wire = Wire(monkeypatch, row)
    async with wire.provider("http://api.example.com") as provider:
        result = await asked_of(provider, asking())
        assert "without encryption" in await refused_models(row, provider) or not row.lists
    assert wire.requests == []
    assert result.error is not None
    assert "without encryption" in str(result.error)
    assert KEY not in str(result.error)


@each
async def test_silence_has_an_end(row: Row, loopback: Any, built: Any) -> None:
    async def stall(asked: Asked) -> None:
        if len(server.asked) == 1:
            await asked.head(kind=row.tongue.kind)
            await asked.raw(row.tongue.begin() + row.tongue.text("kept"))
        await asked.until_gone()

    server = await loopback(stall)
    provider = built(row, server.url, idle_timeout_s=0.1, header_timeout_s=0.1)
    for text in ("kept", ""):
        result = await heard(provider.stream(asking()))
        assert result.error is not None
        assert (result.text, result.error.kind) == (text, "timeout")
        assert "127.0.0.1" in str(result.error)
    assert len(server.asked) == 2


@each
async def test_what_may_pass_is_tried_again_when_the_server_says(
    row: Row, loopback: Any, built: Any
) -> None:
    async def second_time(asked: Asked) -> None:
        if len(server.asked) == 1:
            await asked.refuse("429 Slow", "slow down", **SOON)
        else:
            await answering(row, row.tongue.answer("hello"))(asked)

    server = await loopback(second_time)
    result = await heard(built(row, server.url).stream(asking()))
    waits = [event.wait_s for event in result.events if isinstance(event, Retrying)]
    assert (waits, result.text, result.error) == ([0.001], "hello", None)


@each
@pytest.mark.parametrize(
    ("status", "words"),
    [("429 Slow", "insufficient_quota"), ("402 Pay", "x"), ("400 Bad", "x"), ("403 No", "x")],
)
async def test_what_does_not_pass_is_not_tried_again(
    row: Row, status: str, words: str, loopback: Any, built: Any
) -> None:
    refusal = row.tongue.refusal(words).decode()
    server = await loopback(lambda asked: asked.refuse(status, refusal, **SOON))
    result = await heard(built(row, server.url).stream(asking()))
    assert result.error is not None
    assert not result.error.retryable
    assert len(server.asked) == 1


@each
async def test_after_the_first_text_nothing_is_asked_again(
    row: Row, loopback: Any, built: Any
) -> None:
    async def breaks(asked: Asked) -> None:
        await asked.head(kind=row.tongue.kind, content_length="999999")
        await asked.raw(row.tongue.begin() + row.tongue.text("half"))

    server = await loopback(breaks)
    result = await heard(built(row, server.url).stream(asking()))
    assert [event for event in result.events if isinstance(event, Text)] == [Text("half")]
    assert result.error is not None
    assert (result.error.kind, len(server.asked)) == ("cut", 1)


@each
async def test_nobody_there_is_said_with_the_address(row: Row, built: Any) -> None:
    provider = built(row, "http://127.0.0.1:1", retries=0)
    result = await heard(provider.stream(asking()))
    assert result.error is not None
    assert (result.error.kind, result.error.retryable) == ("network", True)
    assert "127.0.0.1:1" in str(result.error)
    assert "127.0.0.1:1" in await refused_models(row, provider) or not row.lists


@each
async def test_a_web_page_is_no_answer_and_no_list(row: Row, loopback: Any, built: Any) -> None:
    async def page(asked: Asked) -> None:
        await asked.head(kind="text/html")
        await asked.raw(b"<html><body>Sign in</body></html>")

    server = await loopback(page)
    provider = built(row, server.url)
    result = await heard(provider.stream(asking()))
    assert result.error is not None
    assert result.error.kind == "protocol"
    assert "127.0.0.1" in await refused_models(row, provider) or not row.lists


@each
async def test_many_answers_at_once_do_not_mix(row: Row, loopback: Any, built: Any) -> None:
    async def script(asked: Asked) -> None:
        text = row.tongue.said(asked.body)[-1][1]
        await answering(row, row.tongue.answer(*text))(asked)

    server = await loopback(script)
    provider = built(row, server.url)
    prompts = [f"prompt {n}" for n in range(5)]
    results = await asyncio.gather(*(heard(provider.stream(asking(p))) for p in prompts))
    assert [result.text for result in results] == prompts


def test_every_key_of_the_rows_is_the_canary() -> None:
    assert {value for name, value in ENVIRON.items() if name != "AWS_REGION"} == {KEY}
