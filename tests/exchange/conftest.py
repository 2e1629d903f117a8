"""A session with one of everything that exports have to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui_sessions.model.message import Message
from tui_sessions.model.money import nanousd
from tui_sessions.model.session import Meta, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

BEGIN = datetime(2024, 1, 8, 14, 30, 22, tzinfo=UTC)
CODE = 'Use `class`:\n\n```python\nclass Cat:\n    """A *cat*."""\n```\n\nThat | is * all.'


@pytest.fixture
def talk() -> Session:
    """Two turns: one whole and known, one cut whose figures nobody knows."""
    known = Turn(
        id="t1",
        messages=(
            Message(role="user", content="How do I make a class?", timestamp=BEGIN),
            Message(
                role="assistant",
                content=CODE,
                timestamp=BEGIN + timedelta(seconds=2),
                model="openai/gpt-4o-mini",
                reasoning="The person wants a class.",
            ),
        ),
        usage=Usage(prompt_tokens=25, completion_tokens=187, total_tokens=212),
        latency_ms=1450.2,
        cost=nanousd("0.0034"),
        finish="stop",
    )
    unknown = Turn(
        id="t2",
        messages=(
            Message(role="user", content="And a method?"),
            Message(role="assistant", content="So:\n\n```python\ndef purr(self):"),
        ),
        finish="cancelled",
    )
    return Session(
        id="k3v9x2m7q0ab",
        title="Python\n*decorators*",
        model="openai/gpt-4o-mini",
        system="You help.\nBriefly.",
        created_at=BEGIN,
        updated_at=BEGIN + timedelta(minutes=5),
        turns=(known, unknown),
        meta=Meta(tags=("python", "oop"), project="docs", extra={"priority": 3}),
    )
