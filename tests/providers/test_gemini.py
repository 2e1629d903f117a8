"""Google's Gemini: what is sent, what is counted, and the ways in which it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_servers import CANARY, Asked, asking, configured, heard
from other_tongues import Gemini as Tongue

from tui_sessions.config.schema import Config, GeminiConfig, ProvidersConfig
from tui_sessions.model.mime import PDF
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Attached, ChatMessage, ModelInfo, Request
from tui_sessions.providers.failures import Server, refused
from tui_sessions.providers.gemini import Generated, build
from tui_sessions.providers.setup import Setup

TONGUE = Tongue()
ENVIRON = {"GOOGLE_API_KEY": CANARY}
SERVER = Server(provider="gemini", host="h", model="m", key_source="GOOGLE_API_KEY", has_key=True)


async def hello(asked: Asked) -> None:
    await asked.head()
    await asked.raw(TONGUE.answer("hello"))


async def body_of(request: Request, loopback: Any, provider_at: Any) -> dict[str, Any]:
    server = await loopback(hello)
    found = await heard(provider_at(server.url, "gemini", environ=ENVIRON).stream(request))
    assert found.error is None
    body: dict[str, Any] = server.asked[0].body
    return body


async def test_the_request_has_what_google_demands(loopback: Any, provider_at: Any) -> None:
    said = (ChatMessage("user", "hi"), ChatMessage("assistant", "ho"), ChatMessage("user", "he"))
    request = Request(model="m", messages=said, system="Be brief")
    assert await body_of(request, loopback, provider_at) == {
        "systemInstruction": {"parts": [{"text": "Be brief"}]},
        "contents": [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"text": "ho"}]},
            {"role": "user", "parts": [{"text": "he"}]},
        ],
    }


async def test_googles_own_variable_counts_before_the_other(
    loopback: Any, provider_at: Any
) -> None:
    server = await loopback(hello)
    environ = {"GEMINI_API_KEY": "second-key-12345", "GOOGLE_API_KEY": CANARY}
    await heard(provider_at(server.url, "gemini", environ=environ).stream(asking()))
    del environ["GOOGLE_API_KEY"]
    await heard(provider_at(server.url, "gemini", environ=environ).stream(asking()))
    keys = [asked.headers["x-goog-api-key"] for asked in server.asked]
    assert keys == [CANARY, "second-key-12345"]
    assert not any("key=" in asked.path for asked in server.asked)


@pytest.mark.parametrize(
    ("setting", "environ", "path", "version"),
    [
        ("", {}, "", "v1beta"),
        ("v1", {}, "", "v1"),
        ("", {"GOOGLE_GENAI_API_VERSION": "v1alpha"}, "", "v1alpha"),
        ("v1", {}, "/v1beta/", "v1beta"),
    ],
)
async def test_the_version_is_a_setting(
    setting: str, environ: dict[str, str], path: str, version: str, loopback: Any
) -> None:
    server = await loopback(hello)
    providers = ProvidersConfig(gemini=GeminiConfig(api_version=setting))
    config = Config(network=configured().network, providers=providers)
    setup = Setup(name="gemini", config=config, environ=environ, base_url=server.url + path)
    provider = build(setup)
    await heard(provider.stream(asking()))
    await provider.aclose()
    assert server.asked[0].path == f"/{version}/models/m:streamGenerateContent?alt=sse"


async def test_parameters_have_the_names_of_this_api(loopback: Any, provider_at: Any) -> None:
    extra = {
        "top_p": 0.9,
        "top_k": 5,
        "stop": "END",
        "reasoning_effort": "low",
        "safetySettings": [{"category": "c"}],
        "mediaResolution": "LOW",
    }
    params = Params(temperature=0.5, max_tokens=77, extra=extra)
    body = await body_of(asking(params=params), loopback, provider_at)
    assert body["safetySettings"] == [{"category": "c"}]
    assert body["generationConfig"] == {
        "topP": 0.9,
        "topK": 5,
        "mediaResolution": "LOW",
        "stopSequences": ["END"],
        "thinkingConfig": {"thinkingLevel": "LOW"},
        "temperature": 0.5,
        "maxOutputTokens": 77,
    }


@pytest.mark.parametrize(
    ("extra", "thinking"),
    [
        ({}, {"includeThoughts": True}),
        ({"reasoning_effort": "none"}, {"includeThoughts": True, "thinkingBudget": 0}),
        ({"thinkingBudget": 512}, {"includeThoughts": True, "thinkingBudget": 512}),
        ({"thinking_config": {"includeThoughts": False}}, {"includeThoughts": False}),
    ],
)
async def test_models_that_think_are_asked_for_their_thoughts(
    extra: dict[str, Any], thinking: dict[str, Any], loopback: Any, provider_at: Any
) -> None:
    request = asking(model="gemini-3.5-flash", params=Params(extra=extra))
    body = await body_of(request, loopback, provider_at)
    assert body["generationConfig"]["thinkingConfig"] == thinking


async def test_a_model_that_tells_no_thoughts_is_asked_again_without_and_only_once(
    loopback: Any, provider_at: Any
) -> None:
    async def script(asked: Asked) -> None:
        if "generationConfig" in asked.body:
            words = "Unable to submit request because Thinking is not supported by this model."
            await asked.refuse("400 Bad", TONGUE.refusal(words).decode())
        else:
            await hello(asked)

    server = await loopback(script)
    provider = provider_at(server.url, "gemini", environ=ENVIRON)
    for _ in range(2):
        assert (await heard(provider.stream(asking(model="gemini-3-x")))).text == "hello"
    assert len(server.asked) == 3


async def test_a_level_that_is_refused_is_said_and_not_dropped(
    loopback: Any, provider_at: Any
) -> None:
    words = "Thinking level MINIMAL is not supported for this model."
    server = await loopback(lambda asked: asked.refuse("400 Bad", TONGUE.refusal(words).decode()))
    params = Params(extra={"reasoning_effort": "minimal"})
    request = asking(model="gemini-3-pro", params=params)
    error = (await heard(provider_at(server.url, "gemini", environ=ENVIRON).stream(request))).error
    assert "does not take reasoning_effort as it is set" in str(error)
    assert len(server.asked) == 1


async def test_files_go_before_the_text_in_their_own_form(loopback: Any, provider_at: Any) -> None:
    files = (
        Attached(name="a.png", mime="image/png", data=b"png"),
        Attached(name="b.pdf", mime=PDF, data=b"pdf"),
        Attached(name="c.txt", mime="text/plain", data=b"text"),
    )
    request = Request(model="m", messages=(ChatMessage("user", "what?", files),))
    [message] = (await body_of(request, loopback, provider_at))["contents"]
    assert message["parts"][:2] == [
        {"inlineData": {"mimeType": "image/png", "data": "cG5n"}},
        {"inlineData": {"mimeType": PDF, "data": "cGRm"}},
    ]
    assert message["parts"][2]["text"].endswith("what?")


async def test_neighbours_of_one_role_are_one_and_empty_ones_none(
    loopback: Any, provider_at: Any
) -> None:
    said = (("user", "a"), ("assistant", " "), ("user", "b"))
    request = Request(model="m", messages=tuple(ChatMessage(*each) for each in said))
    body = await body_of(request, loopback, provider_at)
    assert body["contents"] == [{"role": "user", "parts": [{"text": "a"}, {"text": "b"}]}]


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("models/x", "models/x"),
        ("tunedModels/my model", "tunedModels/my%20model"),
        ("a/b?c", "models/a%2Fb%3Fc"),
    ],
)
async def test_a_model_is_one_step_of_the_path(
    model: str, path: str, loopback: Any, provider_at: Any
) -> None:
    server = await loopback(hello)
    await heard(provider_at(server.url, "gemini", environ=ENVIRON).stream(asking(model=model)))
    assert server.asked[0].path == f"/v1beta/{path}:streamGenerateContent?alt=sse"


def test_counts_that_still_grow_are_not_told_before_the_end() -> None:
    generated = Generated(SERVER)
    counts = {"promptTokenCount": 21, "candidatesTokenCount": 5, "toolUsePromptTokenCount": 4}
    generated.take("", {"usageMetadata": counts})
    assert generated.usage == Usage(prompt_tokens=25)
    generated.take("", {"candidates": [{"finishReason": "STOP"}]})
    assert generated.usage == Usage(prompt_tokens=25, completion_tokens=5)


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        *((word, "filter") for word in ("SAFETY", "RECITATION", "BLOCKLIST", "SPII")),
        *((word, "filter") for word in ("PROHIBITED_CONTENT", "MODEL_ARMOR", "IMAGE_SAFETY")),
        ("MALFORMED_RESPONSE", "MALFORMED_RESPONSE"),
        ("ESCALATION", "ESCALATION"),
    ],
)
def test_every_end_has_its_reason_even_without_content(word: str, finish: str) -> None:
    generated = Generated(SERVER)
    assert generated.take("", {"candidates": [{"finishReason": word}]}) == []
    end = generated.finished()
    assert end is not None
    assert end.finish == finish


async def test_an_array_comes_piece_by_piece(loopback: Any, provider_at: Any) -> None:
    first, last = (json.loads(TONGUE.whole(text)) for text in ("hel", "lo"))
    del first["candidates"][0]["finishReason"]
    data = f"[{json.dumps(first, indent=2)}\n,\r\n{json.dumps(last)}\n]".encode()
    server = await loopback(answering_json(data))
    found = await heard(provider_at(server.url, "gemini", environ=ENVIRON).stream(asking()))
    assert (found.text, found.error) == ("hello", None)


def answering_json(data: bytes) -> Any:
    async def script(asked: Asked) -> None:
        await asked.head(kind="application/json")
        await asked.raw(data)

    return script


@pytest.mark.parametrize(
    ("status", "error", "kind", "retryable", "wait_s"),
    [
        (400, {"status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}, "auth", False, None),
        (400, {"message": "API key not valid. Please pass a valid API key."}, "auth", False, None),
        (400, {"status": "FAILED_PRECONDITION"}, "request", False, None),
        (402, {"status": "RESOURCE_EXHAUSTED"}, "quota", False, None),
        (403, {"status": "PERMISSION_DENIED"}, "auth", False, None),
        (404, {"message": "models/x is not found for API version v1beta"}, "model", False, None),
        (429, {"status": "RESOURCE_EXHAUSTED", "message": "exceeded your current quota"}, "limit", True, None),
        (429, {"status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "3.5s"}]}, "limit", True, 3.5),
        (429, {"status": "RESOURCE_EXHAUSTED", "details": [{"violations": [{"quotaId": "GenerateRequestsPerDayPerModel"}]}]}, "quota", False, None),
        (400, {"message": "The input token count (9) exceeds the maximum number of tokens allowed (8)."}, "context", False, None),
        (499, {"status": "CANCELLED"}, "server", False, None),
        (500, {"status": "INTERNAL"}, "server", True, None),
        (503, {"status": "UNAVAILABLE", "details": [{"retryDelay": "soon"}]}, "server", True, None),
        (504, {"status": "DEADLINE_EXCEEDED"}, "timeout", True, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True], ids=["bare", "in a list"])
def test_each_refusal_of_google_has_its_kind(
    status: int, error: Any, kind: str, retryable: bool, wait_s: float | None, wrapped: bool
) -> None:
    document = {"error": {"code": status, **error}}
    body = json.dumps([document] if wrapped else document, indent=2).encode()
    found = refused(SERVER, status, body, "application/json")
    assert (found.kind, found.retryable, found.retry_after_s) == (kind, retryable, wait_s)
    assert ("GOOGLE_API_KEY to one that is valid" in str(found)) == (
        kind == "auth" and status == 400
    )


async def test_all_pages_of_its_models_are_read(loopback: Any, provider_at: Any) -> None:
    able = {"supportedGenerationMethods": ["generateContent"]}
    pages = [
        {
            "models": [
                {"name": "models/a", "displayName": "A", "inputTokenLimit": 9, "outputTokenLimit": 3, "thinking": True, **able},
                {"name": "models/e", "supportedGenerationMethods": ["embedContent"]},
            ],
            "nextPageToken": "n/2",
        },
        {"models": [{"name": "tunedModels/b", **able}]},
    ]  # fmt: skip
    server = await loopback(lambda asked: asked.refuse("200 OK", pages[len(server.asked) - 1]))
    found = await provider_at(server.url, "gemini", environ=ENVIRON).models()
    assert found == (
        ModelInfo(name="a", title="A", context_tokens=9, output_tokens=3, thinks=True),
        ModelInfo(name="tunedModels/b"),
    )
    assert server.asked[1].path == "/v1beta/models?pageSize=1000&pageToken=n%2F2"


async def test_without_a_key_google_is_never_asked() -> None:
    provider = build(Setup(name="gemini", config=configured(), environ={}))
    error = (await heard(provider.stream(asking()))).error
    assert "GEMINI_API_KEY" in str(error)
