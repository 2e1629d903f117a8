"""A picture of the search screen. A changed one is looked at before it is accepted:
`pytest tests/tui/search/test_search_picture.py --snapshot-update`, then open the SVG under `__snapshots__`."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tui_sessions.tui.widgets.conversation.widget import Conversation

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


class SvgExtension(SingleFileSnapshotExtension):
    file_extension = "svg"
    _write_mode = WriteMode.TEXT


def fill(library: Path) -> None:
    """Two sessions about the same thing, one of them a branch."""
    told = [
        ("t1", "What does wraps do?", "It keeps the name and the docstring of the function."),
        ("t2", "And without wraps?", "The wrapper hides both:\n\n```python\ntimed.__name__\n```"),
    ]
    turns = [
        {
            "id": id,
            "messages": [
                {"role": "user", "content": prompt, "timestamp": "2026-03-14T13:00:00+00:00"},
                {
                    "role": "assistant",
                    "content": answer,
                    "timestamp": "2026-03-14T13:00:05+00:00",
                    "model": "openai/gpt-4o-mini",
                },
            ],
            "finish": "stop",
        }
        for id, prompt, answer in told
    ]
    head = {"format": 1, "model": "openai/gpt-4o-mini", "created_at": "2026-03-14T13:00:00+00:00"}
    files = {
        "work/decorators.json": {
            **head, "id": "parent000001", "title": "Python decorators",
            "updated_at": "2026-03-14T13:10:00+00:00", "turns": turns,
        },
        "classes.json": {
            **head, "id": "branch000001", "title": "wraps in classes",
            "updated_at": "2026-03-13T13:10:00+00:00",
            "parent": {"id": "parent000001", "turn": 1},
            "turns": [{**turns[0], "inherited": True}],
        },
    }  # fmt: skip
    for name, value in files.items():
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))


@pytest.mark.parametrize("theme", ["ink", "paper"])
async def test_a_search_with_its_preview(workspace, snapshot, tmp_path, monkeypatch, theme):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("tui_sessions.wiring.utc_now", lambda: NOW)
    monkeypatch.setattr("textual.widgets.Input.cursor_blink", False)
    fill(tmp_path / "library")
    async with workspace((120, 36), **{"screen.theme": theme}) as user:
        user.library.refresh()
        user.library.index_texts()
        await user.press("ctrl+f")
        await user.type("wraps")
        await user.see("hits in 2 sessions", "What does wraps do?")
        await user.press("down")
        await user.until(lambda: user.screen.query_one(Conversation).query_found == "wraps")
        await user.see("And without")
        picture = re.sub(r"terminal-\d+", "terminal-0", user.app.export_screenshot(simplify=True))
        assert picture == snapshot.use_extension(SvgExtension)
