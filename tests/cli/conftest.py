"""The program as a person uses it: words in, text and an exit code out, files in a folder."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.cli.main import main

FAST = ("--set", "providers.demo.words_per_s=0")
DECORATORS = {
    "id": "k3v9x2m7q0ab",
    "title": "Python decorators",
    "model": "openai/gpt-4o-mini",
    "system": "You are a helpful programming assistant",
    "created_at": "2024-01-08T14:30:22+00:00",
    "updated_at": "2024-01-08T14:41:02+00:00",
    "status": "active",
    "turns": [
        {
            "id": "turn1",
            "messages": [
                {"role": "user", "content": "How do I create a Python class?"},
                {"role": "assistant", "content": "To create one, use `class`."},
            ],
            "usage": {"prompt_tokens": 25, "completion_tokens": 187, "total_tokens": 212},
            "latency_ms": 1450.2,
            "cost_estimate": 0.0034,
            "finish": "stop",
        },
        {
            "id": "turn2",
            "messages": [
                {"role": "user", "content": "And a decorator?"},
                {"role": "assistant", "content": "A function of a function."},
            ],
            "usage": {"prompt_tokens": 156, "completion_tokens": 234, "total_tokens": 390},
            "latency_ms": 2050.0,
            "cost_estimate": 0.0062,
            "finish": "stop",
        },
    ],
    "meta": {"tags": ["python", "programming"], "project": "docs", "priority": "high"},
}
OAUTH = {
    "id": "h2c7d8e9f0aa",
    "title": "OAuth\x1b[31m in Go",
    "model": "anthropic/claude-3-haiku",
    "created_at": "2024-02-10T09:00:00+00:00",
    "turns": [
        {
            "messages": [
                {"role": "user", "content": "How does OAuth work?"},
                {"role": "assistant", "content": "With \x1b]0;bad\x07tokens."},
            ]
        }
    ],
    "meta": {"tags": ["go"]},
}


@dataclass
class Outcome:
    """What a call of the program gave."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Outcome]


class Piped(io.TextIOWrapper):
    """Standard input from a pipe."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8")


class Typed(io.StringIO):
    """Standard input from a person."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty library's folder."""
    return tmp_path / "library"


@pytest.fixture
def put(folder: Path) -> Callable[..., Path]:
    """Puts a session file into the library."""

    def putting(name: str, **session: Any) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(session))
        return path

    return putting


@pytest.fixture
def two(put: Callable[..., Path]) -> None:
    """Two sessions: Python decorators, whose figures are known, and OAuth, whose are not."""
    put("session_20240108_143022.json", **DECORATORS)
    put("work/oauth.json", **OAUTH)


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls the program on the library; `piped` and `typed` are what it can read."""

    def running(*args: str, piped: bytes | None = None, typed: str | None = None) -> Outcome:
        stdin = Typed(typed or "") if piped is None else Piped(piped)
        monkeypatch.setattr(sys, "stdin", stdin)
        capsys.readouterr()
        code = main(["--dir", str(folder), *FAST, *args])
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return running


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes `stdout` and `stderr`, or one of them, a terminal that is 80 columns wide."""

    def watching(*names: str) -> None:
        from tui_sessions.cli import console

        plain = console._is_terminal

        def is_terminal(stream: Any) -> bool:
            return any(stream is getattr(sys, name) for name in names) or plain(stream)

        monkeypatch.setattr(console, "_is_terminal", is_terminal)
        monkeypatch.setenv("COLUMNS", "80")

    return watching
