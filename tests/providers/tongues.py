"""How each kind of server says the same things: the other side of the contract that all providers keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

COUNTS = {
    "prompt_tokens": 21,
    "completion_tokens": 34,
    "cached_tokens": 8,
}
"""What every server here counts."""
THOUGHT_TOKENS = 17


class Tongue:
    """One language. What is sent is bytes; what was asked is read out of the body."""

    kind = "text/event-stream"
    most_tokens = "max_tokens"
    """The name of the limit of an answer in the body."""
    top_p = "top_p"
    thinks = True

    def text(self, piece: str) -> bytes:
        """A piece of the answer."""
        raise NotImplementedError

    def thought(self, piece: str) -> bytes:
        """A piece of the model's thinking."""
        raise NotImplementedError

    def begin(self) -> bytes:
        """What comes before the first piece."""
        return b""

    def end(self, finish: str = "stop") -> bytes:
        """The end for the reason `stop`, `length` or `filter`, with all counts."""
        raise NotImplementedError

    def unknown(self) -> bytes:
        """What a server of the future may say in between."""
        raise NotImplementedError

    def failure(self, words: str) -> bytes:
        """An error after the status said that all is well."""
        raise NotImplementedError

    def whole(self, text: str) -> bytes:
        """The same answer in one document."""
        raise NotImplementedError

    def refusal(self, words: str) -> bytes:
        """The body of an error status."""
        return json.dumps({"error": {"message": words, "type": "invalid_request_error"}}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Roles and texts of a request, the system prompt first."""
        raise NotImplementedError

    def answer(self, *pieces: str, thought: str = "", finish: str = "stop") -> bytes:
        """A whole answer."""
        thoughts = self.thought(thought) if thought else b""
        return self.begin() + thoughts + b"".join(map(self.text, pieces)) + self.end(finish)


def event(document: Any, name: str = "") -> bytes:
    """A server-sent event."""
    head = f"event: {name}\n" if name else ""
    data = document if isinstance(document, str) else json.dumps(document)
    return f"{head}data: {data}\n\n".encode()


def found(value: Any, key: str) -> Iterator[Any]:
    """Every value under `key`, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, key)


def texts(value: Any) -> str:
    """All texts of a message's content."""
    return value if isinstance(value, str) else "".join(map(str, found(value, "text")))


class Chat(Tongue):
    """OpenAI's Chat Completions."""

    def _chunk(self, delta: Any, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({"id": "1", "model": "m", "choices": [choice], "usage": None})

    def begin(self) -> bytes:
        return b": OPENROUTER PROCESSING\n\n" + self._chunk({"role": "assistant", "content": ""})

    def text(self, piece: str) -> bytes:
        return self._chunk({"content": piece})

    def thought(self, piece: str) -> bytes:
        return self._chunk({"reasoning_content": piece, "content": None})

    def end(self, finish: str = "stop") -> bytes:
        word = {"filter": "content_filter"}.get(finish, finish)
        counts = event({"choices": [], "usage": self._counts()})
        return self._chunk({}, word) + counts + event("[DONE]")

    def _counts(self) -> dict[str, Any]:
        return {
            "prompt_tokens": 21,
            "completion_tokens": 34,
            "prompt_tokens_details": {"cached_tokens": 8},
            "completion_tokens_details": {"reasoning_tokens": THOUGHT_TOKENS},
        }

    def unknown(self) -> bytes:
        odd = {"choices": [{"index": 0, "delta": {"future": [1]}, "x": {}}], "obfuscation": "aaa"}
        return event({"object": "future.event"}) + event(odd) + b"future: x\nid: 7\n\n"

    def failure(self, words: str) -> bytes:
        return event({"error": {"message": words, "type": "server_error"}})

    def whole(self, text: str) -> bytes:
        choice = {"index": 0, "message": {"content": text}, "finish_reason": "stop"}
        return json.dumps({"model": "m", "choices": [choice], "usage": self._counts()}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(each["role"], texts(each["content"])) for each in body["messages"]]


class ChatOfOpenAI(Chat):
    """The same where reasoning models refuse the old name of the limit."""

    most_tokens = "max_completion_tokens"


class Responses(Tongue):
    """OpenAI's Responses."""

    most_tokens = "max_output_tokens"

    def _named(self, kind: str, **more: Any) -> bytes:
        return event({"type": kind, "sequence_number": 1, **more}, kind)

    def begin(self) -> bytes:
        return self._named("response.created", response={"status": "in_progress", "usage": None})

    def text(self, piece: str) -> bytes:
        return self._named("response.output_text.delta", delta=piece, item_id="i")

    def thought(self, piece: str) -> bytes:
        return self._named("response.reasoning_summary_text.delta", delta=piece, summary_index=0)

    def end(self, finish: str = "stop") -> bytes:
        if finish == "stop":
            return self._named("response.completed", response=self._response("completed"))
        reason = {"length": "max_output_tokens", "filter": "content_filter"}[finish]
        response = {**self._response("incomplete"), "incomplete_details": {"reason": reason}}
        return self._named("response.incomplete", response=response)

    def _response(self, status: str) -> dict[str, Any]:
        counts = {
            "input_tokens": 21,
            "output_tokens": 34,
            "input_tokens_details": {"cached_tokens": 8},
            "output_tokens_details": {"reasoning_tokens": THOUGHT_TOKENS},
        }
        return {"id": "r", "model": "m", "status": status, "usage": counts, "error": None}

    def unknown(self) -> bytes:
        return self._named("response.future.delta", delta="x") + event({"type": "keepalive"})

    def failure(self, words: str) -> bytes:
        return self._named("error", code="server_error", message=words, param=None)

    def whole(self, text: str) -> bytes:
        content = [{"type": "output_text", "text": text}]
        item = {"type": "message", "role": "assistant", "content": content}
        return json.dumps({**self._response("completed"), "output": [item]}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        system = [("system", body["instructions"])] if "instructions" in body else []
        items = body["input"]
        if isinstance(items, str):
            return [*system, ("user", items)]
        return system + [(each["role"], texts(each["content"])) for each in items]


class Anthropic(Tongue):
    """Anthropic's Messages."""

    def begin(self) -> bytes:
        counts = {"input_tokens": 13, "cache_read_input_tokens": 8, "output_tokens": 1}
        started = {"type": "message_start", "message": {"model": "m", "usage": counts}}
        return event(started, "message_start") + event({"type": "ping"}, "ping")

    def _delta(self, **delta: str) -> bytes:
        return event(
            {"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta"
        )

    def text(self, piece: str) -> bytes:
        return self._delta(type="text_delta", text=piece)

    def thought(self, piece: str) -> bytes:
        signature = self._delta(type="signature_delta", signature="c2ln")
        return self._delta(type="thinking_delta", thinking=piece) + signature

    def end(self, finish: str = "stop") -> bytes:
        word = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}[finish]
        counts = {"output_tokens": 34, "output_tokens_details": {"thinking_tokens": THOUGHT_TOKENS}}
        ended = {"type": "message_delta", "delta": {"stop_reason": word}, "usage": counts}
        return event(ended, "message_delta") + event({"type": "message_stop"}, "message_stop")

    def unknown(self) -> bytes:
        return event({"type": "future", "x": 1}, "future") + self._delta(type="future_delta", x="1")

    def failure(self, words: str) -> bytes:
        return event({"type": "error", "error": {"type": "api_error", "message": words}}, "error")

    def whole(self, text: str) -> bytes:
        counts = {"input_tokens": 13, "cache_read_input_tokens": 8, "output_tokens": 34}
        content = [{"type": "text", "text": text}]
        return json.dumps(
            {"model": "m", "content": content, "stop_reason": "end_turn", "usage": counts}
        ).encode()

    def refusal(self, words: str) -> bytes:
        error = {"type": "invalid_request_error", "message": words}
        return json.dumps({"type": "error", "error": error}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        system = [("system", texts(body["system"]))] if "system" in body else []
        return system + [(each["role"], texts(each["content"])) for each in body["messages"]]
