"""A real server that misbehaves: every wait has an end, what had come is kept, and no key gets
out."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import httpx
import pytest
from fake_servers import CANARY, QUICK, Asked, asking, chunk, heard

from tui_sessions.errors import ProviderError
from tui_sessions.providers.base import Finished, Retrying, Text
from tui_sessions.providers.failures import Server
from tui_sessions.providers.http import Http

SOON = {"retry_after_ms": "1"}


async def test_an_answer_arrives_and_asks_for_nothing_that_was_not_set(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(lambda asked: asked.answer("hello"))
    found = await heard(provider_at(server.url).stream(asking("hi")))
    assert (found.text, found.end) == ("hello", Finished(finish="stop", model="m"))
    [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {CANARY}"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_headers_that_drip_have_a_deadline(loopback: Any, provider_at: Any) -> None:
    async def drip(asked: Asked) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"x-slow: " + b"a" * 100_000:
            await asked.raw(bytes([byte]))
            await asyncio.wait([asyncio.ensure_future(asked.reader.read(1))], timeout=0.02)

    server = await loopback(drip)
    found = await heard(provider_at(server.url, header_timeout_s=0.2).stream(asking()))
    assert found.error is not None
    assert found.error.kind == "timeout"
    assert len(server.asked) == 1


async def test_a_list_is_not_worth_waiting_for_as_long_as_an_answer(
    loopback: Any, provider_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_sessions.providers.http._QUICK_S", 0.1)
    server = await loopback(lambda asked: asked.until_gone())
    with pytest.raises(ProviderError, match="sent nothing for") as caught:
        await provider_at(server.url, header_timeout_s=60).models()
    assert caught.value.kind == "timeout"
    assert "[network]" not in str(caught.value)


@pytest.mark.parametrize(
    "filler", [b"", b": ping\n\n", b"\n"], ids=["silence", "comments", "blank"]
)
async def test_only_real_data_winds_the_idle_clock(
    loopback: Any, provider_at: Any, filler: bytes
) -> None:
    async def stall(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("kept"))
        gone = asyncio.ensure_future(asked.until_gone())
        while not gone.done():
            await asked.raw(filler)
            await asyncio.wait([gone], timeout=0.01)

    server = await loopback(stall)
    found = await heard(provider_at(server.url, idle_timeout_s=0.3).stream(asking()))
    assert found.text == "kept"
    assert found.error is not None
    assert found.error.kind == "timeout"


async def test_a_connection_that_breaks_keeps_the_text_and_says_cut(
    loopback: Any, provider_at: Any
) -> None:
    async def breaks(asked: Asked) -> None:
        await asked.head(content_length="999999")
        await asked.say(chunk("half an ans"))

    server = await loopback(breaks)
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.text == "half an ans"
    assert found.error is not None
    assert found.error.kind == "cut"


async def test_an_answer_that_had_ended_is_whole_even_if_the_connection_then_breaks(
    loopback: Any, provider_at: Any
) -> None:
    async def breaks(asked: Asked) -> None:
        await asked.head(content_length="999999")
        await asked.say(chunk("whole", "stop"))

    server = await loopback(breaks)
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.end == Finished(finish="stop", model="m")


async def test_cancelling_closes_the_connection(loopback: Any, provider_at: Any) -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()

    async def forever(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("first"))
        await asked.until_gone()
        gone.set()

    async def listen() -> None:
        async for event in provider.stream(asking()):
            assert isinstance(event, Text)
            arrived.set()

    server = await loopback(forever)
    provider = provider_at(server.url)
    task = asyncio.create_task(listen())
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gone.wait()


async def test_closing_the_stream_closes_the_connection(loopback: Any, provider_at: Any) -> None:
    gone = asyncio.Event()

    async def forever(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("first"))
        await asked.until_gone()
        gone.set()

    server = await loopback(forever)
    stream = provider_at(server.url).stream(asking())
    assert await anext(stream) == Text("first")
    await stream.aclose()
    await gone.wait()


async def test_401_names_the_variable_to_set_and_is_not_tried_again(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(lambda asked: asked.refuse("401 No", {"error": {"message": "bad key"}}))
    found = await heard(provider_at(server.url).stream(asking()))
    assert found.error is not None
    assert (found.error.kind, found.error.status) == ("auth", 401)
    assert "OPENAI_API_KEY" in str(found.error)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", ["429 Slow", "500 Boom", "503 Busy", "529 ", "408 Late"])
async def test_what_may_pass_is_tried_again_after_the_wait_that_was_asked(
    loopback: Any, provider_at: Any, status: str
) -> None:
    async def second_time(asked: Asked) -> None:
        if len(server.asked) == 1:
            await asked.refuse(status, "overloaded", **SOON)
        else:
            await asked.answer("hello")

    server = await loopback(second_time)
    found = await heard(provider_at(server.url).stream(asking()))
    retrying, *rest = found.events
    assert isinstance(retrying, Retrying)
    assert (retrying.wait_s, retrying.attempt) == (0.001, 1)
    assert status[:3] in retrying.reason
    assert found.text == "hello"
    assert isinstance(rest[-1], Finished)


async def test_tries_come_to_an_end(loopback: Any, provider_at: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("500 Boom", "boom", **SOON))
    found = await heard(provider_at(server.url).stream(asking()))
    assert len(server.asked) == 1 + QUICK.retries
    assert found.error is not None
    assert found.error.kind == "server"


async def test_a_wait_of_a_day_is_refused_at_once(loopback: Any, provider_at: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("429 Slow", "quota", retry_after="86400"))
    found = await heard(provider_at(server.url).stream(asking()))
    assert len(server.asked) == 1
    assert found.error is not None
    assert found.error.retry_after_s == 86400
    assert "24 h" in str(found.error)


async def test_after_the_first_text_nothing_is_tried_again(loopback: Any, provider_at: Any) -> None:
    async def fails(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("half"), {"error": {"type": "overloaded_error", "message": "busy"}})

    server = await loopback(fails)
    found = await heard(provider_at(server.url).stream(asking()))
    assert (found.text, len(server.asked)) == ("half", 1)
    assert found.error is not None
    assert found.error.status == 529


async def test_a_redirect_is_not_followed_and_the_key_stays(
    loopback: Any, provider_at: Any
) -> None:
    other = await loopback(lambda asked: asked.answer())
    server = await loopback(
        lambda asked: asked.refuse("307 Moved", "", location=f"{other.url}/v1/chat/completions")
    )
    found = await heard(provider_at(server.url).stream(asking()))
    assert other.asked == []
    assert found.error is not None
    assert f"redirect to {other.url}" in str(found.error)


async def test_nobody_at_the_address_is_said_with_the_address(provider_at: Any) -> None:
    found = await heard(provider_at("http://127.0.0.1:1", retries=0).stream(asking()))
    assert found.error is not None
    assert (found.error.kind, found.error.retryable) == ("network", True)
    assert "127.0.0.1:1" in str(found.error)


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (httpx.ConnectTimeout("x"), "timeout", True),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] no"), "network", False),
        (httpx.ProxyError("407"), "network", True),
        (httpx.ReadError("reset"), "network", True),
        (httpx.RemoteProtocolError("Server disconnected without a response"), "network", True),
        (httpx.RemoteProtocolError("illegal status line"), "protocol", False),
        (httpx.UnsupportedProtocol("x"), "network", True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_every_way_not_to_get_through_has_a_kind(
    error: httpx.HTTPError, kind: str, retryable: bool
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    http = Http(QUICK, transport=httpx.MockTransport(fail))
    server = Server(provider="openai", host="h.example")
    with pytest.raises(ProviderError, match=r"h\.example") as caught:
        async with http.send("GET", "https://h.example/", server=server, headers={}):
            pass
    assert (caught.value.kind, caught.value.retryable) == (kind, retryable)
    await http.aclose()


async def test_no_error_ever_shows_the_key(loopback: Any, provider_at: Any) -> None:
    async def echo(asked: Asked) -> None:
        words = f"bad request: {asked.headers}, key {CANARY}, {CANARY[:12]}"
        match len(server.asked):
            case 1:
                await asked.refuse("400 Bad", {"error": {"message": words}})
            case 2:
                await asked.refuse("401 No", words)
            case 3:
                await asked.refuse("307 Moved", "", location=f"http://x/?key={CANARY}")
            case 4:
                await asked.head()
                await asked.say({"error": {"message": words, "code": CANARY}})
            case _:
                await asked.head("500 Boom", x_should_retry="false", kind="text/html")
                await asked.raw(f"<title>{words}</title>".encode())

    server = await loopback(echo)
    for _ in range(5):
        found = await heard(provider_at(server.url).stream(asking()))
        assert found.error is not None
        shown = "".join(traceback.format_exception(found.error)) + repr(found.error)
        assert CANARY not in shown + repr(vars(found.error))


async def test_lone_surrogates_in_a_prompt_are_sent_as_question_marks(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(lambda asked: asked.answer())
    await heard(provider_at(server.url).stream(asking("a\ud800b")))
    assert server.asked[0].body["messages"][0]["content"] == "a?b"
