"""Ollama: JSON lines, installed models, and no key at home."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_servers import CANARY, Asked, asking, heard

from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ModelInfo

LINES = (
    {"model": "qwen3", "message": {"content": "", "thinking": "hm"}, "done": False},
    {"model": "qwen3", "message": {"content": "hello"}, "done": False},
    {"model": "qwen3", "message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 3},
)  # fmt: skip


async def answers(asked: Asked) -> None:
    await asked.head(kind="application/x-ndjson")
    for line in LINES:
        await asked.raw(json.dumps(line).encode() + b"\n")


async def test_an_answer_with_thinking_arrives(loopback: Any, provider_at: Any) -> None:
    server = await loopback(answers)
    found = await heard(provider_at(server.url, "ollama").stream(asking(system="Be brief")))
    assert (found.reasoning, found.text) == ("hm", "hello")
    assert found.end is not None
    assert found.end.usage == Usage(completion_tokens=3)
    [asked] = server.asked
    assert asked.path == "/api/chat"
    assert asked.body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief"},
            {"role": "user", "content": "hi"},
        ],
        "stream": True,
    }


async def test_parameters_become_options(loopback: Any, provider_at: Any) -> None:
    server = await loopback(answers)
    params = Params(
        temperature=0.1,
        max_tokens=5,
        extra={"num_ctx": 4096, "think": False, "format": "json", "stop": ["a"]},
    )
    await heard(provider_at(server.url, "ollama").stream(asking(params=params)))
    body = server.asked[0].body
    assert body["options"] == {
        "temperature": 0.1,
        "num_predict": 5,
        "num_ctx": 4096,
        "stop": ["a"],
    }
    assert body["think"] is False
    assert body["format"] == "json"


@pytest.mark.parametrize(
    ("effort", "think"), [("none", False), ("minimal", "low"), ("high", "high"), ("xhigh", "max")]
)
async def test_the_effort_becomes_thinking(
    effort: str, think: object, loopback: Any, provider_at: Any
) -> None:
    server = await loopback(answers)
    params = Params(extra={"reasoning_effort": effort})
    await heard(provider_at(server.url, "ollama").stream(asking(params=params)))
    assert server.asked[0].body["think"] == think
    assert "reasoning_effort" not in server.asked[0].body


async def test_the_keys_of_the_cloud_stay_at_home(loopback: Any, provider_at: Any) -> None:
    server = await loopback(answers)
    provider = provider_at(server.url, "ollama", environ={"OLLAMA_API_KEY": CANARY})
    await heard(provider.stream(asking()))
    assert "authorization" not in server.asked[0].headers


async def test_the_cloud_wants_a_key(provider_at: Any) -> None:
    error = (await heard(provider_at("https://ollama.com", "ollama").stream(asking()))).error
    assert error is not None
    assert "OLLAMA_API_KEY" in str(error)


async def test_a_model_that_is_not_installed_is_said(loopback: Any, provider_at: Any) -> None:
    words = {"error": 'model "m" not found, try pulling it first'}
    server = await loopback(lambda asked: asked.refuse("404 Not Found", words))
    error = (await heard(provider_at(server.url, "ollama").stream(asking()))).error
    assert error is not None
    assert error.kind == "model"
    assert "try pulling it" in str(error)


async def test_installed_models_are_listed(loopback: Any, provider_at: Any) -> None:
    models = {"models": [{"name": "qwen3:8b"}, {"model": "llama4"}, {"size": 1}]}
    server = await loopback(lambda asked: asked.refuse("200 OK", models))
    found = await provider_at(server.url, "ollama").models()
    assert found == (ModelInfo(name="llama4"), ModelInfo(name="qwen3:8b"))
    assert server.asked[0].path == "/api/tags"
