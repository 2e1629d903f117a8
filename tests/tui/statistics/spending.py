"""Session files with known sums."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


def turn(at: str, model: str, cost: float | None, tokens: tuple[int, int], **values) -> dict:
    asked, answered = tokens
    return {
        "id": f"t{at}",
        "messages": [
            {"role": "user", "content": "Question", "timestamp": at},
            {"role": "assistant", "content": "Answer", "timestamp": at, "model": model},
        ],
        "usage": {"prompt_tokens": asked, "completion_tokens": answered},
        "latency_ms": 2000.0 if model.startswith("anthropic") else 1000.0,
        "first_token_ms": 500.0,
        "finish": "stop",
        **({} if cost is None else {"cost_estimate": cost}),
        **values,
    }


def put(root: Path, path: str, *turns: dict, **head) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"format": 1, "turns": turns, **head}))
    stamp = NOW.timestamp()
    os.utime(file, (stamp, stamp))


SMALL, LARGE, LOCAL = "openai/gpt-4o-mini", "anthropic/claude-sonnet-4", "ollama/llama3.2"
