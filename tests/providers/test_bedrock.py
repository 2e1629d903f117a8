"""Amazon Bedrock: what Converse is asked, where it is asked, and which refusals pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_servers import CANARY, Asked, asking, configured, heard
from other_tongues import Converse as Tongue

from tui_sessions.config.schema import BedrockConfig, Config, ProvidersConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.mime import PDF
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Attached, ChatMessage, ModelInfo, Request
from tui_sessions.providers.bedrock import build
from tui_sessions.providers.converse import Converse, converse_body
from tui_sessions.providers.failures import Server, error_in, refused, reported
from tui_sessions.providers.setup import Setup

TONGUE = Tongue()
ENVIRON = {"AWS_BEARER_TOKEN_BEDROCK": CANARY, "AWS_REGION": "eu-central-1"}
SERVER = Server(provider="bedrock", host="h", model="m", key_source="THE_KEY", has_key=True)
HELLO = "hello"


async def hello(asked: Asked) -> None:
    await asked.head(kind=TONGUE.kind)
    await asked.raw(TONGUE.answer(HELLO))


def setup_with(environ: dict[str, str], base_url: str = "", **own: Any) -> Setup:
    providers = ProvidersConfig(bedrock=BedrockConfig(**own))
    config = Config(network=configured().network, providers=providers)
    return Setup(name="bedrock", config=config, environ=environ, base_url=base_url)


def url_of(setup: Setup) -> str:
    return build(setup)._service.where.url


def talk(*said: tuple[str, str], **more: Any) -> Request:
    return Request(model="m", messages=tuple(ChatMessage(*each) for each in said), **more)


def test_the_body_is_what_converse_demands() -> None:
    request = talk(("user", "hi"), ("assistant", "ho"), ("user", "he"), system="Be brief")
    assert converse_body(request, 0) == {
        "system": [{"text": "Be brief"}],
        "messages": [
            {"role": "user", "content": [{"text": "hi"}]},
            {"role": "assistant", "content": [{"text": "ho"}]},
            {"role": "user", "content": [{"text": "he"}]},
        ],
    }


def test_the_user_begins_neighbours_are_one_and_nothing_is_empty() -> None:
    said = (("assistant", "x"), ("user", "a"), ("assistant", " "), ("user", "b"))
    assert converse_body(talk(*said), 0)["messages"] == [
        {"role": "user", "content": [{"text": "a"}, {"text": "b"}]}
    ]


def test_parameters_have_their_places() -> None:
    extra = {
        "top_p": 0.9,
        "stop": ["A", "B"],
        "reasoning_effort": "high",
        "thinking": {"type": "adaptive"},
        "guardrailConfig": {"guardrailIdentifier": "g"},
    }
    params = Params(temperature=0.5, max_tokens=77, extra=extra)
    body = converse_body(talk(("user", "hi"), params=params), 10)
    assert body["guardrailConfig"] == {"guardrailIdentifier": "g"}
    assert body["inferenceConfig"] == {
        "topP": 0.9,
        "stopSequences": ["A", "B"],
        "temperature": 0.5,
        "maxTokens": 77,
    }
    assert body["additionalModelRequestFields"] == {
        "reasoning_effort": "high",
        "thinking": {"type": "adaptive"},
    }
    assert converse_body(talk(("user", "hi")), 10)["inferenceConfig"] == {"maxTokens": 10}


def test_files_have_their_own_blocks_and_documents_names_without_signs() -> None:
    files = (
        Attached(name="a.png", mime="image/png", data=b"png"),
        Attached(name="Bericht: 2026/1?.pdf", mime=PDF, data=b"pdf"),
        Attached(name="Bericht  2026 1 pdf", mime=PDF, data=b"pdf"),
    )
    request = Request(model="m", messages=(ChatMessage("user", "", files),))
    [message] = converse_body(request, 0)["messages"]
    image, first, second, text = message["content"]
    assert image == {"image": {"format": "png", "source": {"bytes": "cG5n"}}}
    assert first["document"]["name"] == "Bericht 2026 1 pdf"
    assert second["document"]["name"] == "Bericht 2026 1 pdf (2)"
    assert first["document"]["source"] == {"bytes": "cGRm"}
    assert text["text"].startswith("a.png")


def test_a_file_may_not_be_larger_than_bedrock_takes_it() -> None:
    provider = build(setup_with(ENVIRON))
    assert "3.75 MB" in provider.refuses("image/png", 4_000_000)
    assert provider.refuses("image/png", 3_000_000) == ""
    assert "4.5 MB" in provider.refuses(PDF, 5_000_000)
    assert "at most" in provider.refuses("image/png", 30_000_000)
    assert provider.refuses("video/mp4", 1) != ""


@pytest.mark.parametrize(
    ("environ", "own", "url"),
    [
        ({"AWS_REGION": "eu-central-1"}, {}, "https://bedrock-runtime.eu-central-1.amazonaws.com"),
        ({"AWS_DEFAULT_REGION": "us-gov-west-1"}, {}, "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
        ({"AWS_REGION": "us-east-1"}, {"region": "cn-north-1"}, "https://bedrock-runtime.cn-north-1.amazonaws.com.cn"),
        ({"AWS_REGION": "us-east-1"}, {"api": "openai"}, "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1"),
        ({"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9/"}, {}, "http://127.0.0.1:9"),
        ({}, {"api": "openai", "base_url": "http://127.0.0.1:9/openai/v1"}, "http://127.0.0.1:9/openai/v1"),
    ],
)  # fmt: skip
def test_the_region_is_a_setting_or_in_the_environment(
    environ: dict[str, str], own: dict[str, str], url: str
) -> None:
    assert url_of(setup_with(environ, **own)) == url


@pytest.mark.parametrize(
    ("region", "words"),
    [("", "set AWS_REGION"), ("evil.example.com/", "no AWS region"), ("us-east", "no AWS region")],
)
def test_a_missing_or_odd_region_is_said(region: str, words: str) -> None:
    with pytest.raises(ProviderError, match=words):
        build(setup_with({"AWS_REGION": region}))


@pytest.mark.parametrize(
    ("model", "step"),
    [
        ("us.anthropic.claude-x-v1:0", "us.anthropic.claude-x-v1%3A0"),
        (
            "arn:aws:bedrock:us-east-1:123:inference-profile/us.x-v1:0",
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A123%3Ainference-profile%2Fus.x-v1%3A0",
        ),
    ],
)
async def test_a_model_is_one_step_of_converses_path(
    model: str, step: str, loopback: Any, provider_at: Any
) -> None:
    server = await loopback(hello)
    provider = provider_at(server.url, "bedrock", environ=ENVIRON)
    assert (await heard(provider.stream(asking(model=model)))).text == HELLO
    assert server.asked[0].path == f"/model/{step}/converse-stream"
    assert server.asked[0].headers["authorization"] == f"Bearer {CANARY}"
    assert "x-amz-date" not in server.asked[0].headers


def test_the_counts_come_after_the_end_and_the_cache_is_part_of_the_prompt() -> None:
    dialect = Converse(SERVER)
    dialect.take("messageStop", {"stopReason": "end_turn"})
    assert (dialect.has_ended, dialect.is_over) == (True, False)
    counts = {"inputTokens": 13, "outputTokens": 34, "totalTokens": 60}
    counts |= {"cacheReadInputTokens": 8, "cacheWriteInputTokens": 5}
    dialect.take("metadata", {"usage": counts})
    assert dialect.is_over
    end = dialect.finished()
    assert end is not None
    assert end.usage == Usage(
        prompt_tokens=26,
        completion_tokens=34,
        total_tokens=60,
        cached_tokens=8,
        cache_write_tokens=5,
    )


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool"),
        ("guardrail_intervened", "filter"),
        ("content_filtered", "filter"),
        ("malformed_model_output", "malformed_model_output"),
    ],
)
def test_every_stop_of_converse_has_its_reason(word: str, finish: str) -> None:
    dialect = Converse(SERVER)
    dialect.take("messageStop", {"stopReason": word})
    end = dialect.finished()
    assert end is not None
    assert end.finish == finish


@pytest.mark.parametrize(
    ("status", "code", "words", "kind", "retryable"),
    [
        (400, "ValidationException", "The provided model identifier is invalid.", "model", False),
        (400, "ValidationException", "Input is too long for requested model.", "context", False),
        (400, "ValidationException", "temperature: range: 0..1", "request", False),
        (400, "ServiceQuotaExceededException", "x", "quota", False),
        (400, "ExpiredTokenException", "x", "auth", False),
        (403, "AccessDeniedException", "x", "auth", False),
        (403, "UnrecognizedClientException", "x", "auth", False),
        (404, "ResourceNotFoundException", "The model was not found", "model", False),
        (408, "ModelTimeoutException", "x", "timeout", True),
        (424, "ModelErrorException", "x", "server", False),
        (424, "ModelStreamErrorException:http://internal.amazon.com/", "x", "server", True),
        (429, "ThrottlingException", "Too many tokens, please wait", "limit", True),
        (429, "ThrottlingException", "Too many tokens per day, please wait", "quota", False),
        (429, "ModelNotReadyException", "x", "limit", True),
        (500, "InternalServerException", "x", "server", True),
        (503, "ServiceUnavailableException", "x", "server", True),
    ],
)
@pytest.mark.parametrize("key", ["message", "Message"])
def test_each_exception_has_its_kind(
    status: int, code: str, words: str, kind: str, retryable: bool, key: str
) -> None:
    body = json.dumps({key: words}).encode()
    error = refused(SERVER, status, body, "application/json", code=code)
    assert (error.kind, error.retryable) == (kind, retryable)
    assert f"It says: {words.removesuffix('.')}." in str(error)


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        ("throttlingException", "limit", 429),
        ("modelStreamErrorException", "server", 424),
        ("validationException", "request", 400),
        ("internalServerException", "server", 500),
        ("serviceUnavailableException", "server", 503),
        ("somethingNew", "server", 500),
    ],
)
def test_an_exception_inside_the_stream_has_the_status_it_would_have_had(
    code: str, kind: str, status: int
) -> None:
    problem = error_in({"error": {"type": code, "message": "x"}})
    assert problem is not None
    error = reported(SERVER, problem)
    assert (error.kind, error.status) == (kind, status)


async def test_a_class_in_the_header_alone_is_enough(loopback: Any, provider_at: Any) -> None:
    code = {"x_amzn_ErrorType": "ValidationException:http://internal.amazon.com/"}
    words = {"message": "The provided model identifier is invalid."}
    server = await loopback(lambda asked: asked.refuse("400 Bad", words, **code))
    provider = provider_at(server.url, "bedrock", environ=ENVIRON)
    error = (await heard(provider.stream(asking()))).error
    assert error is not None
    assert error.kind == "model"


async def test_models_on_demand_and_the_profiles_of_the_others_are_listed(
    loopback: Any, provider_at: Any
) -> None:
    models = [
        {"modelId": "b.x", "modelName": "X", "inputModalities": ["TEXT", "IMAGE"], "inferenceTypesSupported": ["INFERENCE_PROFILE"]},
        {"modelId": "a.y", "modelName": "Y", "inputModalities": ["TEXT"], "inferenceTypesSupported": ["ON_DEMAND"]},
        {"modelId": "c.z", "responseStreamingSupported": False},
        {"modelId": "d.e", "outputModalities": ["EMBEDDING"]},
    ]  # fmt: skip
    arn = "arn:aws:bedrock:us-east-1::foundation-model/b.x"
    profiles = [
        {"inferenceProfileId": "us.b.x", "status": "ACTIVE", "models": [{"modelArn": arn}]},
        {"inferenceProfileId": "p", "inferenceProfileArn": "arn:p", "type": "APPLICATION"},
    ]

    async def script(asked: Asked) -> None:
        if asked.path.startswith("/foundation-models"):
            await asked.refuse("200 OK", {"modelSummaries": models})
        elif "nextToken" in asked.path:
            await asked.refuse("200 OK", {"inferenceProfileSummaries": profiles[1:]})
        else:
            page = {"inferenceProfileSummaries": profiles[:1], "nextToken": "n/2"}
            await asked.refuse("200 OK", page)

    server = await loopback(script)
    found = await provider_at(server.url, "bedrock", environ=ENVIRON).models()
    assert found == (
        ModelInfo(name="a.y", title="Y", sees_images=False),
        ModelInfo(name="arn:p"),
        ModelInfo(name="us.b.x", title="X", sees_images=True),
    )


async def test_who_may_not_list_profiles_still_gets_the_models(
    loopback: Any, provider_at: Any
) -> None:
    async def script(asked: Asked) -> None:
        if asked.path.startswith("/foundation-models"):
            await asked.refuse("200 OK", {"modelSummaries": [{"modelId": "a"}]})
        else:
            await asked.refuse("403 No", {"message": "not authorized"})

    server = await loopback(script)
    found = await provider_at(server.url, "bedrock", environ=ENVIRON).models()
    assert found == (ModelInfo(name="a"),)
