"""Amazon's Converse: messages into its form, its events into ours.

Wire form: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html, as of
November 2026. Checked against `tests/data/providers/bedrock*.eventstream`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tui_sessions.model.mime import PDF
from tui_sessions.model.params import sent, stops, taken
from tui_sessions.model.session import Params
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import in_base64, plain
from tui_sessions.providers.base import Attached, Event, Finished, Reasoning, Request, Text
from tui_sessions.providers.documents import count, mapping, sequence, string
from tui_sessions.providers.failures import Server
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.reading import Plain

_TOP = (
    "additionalModelResponseFieldPaths",
    "guardrailConfig",
    "performanceConfig",
    "promptVariables",
    "requestMetadata",
    "serviceTier",
)
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9()\[\]-]+")
_LONGEST_NAME = 200


def converse_body(request: Request, max_tokens: int) -> dict[str, Any]:
    """The request: only what is needed and what the user set."""
    params = request.params
    further = sent(params)
    body: dict[str, Any] = {"messages": _messages(request)}
    if request.system and request.system.strip():
        body["system"] = [{"text": request.system}]
    body |= taken(further, *_TOP)
    settings = _inference(params, further, max_tokens)
    if settings:
        body["inferenceConfig"] = settings
    more = {**mapping(further.pop("additionalModelRequestFields", None)), **further}
    if more:
        body["additionalModelRequestFields"] = more
    return body


def _inference(params: Params, further: dict[str, Any], max_tokens: int) -> dict[str, Any]:
    """What every model of Bedrock knows; taken out of `further`."""
    found = dict(mapping(further.pop("inferenceConfig", None)))
    if "top_p" in further:
        found["topP"] = further.pop("top_p")
    if "stop" in further:
        found["stopSequences"] = stops(further.pop("stop"))
    if params.temperature is not None:
        found["temperature"] = params.temperature
    if params.max_tokens or max_tokens:
        found["maxTokens"] = params.max_tokens or max_tokens
    return found


def _messages(request: Request) -> list[dict[str, Any]]:
    """The messages as Converse takes them: none empty, neighbours of one role in one, the user first."""
    found: list[dict[str, Any]] = []
    names: set[str] = set()
    for role, text, files in plain(request.messages):
        blocks = [_block(attached, names) for attached in files]
        if text.strip():
            blocks.append({"text": text})
        elif any("document" in block for block in blocks):
            # A document without a word beside it is refused.
            blocks.append({"text": ", ".join(attached.name for attached in files)})
        if found and found[-1]["role"] == role:
            found[-1]["content"] += blocks
        elif blocks and (found or role == "user"):
            found.append({"role": role, "content": blocks})
    return found


def _block(attached: Attached, names: set[str]) -> dict[str, Any]:
    source = {"bytes": in_base64(attached)}
    if attached.mime != PDF:
        return {"image": {"format": attached.mime.removeprefix("image/"), "source": source}}
    # Letters, digits, single spaces, hyphens and brackets only, and no name twice.
    name = _NOT_IN_A_NAME.sub(" ", attached.name).strip()[:_LONGEST_NAME] or "document"
    number = next(n for n in range(1, len(names) + 2) if _numbered(name, n) not in names)
    names.add(_numbered(name, number))
    return {"document": {"format": "pdf", "name": _numbered(name, number), "source": source}}


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


class Converse(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._finish = ""
        self.usage: Usage | None = None
        """Comes once, after the end of the answer."""
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """`messageStop` came; the counts follow it."""
        return bool(self._finish)

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one frame; unknown kinds are skipped."""
        event = mapping(document)
        match name:
            case "contentBlockDelta":
                return _said(mapping(event.get("delta")))
            case "messageStop":
                self._finish = string(event.get("stopReason")) or "stop"
            case "metadata":
                self.usage = _usage(mapping(event.get("usage")))
                self.is_over = self.has_ended
        return []

    def take_whole(self, document: Any) -> list[Event]:
        """The events of an answer that came in one document."""
        answer = mapping(document)
        message = mapping(mapping(answer.get("output")).get("message"))
        self._finish = string(answer.get("stopReason"))
        self.usage = _usage(mapping(answer.get("usage")))
        self.is_over = self.has_ended
        blocks = sequence(message.get("content"))
        return [event for block in blocks for event in _said(mapping(block))]

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        if not self.has_ended:
            return None
        return Finished(finish=normal_finish(self._finish), usage=self.usage)


def _said(block: Mapping[str, Any]) -> list[Event]:
    """The text of a block or of a change to one; signatures are only needed by calls of tools."""
    reasoning = mapping(block.get("reasoningContent"))
    thought = string(reasoning.get("text")) or string(
        mapping(reasoning.get("reasoningText")).get("text")
    )
    text = string(block.get("text"))
    return [*([Reasoning(thought)] if thought else []), *([Text(text)] if text else [])]


def _usage(found: Mapping[str, Any]) -> Usage | None:
    if not found:
        return None
    uncached = count(found.get("inputTokens"))
    read = count(found.get("cacheReadInputTokens"))
    written = count(found.get("cacheWriteInputTokens"))
    return Usage(
        # What the cache read and wrote is not in inputTokens (userguide/prompt-caching).
        prompt_tokens=None if uncached is None else uncached + (read or 0) + (written or 0),
        completion_tokens=count(found.get("outputTokens")),
        total_tokens=count(found.get("totalTokens")),
        cached_tokens=read,
        cache_write_tokens=written,
    )
