"""An error that nobody expected ends the screen without a word of what was being worked on."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

CANARY = "canary prompt"


async def crash(workspace: Any, found: dict[str, str | Path]) -> None:
    """What the screen said at its end, and where the log is, are in `found` when it raises."""
    async with workspace() as user:
        secret = CANARY  # A local variable, as any function that has the prompt has one.

        def breaks() -> None:
            raise ValueError(f"cannot parse {secret} of canary-key-0123")

        app = user.app
        found["log"] = app.services.paths.log_file
        app.call_later(breaks)
        await user.until(lambda: app._exit_renderables, "the end")
        shown = Console(file=io.StringIO(), width=200)
        for renderable in app._exit_renderables:
            shown.print(renderable)
        found["said"] = shown.file.getvalue()


async def test_a_crash_shows_and_keeps_no_prompt_and_no_key(workspace, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "canary-key-0123")
    found: dict[str, Any] = {}
    with pytest.raises(ValueError, match=CANARY):
        await crash(workspace, found)
    assert "Something went wrong that should not have (ValueError)." in found["said"]
    assert "debug.log" in found["said"].replace("\n", "")
    kept = found["log"].read_text()
    assert "ValueError" in kept
    assert "breaks" in kept
    assert "canary" not in found["said"] + kept
