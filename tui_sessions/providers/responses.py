"""OpenAI's Responses: the body of a request, and the dialect of its events.

Wire form: https://developers.openai.com/api/reference/resources/responses, /api/docs/guides/streaming-responses,
as of November 2026. Checked against `tests/data/providers/openai-responses*.sse`; LiteLLM ends with `[DONE]`,
OpenAI does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui_sessions.model.mime import PDF
from tui_sessions.model.params import sent, taken
from tui_sessions.model.usage import Usage
from tui_sessions.providers.attaching import data_url, plain
from tui_sessions.providers.base import Attached, Event, Finished, Reasoning, Request
from tui_sessions.providers.documents import count, mapping, sequence, string
from tui_sessions.providers.failures import Server, reported
from tui_sessions.providers.finishes import normal_finish
from tui_sessions.providers.problems import problem_of
from tui_sessions.providers.reading import DONE, Plain
from tui_sessions.providers.thinking import ThinkingSplitter

_TEXTS = {"response.output_text", "response.refusal"}
_THOUGHTS = {"response.reasoning_summary_text", "response.reasoning_text"}
_ENDS = {"response.completed", "response.incomplete", "response.failed", "response.cancelled"}
_CALLS = {"function_call", "custom_tool_call"}


def responses_body(
    request: Request, max_tokens: int = 0, *, is_full: bool = True
) -> dict[str, Any]:
    """What is sent for `request`. With `is_full` what was said is not to be kept by the server, which is
    told only to those that know of it."""
    body: dict[str, Any] = {
        "model": request.model,
        "input": [
            {"role": role, "content": _content(role, text, files)}
            for role, text, files in plain(request.messages)
        ],
        "stream": True,
    }
    if is_full:
        body["store"] = False
    if request.system:
        body["instructions"] = request.system
    params = request.params
    if params.temperature is not None:
        body["temperature"] = params.temperature
    if params.max_tokens or max_tokens:
        body["max_output_tokens"] = params.max_tokens or max_tokens
    further = sent(params)
    effort = taken(further, "reasoning_effort").get("reasoning_effort")
    if effort is not None:
        further["reasoning"] = {**mapping(further.get("reasoning")), "effort": effort}
    verbosity = taken(further, "verbosity").get("verbosity")
    if verbosity is not None:
        further["text"] = {**mapping(further.get("text")), "verbosity": verbosity}
    return further | body


class Responses(Plain):
    """One answer; see `reading.Dialect`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._splitter = ThinkingSplitter()
        self._finish = ""
        self._usage: Usage | None = None
        self._model: str | None = None
        self._streamed: set[tuple[object, ...]] = set()
        """The parts that came in pieces; their end says them once more."""
        self._thought: tuple[object, ...] | None = None
        """The part of the thinking that came last."""
        self._calls = False
        self._has_text = False
        self.is_over = False

    @property
    def has_ended(self) -> bool:
        """The last event came."""
        return bool(self._finish) or self.is_over

    @property
    def usage(self) -> Usage | None:
        """See `reading.Dialect`: told with the end only, of a failed answer too."""
        return self._usage

    def take(self, name: str, document: Any) -> list[Event]:
        """The events of one message."""
        if document == DONE:
            self.is_over = True
            return []
        said = mapping(document)
        kind = string(said.get("type")) or name
        what, _, step = kind.rpartition(".")
        if what in _TEXTS | _THOUGHTS and step in ("delta", "done"):
            return self._piece(what, step, said)
        if kind == "response.output_item.added":
            self._calls = self._calls or mapping(said.get("item")).get("type") in _CALLS
        if kind.startswith("response.") and isinstance(said.get("response"), dict):
            return self._about(mapping(said["response"]), is_end=kind in _ENDS)
        return []

    def take_whole(self, document: Any) -> list[Event]:
        """The events of an answer that came in one document."""
        return self._about(mapping(document), is_end=True)

    def flush(self) -> list[Event]:
        """Text that could still have become a tag."""
        return self._splitter.end()

    def finished(self) -> Finished | None:
        """The end; None where the stream stopped without one."""
        if not self._finish:
            return None
        return Finished(finish=self._finish, usage=self._usage, model=self._model)

    def _piece(self, what: str, step: str, said: Mapping[str, Any]) -> list[Event]:
        names = ("output_index", "content_index", "summary_index")
        part = (what, said.get("item_id"), *(said.get(name) for name in names))
        if step == "done" and part in self._streamed:
            return []
        self._streamed.add(part)
        text = string(said.get("delta" if step == "delta" else "text")) or string(
            said.get("refusal")
        )
        if not text:
            return []
        return self._thinking(part, text) if what in _THOUGHTS else self._text(text)

    def _text(self, text: str) -> list[Event]:
        self._has_text = True
        return self._splitter.feed(text)

    def _thinking(self, part: tuple[object, ...], text: str) -> list[Event]:
        """Summaries are paragraphs of their own."""
        is_next = self._thought is not None and self._thought != part
        self._thought = part
        return [Reasoning(f"\n\n{text}" if is_next else text)]

    def _about(self, response: Mapping[str, Any], *, is_end: bool) -> list[Event]:
        self._model = string(response.get("model")) or self._model
        self._usage = _usage(mapping(response.get("usage"))) or self._usage
        if not is_end:
            return []
        status = string(response.get("status"))
        if status in ("failed", "error") or response.get("error"):
            raise reported(self._server, problem_of(response))
        events = self._whole(sequence(response.get("output")))
        why = string(mapping(response.get("incomplete_details")).get("reason"))
        if status in ("", "completed") and not why:
            self._finish = "tool" if self._calls else "stop"
        else:
            self._finish = normal_finish(why or status)
        self.is_over = True
        return events

    def _whole(self, output: list[Any]) -> list[Event]:
        """What did not come in pieces."""
        events: list[Event] = []
        had_text, had_thought = self._has_text, self._thought is not None
        for at, item in enumerate(map(mapping, output)):
            kind = item.get("type")
            self._calls = self._calls or kind in _CALLS
            if kind == "reasoning" and not had_thought:
                parts = [*sequence(item.get("summary")), *sequence(item.get("content"))]
                for n, part in enumerate(map(mapping, parts)):
                    text = string(part.get("text"))
                    events += self._thinking((at, n), text) if text else []
            elif kind == "message" and not had_text:
                for part in map(mapping, sequence(item.get("content"))):
                    events += self._text(string(part.get("text")) or string(part.get("refusal")))
        return events


def _content(role: str, text: str, files: tuple[Attached, ...]) -> str | list[dict[str, Any]]:
    """The text, then each file in the form that it has here; plain text where there is nothing else."""
    if not files:
        return text
    kind = "input_text" if role == "user" else "output_text"
    parts: list[dict[str, Any]] = [{"type": kind, "text": text}] if text.strip() else []
    for attached in files:
        if attached.mime == PDF:
            file = {"filename": attached.name, "file_data": data_url(attached)}
            parts.append({"type": "input_file", **file})
        else:
            parts.append({"type": "input_image", "image_url": data_url(attached)})
    return parts


def _usage(found: Mapping[str, Any]) -> Usage | None:
    """The counts; None where there are none."""
    if not found:
        return None
    into = mapping(found.get("input_tokens_details"))
    out = mapping(found.get("output_tokens_details"))
    usage = Usage(
        prompt_tokens=count(found.get("input_tokens")),
        completion_tokens=count(found.get("output_tokens")),
        total_tokens=count(found.get("total_tokens")),
        cached_tokens=count(into.get("cached_tokens")),
        cache_write_tokens=count(into.get("cache_write_tokens")),
        reasoning_tokens=count(out.get("reasoning_tokens")),
    )
    return None if usage == Usage() else usage
