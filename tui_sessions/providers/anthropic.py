"""Anthropic's Messages API.

Wire form: https://platform.claude.com/docs/en/build-with-claude/streaming and /en/api/errors,
as of November 2026. Version 2023-06-01 unless configured: the later one
refuses sampling parameters even at their defaults. Checked against
`tests/data/providers/anthropic*.sse`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import quote

from tui_sessions.model.mime import PDF
from tui_sessions.model.params import sent, stops
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import IMAGES, Takes, in_base64, plain
from tui_sessions.providers.base import (
    Attached,
    ChatMessage,
    Event,
    Finished,
    ModelInfo,
    Reasoning,
    Request,
    Text,
)
from tui_sessions.providers.documents import count, mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint, messages_base
from tui_sessions.providers.failures import Server
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.keys import Key
from tui_sessions.providers.presets import VENDORS
from tui_sessions.providers.reading import Plain
from tui_sessions.providers.service import OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup

BASE_URL = VENDORS["anthropic"].base_url
URL_VARIABLE = VENDORS["anthropic"].url_variable
KEY_VARIABLES = VENDORS["anthropic"].key_variables
API_VERSION = "2023-06-01"
MAX_TOKENS = 8192
"""Required by the API; bounds thinking and answer together, so a small value can end without any
text."""

MOST_BYTES = 23_000_000
"""Of all files in one request: base64 makes four bytes of three, and a request may have 32 MB."""

_VENDOR = VENDORS["anthropic"].host
_MAX_PAGES = 20


class Anthropic(OverHttp):
    """Answers over the Messages API."""

    def __init__(self, setup: Setup, service: Service) -> None:
        super().__init__(setup, service)
        self._max_tokens = setup.own.max_tokens or MAX_TOKENS
        self._takes = Takes(who=setup.name, mimes=(*IMAGES, PDF), most_bytes=MOST_BYTES)
        self._headers = {
            "anthropic-version": setup.config.providers.anthropic.api_version or API_VERSION
        }

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        return self._service.stream("/messages", self._body(request), Messages, self._headers)

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`: all pages."""
        found: list[ModelInfo] = []
        after = ""
        for _ in range(_MAX_PAGES):
            path = "/models?limit=1000" + (f"&after_id={quote(after, safe='')}" if after else "")
            page = mapping(await self._service.document(path, self._headers))
            for entry in map(mapping, sequence(page.get("data"))):
                found += [_info(entry)] if string(entry.get("id")) else []
            after = string(page.get("last_id"))
            if page.get("has_more") is not True or not after:
                break
        return tuple(found)

    def _body(self, request: Request) -> dict[str, Any]:
        params = request.params
        body: dict[str, Any] = {
            "model": request.model,
            "max_tokens": params.max_tokens or self._max_tokens,
            "messages": merged(self._takes.sendable(request).messages),
            "stream": True,
        }
        if request.system:
            body["system"] = request.system
        if params.temperature is not None:
            body["temperature"] = params.temperature
        return body | _further(params)


def _further(params: Params) -> dict[str, Any]:
    """The other parameters under the names of this API; what it does not know it refuses by name."""
    further = sent(params)
    found: dict[str, Any] = {}
    if "stop" in further:
        found["stop_sequences"] = stops(further.pop("stop"))
    if "reasoning_effort" in further:
        asked = further.pop("output_config", None)
        effort = {"effort": further.pop("reasoning_effort")}
        found["output_config"] = {**effort, **asked} if isinstance(asked, dict) else effort
    return further | found


class Messages(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._finish = ""
        self._model: str | None = None
        self._counts: dict[str, int] = {}
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """A stop reason or `message_stop` came."""
        return bool(self._finish) or self.is_over

    @property
    def usage(self) -> Usage | None:
        """See `reading.Dialect`. What is written grows until the stop reason is said."""
        if not self._counts:
            return None
        uncached = self._counts.get("input_tokens")
        read = self._counts.get("cache_read_input_tokens")
        written = self._counts.get("cache_creation_input_tokens")
        counts = self._counts if self.has_ended else {}
        return Usage(
            # Anthropic's own input_tokens leave out what the cache read and wrote.
            prompt_tokens=None if uncached is None else uncached + (read or 0) + (written or 0),
            completion_tokens=counts.get("output_tokens"),
            cached_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=counts.get("thinking_tokens"),
        )

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one message of the stream; unknown kinds are skipped."""
        event = mapping(document)
        match string(event.get("type")) or name:
            case "message_start":
                message = mapping(event.get("message"))
                self._model = string(message.get("model")) or self._model
                started = dict(mapping(message.get("usage")))
                started.pop("output_tokens", None)  # 1 or so: not a count of what will be written
                self._count(started)
            case "content_block_start":
                return _said(mapping(event.get("content_block")))
            case "content_block_delta":
                return _said(mapping(event.get("delta")))
            case "message_delta":
                self._finish = (
                    string(mapping(event.get("delta")).get("stop_reason")) or self._finish
                )
                self._count(event.get("usage"))
            case "message_stop":
                self.is_over = True
        return []

    def take_whole(self, document: Any) -> list[Event]:
        """The events of an answer that came in one document."""
        message = mapping(document)
        self._model = string(message.get("model")) or None
        self._finish = string(message.get("stop_reason"))
        self._count(message.get("usage"))
        blocks = sequence(message.get("content"))
        self.is_over = bool(blocks)
        return [event for block in blocks for event in _said(mapping(block))]

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        if not self.has_ended:
            return None
        return Finished(
            finish=normal_finish(self._finish or "stop"), usage=self.usage, model=self._model
        )

    def _count(self, usage: object) -> None:
        """Counts are cumulative and may repeat: the last one that is known stands."""
        found = mapping(usage)
        found = {**found, **mapping(found.get("output_tokens_details"))}
        known = {name: count(value) for name, value in found.items()}
        self._counts |= {name: value for name, value in known.items() if value is not None}


def build(setup: Setup) -> Anthropic:
    """The provider for `setup`. Raises `ProviderError` for a base URL that is refused."""
    chosen = setup.chosen_url(URL_VARIABLE)
    where = endpoint(messages_base(chosen or BASE_URL))
    needs_key = where.hostname == _VENDOR
    service = service_at(setup, where, KEY_VARIABLES, needs_key=needs_key, key_headers=_key_headers)
    return Anthropic(setup, service)


def merged(messages: tuple[ChatMessage, ...]) -> list[dict[str, Any]]:
    """The messages as the API takes them: none empty, neighbours of the same role in one."""
    sent: list[dict[str, Any]] = []
    for role, text, files in plain(messages):
        if not text.strip() and not files:
            continue
        content: str | list[dict[str, Any]] = _blocks(text, files) if files else text
        if sent and sent[-1]["role"] == role:
            sent[-1]["content"] = _joined(sent[-1]["content"], content)
        else:
            sent.append({"role": role, "content": content})
    return sent


def _blocks(text: str, files: tuple[Attached, ...]) -> list[dict[str, Any]]:
    """Files before the text, as the guide to vision advises; never a text without a word."""
    blocks: list[dict[str, Any]] = []
    for attached in files:
        data = in_base64(attached)
        source = {"type": "base64", "media_type": attached.mime, "data": data}
        if attached.mime == PDF:
            blocks.append({"type": "document", "source": source, "title": attached.name})
        else:
            blocks.append({"type": "image", "source": source})
    return [*blocks, *([{"type": "text", "text": text}] if text.strip() else [])]


def _joined(
    one: str | list[dict[str, Any]], other: str | list[dict[str, Any]]
) -> str | list[dict[str, Any]]:
    if isinstance(one, str) and isinstance(other, str):
        return f"{one}\n\n{other}"
    return [
        block
        for content in (one, other)
        for block in (_blocks(content, ()) if isinstance(content, str) else content)
    ]


def _info(entry: Mapping[str, Any]) -> ModelInfo:
    """One entry of the list of models."""
    able = mapping(entry.get("capabilities"))

    def can(name: str) -> bool | None:
        supported = mapping(able.get(name)).get("supported")
        return supported if isinstance(supported, bool) else None

    return ModelInfo(
        name=string(entry.get("id")),
        title=string(entry.get("display_name")) or None,
        context_tokens=count(entry.get("max_input_tokens")),
        output_tokens=count(entry.get("max_tokens")),
        sees_images=can("image_input"),
        thinks=can("thinking"),
    )


def _key_headers(key: Key) -> Mapping[str, str]:
    if key.source == "ANTHROPIC_AUTH_TOKEN":
        return {"authorization": f"Bearer {key.secret}"}
    return {"x-api-key": key.secret or ""}


def _said(block: Mapping[str, Any]) -> list[Event]:
    """The text of a block or of a change to one."""
    text, thought = string(block.get("text")), string(block.get("thinking"))
    return [*([Reasoning(thought)] if thought else []), *([Text(text)] if text else [])]
