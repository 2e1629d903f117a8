"""The kind of an answer is what the server says it is, and only real data counts as a sign of
life."""

from __future__ import annotations

import asyncio
import json

import pytest
from fake_servers import BytesAnswer, Heard, chunk, heard

from tui_sessions.errors import ProviderError
from tui_sessions.providers import reading
from tui_sessions.providers.anthropic import Messages
from tui_sessions.providers.base import Finished, Reasoning, Text
from tui_sessions.providers.chat_completions import ChatCompletions
from tui_sessions.providers.failures import Server
from tui_sessions.providers.ollama import Chat
from tui_sessions.providers.reading import Dialect, answer_events

SERVER = Server(provider="openai", host="h.example", model="m")
STREAM = b'data: {"choices":[{"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'
WHOLE = b'\n\n {"model":"m","choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'
LINES = b'{"message":{"content":"h"}}\n{"message":{"content":"i"},"done":true}\n'


async def read(answer: BytesAnswer, dialect: Dialect | None = None) -> Heard:
    return await heard(answer_events(answer, dialect or ChatCompletions(SERVER), SERVER, 1_000_000))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (STREAM, "text/event-stream"),
        (STREAM, "text/plain"),
        (b"\xef\xbb\xbf" + STREAM, ""),
        (b": hello\n\n" + STREAM, "application/octet-stream"),
        (WHOLE, "application/json"),
        (WHOLE, "text/plain"),
        (WHOLE, "application/problem+json"),
    ],
)
async def test_an_answer_is_read_as_what_it_is(data: bytes, kind: str) -> None:
    found = await read(BytesAnswer([data], kind))
    assert (found.text, found.error) == ("hi", None)


@pytest.mark.parametrize(
    "kind", ["application/x-ndjson", "application/jsonl", "application/json", ""]
)
async def test_json_lines_are_read_even_where_they_are_announced_as_one_document(kind: str) -> None:
    found = await read(BytesAnswer([LINES], kind), Chat(SERVER))
    assert found.text == "hi"
    assert found.end == Finished(finish="stop")


async def test_an_error_in_a_whole_document_is_an_error() -> None:
    found = await read(BytesAnswer([b'{"error":"no model loaded"}'], "application/json"))
    assert found.error is not None
    assert "no model loaded" in str(found.error)


@pytest.mark.parametrize("data", [b"[1, 2", b"hello\nworld", b"[" * 100_000, b"9" * 5000])
async def test_a_document_that_is_no_json_is_said_to_be_none(data: bytes) -> None:
    found = await read(BytesAnswer([data], "application/json"))
    assert found.error is not None
    assert found.error.kind in ("protocol", "cut")


async def test_what_bears_no_text_is_no_sign_of_life() -> None:
    empty = BytesAnswer([f"data: {json.dumps(chunk(''))}\n\n".encode(), b'data: {"x": 1}\n\n'])
    await read(empty)
    assert empty.calls == []
    quiet = BytesAnswer([b": ping\n\n", b"event: ping\ndata: {}\n\n", b'data: {"type":"ping"}\n\n'])
    await read(quiet, Messages(SERVER))
    assert quiet.calls == []


async def test_text_is_a_sign_of_life_and_an_end_makes_haste() -> None:
    answer = BytesAnswer([f"data: {json.dumps(chunk('a'))}\n\n".encode() * 2, STREAM])
    await read(answer)
    assert answer.calls == ["alive", "alive", "alive", "hurry"]


async def test_nothing_is_read_after_done() -> None:
    found = await read(BytesAnswer([STREAM, b"data: [DONE]\n\n", b"data: {broken\n\n"]))
    assert found.end is not None


async def test_silence_after_the_end_is_no_error() -> None:
    silent = ProviderError("silent", kind="timeout")
    found = await read(BytesAnswer([STREAM], broken=silent))
    assert found.end == Finished(finish="stop")


async def test_text_held_back_as_a_possible_tag_is_kept_when_the_answer_breaks() -> None:
    broken = ProviderError("broken", kind="cut")
    held = f"data: {json.dumps(chunk('<thi'))}\n\n".encode()
    found = await read(BytesAnswer([held], broken=broken))
    assert found.events == [Text("<thi")]
    assert found.error is broken


async def test_an_error_event_that_is_no_json_is_still_an_error() -> None:
    found = await read(BytesAnswer([b"event: error\ndata: out of memory\n\n"]))
    assert found.error is not None
    assert "out of memory" in str(found.error)


async def test_types_that_make_no_sense_are_skipped() -> None:
    odd = [{"choices": "x"}, {"choices": [5]}, [], "x", 7, None, {"choices": {"0": {}}}]
    odd += [{"choices": [{"delta": {"content": 5}}]}, {"choices": [{"delta": None}], "usage": [1]}]
    data = "".join(f"data: {json.dumps(document)}\n\n" for document in odd).encode()
    for dialect in (ChatCompletions(SERVER), Messages(SERVER), Chat(SERVER)):
        found = await read(BytesAnswer([data]), dialect)
        assert found.events == []
        assert found.error is not None
        assert found.error.kind == "cut"


async def test_what_came_at_once_is_one_piece_of_each_kind_in_order() -> None:
    said = ["a", "b", "c"]
    thought = [{"choices": [{"delta": {"reasoning_content": word}}]} for word in "xy"]
    chunks = [*map(chunk, said), *thought, chunk("d"), {"error": {"message": "busy"}}]
    data = "".join(f"data: {json.dumps(document)}\n\n" for document in chunks).encode()
    found = await read(BytesAnswer([data]))
    assert found.events == [Text("abc"), Reasoning("xy"), Text("d")]
    assert found.error is not None


async def test_a_server_that_pours_leaves_the_loop_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses: list[float] = []
    rest = asyncio.sleep

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await rest(0)

    monkeypatch.setattr(reading, "SLICE_S", 0.0)
    monkeypatch.setattr(asyncio, "sleep", pause)
    piece = f"data: {json.dumps(chunk('a'))}\n\n".encode()
    found = await read(BytesAnswer([piece] * 3 + [STREAM]))
    assert found.text.startswith("aaa")
    assert pauses[:3] == [reading.PAUSE_S] * 3
