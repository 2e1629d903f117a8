"""What the stories about side panels share: a session, and hostile text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import Meta, Params, Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

MOMENT = datetime(2026, 11, 10, 9, 12, tzinfo=UTC)


def made_turn(number: int) -> Turn:
    """A turn with everything known."""
    return Turn(
        id=f"turn{number}",
        messages=(
            Message(role="user", content="How?", timestamp=MOMENT),
            Message(role="assistant", content="So."),
        ),
        usage=Usage(
            prompt_tokens=100 * number,
            completion_tokens=10 * number,
            cached_tokens=5,
            reasoning_tokens=0,
        ),
        latency_ms=1000.0 * number,
        cost=1_000_000 * number,
        price=Price(source="genai-prices 0.2.3", date="2026-11-10", input_per_mtok=150_000_000),
        finish="stop",
    )


@pytest.fixture
def session() -> Session:
    """A session of three turns with something in every field."""
    return Session(
        id="k3v9x2m7q0ab",
        title="Python decorators",
        model="openai/gpt-4o-mini",
        system="Be brief.",
        created_at=MOMENT,
        updated_at=MOMENT,
        params=Params(temperature=0.3),
        turns=tuple(made_turn(number) for number in (1, 2, 3)),
        meta=Meta(tags=("python",), project="docs", notes="none yet", extra={"importance": 3}),
    )
