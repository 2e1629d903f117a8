"""Pictures of the main states at two sizes. A changed one is looked at before it is accepted:
`pytest tests/tui/test_snapshots.py --snapshot-update`, then open the SVG under `__snapshots__`."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
SIZES = [(80, 24), (160, 48)]

ANSWER = """A **decorator** takes a function and gives back another one.

```python
def timed(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper
```

1. `wraps` keeps the name
2. it works on *methods* too

| form | cost |
|------|-----:|
| plain | none |
| class | one object |

> Boring to read where it is used.
"""


class SvgExtension(SingleFileSnapshotExtension):
    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SvgExtension)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands in UTC, ids are the same each time, nothing blinks."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("tui_sessions.wiring.utc_now", lambda: NOW)
    monkeypatch.setattr("tui_sessions.wiring.new_id", lambda: "k3v9x2m7q0ab")
    monkeypatch.setattr("textual.widgets.TextArea.cursor_blink", False)
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False)


def taken(user) -> str:
    return re.sub(r"terminal-\d+", "terminal-0", user.app.export_screenshot(simplify=True))


def fill(library: Path) -> None:
    """A small library: a folder, a branch, a damaged file."""
    turn = {
        "id": "t1",
        "messages": [
            {
                "role": "user",
                "content": "How do decorators work?",
                "timestamp": "2026-03-14T13:00:00+00:00",
            },
            {
                "role": "assistant",
                "content": ANSWER,
                "timestamp": "2026-03-14T13:00:05+00:00",
                "model": "openai/gpt-4o-mini",
                "reasoning": "Begin with the plain case.",
            },
        ],
        "usage": {"prompt_tokens": 25, "completion_tokens": 187, "total_tokens": 212},
        "latency_ms": 1450.2,
        "cost_estimate": 0.0034,
        "price": {
            "source": "genai-prices 0.2.3",
            "date": "2026-01-10",
            "input_per_mtok": 0.15,
            "output_per_mtok": 0.6,
        },
        "finish": "stop",
    }
    cut = {**turn, "id": "t2", "finish": "cancelled", "cost_estimate": None, "usage": None}
    head = {"format": 1, "model": "openai/gpt-4o-mini", "created_at": "2026-03-14T13:00:00+00:00"}
    files = {
        "decorators.json": {
            **head, "id": "parent000001", "title": "Python decorators", "updated_at": "2026-03-14T13:10:00+00:00",
            "system": "You are a careful teacher.", "turns": [turn, cut],
            "meta": {"tags": ["python", "teaching"], "project": "docs", "importance": "high"},
        },
        "classes.json": {
            **head, "id": "branch000001", "title": "with classes", "updated_at": "2026-03-13T13:10:00+00:00",
            "parent": {"id": "parent000001", "turn": 1}, "turns": [{**turn, "inherited": True}],
        },
        "work/oauth.json": {
            **head, "id": "work00000001", "title": "OAuth for 京都", "updated_at": "2026-03-10T13:10:00+00:00",
            "status": "completed", "turns": [turn],
        },
    }  # fmt: skip
    for name, value in files.items():
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    (library / "broken.json").write_text('{"turns": [')


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_library(workspace, picture, size):
    async with workspace(size) as user:
        await user.until(lambda: user.stage.workspace.tree().total == 0)
        await user.press("f6", "f7", "escape")
        assert taken(user) == picture


@pytest.mark.parametrize("theme", ["ink", "paper"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation(workspace, picture, tmp_path, size, theme):
    fill(tmp_path / "library")
    async with workspace(size, open_id="parent000001", **{"screen.theme": theme}) as user:
        await user.see("stopped", "of 128k", "next ≈ 450 tok · $")
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f7", "g")
        assert taken(user) == picture


@pytest.mark.parametrize("size", SIZES)
async def test_the_tree_with_the_focus(workspace, picture, tmp_path, size):
    fill(tmp_path / "library")
    async with workspace(size) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.press("f6", "G")
        assert taken(user) == picture


@pytest.mark.parametrize("key", ["ctrl+e", "ctrl+r", "ctrl+b", "f1", "ctrl+t"])
async def test_a_dialog(workspace, picture, tmp_path, monkeypatch, key):
    fill(tmp_path / "library")
    monkeypatch.chdir("/")
    async with workspace((100, 30), open_id="parent000001") as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        await user.see("stopped", "of 128k", "next ≈ 450 tok · $")
        await user.press(key)
        assert taken(user) == picture
