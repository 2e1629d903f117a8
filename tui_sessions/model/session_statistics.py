"""The statistics of one session: what its own file counts, added up as the library adds up all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from statistics import median

import msgspec

from tui_sessions.model.attachment import attachments_of
from tui_sessions.model.charge import Charge
from tui_sessions.model.charges import charges
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.model.statistics import Slice, Sum

ROLES = ("user", "assistant", "system", "tool")
"""In which order roles are told; others follow."""


class SessionStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """What `stats SESSION` and the statistics screen say of one session."""

    session_id: str
    title: str
    """Raw."""
    turns: int = 0
    inherited: int = 0
    """Turns of the parent, counted there."""
    messages: int = 0
    by_role: tuple[tuple[str, int], ...] = ()
    alternatives: int = 0
    files: int = 0
    """Attached to its messages."""
    sum: Sum = Sum()
    by_model: tuple[Slice, ...] = ()
    """The most used first."""
    mean_ms: float | None = None
    """The mean time of an answer."""
    median_ms: float | None = None
    first_token_ms: float | None = None
    """The median."""
    first_at: datetime | None = None
    """The first message with a time."""
    last_at: datetime | None = None

    @property
    def duration_ms(self) -> float | None:
        """From the first message to the last; None where no message has a time."""
        if self.first_at is None or self.last_at is None:
            return None
        return (self.last_at - self.first_at).total_seconds() * 1000


def session_statistics(session: Session, fallback: datetime) -> SessionStatistics:
    """The statistics of a session; charges without any time are counted at `fallback`."""
    found = charges(session, fallback)
    messages = [message for turn in session.turns for message in turn.messages]
    roles = Counter(message.role for message in messages)
    times = [message.timestamp for message in messages if message.timestamp is not None]
    latencies = [charge.latency_ms for charge in found if charge.latency_ms is not None]
    firsts = [charge.first_token_ms for charge in found if charge.first_token_ms is not None]
    return SessionStatistics(
        session_id=session.id,
        title=session.shown_title,
        turns=len(session.turns),
        inherited=sum(turn.inherited for turn in session.turns),
        messages=len(messages),
        by_role=tuple(sorted(roles.items(), key=_role_order)),
        alternatives=sum(len(turn.alternatives) for turn in session.turns),
        files=sum(len(attachments_of(message)) for message in messages),
        sum=added(found),
        by_model=_by_model(found),
        mean_ms=sum(latencies) / len(latencies) if latencies else None,
        median_ms=median(latencies) if latencies else None,
        first_token_ms=median(firsts) if firsts else None,
        first_at=min(times, default=None),
        last_at=max(times, default=None),
    )


def added(found: Iterable[Charge]) -> Sum:
    """Charges of one session as a sum."""
    found = tuple(found)
    return Sum(
        answers=len(found),
        sessions=min(1, len(found)),
        errors=sum(charge.is_error for charge in found),
        prompt_tokens=sum(charge.prompt_tokens or 0 for charge in found),
        completion_tokens=sum(charge.completion_tokens or 0 for charge in found),
        cached_tokens=sum(charge.cached_tokens or 0 for charge in found),
        reasoning_tokens=sum(charge.reasoning_tokens or 0 for charge in found),
        tokens=sum(charge.tokens or 0 for charge in found),
        unknown_tokens=sum(charge.tokens is None for charge in found),
        prompted=sum(bool(charge.prompt_tokens) for charge in found),
        cost=Cost.total(charge.cost for charge in found),
    )


def _by_model(found: Iterable[Charge]) -> tuple[Slice, ...]:
    by_model: dict[str, list[Charge]] = {}
    for charge in found:
        by_model.setdefault(charge.model or "", []).append(charge)
    slices = [Slice(key=model, sum=added(theirs)) for model, theirs in by_model.items()]
    return tuple(sorted(slices, key=lambda slice: (-slice.sum.answers, slice.key)))


def _role_order(entry: tuple[str, int]) -> tuple[int, str]:
    role, _ = entry
    return (ROLES.index(role) if role in ROLES else len(ROLES), role)
