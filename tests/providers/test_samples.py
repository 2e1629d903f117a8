"""The hand-made streams of every kind of server: whole, byte by byte, and cut at every place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from fake_servers import BytesAnswer, Heard, heard

from tui_sessions.errors import ProviderError
from tui_sessions.providers.anthropic import Messages
from tui_sessions.providers.chat_completions import ChatCompletions
from tui_sessions.providers.converse import Converse
from tui_sessions.providers.failures import Server, refused
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.gemini import Generated
from tui_sessions.providers.ollama import Chat
from tui_sessions.providers.reading import Dialect, answer_events
from tui_sessions.providers.responses import Responses

SAMPLES = Path(__file__).parent.parent / "data" / "providers"
STREAMS = sorted(
    path
    for path in SAMPLES.iterdir()
    if path.suffix in (".sse", ".ndjson", ".eventstream") or path.name == "gemini-json-array.json"
)
SERVER = Server(provider="openai", host="api.example.com", model="m")
COUNTS = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "cached": "cached_tokens",
    "reasoning_tokens": "reasoning_tokens",
}

BY_NAME: dict[str, Callable[[Server], Dialect]] = {
    "anthropic": Messages,
    "gemini": Generated,
    "bedrock": Converse,
    "openai-responses": Responses,
}

UNTOLD = {"openai-responses-failed.sse", "openai-responses-incomplete.sse"}
"""Their notes leave out the thinking, which is that of `openai-responses.sse`."""

each_stream = pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.name)


def about(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_name(f"{path.name}.about.json").read_text())
    if path.name in UNTOLD:
        found["expect"]["reasoning"] = "**Thinking** about it"
    return found


def dialect_of(path: Path) -> Callable[[Server], Dialect]:
    for beginning, dialect in BY_NAME.items():
        if path.name.startswith(beginning):
            return dialect
    return Chat if path.suffix == ".ndjson" else ChatCompletions


async def read(path: Path, pieces: Iterable[bytes], broken: ProviderError | None = None) -> Heard:
    answer = BytesAnswer(pieces, about(path)["content_type"].partition(";")[0], broken)
    return await heard(answer_events(answer, dialect_of(path)(SERVER), SERVER, 1_000_000))


def judge(path: Path, found: Heard) -> None:
    expected = about(path)["expect"]
    assert found.text == expected["text"]
    assert found.reasoning == expected.get("reasoning", "")
    if "error" in expected:
        assert found.end is None
        assert found.error is not None
        return
    if "finish" not in expected:  # it ends without saying why
        assert found.error is not None
        assert found.error.kind == "cut"
        return
    assert found.error is None
    assert found.end is not None
    assert found.end.finish == normal_finish(expected["finish"])
    for name, ours in COUNTS.items():
        if name in expected:
            assert getattr(found.end.usage, ours) == expected[name], name


def test_the_samples_are_there() -> None:
    assert len(STREAMS) == 38


@each_stream
async def test_a_whole_stream_says_what_its_note_expects(path: Path) -> None:
    judge(path, await read(path, [path.read_bytes()]))


@each_stream
async def test_byte_by_byte_it_says_the_same(path: Path) -> None:
    judge(path, await read(path, [bytes([byte]) for byte in path.read_bytes()]))


@each_stream
async def test_in_two_pieces_it_says_the_same(path: Path) -> None:
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        judge(path, await read(path, [data[:place], data[place:]]))


@each_stream
@pytest.mark.parametrize("breaks", [False, True], ids=["closed", "broken"])
async def test_cut_anywhere_the_text_so_far_is_kept_and_the_end_is_honest(
    path: Path, breaks: bool
) -> None:
    data, expected = path.read_bytes(), about(path)["expect"]
    for place in range(len(data)):
        broken = ProviderError("broken", kind="cut") if breaks else None
        found = await read(path, [data[:place]], broken)
        assert expected["text"].startswith(found.text), place
        assert expected.get("reasoning", "").startswith(found.reasoning), place
        if found.error is None:
            assert found.text == expected["text"], place
            assert found.end is not None
            assert found.end.finish == normal_finish(expected["finish"]), place
        elif found.error.kind != "cut":
            assert "error" in expected, place
            judge(path, found)


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("anthropic-overloaded-midstream.sse", "server", 529),
        ("openai-chat-midstream-error.sse", "server", 500),
        ("openrouter-midstream-error.sse", "server", 500),
        ("llamacpp-2025-error-field.sse", "context", 400),
        ("ollama-midstream-error.ndjson", "server", 500),
        ("gemini-midstream-error.sse", "server", 503),
        ("openai-responses-error-event.sse", "limit", 429),
        ("openai-responses-failed.sse", "server", 500),
        ("bedrock-converse-throttled.eventstream", "limit", 429),
    ],
)
async def test_an_error_inside_a_stream_has_its_kind_and_the_servers_words(
    name: str, kind: str, status: int
) -> None:
    found = await read(SAMPLES / name, [(SAMPLES / name).read_bytes()])
    assert found.error is not None
    assert (found.error.kind, found.error.status) == (kind, status)
    assert "api.example.com" in str(found.error) or kind == "context"
    assert "It says: " in str(found.error)


def test_google_says_in_the_body_how_long_to_wait_and_that_waiting_helps() -> None:
    body = (SAMPLES / "gemini-429.json").read_bytes()
    error = refused(SERVER, 429, body, "application/json")
    assert (error.kind, error.retryable, error.retry_after_s) == ("limit", True, 23.0)


def test_a_prompt_that_a_filter_refused_is_told_from_a_wrong_request() -> None:
    body = (SAMPLES / "azure-content-filter-400.json").read_bytes()
    assert refused(SERVER, 400, body, "application/json").kind == "filter"
