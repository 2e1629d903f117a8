"""Servers on this machine are found by what they answer, not by their port."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fake_servers import Asked

from tui_sessions.providers.local_servers import LocalServer, running_servers

PATIENT_S = 10.0


def saying(document: Any, *, status: str = "200 OK", length: bool = True) -> Any:
    async def answer(asked: Asked) -> None:
        body = document if isinstance(document, str) else json.dumps(document)
        sizes = {"content_length": str(len(body))} if length else {}
        await asked.head(status, "application/json", **sizes)
        await asked.raw(body.encode())
        if length:
            await asked.until_gone()  # it keeps the connection open

    return answer


@pytest.mark.parametrize("length", [True, False])
async def test_a_server_that_lists_models_is_found_with_them(loopback: Any, length: bool) -> None:
    server = await loopback(saying({"data": [{"id": "a"}, {"id": "b"}]}, length=length))
    found = await running_servers([("vllm", f"{server.url}/v1")], limit_s=PATIENT_S)
    host = server.url.removeprefix("http://")
    assert found == (LocalServer(provider="vllm", host=host, models=("a", "b")),)
    assert "authorization" not in server.asked[0].headers


async def test_ollama_is_asked_in_its_own_words(loopback: Any) -> None:
    server = await loopback(saying({"models": [{"name": "llama"}]}))
    (found,) = await running_servers([("ollama", server.url)], limit_s=PATIENT_S)
    assert found.models == ("llama",)
    assert server.asked[0].path == "/api/tags"


async def test_a_server_that_wants_a_key_is_told_from_nothing(loopback: Any) -> None:
    server = await loopback(saying({"error": "key"}, status="401 Unauthorized"))
    (found,) = await running_servers([("litellm", f"{server.url}/v1")], limit_s=PATIENT_S)
    assert found.wants_key


@pytest.mark.parametrize("said", ["<html>hello</html>", "[]", '{"status": "ok"}', "", "{"])
async def test_another_program_at_that_port_is_none(loopback: Any, said: str) -> None:
    server = await loopback(saying(said))
    assert await running_servers([("llamacpp", f"{server.url}/v1")], limit_s=PATIENT_S) == ()


async def test_what_does_not_answer_in_time_or_at_all_is_not_there(loopback: Any) -> None:
    async def silent(asked: Asked) -> None:
        await asked.until_gone()

    server = await loopback(silent)
    places = [("vllm", f"{server.url}/v1"), ("ollama", "http://127.0.0.1:1"), ("lmstudio", "")]
    assert await running_servers(places, limit_s=0.1) == ()


async def test_no_other_machine_is_asked() -> None:
    places = [("vllm", "https://vllm.example.com/v1"), ("ollama", "http://169.254.169.254")]
    assert await running_servers(places, limit_s=PATIENT_S) == ()


async def test_all_are_asked_at_the_same_time(loopback: Any) -> None:
    arrived: list[Asked] = []
    everybody = asyncio.Event()

    async def together(asked: Asked) -> None:
        arrived.append(asked)
        if len(arrived) == 2:
            everybody.set()
        await everybody.wait()
        await saying({"data": []})(asked)

    server = await loopback(together)
    places = [(name, f"{server.url}/v1") for name in ("vllm", "lmstudio")]
    found = await running_servers(places, limit_s=PATIENT_S)
    assert [one.provider for one in found] == ["vllm", "lmstudio"]
