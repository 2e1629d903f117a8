"""The library's statistics the slow way: every file read, every charge added. What the real ones must equal,
and what stands in for them in tests of the screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import median

from tui_sessions.model.charge import Charge
from tui_sessions.model.charges import charges
from tui_sessions.model.money import Cost
from tui_sessions.model.results import SessionRow
from tui_sessions.model.statistics import Amount, Pace, Scope, Slice, Sum

TIMES = ("day", "week", "month", "hour", "weekday-hour")
Pair = tuple[SessionRow, Charge]
EVERYTHING = Scope()


def key_of(dimension: str, row: SessionRow, charge: Charge) -> tuple[str, ...]:
    """Under which keys a charge counts."""
    at = charge.at.astimezone()
    year, week, _ = at.isocalendar()
    model = charge.model or ""
    return {
        "day": lambda: (f"{at:%Y-%m-%d}",),
        "week": lambda: (f"{year}-W{week:02}",),
        "month": lambda: (f"{at:%Y-%m}",),
        "hour": lambda: (f"{at:%H}",),
        "weekday-hour": lambda: (f"{at.weekday()}-{at:%H}",),
        "model": lambda: (model,),
        "provider": lambda: (model.partition("/")[0] if "/" in model else "",),
        "persona": lambda: (charge.persona or "",),
        "tag": lambda: row.tags or ("",),
        "project": lambda: (row.project or "",),
        "folder": lambda: (row.folder,),
        "status": lambda: (row.status,),
        "session": lambda: (row.id,),
        "": lambda: ("",),
    }[dimension]()


def added(pairs: Iterable[Pair]) -> Sum:
    """The sum of charges."""
    pairs = list(pairs)
    found = [charge for _, charge in pairs]

    def total(name: str) -> int:
        return sum(getattr(charge, name) or 0 for charge in found)

    return Sum(
        answers=len(found),
        sessions=len({row.id for row, _ in pairs}),
        errors=sum(charge.is_error for charge in found),
        prompt_tokens=total("prompt_tokens"),
        completion_tokens=total("completion_tokens"),
        cached_tokens=total("cached_tokens"),
        reasoning_tokens=total("reasoning_tokens"),
        tokens=total("tokens"),
        unknown_tokens=sum(charge.tokens is None for charge in found),
        prompted=sum(bool(charge.prompt_tokens) for charge in found),
        cost=Cost.total(charge.cost for charge in found),
    )


class AddedUp:
    """The same methods as the library's statistics."""

    def __init__(self, library: object) -> None:
        self._library = library
        self.before: Callable[[], None] = lambda: None
        """Called before each answer: tests hold it up."""

    def _pairs(self, scope: Scope) -> list[Pair]:
        self.before()
        found = []
        for row in self._library.rows(scope.query):  # type: ignore[attr-defined]
            session = self._library.load(row.id)  # type: ignore[attr-defined]
            fallback = row.updated_at or datetime(1970, 1, 1, tzinfo=UTC)
            found += [(row, charge) for charge in charges(session, fallback)]
        return [
            (row, charge)
            for row, charge in found
            if (scope.since is None or charge.at >= scope.since)
            and (scope.until is None or charge.at < scope.until)
        ]

    def _groups(self, dimension: str, scope: Scope) -> dict[str, list[Pair]]:
        groups: dict[str, list[Pair]] = defaultdict(list)
        for row, charge in self._pairs(scope):
            for key in key_of(dimension, row, charge):
                groups[key].append((row, charge))
        return groups

    def total(self, scope: Scope = EVERYTHING) -> Sum:
        return added(self._pairs(scope))

    def by(self, dimension: str, scope: Scope = EVERYTHING) -> tuple[Slice, ...]:
        slices = [Slice(key=k, sum=added(p)) for k, p in self._groups(dimension, scope).items()]
        if dimension in TIMES:
            return tuple(sorted(slices, key=lambda slice: slice.key))
        return tuple(sorted(slices, key=lambda slice: (-slice.sum.cost.nanousd, slice.key)))

    def paces(self, by: str = "model", scope: Scope = EVERYTHING) -> tuple[Pace, ...]:
        found = []
        for key, pairs in self._groups(by, scope).items():
            times = [c.latency_ms for _, c in pairs if c.latency_ms is not None]
            firsts = [c.first_token_ms for _, c in pairs if c.first_token_ms is not None]
            priced = [c for _, c in pairs if c.cost is not None and c.tokens]
            rates = [
                c.completion_tokens / (c.latency_ms - c.first_token_ms) * 1000
                for _, c in pairs
                if c.completion_tokens and c.latency_ms and c.first_token_ms
                and c.latency_ms > c.first_token_ms
            ]  # fmt: skip
            tokens = sum(c.tokens or 0 for c in priced)
            found.append(
                Pace(
                    key=key,
                    answers=len(pairs),
                    errors=sum(c.is_error for _, c in pairs),
                    median_ms=median(times) if times else None,
                    p95_ms=max(times) if times else None,
                    first_median_ms=median(firsts) if firsts else None,
                    first_p95_ms=max(firsts) if firsts else None,
                    rate_median=median(rates) if rates else None,
                    rate_p95=min(rates) if rates else None,
                    cost_per_ktok=sum(c.cost or 0 for c in priced) * 1000 // tokens
                    if tokens
                    else None,
                )
            )
        return tuple(sorted(found, key=lambda pace: -pace.answers))

    def sessions(
        self, dimension: str, key: str, scope: Scope = EVERYTHING, limit: int = 200
    ) -> tuple[Amount, ...]:
        by_session: dict[str, list[Pair]] = defaultdict(list)
        for row, charge in self._groups(dimension, scope).get(key, []):
            by_session[row.id].append((row, charge))
        amounts = [
            Amount(session_id=id, title=pairs[0][0].title, sum=added(pairs))
            for id, pairs in by_session.items()
        ]
        return tuple(sorted(amounts, key=lambda a: -a.sum.cost.nanousd))[:limit]

    def span(self) -> tuple[datetime, datetime] | None:
        times = [charge.at for _, charge in self._pairs(EVERYTHING)]
        return (min(times), max(times)) if times else None

    def spent(self, **_: object) -> Cost:
        return added(self._pairs(EVERYTHING)).cost
