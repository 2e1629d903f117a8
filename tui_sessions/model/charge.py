"""What one answer used, cost and took, apart from what it said: what sums are made of."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Charge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One answer, or one further call (a title, tags), as it counts. None is unknown, which is not zero."""

    at: datetime
    """When it was answered, aware; else when it was asked, else when its session was written."""
    model: str | None = None
    """`provider/name`, as the answer states it, else its session."""
    persona: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    tokens: int | None = None
    """All of them, as the file states or as they add up."""
    cost: int | None = None
    """Nano-dollars; None is unknown: unpriced."""
    is_error: bool = False
    latency_ms: float | None = None
    first_token_ms: float | None = None
