"""Everybody who keeps the contract of `test_contract*.py`: one row for each way to speak to each provider."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import pytest
from fake_servers import Asked, Heard, configured, heard
from other_tongues import Converse, Gemini, Ollama
from tongues import Anthropic, Chat, ChatOfOpenAI, Responses, Tongue

from tui_sessions.config.schema import (
    AzureConfig,
    BedrockConfig,
    Config,
    EndpointConfig,
    OpenAIConfig,
    ProviderConfig,
    ProvidersConfig,
)
from tui_sessions.errors import ProviderError
from tui_sessions.providers import http
from tui_sessions.providers.base import Event, Provider, Request
from tui_sessions.providers.registry import Providers

KEY = "Zq7plain0canary0123456789"
"""Of no form that gives a key away: only who knows it can strike it out."""
OWN_VARIABLE = "OWN_KEY"
ENVIRON = {
    OWN_VARIABLE: KEY,
    "OPENAI_API_KEY": KEY,
    "ANTHROPIC_API_KEY": KEY,
    "GOOGLE_API_KEY": KEY,
    "AZURE_OPENAI_API_KEY": KEY,
    "AWS_BEARER_TOKEN_BEDROCK": KEY,
    "AWS_REGION": "us-east-1",
}
LISTED = {"data": [{"id": "gpt-6-luna"}, {"id": "gpt-6-sol"}]}
BOTH = {"gpt-6-luna", "gpt-6-sol"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way to speak to one provider."""

    id: str
    tongue: Tongue
    path: str
    """What is asked for an answer of the model `m`."""
    key_header: str = "authorization"
    lists: Mapping[str, Any] = field(default_factory=lambda: {"/v1/models": LISTED})
    """The documents that tell the models, by path; none: nobody is asked."""
    listed: frozenset[str] = frozenset(BOTH)
    own: ProviderConfig | None = None
    """The provider's table of the configuration."""
    name: str = ""
    """The provider; empty: as `id`."""
    is_chief: bool = False
    """Whether the long tests are done in full here; others of the same module look at every seventh place."""

    @property
    def provider(self) -> str:
        return self.name or self.id

    def config(self, **network: Any) -> Config:
        config = configured(**network)
        if self.own is None:
            return config
        if self.provider in ProvidersConfig.__struct_fields__:
            providers = msgspec.structs.replace(config.providers, **{self.provider: self.own})
            return msgspec.structs.replace(config, providers=providers)
        assert isinstance(self.own, EndpointConfig)
        return msgspec.structs.replace(config, endpoints={self.provider: self.own})

    def providers(self, url: str, environ: Mapping[str, str], **network: Any) -> Providers:
        return Providers(self.config(**network), environ, base_urls={"": url})

    def built(self, url: str, **network: Any) -> tuple[Provider, Providers]:
        """The provider at `url`, and what closes it."""
        providers = self.providers(url, ENVIRON, **network)
        return providers.get(self.provider), providers


GEMINI_LISTS = {
    "/v1beta/models": {
        "models": [
            {"name": "models/gpt-6-luna", "supportedGenerationMethods": ["generateContent"]},
            {"name": "models/gpt-6-sol", "supportedGenerationMethods": ["generateContent"]},
            {"name": "models/embed", "supportedGenerationMethods": ["embedContent"]},
        ]
    }
}
BEDROCK_LISTS = {
    "/foundation-models": {"modelSummaries": [{"modelId": "gpt-6-luna"}]},
    "/inference-profiles": {"inferenceProfileSummaries": [{"inferenceProfileId": "gpt-6-sol"}]},
}
OLLAMA_LISTS = {"/api/tags": {"models": [{"name": "gpt-6-luna"}, {"name": "gpt-6-sol"}]}}
GEMINI_PATH = "/v1beta/models/m:streamGenerateContent?alt=sse"
CHAT_PATH = "/v1/chat/completions"
AZURE_DATED = AzureConfig(api_version="2024-10-21", models=("gpt-6-luna", "gpt-6-sol"))
AZURE_V1 = AzureConfig(models=("gpt-6-luna", "gpt-6-sol"))


def preset(name: str, tongue: Tongue | None = None, **more: Any) -> Row:
    """A row for one that speaks OpenAI's language; its key is in a variable of our own."""
    own = EndpointConfig(api_key_variable=OWN_VARIABLE, **more)
    return Row(id=name, tongue=tongue or Chat(), path=CHAT_PATH, own=own)


ROWS = (
    Row(
        id="openai",
        tongue=Chat(),
        path=CHAT_PATH,
        own=OpenAIConfig(api="chat"),
        is_chief=True,
    ),
    Row(
        id="openai-responses",
        name="openai",
        tongue=Responses(),
        path="/v1/responses",
        own=OpenAIConfig(api="responses"),
        is_chief=True,
    ),
    Row(
        id="anthropic",
        tongue=Anthropic(),
        path="/v1/messages",
        key_header="x-api-key",
        is_chief=True,
    ),
    Row(
        id="gemini",
        tongue=Gemini(),
        path=GEMINI_PATH,
        key_header="x-goog-api-key",
        lists=GEMINI_LISTS,
        is_chief=True,
    ),
    Row(
        id="azure",
        tongue=ChatOfOpenAI(),
        path="/openai/v1/chat/completions",
        key_header="api-key",
        own=AZURE_V1,
        lists={},
    ),
    Row(
        id="azure-responses",
        name="azure",
        tongue=Responses(),
        path="/openai/v1/responses",
        key_header="api-key",
        own=msgspec.structs.replace(AZURE_V1, api="responses"),
        lists={},
    ),
    Row(
        id="azure-dated",
        name="azure",
        tongue=ChatOfOpenAI(),
        path="/openai/deployments/m/chat/completions?api-version=2024-10-21",
        key_header="api-key",
        own=AZURE_DATED,
        lists={},
    ),
    Row(
        id="bedrock",
        tongue=Converse(),
        path="/model/m/converse-stream",
        lists=BEDROCK_LISTS,
        is_chief=True,
    ),
    Row(
        id="bedrock-openai",
        name="bedrock",
        tongue=Chat(),
        path="/openai/v1/chat/completions",
        own=BedrockConfig(api="openai"),
        lists=BEDROCK_LISTS,
    ),
    Row(
        id="ollama",
        tongue=Ollama(),
        path="/api/chat",
        own=ProviderConfig(api_key_variable=OWN_VARIABLE),
        lists=OLLAMA_LISTS,
        is_chief=True,
    ),
    preset("meta"),
    preset("openrouter"),
    preset("groq"),
    preset("mistral"),
    preset("deepseek"),
    preset("xai"),
    preset("together"),
    preset("lmstudio"),
    preset("llamacpp"),
    preset("vllm"),
    preset("litellm"),
    preset("own-openai"),
    Row(
        id="own-responses",
        tongue=Responses(),
        path="/v1/responses",
        own=EndpointConfig(api="responses", api_key_variable=OWN_VARIABLE),
    ),
    Row(
        id="own-anthropic",
        tongue=Anthropic(),
        path="/v1/messages",
        key_header="x-api-key",
        own=EndpointConfig(kind="anthropic", api_key_variable=OWN_VARIABLE),
    ),
    Row(
        id="own-gemini",
        tongue=Gemini(),
        path=GEMINI_PATH,
        key_header="x-goog-api-key",
        own=EndpointConfig(kind="gemini", api_key_variable=OWN_VARIABLE),
        lists=GEMINI_LISTS,
    ),
    Row(
        id="own-ollama",
        tongue=Ollama(),
        path="/api/chat",
        own=EndpointConfig(kind="ollama", api_key_variable=OWN_VARIABLE),
        lists=OLLAMA_LISTS,
    ),
)


class Wire:
    """A connection that is none: fast enough to be cut at every byte and refused with every status."""

    def __init__(self, monkeypatch: Any, row: Row) -> None:
        self.status, self.data, self.breaks = 200, b"", False
        self.kind = row.tongue.kind
        self.requests: list[httpx.Request] = []
        self._row = row
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._respond))
        monkeypatch.setattr(http, "_client", lambda *_: client)

    @contextlib.asynccontextmanager
    async def provider(self, url: str = "http://127.0.0.1:9") -> AsyncIterator[Provider]:
        provider, providers = self._row.built(url, retries=0)
        try:
            yield provider
        finally:
            await providers.aclose()

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        headers = {"content-type": self.kind}
        return httpx.Response(self.status, headers=headers, content=self._bytes())

    async def _bytes(self) -> AsyncIterator[bytes]:
        if self.data:
            yield self.data
        if self.breaks:
            raise httpx.RemoteProtocolError("incomplete chunked read")


def answering(
    row: Row, data: bytes, kind: str = "", **headers: str
) -> Callable[[Asked], Awaitable[None]]:
    """A script that answers with these bytes."""

    async def script(asked: Asked) -> None:
        await asked.head(kind=kind or row.tongue.kind, **headers)
        await asked.raw(data)

    return script


async def refused_models(row: Row, provider: Provider) -> str:
    """What is said where the models cannot be told; "" where nobody is asked for them."""
    if not row.lists:
        return ""
    with pytest.raises(ProviderError) as caught:
        await provider.models()
    return str(caught.value)


async def asked_of(provider: Provider, request: Request) -> Heard:
    """What comes of a request that may be refused before anything is sent."""

    async def stream() -> AsyncGenerator[Event, None]:
        async for event in provider.stream(request):
            yield event

    return await heard(stream())
