"""OpenAI's Chat Completions, and every server that speaks them: vLLM, llama.cpp, LM Studio,
OpenRouter, Groq, Mistral, …

Wire form: https://developers.openai.com/api/reference/resources/chat and the pages of each server,
as of November 2026. Checked against `tests/data/providers/` (openai, azure, openrouter, groq, mistral,
deepseek, vllm, llamacpp, meta)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from tui_sessions.model.mime import PDF
from tui_sessions.providers.attaching import IMAGES, Takes, data_url, plain
from tui_sessions.providers.base import Attached, Event, ModelInfo, Request
from tui_sessions.providers.chat_completions import ChatCompletions
from tui_sessions.providers.documents import count, first, mapping, sequence, string
from tui_sessions.providers.endpoint import chat_completions_base, endpoint
from tui_sessions.providers.failures import RefusedError
from tui_sessions.providers.keys import Key
from tui_sessions.providers.service import KeyHeaders, OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup

BASE_URL = "https://api.openai.com/v1"
URL_VARIABLE = "OPENAI_BASE_URL"
KEY_VARIABLES = ("OPENAI_API_KEY",)

MOST_BYTES = 50_000_000
"""Of all files in one request: OpenAI's limit as far as it is known. Other servers tell their own."""

_VENDOR = "api.openai.com"
_TAKES_NO_STREAM_OPTIONS = ("api.mistral.ai",)
_SENT = (
    "top_p",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "reasoning_effort",
    "verbosity",
)
"""Further parameters that are passed on where the session sets them."""

_CHAT_MODEL = re.compile(r"(?:ft:)?(?:gpt-|chatgpt-|o\d)")
_OTHER_MODEL = re.compile(
    r"audio|realtime|image|tts|transcribe|embedding|moderation|live|translate|instruct"
)


class OpenAI(OverHttp):
    """Answers over Chat Completions."""

    def __init__(self, setup: Setup, service: Service) -> None:
        super().__init__(setup, service)
        self._max_tokens = setup.own.max_tokens
        self._takes = Takes(who=setup.name, mimes=(*IMAGES, PDF), most_bytes=MOST_BYTES)
        host = service.where.hostname
        self._is_vendor = host == _VENDOR or host.endswith(".openai.azure.com")
        self._asks_for_usage = host not in _TAKES_NO_STREAM_OPTIONS

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        body = self._body(request)
        if self._asks_for_usage:
            # Without asking, most local servers send no token counts; the few that know no
            # `stream_options` say so with a 400 or 422, and are asked again without, from then on.
            try:
                asking = {**body, "stream_options": {"include_usage": True}}
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

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`. A server that has no model for images or PDF says so itself."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`; from OpenAI itself only those that chat."""
        document = await self._service.document("/models")
        entries = sequence(mapping(document).get("data")) or sequence(document)
        found = {string(mapping(entry).get("id")): _context(mapping(entry)) for entry in entries}
        return tuple(
            ModelInfo(name=name, context_tokens=found[name])
            for name in sorted(found)
            if name and (not self._is_vendor or _chats(name))
        )

    def _answers(self, body: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        return self._service.stream("/chat/completions", body, ChatCompletions)

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
            # OpenAI's reasoning models refuse the old name; most other servers do not know the new
            # one.
            body["max_completion_tokens" if self._is_vendor else "max_tokens"] = most
        return body | {name: params.extra[name] for name in _SENT if name in params.extra}


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
    chosen = setup.chosen_url(URL_VARIABLE)
    where = endpoint(chat_completions_base(chosen or BASE_URL))
    needs_key = where.hostname == _VENDOR
    headers = _key_headers(setup)
    service = service_at(setup, where, KEY_VARIABLES, needs_key=needs_key, key_headers=headers)
    return OpenAI(setup, service)


def _key_headers(setup: Setup) -> KeyHeaders:
    def headers(key: Key) -> Mapping[str, str]:
        sent = {"authorization": f"Bearer {key.secret}"}
        for variable, name in (
            ("OPENAI_ORG_ID", "openai-organization"),
            ("OPENAI_PROJECT_ID", "openai-project"),
        ):
            value = setup.environ.get(variable, "").strip()
            if value.isascii() and value.isprintable() and value:
                sent[name] = value
        return sent

    return headers


def _chats(name: str) -> bool:
    return bool(_CHAT_MODEL.match(name)) and not _OTHER_MODEL.search(name)


def _context(entry: Mapping[str, Any]) -> int | None:
    """The context size under the names that servers use (OpenAI itself tells none)."""
    names = ("context_length", "max_model_len", "context_window", "max_context_length")
    return first(*(count(entry.get(name)) for name in names))
