"""A library with known sums, and the screen of statistics over it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from spending import LARGE, LOCAL, NOW, SMALL, put, turn


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """The clock stands in UTC, nothing blinks."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("tui_sessions.wiring.utc_now", lambda: NOW)
    monkeypatch.setattr("textual.widgets.TextArea.cursor_blink", False)
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False)
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def spent(tmp_path: Path) -> Path:
    """Three sessions of the last days, one of January: $1.75 in the last 30 days and one unpriced."""
    root = tmp_path / "library"
    put(
        root, "decorators.json",
        turn("2026-03-14T09:10:00+00:00", SMALL, 0.25, (100, 50)),
        turn("2026-03-13T14:20:00+00:00", LARGE, 0.75, (2000, 500)),
        id="deco00000001", title="Python decorators", meta={"tags": ["python"], "project": "docs"},
    )  # fmt: skip
    put(
        root, "work/oauth.json",
        turn("2026-03-10T09:00:00+00:00", LARGE, 0.75, (3000, 700)),
        id="oauth0000001", title="OAuth for 京都", status="completed", meta={"tags": ["python", "go"]},
    )  # fmt: skip
    put(
        root, "work/local.json",
        turn("2026-03-10T09:30:00+00:00", LOCAL, None, (40, 10), finish="error"),
        id="local0000001", title="At home",
    )  # fmt: skip
    put(
        root, "old.json",
        turn("2026-01-05T20:00:00+00:00", SMALL, 5.0, (10_000, 900)),
        id="oldest000001", title="Long ago",
    )  # fmt: skip
    return root
