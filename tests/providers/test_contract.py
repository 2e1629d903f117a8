"""What every provider keeps, whatever it speaks: what is asked arrives, what is answered arrives whole and in
order, every way an answer can end is told, and who goes away closes the line."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
from typing import Any

import pytest
from contract import KEY, ROWS, Row, Wire, answering, asked_of
from fake_servers import Asked, Heard, asking, configured, heard
from tongues import COUNTS, THOUGHT_TOKENS, found

from tui_sessions.model.session import Params
from tui_sessions.providers.base import (
    Attached,
    ChatMessage,
    Counted,
    Finished,
    Reasoning,
    Request,
    Text,
)
from tui_sessions.providers.registry import KINDS, Providers

PIECES = ("Zażółć ", "gęślą ", "😀", " \u2028 end")
WHOLE = "".join(PIECES)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))

each = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def test_every_provider_and_every_kind_has_a_row() -> None:
    names = Providers(configured(), {}).names
    assert {row.provider for row in ROWS} >= set(names) - {"demo"}
    kinds = {getattr(row.own, "kind", "") or row.provider for row in ROWS}
    assert kinds >= set(KINDS) - {"demo"}


@each
async def test_an_answer_arrives_whole_and_in_order(row: Row, loopback: Any, built: Any) -> None:
    tongue = row.tongue

    async def script(asked: Asked) -> None:
        await asked.head(kind=tongue.kind)
        await asked.raw(tongue.begin())
        for piece in PIECES:
            await asked.raw(tongue.text(piece))
        await asked.raw(tongue.end())

    server = await loopback(script)
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.text, result.error) == (WHOLE, None)
    assert [type(event) for event in result.events[-1:]] == [Finished]
    assert sum(isinstance(event, Finished) for event in result.events) == 1
    assert result.end is not None
    assert result.end.finish == "stop"


@each
async def test_the_system_prompt_the_history_and_the_key_arrive(
    row: Row, loopback: Any, built: Any
) -> None:
    server = await loopback(answering(row, row.tongue.answer("ok")))
    said = [("user", "one\n😀"), ("assistant", "two"), ("user", "three é")]
    request = Request(
        model="m", system="Be brief", messages=tuple(ChatMessage(*each) for each in said)
    )
    assert (await heard(built(row, server.url).stream(request))).error is None
    [asked] = server.asked
    assert asked.path == row.path
    assert row.tongue.said(asked.body) == [("system", "Be brief"), *said]
    assert KEY in asked.headers[row.key_header]
    assert KEY not in asked.path
    assert sum(KEY in value for value in asked.headers.values()) == 1


@each
async def test_the_counts_are_the_servers(row: Row, loopback: Any, built: Any) -> None:
    server = await loopback(answering(row, row.tongue.answer(*PIECES)))
    end = (await heard(built(row, server.url).stream(asking()))).end
    assert end is not None
    assert {name: getattr(end.usage, name) for name in COUNTS} == COUNTS
    assert end.usage.reasoning_tokens in (THOUGHT_TOKENS, None)


@each
@pytest.mark.parametrize("finish", ["length", "filter"])
async def test_the_reason_of_the_end_is_told(
    row: Row, finish: str, loopback: Any, built: Any
) -> None:
    if "Ollama" in type(row.tongue).__name__ and finish == "filter":
        return  # it knows no filter
    server = await loopback(answering(row, row.tongue.answer("ok", finish=finish)))
    end = (await heard(built(row, server.url).stream(asking()))).end
    assert end is not None
    assert end.finish == finish


@each
async def test_thinking_is_told_apart(row: Row, loopback: Any, built: Any) -> None:
    server = await loopback(answering(row, row.tongue.answer("said", thought="Hmm.")))
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.reasoning, result.text) == ("Hmm.", "said")
    kinds = [type(event) for event in result.events if isinstance(event, Text | Reasoning)]
    assert kinds == [Reasoning, Text]


@each
async def test_what_nobody_knows_is_passed_over(row: Row, loopback: Any, built: Any) -> None:
    tongue = row.tongue
    data = tongue.begin() + tongue.unknown() + tongue.text("a") + tongue.unknown()
    server = await loopback(answering(row, data + tongue.text("b") + tongue.end()))
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.text, result.error) == ("ab", None)


@each
async def test_a_document_instead_of_a_stream_is_an_answer(
    row: Row, loopback: Any, built: Any
) -> None:
    server = await loopback(answering(row, row.tongue.whole(WHOLE), "application/json"))
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.text, result.error) == (WHOLE, None)
    assert result.end is not None
    assert result.end.usage is not None
    assert result.end.usage.completion_tokens == COUNTS["completion_tokens"]


@each
async def test_a_compressed_answer_is_read(row: Row, loopback: Any, built: Any) -> None:
    data = gzip.compress(row.tongue.answer(*PIECES))
    server = await loopback(answering(row, data, content_encoding="gzip"))
    assert (await heard(built(row, server.url).stream(asking()))).text == WHOLE


@each
async def test_an_end_without_a_reason_is_a_cut(row: Row, loopback: Any, built: Any) -> None:
    server = await loopback(answering(row, row.tongue.begin() + row.tongue.text("half")))
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.text, result.end) == ("half", None)
    assert result.error is not None
    assert result.error.kind == "cut"


@each
async def test_an_error_after_some_text_keeps_the_text(row: Row, loopback: Any, built: Any) -> None:
    tongue = row.tongue
    data = tongue.begin() + tongue.text("half") + tongue.failure("it broke down")
    server = await loopback(answering(row, data))
    result = await heard(built(row, server.url).stream(asking()))
    assert (result.text, result.end, len(server.asked)) == ("half", None, 1)
    assert result.error is not None
    assert result.error.kind == "server"
    assert "it broke down" in str(result.error)


@each
@pytest.mark.parametrize("way", ["cancelled", "closed"])
async def test_who_goes_away_closes_the_line(row: Row, way: str, loopback: Any, built: Any) -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()

    async def forever(asked: Asked) -> None:
        await asked.head(kind=row.tongue.kind)
        await asked.raw(row.tongue.begin() + row.tongue.text("first"))
        await asked.until_gone()
        gone.set()

    server = await loopback(forever)
    stream = built(row, server.url).stream(asking())

    async def listen() -> None:
        async for event in stream:
            if isinstance(event, Text):
                arrived.set()

    if way == "closed":
        while not isinstance(await anext(stream), Text):
            pass
        await stream.aclose()
    else:
        task = asyncio.create_task(listen())
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await gone.wait()


@each
async def test_only_what_was_set_is_sent(row: Row, loopback: Any, built: Any) -> None:
    server = await loopback(answering(row, row.tongue.answer("ok")))
    await heard(built(row, server.url).stream(asking()))
    body = server.asked[0].body
    names = ("temperature", "top_p", "topP", "top_k", "stop", "seed", row.tongue.most_tokens)
    sent = {name for name in names if any(found(body, name))}
    assert sent <= ({"max_tokens"} if row.path.endswith("/messages") else set())


@each
async def test_what_was_set_is_sent(row: Row, loopback: Any, built: Any) -> None:
    server = await loopback(answering(row, row.tongue.answer("ok")))
    params = Params(
        temperature=0.5, max_tokens=77, extra={"top_p": 0.9, "future_setting": {"deep": [3]}}
    )
    assert (await heard(built(row, server.url).stream(asking(params=params)))).error is None
    body = server.asked[0].body
    assert list(found(body, "temperature")) == [0.5]
    assert list(found(body, row.tongue.most_tokens)) == [77]
    assert list(found(body, row.tongue.top_p)) == [0.9]
    assert list(found(body, "future_setting")) == [{"deep": [3]}]


@each
async def test_an_image_goes_along_and_what_is_not_taken_is_not_sent(
    row: Row, loopback: Any, built: Any
) -> None:
    server = await loopback(answering(row, row.tongue.answer("ok")))
    provider = built(row, server.url)

    def attaching(name: str, mime: str) -> Request:
        message = ChatMessage("user", "what?", (Attached(name=name, mime=mime, data=PNG),))
        return Request(model="m", messages=(message,))

    refused = await asked_of(provider, attaching("a.mp4", "video/mp4"))
    assert refused.error is not None
    assert (refused.error.kind, server.asked) == ("attachment", [])
    result = await asked_of(provider, attaching("a.png", "image/png"))
    if provider.refuses("image/png", len(PNG)):
        assert result.error is not None
        return
    assert result.error is None
    assert base64.b64encode(PNG).decode() in json.dumps(server.asked[0].body)


@each
async def test_the_models_are_listed(row: Row, loopback: Any, built: Any) -> None:
    async def script(asked: Asked) -> None:
        document = row.lists.get(asked.path.partition("?")[0])
        await asked.refuse("200 OK" if document else "404 Not Found", document or {})

    server = await loopback(script)
    models = await built(row, server.url).models()
    assert {model.name for model in models} == row.listed


@each
async def test_counts_that_came_before_a_break_are_told(
    row: Row, loopback: Any, built: Any
) -> None:
    server = await loopback(answering(row, row.tongue.begin() + row.tongue.text("half")))
    result = await heard(built(row, server.url).stream(asking()))
    for event in result.events:
        if isinstance(event, Counted):
            assert event.usage.prompt_tokens == COUNTS["prompt_tokens"]
            assert event.usage.total_tokens is None


@each
async def test_cut_at_any_byte_the_text_so_far_is_kept(row: Row, monkeypatch: Any) -> None:
    data = row.tongue.answer(*PIECES, thought="Hmm.")
    wire = Wire(monkeypatch, row)
    async with wire.provider() as provider:
        for place in range(0, len(data), 1 if row.is_chief else 7):
            for breaks in (False, True):
                wire.data, wire.breaks = data[:place], breaks
                judge(row, await heard(provider.stream(asking())), data[:place])


def judge(row: Row, result: Heard, sent: bytes) -> None:
    """A cut answer is a cut with all text before it, or its end."""
    pieces = [piece for piece in PIECES if row.tongue.text(piece).rstrip(b"\r\n") in sent]
    assert result.text == "".join(pieces), sent
    assert "Hmm.".startswith(result.reasoning)
    if result.error is None:
        assert result.text == WHOLE
        assert result.end is not None
        assert result.end.finish == "stop"
    else:
        assert result.error.kind == "cut", (sent, result.error)
