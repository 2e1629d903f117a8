"""The lists of models of servers that speak OpenAI's language: the same path, and beyond the id every
server tells other things.

Read from the pages of each, as of November 2026: OpenRouter (context_length, pricing in dollars a token,
architecture, supported_parameters), Together (pricing in dollars a million), Groq (context_window), Mistral
(max_context_length, capabilities), vLLM (max_model_len), llama.cpp (meta, modalities), LM Studio (its own
list at /api/v1/models, before 0.4 at /api/v0/models)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tui_sessions.errors import ProviderError
from tui_sessions.model.money import MILLION, NANO
from tui_sessions.providers.base import ModelInfo
from tui_sessions.providers.documents import count, first, mapping, sequence, string
from tui_sessions.providers.service import Service

_DEAREST = 1_000_000
"""Dollars for a million tokens beyond which a price is no price."""

_CHAT_MODEL = re.compile(r"(?:ft:)?(?:gpt-|chatgpt-|o\d)")
_OTHER_MODEL = re.compile(
    r"audio|realtime|image|tts|transcribe|embedding|moderation|live|translate|instruct"
)
_CONTEXT_NAMES = ("context_length", "max_model_len", "context_window", "max_context_length")
_OUTPUT_NAMES = ("max_completion_tokens", "max_output_tokens")
_OTHER_KINDS = frozenset({"embedding", "embeddings", "image", "audio", "moderation", "rerank"})
"""What a list says of models that do not chat: Together's and LM Studio's `type`."""


async def listed(service: Service, name: str, *, is_vendor: bool) -> tuple[ModelInfo, ...]:
    """The models that chat; from OpenAI itself (`is_vendor`) chosen by their names, for it tells nothing
    else. Raises `ProviderError`."""
    if name == "lmstudio":
        found = await _own_list_of_lmstudio(service)
        if found:
            return found
    return read(await service.document("/models"), is_vendor=is_vendor)


def read(document: Any, *, is_vendor: bool = False) -> tuple[ModelInfo, ...]:
    """The models of a list, which is an array or has one under `data`."""
    entries = sequence(mapping(document).get("data")) or sequence(document)
    found = {string(mapping(entry).get("id")): mapping(entry) for entry in entries}
    return tuple(
        _info(name, found[name])
        for name in sorted(found)
        if name and (_chats(name) if is_vendor else _may_chat(found[name]))
    )


async def _own_list_of_lmstudio(service: Service) -> tuple[ModelInfo, ...]:
    """What LM Studio tells beside OpenAI's path; nothing where it is too old or something else."""
    root = service.where.url.removesuffix("/v1")
    for path in ("/api/v1/models", "/api/v0/models"):
        try:
            document = mapping(await service.document(path, base=root))
        except ProviderError as problem:
            if problem.kind in ("network", "timeout", "auth"):
                raise
            continue
        entries = sequence(document.get("models")) or sequence(document.get("data"))
        found = [_of_lmstudio(mapping(entry)) for entry in entries]
        if any(found):
            return tuple(sorted(filter(None, found), key=lambda model: model.name))
    return ()


def _of_lmstudio(entry: Mapping[str, Any]) -> ModelInfo | None:
    name = string(entry.get("key")) or string(entry.get("id"))
    if not name or not _may_chat(entry):
        return None
    able = entry.get("capabilities")
    sees = _flag(mapping(able).get("vision")) if isinstance(able, dict) else None
    if string(entry.get("type")) == "vlm":
        sees = True
    return ModelInfo(
        name=name,
        title=string(entry.get("display_name")) or None,
        context_tokens=_loaded_size(entry) or count(entry.get("max_context_length")),
        sees_images=sees,
    )


def _loaded_size(entry: Mapping[str, Any]) -> int | None:
    """A model that is loaded has the size that it was loaded with, not its greatest."""
    loaded = [
        mapping(mapping(each).get("config")) for each in sequence(entry.get("loaded_instances"))
    ]
    sizes = [count(each.get("context_length")) for each in loaded]
    return first(count(entry.get("loaded_context_length")), *sizes)


def _info(name: str, entry: Mapping[str, Any]) -> ModelInfo:
    top = mapping(entry.get("top_provider"))
    meta = mapping(entry.get("meta"))
    title = string(entry.get("display_name")) or string(entry.get("name"))
    into, out = _prices(mapping(entry.get("pricing")))
    return ModelInfo(
        name=name,
        title=title if title and title != name else None,
        context_tokens=first(
            *(count(entry.get(key)) for key in _CONTEXT_NAMES), count(meta.get("n_ctx_train"))
        ),
        output_tokens=first(
            *(count(entry.get(key)) for key in _OUTPUT_NAMES),
            count(top.get("max_completion_tokens")),
        ),
        input_per_mtok=into,
        output_per_mtok=out,
        sees_images=_sees_images(entry),
        thinks=_thinks(entry),
    )


def _prices(pricing: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """For a million tokens in and out, where both are told."""
    if "prompt" in pricing:  # OpenRouter: dollars for a token, as text; -1 where it depends
        into, out = (_dollars(pricing.get(key), MILLION) for key in ("prompt", "completion"))
    else:  # Together: dollars for a million
        into, out = (_dollars(pricing.get(key), 1) for key in ("input", "output"))
    return (into, out) if into is not None and out is not None else (None, None)


def _dollars(value: object, times: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        dollars = Decimal(str(value)) * times
    except (ArithmeticError, ValueError):
        return None
    # Some prices were added up in binary: 2.8999999999999998e-06.
    return round(dollars * NANO) if dollars.is_finite() and 0 <= dollars <= _DEAREST else None


def _sees_images(entry: Mapping[str, Any]) -> bool | None:
    for place in (mapping(entry.get("architecture")), entry, mapping(entry.get("modalities"))):
        for key in ("input_modalities", "input"):
            told = place.get(key)
            if isinstance(told, list) and told:
                return "image" in told
    able = entry.get("capabilities")
    if isinstance(able, list):
        return "multimodal" in able or "vision" in able
    return _flag(mapping(able).get("vision"))


def _thinks(entry: Mapping[str, Any]) -> bool | None:
    taken = entry.get("supported_parameters")
    if isinstance(taken, list) and taken:
        return "reasoning" in taken or "include_reasoning" in taken
    return _flag(mapping(entry.get("capabilities")).get("reasoning"))


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _may_chat(entry: Mapping[str, Any]) -> bool:
    """Whether nothing says that it does not."""
    chats = mapping(entry.get("capabilities")).get("completion_chat")
    writes = mapping(entry.get("architecture")).get("output_modalities")
    return (
        chats is not False
        and string(entry.get("type")) not in _OTHER_KINDS
        and not (isinstance(writes, list) and writes and "text" not in writes)
    )


def _chats(name: str) -> bool:
    return bool(_CHAT_MODEL.match(name)) and not _OTHER_MODEL.search(name)
