"""Values that the stories about side panels tell with."""

from __future__ import annotations

from datetime import UTC, datetime

from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage

HOSTILE = "[/nope] \x1b]52;c;aGk=\x07\u202e\x9b2J[@click=app.bell]x[/]"
"""Markup, escape sequences, a control of the second block, and a turn of direction."""
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
