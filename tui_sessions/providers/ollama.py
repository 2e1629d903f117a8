"""Ollama's own API: one JSON document a line.

Wire form: https://docs.ollama.com/api/chat, /api/errors, as of November 2026.
Checked against `tests/data/providers/ollama*.ndjson`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from tui_sessions.errors import ProviderError
from tui_sessions.model.params import sent, taken
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import Takes, in_base64, plain
from tui_sessions.providers.base import Event, Finished, ModelInfo, Reasoning, Request
from tui_sessions.providers.documents import count, first, mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint, ollama_base
from tui_sessions.providers.failures import Server
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.keys import Key
from tui_sessions.providers.presets import VENDORS
from tui_sessions.providers.reading import Plain
from tui_sessions.providers.service import OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup
from tui_sessions.providers.thinking import ThinkingSplitter

URL_VARIABLE = VENDORS["ollama"].url_variable
KEY_VARIABLES = VENDORS["ollama"].key_variables

IMAGES = ("image/png", "image/jpeg", "image/webp")
"""What Ollama is known to decode (no GIF: ollama-js#174); no PDF in any form."""
MOST_BYTES = 50_000_000

_ASKED_AT_ONCE = 4
"""Requests at a time about installed models."""

_CLOUD = "ollama.com"
_OPTIONS = frozenset(
    (
        *("seed", "stop", "top_k", "top_p", "min_p", "typical_p", "tfs_z", "num_ctx", "num_keep"),
        *("num_predict", "num_batch", "num_gpu", "main_gpu", "num_thread", "numa", "low_vram"),
        *("repeat_last_n", "repeat_penalty", "presence_penalty", "frequency_penalty"),
        *("penalize_newline", "mirostat", "mirostat_tau", "mirostat_eta"),
        *("use_mmap", "use_mlock", "vocab_only", "f16_kv"),
    )
)
"""What belongs below `options`; anything else stands beside it (`keep_alive`, `format`, …)."""
_THINK = {"none": False, "minimal": "low", "xhigh": "max"}
"""Words for the effort that Ollama says otherwise; the rest are its own."""


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
        turn = asyncio.Semaphore(_ASKED_AT_ONCE)
        found = (self._described(name, turn) for name in sorted(set(names)) if name)
        return tuple(filter(None, await asyncio.gather(*found)))

    async def _described(self, name: str, turn: asyncio.Semaphore) -> ModelInfo | None:
        """What the server knows of an installed model, for the list names them only; None for one that
        does not write."""
        async with turn:
            try:
                shown = await self._service.document("/api/show", body={"model": name})
            except ProviderError:  # it can be asked all the same
                return ModelInfo(name=name)
        facts = mapping(mapping(shown).get("model_info"))
        able = mapping(shown).get("capabilities")
        if isinstance(able, list) and able and "completion" not in able:
            return None
        return ModelInfo(
            name=name,
            context_tokens=first(
                *(count(facts[key]) for key in facts if key.endswith(".context_length"))
            ),
            sees_images="vision" in able if isinstance(able, list) else None,
            thinks="thinking" in able if isinstance(able, list) else None,
        )

    def _body(self, request: Request) -> dict[str, Any]:
        messages: list[dict[str, Any]] = []
        if request.system:
            messages.append({"role": "system", "content": request.system})
        for role, text, files in plain(self._takes.sendable(request).messages):
            images = {"images": [in_base64(attached) for attached in files]} if files else {}
            messages.append({"role": role, "content": text, **images})
        params = request.params
        further = sent(params)
        options = _options(params, further)
        if params.max_tokens or self._max_tokens:
            options["num_predict"] = params.max_tokens or self._max_tokens
        body: dict[str, Any] = {"model": request.model, "messages": messages, "stream": True}
        if options:
            body["options"] = options
        return body | further


def _options(params: Params, further: dict[str, Any]) -> dict[str, Any]:
    """What goes below `options`, taken out of `further`; what is left stands beside it."""
    whole = further.pop("options", None)
    options = {**whole} if isinstance(whole, dict) else {}
    options |= taken(further, *_OPTIONS)
    if params.temperature is not None:
        options["temperature"] = params.temperature
    effort = further.pop("reasoning_effort", None)
    if effort is not None:
        further.setdefault("think", _THINK.get(str(effort), effort))
    return options


class Chat(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._splitter = ThinkingSplitter()
        self._finished: Finished | None = None
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """A line with `done` came."""
        return self.is_over

    @property
    def usage(self) -> Usage | None:
        """See `reading.Dialect`: only the last line counts."""
        return self._finished.usage if self._finished else None

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
