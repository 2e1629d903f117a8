"""Chat Completions: what is sent, what comes back from servers that differ."""

from __future__ import annotations

from typing import Any

import pytest
from fake_servers import Asked, asking, chunk, configured, heard

from tui_sessions.errors import ProviderError
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import ChatMessage, ModelInfo, Request
from tui_sessions.providers.openai import OpenAI, build
from tui_sessions.providers.setup import Setup


async def test_what_the_user_set_is_sent_and_the_system_prompt_comes_first(
    loopback: Any, provider_at: Any
) -> None:
    request = Request(
        model="m",
        messages=(
            ChatMessage("user", "a"),
            ChatMessage("assistant", "b"),
            ChatMessage("user", "c"),
        ),
        system="Be brief",
        params=Params(temperature=0.0, max_tokens=50, extra={"top_p": 0.5, "api_key": "no"}),
    )
    server = await loopback(lambda asked: asked.answer())
    await heard(provider_at(server.url).stream(request))
    body = server.asked[0].body
    assert [message["role"] for message in body["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert (body["temperature"], body["max_tokens"], body["top_p"]) == (0.0, 50, 0.5)
    assert "api_key" not in body


async def test_openai_itself_gets_the_new_name_of_the_token_limit() -> None:
    setup = Setup(name="openai", config=configured(), environ={"OPENAI_API_KEY": "k"})
    body = build(setup)._body(asking(params=Params(max_tokens=9)))
    assert (body.get("max_completion_tokens"), body.get("max_tokens")) == (9, None)


async def test_a_server_that_knows_no_stream_options_is_asked_without_from_then_on(
    loopback: Any, provider_at: Any
) -> None:
    async def strict(asked: Asked) -> None:
        if "stream_options" in asked.body:
            detail = [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]
            await asked.refuse("422 No", {"detail": detail})
        else:
            await asked.answer("hello")

    server = await loopback(strict)
    provider = provider_at(server.url)
    assert (await heard(provider.stream(asking()))).text == "hello"
    assert (await heard(provider.stream(asking()))).text == "hello"
    assert len(server.asked) == 3


async def test_another_refusal_is_not_asked_again(loopback: Any, provider_at: Any) -> None:
    error = {"error": {"message": "Unsupported parameter", "param": "temperature"}}
    server = await loopback(lambda asked: asked.refuse("400 No", error))
    found = await heard(provider_at(server.url).stream(asking(params=Params(temperature=2))))
    assert len(server.asked) == 1
    assert found.error is not None
    assert "does not take temperature" in str(found.error)


async def test_counts_that_are_not_told_are_unknown(loopback: Any, provider_at: Any) -> None:
    async def counted(asked: Asked) -> None:
        await asked.head()
        usage = {"prompt_tokens": 7, "completion_tokens": None, "total_tokens": "9"}
        await asked.say(chunk("a", "length", usage=usage), chunk("", usage=None), "[DONE]")

    server = await loopback(counted)
    end = (await heard(provider_at(server.url).stream(asking()))).end
    assert end is not None
    assert (end.finish, end.usage) == ("length", Usage(prompt_tokens=7))


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("tool_calls", "tool"),
        ("content_filter", "filter"),
        ("model_length", "length"),
        ("odd", "odd"),
    ],
)
async def test_finish_reasons_have_our_words(
    loopback: Any, provider_at: Any, word: str, finish: str
) -> None:
    async def ends(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("a", word), "[DONE]")

    server = await loopback(ends)
    end = (await heard(provider_at(server.url).stream(asking()))).end
    assert end is not None
    assert end.finish == finish


async def test_an_end_without_a_word_points_at_the_context(loopback: Any, provider_at: Any) -> None:
    async def nothing(asked: Asked) -> None:
        await asked.head()
        await asked.say("[DONE]")

    server = await loopback(nothing)
    error = (await heard(provider_at(server.url).stream(asking()))).error
    assert error is not None
    assert error.kind == "context"


async def test_a_refusal_and_thinking_are_read(loopback: Any, provider_at: Any) -> None:
    async def refuses(asked: Asked) -> None:
        await asked.head()
        await asked.say(chunk("<think>hm"), chunk("</think>"))
        await asked.say({"choices": [{"delta": {"refusal": "I can't"}, "finish_reason": "stop"}]})

    server = await loopback(refuses)
    found = await heard(provider_at(server.url).stream(asking()))
    assert (found.reasoning, found.text) == ("hm", "I can't")


async def test_the_list_of_models_has_names_and_context_sizes(
    loopback: Any, provider_at: Any
) -> None:
    data = [{"id": "b", "max_model_len": 4096}, {"id": "a", "context_length": 8}, {"x": 1}, "odd"]
    server = await loopback(lambda asked: asked.refuse("200 OK", {"data": data}))
    found = await provider_at(server.url).models()
    assert found == (
        ModelInfo(name="a", context_tokens=8),
        ModelInfo(name="b", context_tokens=4096),
    )
    assert server.asked[0].path == "/v1/models"


async def test_a_list_of_models_that_is_none_is_an_error(loopback: Any, provider_at: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("200 OK", "<html>"))
    with pytest.raises(ProviderError, match="no JSON"):
        await provider_at(server.url).models()


async def test_without_a_key_openai_is_never_asked() -> None:
    provider = build(Setup(name="openai", config=configured(), environ={}))
    assert isinstance(provider, OpenAI)
    found = await heard(provider.stream(asking()))
    assert found.error is not None
    assert found.error.kind == "auth"
    assert "OPENAI_API_KEY" in str(found.error)
    assert "demo/demo" in str(found.error)


async def test_without_a_key_other_servers_get_no_authorization(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(lambda asked: asked.answer())
    await heard(provider_at(server.url, environ={}).stream(asking()))
    assert "authorization" not in server.asked[0].headers


async def test_a_key_is_not_sent_unencrypted_to_a_public_host(provider_at: Any) -> None:
    found = await heard(provider_at("http://llm.example.com/v1").stream(asking()))
    assert found.error is not None
    assert found.error.kind == "request"
    assert "https://" in str(found.error)
