"""The Messages API: what is sent, and how counts add up."""

from __future__ import annotations

from typing import Any

from fake_servers import CANARY, Asked, asking, heard

from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.anthropic import build, merged
from tui_sessions.providers.base import ChatMessage, ModelInfo, Request
from tui_sessions.providers.setup import Setup

EVENTS = (
    {"type": "message_start", "message": {"model": "claude", "usage": {"input_tokens": 13, "cache_read_input_tokens": 8, "output_tokens": 1}}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "hello"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
    {"type": "message_stop"},
)  # fmt: skip


async def answers(asked: Asked) -> None:
    await asked.head()
    await asked.say(*EVENTS)


async def test_the_request_has_what_the_api_demands(loopback: Any, provider_at: Any) -> None:
    server = await loopback(answers)
    request = Request(model="claude", messages=(ChatMessage("user", "hi"),), system="Be brief")
    found = await heard(provider_at(server.url, "anthropic").stream(request))
    assert found.text == "hello"
    [asked] = server.asked
    assert asked.path == "/v1/messages"
    assert asked.headers["x-api-key"] == CANARY
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert asked.body == {
        "model": "claude",
        "max_tokens": 8192,
        "system": "Be brief",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
    }


async def test_later_counts_replace_earlier_ones_and_the_cache_is_part_of_the_prompt(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(answers)
    end = (await heard(provider_at(server.url, "anthropic").stream(asking()))).end
    assert end is not None
    assert end.usage == Usage(prompt_tokens=21, completion_tokens=5, cached_tokens=8)
    assert (end.finish, end.model) == ("stop", "claude")


async def test_a_whole_document_is_read_too(loopback: Any, provider_at: Any) -> None:
    message = {
        "model": "claude",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "hello"}],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    server = await loopback(lambda asked: asked.refuse("200 OK", message))
    found = await heard(provider_at(server.url, "anthropic").stream(asking()))
    assert (found.reasoning, found.text) == ("hm", "hello")
    assert found.end is not None
    assert found.end.finish == "length"


async def test_set_parameters_and_limits_are_sent(loopback: Any, provider_at: Any) -> None:
    server = await loopback(answers)
    extra = {"top_k": 3, "stop": "END", "reasoning_effort": "low", "model": "other", "title": "x"}
    params = Params(temperature=0.5, max_tokens=100, extra=extra)
    await heard(provider_at(server.url, "anthropic").stream(asking(params=params)))
    body = server.asked[0].body
    assert (body["max_tokens"], body["temperature"], body["top_k"]) == (100, 0.5, 3)
    assert body["stop_sequences"] == ["END"]
    assert body["output_config"] == {"effort": "low"}
    assert body["model"] == "m"
    assert not body.keys() & {"stop", "reasoning_effort", "title"}


async def test_without_parameters_none_is_sent_to_anthropic(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(answers)
    await heard(provider_at(server.url, "anthropic").stream(asking()))
    assert server.asked[0].body.keys() == {"model", "max_tokens", "messages", "stream"}


async def test_an_own_output_configuration_takes_the_effort_in(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(answers)
    params = Params(extra={"effort": "max", "output_config": {"format": {"type": "json"}}})
    await heard(provider_at(server.url, "anthropic").stream(asking(params=params)))
    assert server.asked[0].body["output_config"] == {"effort": "max", "format": {"type": "json"}}


def test_neighbours_of_one_role_are_merged_and_empty_texts_dropped() -> None:
    messages = [("user", "a"), ("assistant", " "), ("user", "b"), ("assistant", "c"), ("user", "")]
    assert merged(tuple(ChatMessage(role, text) for role, text in messages)) == [
        {"role": "user", "content": "a\n\nb"},
        {"role": "assistant", "content": "c"},
    ]


async def test_all_pages_of_models_are_read(loopback: Any, provider_at: Any) -> None:
    pages = [
        {"data": [{"id": "b", "max_input_tokens": 9}], "has_more": True, "last_id": "b/1"},
        {"data": [{"id": "a"}], "has_more": False},
    ]
    server = await loopback(lambda asked: asked.refuse("200 OK", pages[len(server.asked) - 1]))
    found = await provider_at(server.url, "anthropic").models()
    assert found == (ModelInfo(name="b", context_tokens=9), ModelInfo(name="a"))
    assert server.asked[1].path == "/v1/models?limit=1000&after_id=b%2F1"


async def test_a_token_in_place_of_a_key_is_sent_as_a_bearer(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(answers)
    environ = {"ANTHROPIC_AUTH_TOKEN": "token"}
    await heard(provider_at(f"{server.url}/v1/", "anthropic", environ=environ).stream(asking()))
    assert server.asked[0].headers["authorization"] == "Bearer token"
    assert "x-api-key" not in server.asked[0].headers


async def test_without_a_key_anthropic_is_never_asked(provider_at: Any) -> None:
    from fake_servers import configured

    provider = build(Setup(name="anthropic", config=configured(), environ={}))
    error = (await heard(provider.stream(asking()))).error
    assert error is not None
    assert "ANTHROPIC_API_KEY" in str(error)
