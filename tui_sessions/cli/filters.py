"""The filters of `list` and `export`: what of the options a session's row must meet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tui_sessions.model.query import Query, Term
from tui_sessions.model.results import SessionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """All that is set must hold. What is unknown about a session meets no bound."""

    query: Query = field(default_factory=Query)
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    min_turns: int | None = None
    max_turns: int | None = None
    min_cost: int | None = None
    """Nano-dollars, as `max_cost`."""
    max_cost: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every session passes."""
        return self == Filters()

    def matches(self, row: SessionRow) -> bool:
        """Whether `row` passes; the query is left to the library, which may know a quicker way."""
        return self._is_in_time(row) and self._has_turns(row) and self._has_cost(row)

    def _is_in_time(self, row: SessionRow) -> bool:
        if self.since is None and self.until is None:
            return True
        began = row.created_at or row.updated_at
        if began is None:
            return False
        return (self.since is None or began >= self.since) and (
            self.until is None or began < self.until
        )

    def _has_turns(self, row: SessionRow) -> bool:
        return (self.min_turns is None or row.turns >= self.min_turns) and (
            self.max_turns is None or row.turns <= self.max_turns
        )

    def _has_cost(self, row: SessionRow) -> bool:
        cost = row.cost
        if self.min_cost is not None and (
            cost.nanousd < self.min_cost or (cost.unknown and not cost.known)
        ):
            return False
        # A sum with unknown parts may be any amount more.
        return self.max_cost is None or (cost.nanousd <= self.max_cost and not cost.unknown)


def terms_of(**values: str | None) -> tuple[Term, ...]:
    """A term for each option that was given; `meta` is `key=value` already split by the caller."""
    return tuple(Term(key, value.casefold()) for key, value in values.items() if value)
