"""Statistics as values: what is asked, and what the library answers. Exact sums; no I/O, no clock."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tui_sessions.model.money import Cost
from tui_sessions.model.query import Query

DIMENSIONS = (
    "day",
    "week",
    "month",
    "hour",
    "weekday-hour",
    "model",
    "provider",
    "persona",
    "tag",
    "project",
    "folder",
    "status",
    "session",
)
"""What sums can be broken down by. `hour` is that of the day (`00`–`23`), `weekday-hour` that of the week
(`0-00` Monday midnight to `6-23`); days, weeks and months are those of the local calendar (`2026-11-20`,
`2026-W47`, `2026-11`). A session with several tags counts under each of them."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: answers from `since` (included) to `until` (not), of the sessions that `query` finds."""

    since: datetime | None = None
    until: datetime | None = None
    query: Query = Query()


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """Answers added up. Token sums count what is known; `unknown_tokens` says of how many answers none is."""

    answers: int = 0
    sessions: int = 0
    """With an answer in the scope."""
    errors: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    tokens: int = 0
    unknown_tokens: int = 0
    prompted: int = 0
    """Answers whose prompt was counted: not those that were refused or that nobody counted."""
    cost: Cost = Cost()
    """`unknown` counts the unpriced answers."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: its key in the dimension (raw text of files: clean before showing) and its sum."""

    key: str
    """"" where answers have none (no project, no persona)."""
    sum: Sum


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How quickly one model (or provider, or persona) answers. Milliseconds; None: nothing is known."""

    key: str
    answers: int = 0
    errors: int = 0
    median_ms: float | None = None
    p95_ms: float | None = None
    first_median_ms: float | None = None
    first_p95_ms: float | None = None
    rate_median: float | None = None
    """Tokens a second after the first token."""
    rate_p95: float | None = None
    """The rate that all but the slowest 5 % reach."""
    cost_per_ktok: int | None = None
    """Nano-dollars for a thousand tokens, of the answers where both are known."""

    @property
    def error_rate(self) -> float | None:
        """The share of answers that ended in an error."""
        return self.errors / self.answers if self.answers else None


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """A session in a slice, with its share of it."""

    session_id: str
    title: str
    sum: Sum
