"""What an answer has cost by the time it ends, whatever its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_servers import BytesAnswer, Heard, heard

from tui_sessions.model.usage import Usage
from tui_sessions.providers.anthropic import Messages
from tui_sessions.providers.base import Counted
from tui_sessions.providers.chat_completions import ChatCompletions
from tui_sessions.providers.failures import Server
from tui_sessions.providers.ollama import Chat
from tui_sessions.providers.reading import Dialect, answer_events

SAMPLES = Path(__file__).parent.parent / "data" / "providers"
SERVER = Server(provider="openai", host="api.example.com", model="m")


async def read(dialect: Dialect, *pieces: bytes, kind: str = "text/event-stream") -> Heard:
    return await heard(answer_events(BytesAnswer(pieces, kind), dialect, SERVER, 1_000_000))


def counted(found: Heard) -> list[Counted]:
    return [event for event in found.events if isinstance(event, Counted)]


def data(document: object) -> bytes:
    return f"data: {json.dumps(document)}\n\n".encode()


async def test_an_answer_that_fails_after_its_start_was_paid_for_its_prompt_and_more_is_unknown() -> (
    None
):
    sample = (SAMPLES / "anthropic-overloaded-midstream.sse").read_bytes()
    found = await read(Messages(SERVER), *(bytes([byte]) for byte in sample))
    assert found.error is not None
    (only,) = counted(found)
    assert only.usage.prompt_tokens
    assert only.usage.completion_tokens is None
    assert only.cost is None


async def test_a_count_is_told_once_until_it_changes() -> None:
    start = {"type": "message_start", "message": {"usage": {"input_tokens": 9, "output_tokens": 1}}}
    text = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}}
    found = await read(Messages(SERVER), data(start), data(text), data(text))
    assert counted(found) == [Counted(Usage(prompt_tokens=9))]
    assert found.error is not None


async def test_what_openrouter_charged_counts_to_the_nano_dollar() -> None:
    sample = (SAMPLES / "openrouter.sse").read_bytes()
    found = await read(ChatCompletions(SERVER), sample)
    assert found.end is not None
    assert found.end.cost == 140_000


async def test_with_a_key_of_ones_own_the_vendors_charge_comes_on_top_of_openrouters() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.001, "is_byok": True}
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage}
    found = await read(ChatCompletions(SERVER), data(end))
    assert found.end is not None
    assert found.end.cost is None
    usage["cost_details"] = {"upstream_inference_cost": 0.02}
    found = await read(ChatCompletions(SERVER), data(end))
    assert found.end is not None
    assert found.end.cost == 21_000_000


@pytest.mark.parametrize("cost", [None, True, "0.1", -1, 1e30, float("nan"), {"total_cost": 1}])
async def test_what_is_no_amount_is_no_charge(cost: object) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "cost": cost}
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage}
    found = await read(ChatCompletions(SERVER), data(end))
    if found.end is not None:  # A `NaN` is no JSON.
        assert found.end.cost is None


async def test_counts_in_every_chunk_are_not_taken_for_the_end() -> None:
    chunk = {
        "choices": [{"delta": {"content": "a"}}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8},
    }
    found = await read(ChatCompletions(SERVER), data(chunk), data({"error": {"message": "No."}}))
    assert counted(found) == [Counted(Usage(prompt_tokens=7))]


async def test_a_whole_answer_tells_its_counts_at_its_end_only() -> None:
    for name, dialect in (
        ("ollama-chat.ndjson", Chat(SERVER)),
        ("anthropic.sse", Messages(SERVER)),
    ):
        kind = "application/x-ndjson" if name.endswith("ndjson") else "text/event-stream"
        found = await read(dialect, (SAMPLES / name).read_bytes(), kind=kind)
        assert counted(found) == []
        assert found.end is not None
        assert found.end.usage is not None
