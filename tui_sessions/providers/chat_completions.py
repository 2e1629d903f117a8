"""The dialect of Chat Completions: chunks into events. Lenient, because two dozen servers speak it
in as many ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tui_sessions.errors import ProviderError
from tui_sessions.model.money import nanousd
from tui_sessions.model.text import clean_line
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Event, Finished, Reasoning, Text
from tui_sessions.providers.documents import count, first, mapping, sequence, string
from tui_sessions.providers.failures import Problem, Server, reported
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.reading import DONE, Plain
from tui_sessions.providers.thinking import ThinkingSplitter

MOST_DOLLARS = 1_000_000
"""No answer costs that much: what says so counts something else."""


class ChatCompletions(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._splitter = ThinkingSplitter()
        self._finish = ""
        self._usage: Usage | None = None
        self._cost: int | None = None
        self._model: str | None = None
        self._has_text = False
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """A finish reason or `[DONE]` came."""
        return bool(self._finish) or self.is_over

    @property
    def usage(self) -> Usage | None:
        """See `reading.Dialect`. Some servers count in every chunk."""
        if self._usage is None or self.has_ended:
            return self._usage
        return msgspec.structs.replace(
            self._usage, completion_tokens=None, total_tokens=None, reasoning_tokens=None
        )

    @property
    def cost(self) -> int | None:
        """What OpenRouter says it charged."""
        return self._cost

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one chunk."""
        if document == DONE:
            self.is_over = True
            return []
        return self._chunk(mapping(document), "delta")

    def take_whole(self, document: Any) -> list[Event]:
        """The events of an answer that came in one document."""
        events = self._chunk(mapping(document), "message")
        if sequence(mapping(document).get("choices")):
            self.is_over = True
        return events

    def flush(self) -> list[Event]:
        """Text that could still have become a tag."""
        return self._splitter.end()

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        if not self.has_ended:
            return None
        if not self._finish and not self._has_text:
            # LM Studio ends like this where the prompt is longer than the context (lmstudio#2339).
            raise ProviderError(
                f"{self._server.host} ended without a word: the prompt may be too long for "
                f"{clean_line(self._server.model)}.",
                kind="context",
            )
        return Finished(
            finish=normal_finish(self._finish or "stop"),
            usage=self._usage,
            model=self._model,
            cost=self._cost,
        )

    def _chunk(self, chunk: Mapping[str, Any], key: str) -> list[Event]:
        self._model = string(chunk.get("model")) or self._model
        self._usage = _usage(chunk) or self._usage
        charged = _cost(mapping(chunk.get("usage")))
        self._cost = self._cost if charged is None else charged
        events: list[Event] = []
        for entry in sequence(chunk.get("choices")):
            choice = mapping(entry)
            if choice.get("index", 0) != 0:
                continue  # only one answer was asked for
            events += self._said(mapping(choice.get(key)))
            finish = string(choice.get("finish_reason"))
            if finish == "error":
                raise reported(self._server, Problem("", "server_error"))
            self._finish = finish or self._finish
        self._has_text = self._has_text or bool(events)
        return events

    def _said(self, delta: Mapping[str, Any]) -> list[Event]:
        thought = string(delta.get("reasoning_content")) or string(delta.get("reasoning"))
        events: list[Event] = [Reasoning(thought)] if thought else []
        content = delta.get("content")
        for part in content if isinstance(content, list) else (content,):
            if mapping(part).get("type") == "thinking":
                thought = _text(mapping(part).get("thinking"))
                events += [Reasoning(thought)] if thought else []
            else:
                events += self._splitter.feed(_text(part))
        refusal = string(delta.get("refusal"))
        return [*events, Text(refusal)] if refusal else events


def _text(part: object) -> str:
    """A text, a part `{"text": …}`, or a list of them."""
    if isinstance(part, list):
        return "".join(_text(piece) for piece in part)
    return string(part) or string(mapping(part).get("text"))


def _usage(chunk: Mapping[str, Any]) -> Usage | None:
    """The token counts of a chunk, wherever they stand; None where there are none."""
    found = mapping(chunk.get("usage")) or mapping(mapping(chunk.get("x_groq")).get("usage"))
    if not found:
        return None
    prompt = mapping(found.get("prompt_tokens_details"))
    completion = mapping(found.get("completion_tokens_details"))
    return Usage(
        prompt_tokens=count(found.get("prompt_tokens")),
        completion_tokens=count(found.get("completion_tokens")),
        total_tokens=count(found.get("total_tokens")),
        cached_tokens=first(
            count(prompt.get("cached_tokens")),
            count(found.get("prompt_cache_hit_tokens")),  # DeepSeek
            count(mapping(chunk.get("timings")).get("cache_n")),  # llama.cpp
        ),
        cache_write_tokens=count(prompt.get("cache_write_tokens")),  # OpenRouter
        reasoning_tokens=count(completion.get("reasoning_tokens")),
    )


def _cost(usage: Mapping[str, Any]) -> int | None:
    """OpenRouter's own charge in dollars; where the vendor's key is the user's own, what the vendor
    charges comes on top (https://openrouter.ai/docs/use-cases/usage-accounting, November 2026)."""
    charged = _dollars(usage.get("cost"))
    if charged is None or usage.get("is_byok") is not True:
        return charged
    vendor = _dollars(mapping(usage.get("cost_details")).get("upstream_inference_cost"))
    return None if vendor is None else charged + vendor


def _dollars(value: object) -> int | None:
    """Nano-dollars; None for what is no amount."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < MOST_DOLLARS
    ):
        return None
    return nanousd(value)
