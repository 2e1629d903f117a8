"""What the configuration wants the library to be rid of, as of a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from tui_sessions.config.schema import UpkeepConfig
from tui_sessions.model.upkeep import Wanted


def expiry(config: UpkeepConfig, now: datetime) -> Wanted:
    """What is expired by then."""
    return Wanted(
        unused_since=_ago(now, days=config.expire_days),
        old_go_to=config.expire_to,
        idle_since=_ago(now, minutes=config.idle_minutes),
        max_active=config.max_active,
        trashed_before=_ago(now, days=config.trash_days),
    )


def wants_pauses(config: UpkeepConfig) -> bool:
    """Whether sessions may expire from one minute to the next."""
    return bool(config.idle_minutes or config.max_active)


def _ago(now: datetime, *, days: int = 0, minutes: int = 0) -> datetime | None:
    """So long before; None for no time at all, or one before all times."""
    try:
        return now - timedelta(days=days, minutes=minutes) if days or minutes else None
    except OverflowError:
        return None
