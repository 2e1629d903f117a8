"""OpenAI's Responses: when they are spoken, what is sent, what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_servers import Asked, asking, configured, heard

from tui_sessions.config.schema import Config, OpenAIConfig, ProvidersConfig
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Attached, ChatMessage, Finished, Reasoning, Request
from tui_sessions.providers.failures import Server
from tui_sessions.providers.openai import OpenAI, build
from tui_sessions.providers.responses import Responses, responses_body
from tui_sessions.providers.setup import Setup

END = {"type": "response.completed", "response": {"status": "completed", "model": "m"}}
ONLY = {"error": {"message": "This model is only supported in v1/responses and not in v1/chat"}}


def provider(url: str, api: str = "", **network: Any) -> OpenAI:
    own = ProvidersConfig(openai=OpenAIConfig(api=api))  # type: ignore[arg-type]
    config = Config(network=configured(**network).network, providers=own)
    return build(Setup(name="openai", config=config, environ={}, base_url=url))


async def answers(asked: Asked) -> None:
    await asked.head()
    await asked.say({"type": "response.output_text.delta", "delta": "hello"}, END)


def test_the_body_holds_what_the_user_set_and_nothing_is_kept() -> None:
    request = Request(
        model="m",
        messages=(
            ChatMessage("user", "a", (Attached(name="i.png", mime="image/png", data=b"i"),)),
            ChatMessage("assistant", "b"),
            ChatMessage("user", "c", (Attached(name="d.pdf", mime="application/pdf", data=b"d"),)),
        ),
        system="Be brief",
        params=Params(
            temperature=0.5,
            max_tokens=50,
            extra={"effort": "low", "verbosity": "high", "top_p": 0.1, "api_key": "no"},
        ),
    )
    body = responses_body(request)
    first, second, third = body.pop("input")
    assert first["content"] == [
        {"type": "input_text", "text": "a"},
        {"type": "input_image", "image_url": "data:image/png;base64,aQ=="},
    ]
    assert second == {"role": "assistant", "content": "b"}
    assert third["content"][1]["filename"] == "d.pdf"
    assert third["content"][1]["type"] == "input_file"
    assert body == {
        "model": "m",
        "stream": True,
        "store": False,
        "instructions": "Be brief",
        "temperature": 0.5,
        "max_output_tokens": 50,
        "reasoning": {"effort": "low"},
        "text": {"verbosity": "high"},
        "top_p": 0.1,
    }


def test_a_server_that_nobody_knows_is_sent_nothing_optional() -> None:
    assert responses_body(asking(), is_full=False).keys() == {"model", "input", "stream"}


@pytest.mark.parametrize(
    ("model", "api", "path"),
    [
        ("gpt-6-luna", "", "/chat/completions"),
        ("gpt-6-luna", "responses", "/responses"),
        ("o3-pro", "", "/responses"),
        ("gpt-5-pro-2025-10-06", "", "/responses"),
        ("gpt-5.1-codex-max", "", "/responses"),
        ("o4-mini-deep-research", "", "/responses"),
        ("o3-pro", "chat", "/chat/completions"),
        ("gpt-6-prototype", "", "/chat/completions"),
    ],
)
def test_the_vendors_models_are_asked_in_the_way_they_know(model: str, api: str, path: str) -> None:
    chosen = provider("https://api.openai.com/v1", api)
    assert chosen._speaks_responses(model) is (path == "/responses")


def test_other_servers_models_with_such_names_are_asked_as_usual() -> None:
    assert not provider("https://llm.example.com/v1")._speaks_responses("o3-pro")


async def test_a_model_that_knows_only_responses_is_asked_so_from_then_on(loopback: Any) -> None:
    async def strict(asked: Asked) -> None:
        if asked.path.endswith("/chat/completions"):
            await asked.refuse("404 No", ONLY)
        else:
            await answers(asked)

    server = await loopback(strict)
    asked = provider(server.url)
    assert (await heard(asked.stream(asking()))).text == "hello"
    assert (await heard(asked.stream(asking()))).text == "hello"
    await asked.aclose()
    assert [each.path for each in server.asked] == [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/responses",
    ]


async def test_who_chose_chat_is_told_that_the_model_wants_the_other(loopback: Any) -> None:
    server = await loopback(lambda asked: asked.refuse("404 No", ONLY))
    asked = provider(server.url, "chat")
    error = (await heard(asked.stream(asking()))).error
    await asked.aclose()
    assert len(server.asked) == 1
    assert error is not None


async def test_a_model_that_tells_nothing_of_its_thinking_is_asked_without_from_then_on(
    loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def strict(asked: Asked) -> None:
        if "reasoning" in asked.body:
            words = "Unsupported parameter: 'reasoning.summary' is not supported with this model."
            await asked.refuse(
                "400 No", {"error": {"message": words, "param": "reasoning.summary"}}
            )
        else:
            await answers(asked)

    server = await loopback(strict)
    asked = provider(server.url, "responses")
    monkeypatch.setattr(
        asked, "_known", build(Setup(name="openai", config=Config(), environ={}))._known
    )
    assert (await heard(asked.stream(asking()))).text == "hello"
    assert (await heard(asked.stream(asking()))).text == "hello"
    await asked.aclose()
    assert [each.body.get("reasoning") for each in server.asked] == [
        {"summary": "auto"},
        None,
        None,
    ]


def said(*documents: dict[str, Any]) -> tuple[str, Finished | None]:
    """The thinking that the dialect hears, and the end."""
    dialect = Responses(Server(provider="openai", host="h"))
    events = [event for document in documents for event in dialect.take("", document)]
    thought = "".join(event.text for event in events if isinstance(event, Reasoning))
    return thought, dialect.finished()


def test_each_summary_is_a_paragraph_and_its_end_repeats_nothing() -> None:
    def summary(at: int, step: str, **more: str) -> dict[str, Any]:
        kind = f"response.reasoning_summary_text.{step}"
        return {"type": kind, "item_id": "r", "summary_index": at, **more}

    thought, end = said(
        summary(0, "delta", delta="One "),
        summary(0, "delta", delta="step."),
        summary(0, "done", text="One step."),
        summary(1, "done", text="Another."),
        END,
    )
    assert thought == "One step.\n\nAnother."
    assert end is not None
    assert end.finish == "stop"


@pytest.mark.parametrize(
    ("response", "finish"),
    [
        ({"status": "completed"}, "stop"),
        ({"status": "completed", "output": [{"type": "function_call"}]}, "tool"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "filter"),
        ({"status": "incomplete", "incomplete_details": {"reason": "steered"}}, "steered"),
        ({"status": "cancelled"}, "cancelled"),
    ],
)
def test_every_end_has_our_word(response: dict[str, Any], finish: str) -> None:
    end = said({"type": f"response.{response['status']}", "response": response})[1]
    assert end is not None
    assert end.finish == finish


async def test_a_failed_answer_has_its_counts(loopback: Any) -> None:
    failed = {"status": "failed", "error": {"code": "server_error", "message": "no"}}
    counts = {"input_tokens": 3, "output_tokens": 4}

    async def fails(asked: Asked) -> None:
        await asked.head()
        await asked.say({"type": "response.failed", "response": {**failed, "usage": counts}})

    server = await loopback(fails)
    asked = provider(server.url, "responses", retries=0)
    found = await heard(asked.stream(asking()))
    await asked.aclose()
    assert found.error is not None
    usage = Usage(prompt_tokens=3, completion_tokens=4)
    assert usage in [getattr(event, "usage", None) for event in found.events]


async def test_a_server_that_sends_everything_at_the_end_is_heard(loopback: Any) -> None:
    output = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "content": [{"type": "output_text", "text": "hello"}]},
    ]
    whole = {"status": "completed", "output": output}

    async def at_once(asked: Asked) -> None:
        await asked.head()
        await asked.raw(f"data: {json.dumps({**END, 'response': whole})}\n\n".encode())

    server = await loopback(at_once)
    asked = provider(server.url, "responses")
    found = await heard(asked.stream(asking()))
    await asked.aclose()
    assert (found.reasoning, found.text) == ("Hm.", "hello")
