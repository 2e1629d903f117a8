"""What the statistics screen asks of the library, and what it gets: values of sums, no words, no widget.

Blocking; runs in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tui_sessions.model.budget import Standing
from tui_sessions.model.period import bounds, keys_between, step_of
from tui_sessions.model.query import Query, Term
from tui_sessions.model.results import Totals
from tui_sessions.model.session import Session
from tui_sessions.model.session_statistics import SessionStatistics, session_statistics
from tui_sessions.model.statistics import Amount, Pace, Scope, Slice, Sum
from tui_sessions.model.times import Clock
from tui_sessions.tui.statistics.tables import together

DIMENSION_VIEWS = ("model", "provider", "persona", "tag", "project", "folder")
VIEWS = ("session", "overview", *DIMENSION_VIEWS, "hours", "sessions", "performance", "budgets")
"""In the order of the list at the left."""
NOTHING = Sum()
ACTIVE = Query.of(Term("status", "active"))
MOST_SESSIONS = 200
"""So many of the dearest are listed."""
TOPS = ("project", "tag", "folder")
"""What the overview shows beside the models: the first of them that says something."""


class Counts(Protocol):
    """What is asked of the library's statistics."""

    def total(self, scope: Scope = ...) -> Sum:
        """Everything in the scope."""

    def by(self, dimension: str, scope: Scope = ...) -> tuple[Slice, ...]:
        """Bar by bar."""

    def paces(self, by: str = ..., scope: Scope = ...) -> tuple[Pace, ...]:
        """How quickly they answer."""

    def sessions(
        self, dimension: str, key: str, scope: Scope = ..., limit: int = ...
    ) -> tuple[Amount, ...]:
        """The sessions behind a bar."""

    def span(self) -> tuple[datetime, datetime] | None:
        """When anything was counted."""


class Library(Protocol):
    """What is asked of the library."""

    @property
    def statistics(self) -> Counts:
        """Its sums."""

    def totals(self) -> Totals:
        """What is in it."""

    def count(self, query: Query = ...) -> int:
        """How many sessions match."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A bar whose sessions are looked at."""

    dimension: str
    key: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read."""

    view: str
    scope: Scope
    behind: Behind | None = None
    most: int = 60
    """So many bars have room beside each other."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read; what the view does not need is empty."""

    wanted: Wanted
    now: datetime
    total: Sum = NOTHING
    slices: tuple[Slice, ...] = ()
    step: str = "day"
    keys: tuple[str, ...] = ()
    """Of all steps of time, also of those without a slice."""
    tops: tuple[tuple[str, tuple[Slice, ...]], ...] = ()
    personas: tuple[Slice, ...] = ()
    active: int = 0
    """How many sessions are, of all in the library."""
    library: Totals | None = None
    """All that is in the library, whatever the scope."""
    paces: tuple[Pace, ...] = ()
    amounts: tuple[Amount, ...] = ()
    session: SessionStatistics | None = None
    standings: tuple[Standing, ...] = ()
    is_whole: bool = True
    """Whether no more of it comes."""

    @property
    def are_sessions(self) -> bool:
        """Whether its rows are sessions."""
        return self.wanted.behind is not None or self.wanted.view == "sessions"


class Reading:
    """Reads one view at a time."""

    def __init__(
        self,
        library: Library,
        now: Clock,
        *,
        session: Callable[[], Session | None] = lambda: None,
        standings: Callable[[], tuple[Standing, ...]] = tuple,
    ) -> None:
        """`session`: the one that is open, whole; `standings`: the budgets. Both may be called in a thread."""
        self._library = library
        self._now = now
        self._session = session
        self._standings = standings

    def parts(self, wanted: Wanted) -> Iterator[Read]:
        """What a view needs: of what takes longer the most important first, all of it last. Raises what
        the library raises."""
        if wanted.view == "overview" and wanted.behind is None:
            yield from self._overview(wanted, self._now())
        else:
            yield self._read(wanted)

    def _read(self, wanted: Wanted) -> Read:
        counts, scope, now = self._library.statistics, wanted.scope, self._now()
        if wanted.behind is not None:
            return self._behind(wanted, wanted.behind, now)
        match wanted.view:
            case "session":
                session = self._session()
                return Read(
                    wanted, now, session=session_statistics(session, now) if session else None
                )
            case "hours":
                return Read(
                    wanted,
                    now,
                    total=counts.total(scope),
                    slices=counts.by("weekday-hour", scope),
                    tops=(("hour", counts.by("hour", scope)),),
                )
            case "sessions":
                total, amounts = counts.total(scope), counts.sessions("", "", scope, MOST_SESSIONS)
                return Read(wanted, now, total=total, amounts=amounts)
            case "performance":
                return Read(wanted, now, paces=counts.paces("model", scope))
            case "budgets":
                return Read(wanted, now, standings=self._standings())
        return Read(wanted, now, total=counts.total(scope), slices=counts.by(wanted.view, scope))

    def _behind(self, wanted: Wanted, behind: Behind, now: datetime) -> Read:
        counts = self._library.statistics
        amounts = counts.sessions(behind.dimension, behind.key, wanted.scope, MOST_SESSIONS)
        total = together([amount.sum for amount in amounts])
        if len(amounts) >= MOST_SESSIONS:
            # Not all of them: shares are of the whole bar all the same.
            slices = counts.by(behind.dimension, wanted.scope)
            total = next((slice.sum for slice in slices if slice.key == behind.key), total)
        return Read(wanted, now, total=total, amounts=amounts)

    def _overview(self, wanted: Wanted, now: datetime) -> Iterator[Read]:
        counts, scope = self._library.statistics, wanted.scope
        span = counts.span()
        step = step_of(scope, span, now, wanted.most)
        first, last = bounds(scope, span, now)
        models = counts.by("model", scope)
        begun = Read(
            wanted,
            now,
            total=counts.total(scope),
            slices=counts.by(step, scope),
            step=step,
            keys=keys_between(step, first, last, wanted.most),
            tops=(("model", models),),
            is_whole=False,
        )
        yield begun
        # After each question, so that what is wanted by then need not wait for the others.
        read = begun
        for dimension in TOPS:
            slices = counts.by(dimension, scope)
            if any(slice.key for slice in slices):
                read = replace(read, tops=(*read.tops, (dimension, slices)))
            yield read
            if len(read.tops) > 1:
                break
        read = replace(read, personas=counts.by("persona", scope))
        yield read
        library = self._library
        yield replace(read, library=library.totals(), active=library.count(ACTIVE), is_whole=True)
