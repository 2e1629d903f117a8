"""The languages that are nobody else's: Google's, Amazon's, Ollama's. See `tongues.py`."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from tongues import THOUGHT_TOKENS, Tongue, texts


class Gemini(Tongue):
    """Google's `streamGenerateContent`."""

    most_tokens = "maxOutputTokens"
    top_p = "topP"

    def _answer(self, part: Any, finish: str = "", candidates: int | None = None) -> dict[str, Any]:
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        counts = {
            "promptTokenCount": 21,
            "thoughtsTokenCount": THOUGHT_TOKENS,
            "candidatesTokenCount": candidates or 3,
            "cachedContentTokenCount": 8,
        }
        return {"candidates": [candidate], "usageMetadata": counts, "modelVersion": "m"}

    def _event(self, document: Any) -> bytes:
        return f"data: {json.dumps(document)}\r\n\r\n".encode()

    def text(self, piece: str) -> bytes:
        return self._event(self._answer({"text": piece}))

    def thought(self, piece: str) -> bytes:
        return self._event(self._answer({"text": piece, "thought": True}))

    def end(self, finish: str = "stop") -> bytes:
        word = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}[finish]
        return self._event(self._answer({"text": "", "thoughtSignature": "CpcB"}, word, 17))

    def unknown(self) -> bytes:
        odd = {"candidates": [{"content": {}, "futureRatings": []}], "future": {"text": "x"}}
        bare = json.dumps(self._answer({"text": "no event"}), indent=2).encode() + b"\n\n"
        part = self._event({"candidates": [{"content": {"parts": [{"x": 1}]}}]})
        return self._event(odd) + bare + part

    def failure(self, words: str) -> bytes:
        error = {"code": 500, "message": words, "status": "INTERNAL"}
        return json.dumps({"error": error}, indent=2).encode()

    def whole(self, text: str) -> bytes:
        return json.dumps(self._answer({"text": text}, "STOP", 17)).encode()

    def refusal(self, words: str) -> bytes:
        return json.dumps(
            [{"error": {"code": 400, "message": words, "status": "INVALID_ARGUMENT"}}]
        ).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        system = body.get("systemInstruction")
        roles = {"model": "assistant"}
        return ([("system", texts(system))] if system else []) + [
            (roles.get(each["role"], each["role"]), texts(each["parts"]))
            for each in body["contents"]
        ]


def frame(payload: Any, **headers: str) -> bytes:
    """A frame of Amazon's event stream; `event_type` stands for `:event-type`."""
    parts = b""
    for key, value in headers.items():
        name = b":" + key.replace("_", "-").encode()
        parts += (
            bytes([len(name)]) + name + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        )
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(parts) + len(data), len(parts))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + parts + data
    return whole + struct.pack(">I", zlib.crc32(whole))


class Converse(Tongue):
    """Amazon's Converse."""

    kind = "application/vnd.amazon.eventstream"
    most_tokens = "maxTokens"
    top_p = "topP"

    def _event(self, kind: str, payload: dict[str, Any]) -> bytes:
        headers = {"event_type": kind, "content_type": "application/json", "message_type": "event"}
        return frame({**payload, "p": "abcdefgh"}, **headers)

    def begin(self) -> bytes:
        return self._event("messageStart", {"role": "assistant"})

    def text(self, piece: str) -> bytes:
        return self._event("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": piece}})

    def thought(self, piece: str) -> bytes:
        return b"".join(
            self._event("contentBlockDelta", {"delta": {"reasoningContent": content}})
            for content in ({"text": piece}, {"signature": "c2ln"}, {"redactedContent": "eHg="})
        ) + self._event("contentBlockStop", {"contentBlockIndex": 0})

    def end(self, finish: str = "stop") -> bytes:
        word = {"stop": "end_turn", "length": "max_tokens", "filter": "guardrail_intervened"}[
            finish
        ]
        return self._event("messageStop", {"stopReason": word}) + self._event(
            "metadata", {"usage": self._counts(), "metrics": {"latencyMs": 812}}
        )

    def _counts(self) -> dict[str, int]:
        return {"inputTokens": 13, "outputTokens": 34, "totalTokens": 55, "cacheReadInputTokens": 8}

    def unknown(self) -> bytes:
        future = self._event("futureEvent", {"text": "x", "delta": {"text": "x"}})
        return future + self._event("contentBlockDelta", {"delta": {"future": {"text": "x"}}})

    def failure(self, words: str) -> bytes:
        headers = {"exception_type": "internalServerException", "message_type": "exception"}
        return frame({"message": words}, **headers)

    def whole(self, text: str) -> bytes:
        output = {"message": {"role": "assistant", "content": [{"text": text}]}}
        return json.dumps(
            {"output": output, "stopReason": "end_turn", "usage": self._counts()}
        ).encode()

    def refusal(self, words: str) -> bytes:
        return json.dumps({"message": words}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        system = [("system", texts(body["system"]))] if "system" in body else []
        return system + [(each["role"], texts(each["content"])) for each in body["messages"]]


class Ollama(Tongue):
    """Ollama's own lines."""

    kind = "application/x-ndjson"
    most_tokens = "num_predict"

    def _line(self, document: Any) -> bytes:
        return json.dumps(document).encode() + b"\n"

    def text(self, piece: str) -> bytes:
        return self._line({"model": "m", "message": {"content": piece}, "done": False})

    def thought(self, piece: str) -> bytes:
        return self._line({"model": "m", "message": {"content": "", "thinking": piece}})

    def end(self, finish: str = "stop") -> bytes:
        return self._line({**self._last(""), "done_reason": finish})

    def _last(self, text: str) -> dict[str, Any]:
        counts = {"prompt_eval_count": 21, "eval_count": 34, "prompt_eval_cached_count": 8}
        return {
            "model": "m",
            "message": {"content": text},
            "done": True,
            "done_reason": "stop",
            **counts,
        }

    def unknown(self) -> bytes:
        return b"\n" + self._line({"future": {"content": "x"}}) + self._line({"message": {"x": 1}})

    def failure(self, words: str) -> bytes:
        return self._line({"error": words})

    def whole(self, text: str) -> bytes:
        return json.dumps(self._last(text)).encode()

    def refusal(self, words: str) -> bytes:
        return json.dumps({"error": words}).encode()

    def said(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(each["role"], texts(each["content"])) for each in body["messages"]]
