"""Google's Gemini API: `streamGenerateContent`, whose every event is a whole answer so far of its own.

Wire form: https://ai.google.dev/api/generate-content and /api/models, as of November 2026. Checked against
`tests/data/providers/gemini*`. The key goes in a header, never in the address, which lands in logs.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import quote

from tui_sessions.model.mime import PDF
from tui_sessions.model.params import sent, stops, taken
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import Takes, in_base64, plain
from tui_sessions.providers.base import Event, Finished, ModelInfo, Reasoning, Request, Text
from tui_sessions.providers.documents import count, mapping, sequence, string
from tui_sessions.providers.endpoint import endpoint, gemini_base
from tui_sessions.providers.failures import RefusedError, Server
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.keys import Key
from tui_sessions.providers.presets import VENDORS
from tui_sessions.providers.reading import Plain
from tui_sessions.providers.service import OverHttp, Service, service_at
from tui_sessions.providers.setup import Setup

BASE_URL = VENDORS["gemini"].base_url
URL_VARIABLE = VENDORS["gemini"].url_variable
KEY_VARIABLES = VENDORS["gemini"].key_variables
VERSION_VARIABLE = "GOOGLE_GENAI_API_VERSION"
API_VERSION = "v1beta"

IMAGES = ("image/png", "image/jpeg", "image/webp")
"""Of those that are known here; no GIF (ai.google.dev/gemini-api/docs/image-understanding)."""
MOST_BYTES = 50_000_000
"""Of all files in one request (ai.google.dev/gemini-api/docs/file-input-methods, for a PDF)."""

_VENDOR = VENDORS["gemini"].host
_THINKS = re.compile(r"(?:models/)?gemini-(?:2\.5|[3-9]|\d\d|(?:pro|flash|flash-lite)-latest)")
"""The models that can tell their thoughts; others refuse to be asked for them."""
_TOP = ("safetySettings", "cachedContent", "toolConfig", "serviceTier", "labels", "store")
_THINKING = ("thinkingBudget", "thinkingLevel", "includeThoughts")
_CAMEL = {
    "top_p": "topP",
    "top_k": "topK",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
    "thinking_config": "thinkingConfig",
    "thinking_budget": "thinkingBudget",
    "thinking_level": "thinkingLevel",
    "safety_settings": "safetySettings",
}
_MAX_PAGES = 20


class Gemini(OverHttp):
    """Answers over `streamGenerateContent`."""

    def __init__(self, setup: Setup, service: Service) -> None:
        super().__init__(setup, service)
        self._max_tokens = setup.own.max_tokens
        self._takes = Takes(who=setup.name, mimes=(*IMAGES, PDF), most_bytes=MOST_BYTES)
        self._tells_no_thoughts: set[str] = set()

    async def stream(self, request: Request) -> AsyncGenerator[Event, None]:
        """See `base.Provider.stream`."""
        body = self._body(request)
        if _THINKS.match(request.model) and request.model not in self._tells_no_thoughts:
            try:
                async with contextlib.aclosing(
                    self._answers(request.model, _with_thoughts(body))
                ) as events:
                    async for event in events:
                        yield event
                return
            except RefusedError as error:
                # A model of the family that does not think: asked again without, from then on.
                if error.status != 400 or not _is_about_thoughts(error.body_text):
                    raise
                self._tells_no_thoughts.add(request.model)
        async with contextlib.aclosing(self._answers(request.model, body)) as events:
            async for event in events:
                yield event

    def refuses(self, mime: str, size: int = 0) -> str:
        """See `base.Provider.refuses`."""
        return self._takes.refuses(mime, size)

    async def models(self) -> tuple[ModelInfo, ...]:
        """See `base.Provider.models`: all pages, those that generate text."""
        found: list[ModelInfo] = []
        token = ""
        for _ in range(_MAX_PAGES):
            path = "/models?pageSize=1000" + (
                f"&pageToken={quote(token, safe='')}" if token else ""
            )
            page = mapping(await self._service.document(path))
            entries = map(mapping, sequence(page.get("models")))
            found += [model for model in map(_info, entries) if model is not None]
            token = string(page.get("nextPageToken"))
            if not token:
                break
        return tuple(found)

    def _answers(self, model: str, body: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        path = f"/{_resource(model)}:streamGenerateContent?alt=sse"
        return self._service.stream(path, body, Generated, model=model)

    def _body(self, request: Request) -> dict[str, Any]:
        """Only what is needed and what the user set."""
        params = request.params
        further = {_CAMEL.get(key, key): value for key, value in sent(params).items()}
        body: dict[str, Any] = {"contents": _contents(self._takes.sendable(request))}
        if request.system:
            body["systemInstruction"] = {"parts": [{"text": request.system}]}
        body |= taken(further, *_TOP)
        settings = mapping(further.pop("generationConfig", None)) | _generation(further)
        if params.temperature is not None:
            settings["temperature"] = params.temperature
        most = params.max_tokens or self._max_tokens
        if most:
            settings["maxOutputTokens"] = most
        return body | ({"generationConfig": settings} if settings else {})


def _generation(further: dict[str, Any]) -> dict[str, Any]:
    """The other parameters under the names that `generationConfig` has for them."""
    found: dict[str, Any] = {}
    if "stop" in further:
        found["stopSequences"] = stops(further.pop("stop"))
    thinking = {**mapping(further.pop("thinkingConfig", None)), **taken(further, *_THINKING)}
    effort = further.pop("reasoning_effort", None)
    if effort == "none":
        thinking.setdefault("thinkingBudget", 0)
    elif effort is not None:
        thinking.setdefault("thinkingLevel", str(effort).upper())
    if thinking:
        found["thinkingConfig"] = thinking
    return further | found


def _with_thoughts(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` asking for the thoughts, unless the user said something on that."""
    settings = mapping(body.get("generationConfig"))
    thinking = {"includeThoughts": True, **mapping(settings.get("thinkingConfig"))}
    return {**body, "generationConfig": {**settings, "thinkingConfig": thinking}}


def _is_about_thoughts(said: str) -> bool:
    """Whether a refusal is of the thoughts themselves, and not of a level or budget that was set."""
    said = said.lower().replace("_", "")
    return "includethoughts" in said or "thinking is not" in said or "thinkingconfig" in said


def _contents(request: Request) -> list[dict[str, Any]]:
    """The messages, neighbours of one role in one; files before the text."""
    found: list[dict[str, Any]] = []
    for role, text, files in plain(request.messages):
        parts: list[dict[str, Any]] = [
            {"inlineData": {"mimeType": attached.mime, "data": in_base64(attached)}}
            for attached in files
        ]
        parts += [{"text": text}] if text.strip() else []
        role = "model" if role == "assistant" else "user"
        if found and found[-1]["role"] == role:
            found[-1]["parts"] += parts
        elif parts:
            found.append({"role": role, "parts": parts})
    return found


class Generated(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._finish = ""
        self._model: str | None = None
        self._usage: Usage | None = None
        self.is_over = False
        """Never: nothing marks the end but the end itself."""

    @property
    def has_ended(self) -> bool:
        """A finish reason came, or the word that the prompt was blocked."""
        return bool(self._finish)

    @property
    def usage(self) -> Usage | None:
        """The counts; until the end only those of the prompt, for the others still grow."""
        if self._usage is None or self.has_ended:
            return self._usage
        return Usage(
            prompt_tokens=self._usage.prompt_tokens, cached_tokens=self._usage.cached_tokens
        )

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one message; unknown parts are skipped."""
        answer = mapping(document)
        self._model = string(answer.get("modelVersion")) or self._model
        self._usage = _usage(mapping(answer.get("usageMetadata"))) or self._usage
        if string(mapping(answer.get("promptFeedback")).get("blockReason")):
            self._finish = "content_filter"
        events: list[Event] = []
        for candidate in map(mapping, sequence(answer.get("candidates"))):
            if candidate.get("index", 0) != 0:
                continue  # only one answer was asked for
            for part in sequence(mapping(candidate.get("content")).get("parts")):
                events += _said(mapping(part))
            self._finish = string(candidate.get("finishReason")) or self._finish
        return events

    def take_whole(self, document: Any) -> list[Event]:
        """An answer in one document has the form of one message."""
        return self.take("", document)

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        if not self.has_ended:
            return None
        return Finished(finish=normal_finish(self._finish), usage=self._usage, model=self._model)


def build(setup: Setup) -> Gemini:
    """The provider for `setup`. Raises `ProviderError` for a base URL that is refused."""
    version = getattr(setup.own, "api_version", "") or setup.environ.get(VERSION_VARIABLE, "")
    chosen = setup.chosen_url(URL_VARIABLE)
    where = endpoint(gemini_base(chosen or BASE_URL, version.strip().strip("/") or API_VERSION))
    needs_key = where.hostname == _VENDOR
    service = service_at(setup, where, KEY_VARIABLES, needs_key=needs_key, key_headers=_key_headers)
    return Gemini(setup, service)


def _key_headers(key: Key) -> Mapping[str, str]:
    return {"x-goog-api-key": key.secret or ""}


def _resource(model: str) -> str:
    """Where a model is asked: `models/…`, or `tunedModels/…` where its name says so."""
    kind, slash, name = model.partition("/")
    if slash and kind in ("models", "tunedModels"):
        return f"{kind}/{quote(name, safe='')}"
    return f"models/{quote(model, safe='')}"


def _said(part: Mapping[str, Any]) -> list[Event]:
    """The text of a part; signatures of thoughts are only needed by calls of functions."""
    text = string(part.get("text"))
    if not text:
        return []
    return [Reasoning(text)] if part.get("thought") is True else [Text(text)]


def _usage(found: Mapping[str, Any]) -> Usage | None:
    """The counts, which stand in every message and are those of the whole so far."""
    if not found:
        return None
    prompt, tools = (
        count(found.get("promptTokenCount")),
        count(found.get("toolUsePromptTokenCount")),
    )
    said, thought = (count(found.get(f"{what}TokenCount")) for what in ("candidates", "thoughts"))
    return Usage(
        prompt_tokens=None if prompt is None else prompt + (tools or 0),
        completion_tokens=(
            None if said is None and thought is None else (said or 0) + (thought or 0)
        ),
        total_tokens=count(found.get("totalTokenCount")),
        cached_tokens=count(found.get("cachedContentTokenCount")),
        reasoning_tokens=thought,
    )


def _info(entry: Mapping[str, Any]) -> ModelInfo | None:
    """One entry of the list of models; None where it generates no text."""
    name = string(entry.get("name")).removeprefix("models/")
    methods = entry.get("supportedGenerationMethods")
    if not name or (isinstance(methods, list) and "generateContent" not in methods):
        return None
    thinks = entry.get("thinking")
    return ModelInfo(
        name=name,
        title=string(entry.get("displayName")) or None,
        context_tokens=count(entry.get("inputTokenLimit")),
        output_tokens=count(entry.get("outputTokenLimit")),
        thinks=thinks if isinstance(thinks, bool) else None,
    )
