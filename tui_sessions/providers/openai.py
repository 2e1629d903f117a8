"""OpenAI's Chat Completions and Responses, and every server that speaks one of them: vLLM, llama.cpp,
LM Studio, OpenRouter, Groq, Mistral, …

Wire form: https://developers.openai.com/api/reference/resources/chat and /resources/responses, and the pages
of each server, as of November 2026. Checked against `tests/data/providers/` (openai, azure, openrouter, groq,
mistral, deepseek, vllm, llamacpp, meta). In what known servers differ stands in `presets.py`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from tui_sessions.config.schema import OpenAIConfig
from tui_sessions.errors import ProviderError
from tui_sessions.model.mime import PDF
from tui_sessions.model.params import sent
from tui_sessions.providers.attaching import IMAGES, Takes, data_url, plain
from tui_sessions.providers.base import Attached, Event, ModelInfo, Request
from tui_sessions.providers.chat_completions import ChatCompletions
from tui_sessions.providers.endpoint import chat_completions_base, endpoint
from tui_sessions.providers.failures import RefusedError
from tui_sessions.providers.keys import Key
from tui_sessions.providers.openai_models import listed
from tui_sessions.providers.presets import VENDORS, preset_at
from tui_sessions.providers.responses import Responses, responses_body
from tui_sessions.providers.service import KeyHeaders, OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup

BASE_URL = VENDORS["openai"].base_url
URL_VARIABLE = VENDORS["openai"].url_variable
KEY_VARIABLES = VENDORS["openai"].key_variables

MOST_BYTES = 50_000_000
"""Of all files in one request: OpenAI's limit as far as it is known. Other servers tell their own."""

RESPONSES_ONLY = re.compile(r"-pro(?:-|$)|codex|-deep-research|^computer-use")
"""Models of OpenAI that know no Chat Completions: o1-pro and o3-pro (sigoden/aichat#1318), gpt-5-pro
(pgadmin4#9795: 404 "This model is only supported in v1/responses"), gpt-5-codex (alvinunreal/tmuxai#82), deep
research (dimagi/open-chat-studio#1871). Others that answer with that sentence are asked again that way."""

_VENDOR = VENDORS["openai"].host
_SAYS_RESPONSES = re.compile(r"v1/responses|responses api", re.IGNORECASE)

Way = Callable[[Request], AsyncGenerator[Event, None]]


class OpenAI(OverHttp):
    """Answers over Chat Completions, or over Responses where that is chosen or the model needs it."""

    def __init__(self, setup: Setup, service: Service) -> None:
        super().__init__(setup, service)
        self._max_tokens = setup.own.max_tokens
        self._api = setup.own.api if isinstance(setup.own, OpenAIConfig) else ""
        self._takes = Takes(who=setup.name, mimes=(*IMAGES, PDF), most_bytes=MOST_BYTES)
        self._known = preset_at(service.where.hostname)
        self._is_vendor = service.where.hostname == _VENDOR
        self._asks_for_usage = self._known.asks_for_usage
        self._over_responses: set[str] = set()
        """Models that said so."""
        self._without_summary: set[str] = set()
        """Models that tell nothing of their thinking."""

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        for name in self._known.refused:
            if name in sent(request.params):
                raise ProviderError(
                    f"{self._known.title} does not take {name}: unset that parameter.",
                    kind="request",
                )
        if not self._speaks_responses(request.model):
            try:
                async with contextlib.aclosing(self._chat(request)) as events:
                    async for event in events:
                        yield event
                return
            except RefusedError as error:
                is_told = error.status in (400, 404) and _SAYS_RESPONSES.search(error.body_text)
                if self._api or not is_told:
                    raise
                self._over_responses.add(request.model)
        async with contextlib.aclosing(self._responses(request)) as events:
            async for event in events:
                yield event

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`. A server that has no model for images or PDF says so itself."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`; from OpenAI itself only those that chat."""
        return await listed(self._service, self.name, is_vendor=self._is_vendor)

    async def check(self) -> None:
        """See `base.Checks`; where the list of models needs a key, that was the proof."""
        if self._known.key_path:
            await self._service.document(self._known.key_path)

    def _speaks_responses(self, model: str) -> bool:
        if self._api:
            return self._api == "responses"
        is_known = self._is_vendor and bool(RESPONSES_ONLY.search(model))
        return is_known or model in self._over_responses

    async def _chat(self, request: Request) -> AsyncGenerator[Event, None]:
        body = self._body(request)
        if self._asks_for_usage:
            # Without asking, most local servers send no token counts; the few that know no
            # `stream_options` say so with a 400 or 422, and are asked again without, from then on.
            try:
                options = {"include_usage": True}
                if self._is_vendor:
                    options["include_obfuscation"] = (
                        False  # Padding, half as much again as the text.
                    )
                asking = {**body, "stream_options": options}
                async with contextlib.aclosing(self._answers(asking)) as events:
                    async for event in events:
                        yield event
                return
            except RefusedError as error:
                if error.status not in (400, 422) or "stream_options" not in error.body_text:
                    raise
                self._asks_for_usage = False
        async with contextlib.aclosing(self._answers(body)) as events:
            async for event in events:
                yield event

    async def _responses(self, request: Request) -> AsyncGenerator[Event, None]:
        body = responses_body(
            self._takes.sendable(request), self._max_tokens, is_full=self._known.speaks_responses
        )
        if self._known.speaks_responses and request.model not in self._without_summary:
            # Models that do not think refuse this, and so does OpenAI for accounts that it did not
            # verify; the thinking is charged either way.
            try:
                thinking = {"summary": "auto", **body.get("reasoning", {})}
                asking = {**body, "reasoning": thinking}
                async with contextlib.aclosing(self._answers_over_responses(asking)) as events:
                    async for event in events:
                        yield event
                return
            except RefusedError as error:
                if error.status != 400 or "reasoning" not in error.body_text.lower():
                    raise
                self._without_summary.add(request.model)
        async with contextlib.aclosing(self._answers_over_responses(body)) as events:
            async for event in events:
                yield event

    def _answers(self, body: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        path = self._path("/chat/completions", str(body.get("model", "")))
        return self._service.stream(path, body, ChatCompletions)

    def _answers_over_responses(self, body: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        path = self._path("/responses", str(body.get("model", "")))
        return self._service.stream(path, body, Responses)

    def _path(self, method: str, model: str) -> str:
        """Where a model is asked, below the base URL."""
        return method

    def _body(self, request: Request) -> dict[str, Any]:
        """Only what is needed and what the user set: some servers refuse everything else."""
        messages: list[dict[str, Any]] = []
        if request.system:
            messages.append({"role": "system", "content": request.system})
        for role, text, files in plain(self._takes.sendable(request).messages):
            # Plain text where nothing but text goes along: many servers know no parts.
            messages.append({"role": role, "content": _parts(text, files) if files else text})
        params = request.params
        body: dict[str, Any] = {"model": request.model, "messages": messages, "stream": True}
        if params.temperature is not None:
            body["temperature"] = params.temperature
        most = params.max_tokens or self._max_tokens
        if most:
            body[self._known.token_limit] = most
        return sent(params) | body


def _parts(text: str, files: tuple[Attached, ...]) -> list[dict[str, Any]]:
    """The text, then each file in the form that it has here."""
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
    for attached in files:
        if attached.mime == PDF:
            file = {"filename": attached.name, "file_data": data_url(attached)}
            parts.append({"type": "file", "file": file})
        else:
            parts.append({"type": "image_url", "image_url": {"url": data_url(attached)}})
    return parts


def build(setup: Setup) -> OpenAI:
    """The provider for `setup`. Raises `ProviderError` for a base URL that is refused."""
    preset = setup.preset
    chosen = setup.chosen_url(preset.url_variable if preset else "")
    url = chosen or (preset.base_url if preset else "")
    if not url:
        raise ProviderError(
            f"Nobody said where {setup.name} is: set providers.{setup.name}.base_url.",
            kind="request",
        )
    where = endpoint(chat_completions_base(url))
    # Whoever is asked at its own address wants its key; a server elsewhere says so itself.
    needs_key = bool(preset_at(where.hostname).key_variables)
    headers = _key_headers(setup, where.hostname)
    service = service_at(setup, where, KEY_VARIABLES, needs_key=needs_key, key_headers=headers)
    return OpenAI(setup, service)


def _key_headers(setup: Setup, hostname: str) -> KeyHeaders:
    def headers(key: Key) -> Mapping[str, str]:
        sent = {"authorization": f"Bearer {key.secret}"}
        if hostname != _VENDOR:
            return sent  # whose account it is, is nobody else's business
        for variable, name in (
            ("OPENAI_ORG_ID", "openai-organization"),
            ("OPENAI_PROJECT_ID", "openai-project"),
        ):
            value = setup.environ.get(variable, "").strip()
            if value.isascii() and value.isprintable() and value:
                sent[name] = value
        return sent

    return headers
