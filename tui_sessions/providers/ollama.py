"""Ollama's own API: one JSON document a line.

Wire form: https://docs.ollama.com/api/chat, /api/errors, as of November 2026.
Checked against `tests/data/providers/ollama*.ndjson`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import Takes, in_base64, plain
from tui_sessions.providers.base import Event, Finished, ModelInfo, Reasoning, Request
from tui_sessions.providers.documents import count, mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint, ollama_base
from tui_sessions.providers.failures import Server
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.keys import Key
from tui_sessions.providers.service import OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup
from tui_sessions.providers.thinking import ThinkingSplitter

URL_VARIABLE = "OLLAMA_HOST"
KEY_VARIABLES = ("OLLAMA_API_KEY",)

IMAGES = ("image/png", "image/jpeg", "image/webp")
"""What Ollama is known to decode (no GIF: ollama-js#174); no PDF in any form."""
MOST_BYTES = 50_000_000

_CLOUD = "ollama.com"
_OPTIONS = ("top_p", "top_k", "min_p", "seed", "stop", "num_ctx", "repeat_penalty")
_SENT = ("think", "keep_alive")


class Ollama(OverHttp):
    """Answers of a local Ollama, or of its cloud."""

    def __init__(self, setup: Setup, service: Service) -> None:
        super().__init__(setup, service)
        self._max_tokens = setup.own.max_tokens
        self._takes = Takes(who=setup.name, mimes=IMAGES, most_bytes=MOST_BYTES)

    def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        return self._service.stream("/api/chat", self._body(request), Chat)

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`. A model that sees no images says so itself."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`: what is installed."""
        document = mapping(await self._service.document("/api/tags"))
        entries = map(mapping, sequence(document.get("models")))
        names = (string(entry.get("name")) or string(entry.get("model")) for entry in entries)
        return tuple(ModelInfo(name=name) for name in sorted(names) if name)

    def _body(self, request: Request) -> dict[str, Any]:
        messages: list[dict[str, Any]] = []
        if request.system:
            messages.append({"role": "system", "content": request.system})
        for role, text, files in plain(self._takes.sendable(request).messages):
            images = {"images": [in_base64(attached) for attached in files]} if files else {}
            messages.append({"role": role, "content": text, **images})
        params = request.params
        options = {name: params.extra[name] for name in _OPTIONS if name in params.extra}
        if params.temperature is not None:
            options["temperature"] = params.temperature
        if params.max_tokens or self._max_tokens:
            options["num_predict"] = params.max_tokens or self._max_tokens
        body: dict[str, Any] = {"model": request.model, "messages": messages, "stream": True}
        if options:
            body["options"] = options
        return body | {name: params.extra[name] for name in _SENT if name in params.extra}


class Chat:
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._splitter = ThinkingSplitter()
        self._finished: Finished | None = None
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """A line with `done` came."""
        return self.is_over

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one line."""
        line = mapping(document)
        message = mapping(line.get("message"))
        thought = string(message.get("thinking"))
        events: list[Event] = [Reasoning(thought)] if thought else []
        events += self._splitter.feed(string(message.get("content")))
        if line.get("done") is True:
            self.is_over = True
            self._finished = Finished(
                finish=normal_finish(string(line.get("done_reason")) or "stop"),
                usage=_usage(line),
                model=string(line.get("model")) or None,
            )
        return events

    def take_whole(self, document: Any) -> list[Event]:
        """An answer in one document has the form of a last line."""
        return self.take("", document)

    def is_keep_alive(self, name: str, document: Any) -> bool:
        """Ollama sends nothing while it loads a model."""
        return False

    def flush(self) -> list[Event]:
        """Text that could still have become a tag."""
        return self._splitter.end()

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        return self._finished


def build(setup: Setup) -> Ollama:
    """The provider for `setup`. Raises `ProviderError` for a base URL that is refused."""
    where = endpoint(ollama_base(setup.chosen_url(URL_VARIABLE)))
    # The cloud's key is nothing for a server at home.
    variables = KEY_VARIABLES if where.is_secure else ()
    needs_key = where.hostname == _CLOUD
    service = service_at(setup, where, variables, needs_key=needs_key, key_headers=_key_headers)
    return Ollama(setup, service)


def _key_headers(key: Key) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key.secret}"}


def _usage(line: Mapping[str, Any]) -> Usage | None:
    """Counts of the last line; Ollama leaves out what is zero or not known, so absent is
    unknown."""
    usage = Usage(
        prompt_tokens=count(line.get("prompt_eval_count")),
        completion_tokens=count(line.get("eval_count")),
        cached_tokens=count(line.get("prompt_eval_cached_count")),
    )
    return None if usage == Usage() else usage
