"""Budgets that stop: what is spent, what is on its way and what a prompt would add, against the limits.

Light to import, because every program that answers has one: what counts and prices is loaded where a budget
concerns the session. Blocking; `standing` may run in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.engine.limits import Planned
from tui_sessions.errors import BudgetError, TuiSessionsError
from tui_sessions.model.money import Cost
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock

if TYPE_CHECKING:
    from tui_sessions.model.budget import Budget, Standing
    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.library import Library

OWN = "budget"
"""Where a session's `meta` holds its own."""
RUNNING_KEPT = 64
"""Answers on their way of which it is kept what they will cost, about."""


class Budgets:
    """The limits of the configuration and of the sessions. A `Limit` of the engine."""

    name = "budget"

    def __init__(
        self,
        library: Callable[[], Library],
        prices: Callable[[], Prices],
        configured: Callable[[], Mapping[str, str]],
        *,
        now: Clock,
        underway: Callable[[], Iterable[Planned]] = tuple,
    ) -> None:
        """`configured` is `[budgets]` as it stands now; `underway`: what this program is being answered."""
        self._library = library
        self._prices = prices
        self._configured = configured
        self._now = now
        self._underway = underway
        self._running: dict[tuple[str, str, str], Cost] = {}
        self._elsewhere: dict[str, Planned] = {}
        """What other programs are being answered, by the names of their journals."""
        self._parsed: tuple[Mapping[str, str], tuple[Budget, ...]] = ({}, ())

    @property
    def is_shared(self) -> bool:
        """Whether one of them is for more than one session: then no two programs ask at the same moment."""
        return bool(self._configured())

    def concern(self, session: Session) -> bool:
        """Whether there may be a budget for it at all. Costs nothing."""
        return bool(self._configured()) or OWN in session.meta.extra

    def check(self, planned: Sequence[Planned]) -> None:
        """Raises `BudgetError` where these answers together would pass a hard limit: before anything is
        saved or sent. An answer that costs nothing is never refused; one whose price nobody knows is
        where nothing is left. Raises `ConfigError` for a budget that cannot be read."""
        if not any(self.concern(plan.session) for plan in planned):
            return
        passed = [*self._passed(planned)]
        if not passed:
            return
        worst, added = max(passed, key=lambda found: found[0].share_with(found[1].nanousd))
        others = [standing for standing, _ in passed if standing is not worst]
        reason = _reason(worst, added, others)
        remedy = f"Raise it ({_place(worst)}), or send all the same (--over-budget)."
        raise BudgetError(f"{reason} {remedy}", reason=reason)

    def _passed(self, planned: Sequence[Planned]) -> Iterator[tuple[Standing, Cost]]:
        """The hard limits that would be passed, with what these answers add to each."""
        costs = [self.estimated(plan) for plan in planned]
        session, folder = planned[0].session, self._folder(planned[0])
        for budget in self._all(session):
            if budget.hard is None:
                continue
            added = _together(
                cost
                for plan, cost in zip(planned, costs, strict=True)
                if budget.concerns(session, folder=folder, provider=_provider(plan.model))
            )
            if not (added.nanousd or added.unknown):
                continue
            standing = self._standing(budget, session)
            before = standing.spent.nanousd + standing.coming.nanousd
            is_used_up = bool(added.unknown) and before >= budget.hard
            if is_used_up or before + added.nanousd > budget.hard:
                yield standing, added

    def standing(
        self, session: Session, *, folder: str | None = None, model: str | None = None
    ) -> tuple[Standing, ...]:
        """The budgets that concern a session, where `model` (its own, if none is said) answers next, with
        what is spent of each. Raises `ConfigError`."""
        if not self.concern(session):
            return ()
        if folder is None:
            folder = self._folder_of(session.id)
        provider = _provider(model or session.model or "")
        return tuple(
            self._standing(budget, session)
            for budget in self._all(session)
            if budget.concerns(session, folder=folder, provider=provider)
        )

    def every(self) -> tuple[Standing, ...]:
        """All of `[budgets]` that are for more than one session, with what is spent. Raises `ConfigError`."""
        return tuple(
            self._standing(budget, None) for budget in self._known if budget.kind != "session"
        )

    def for_sessions(self) -> tuple[Budget, ...]:
        """What `[budgets]` says of each session that has no budget of its own. Raises `ConfigError`."""
        return tuple(budget for budget in self._known if budget.kind == "session")

    # what counts

    @property
    def _known(self) -> tuple[Budget, ...]:
        from tui_sessions.model.budget import parse_all

        configured = self._configured()
        if self._parsed[0] != configured:
            self._parsed = (dict(configured), parse_all(configured))
        return self._parsed[1]

    def _all(self, session: Session) -> Iterator[Budget]:
        """The session's own budget takes the place of what is said of each session."""
        from tui_sessions.model.budget import own_budget

        own = own_budget(session)
        if own is not None:
            yield own
        for budget in self._known:
            if own is None or budget.kind != "session" or budget.period:
                yield budget

    def _standing(self, budget: Budget, session: Session | None) -> Standing:
        from tui_sessions.model.budget import Standing

        spent, coming = self._spent(budget, session), self._coming(budget, session)
        return Standing(budget=budget, spent=spent, coming=coming)

    def _spent(self, budget: Budget, session: Session | None) -> Cost:
        from tui_sessions.model.budget import period_of
        from tui_sessions.model.term import folded

        since, until = period_of(budget.period, self._now())
        if budget.kind == "session":
            return Cost() if session is None else _of_session(session, since, until)
        library = self._library()
        spent = partial(library.statistics.spent, since=since, until=until)
        match budget.kind:
            case "all":
                return spent()
            case "folder":  # As filters take them, case does not count; on disk it does.
                named = [path for path in library.folders() if folded(path) == folded(budget.name)]
                return _together(spent(folder=path) for path in named)
            case "provider":
                return spent(provider=budget.name)
            case "tag":
                return spent(tag=budget.name)
        return spent(project=budget.name)

    def _coming(self, budget: Budget, session: Session | None) -> Cost:
        """What is being answered and not counted yet."""
        found = []
        for plan in (*self._underway(), *self._underway_elsewhere()):
            if budget.kind == "session" and (session is None or plan.session.id != session.id):
                continue
            folder, provider = self._folder(plan), _provider(plan.model)
            if budget.concerns(plan.session, folder=folder, provider=provider):
                found.append(self._running_cost(plan))
        return _together(found)

    def _underway_elsewhere(self) -> tuple[Planned, ...]:
        """So that two programs do not spend the same dollar."""
        library, known, found = self._library(), self._elsewhere, {}
        for answer in library.answered_elsewhere():
            if not answer.model:
                continue
            plan = known.get(answer.journal)
            if plan is None:
                try:
                    session = library.load(answer.session_id)
                except TuiSessionsError:
                    continue
                turn = session.turn(answer.turn_id)
                if turn is None:
                    continue
                plan = Planned(session=session, turn=turn, model=answer.model)
            found[answer.journal] = plan
        self._elsewhere = found
        return tuple(found.values())

    def _running_cost(self, plan: Planned) -> Cost:
        key = (plan.session.id, plan.turn.id, plan.model)
        cost = self._running.get(key)
        if cost is None:
            if len(self._running) >= RUNNING_KEPT:
                self._running.clear()  # Another thread may be here, too: nothing is looked up after this.
            cost = self._running[key] = self.estimated(plan)
        return cost

    def estimated(self, plan: Planned) -> Cost:
        """What an answer will cost, about; unknown where its price is."""
        from tui_sessions.engine.estimate import of_planned

        try:
            prices = self._prices()
            free, _ = prices.cost(plan.model, None, self._now())
            if free == 0:  # A demonstration, a model of this machine: nothing is counted for it.
                return Cost(0, 1)
            usage = of_planned(plan).usage
            cost, _ = prices.cost(plan.model, usage, self._now())
        except TuiSessionsError:
            cost = None
        return Cost.total([cost])

    def _folder(self, plan: Planned) -> str:
        return plan.folder if plan.folder is not None else self._folder_of(plan.session.id)

    def _folder_of(self, session_id: str) -> str:
        try:
            return self._library().row(session_id).folder
        except TuiSessionsError:
            return ""


def _of_session(session: Session, since: datetime | None, until: datetime | None) -> Cost:
    if since is None or until is None:
        return session.cost
    from tui_sessions.model.charges import charges

    found = charges(session, session.updated_at or since)
    return Cost.total(charge.cost for charge in found if since <= charge.at < until)


def _reason(standing: Standing, added: Cost, others: Sequence[Standing]) -> str:
    """Which budget, spent, limit, and what this would add."""
    from tui_sessions.model.display import shown_amount, shown_priced

    spent, hard = shown_priced(standing.spent), shown_amount(standing.hard or 0)
    said = f"{spent} of {hard} is spent"
    if standing.coming.nanousd or standing.coming.unknown:
        said += f", about {shown_priced(standing.coming)} is on its way"
    if added.unknown and not added.known:
        said += ", and nobody knows what this would add: its model has no known price"
    else:
        said += f", and this would add about {shown_priced(added)}"
    also = f" So would {', '.join(other.budget.words for other in others)}." if others else ""
    return f"{_capital(standing.budget.words)} would be passed: {said}.{also}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _place(standing: Standing) -> str:
    budget = standing.budget
    return "--budget" if budget.is_own else f'budgets."{clean_line(budget.scope)}" in config.toml'


def _provider(model: str) -> str:
    from tui_sessions.providers.registry import split_model

    try:
        return split_model(model)[0]
    except TuiSessionsError:
        return ""


def _together(costs: Iterable[Cost]) -> Cost:
    total = Cost()
    for cost in costs:
        total = total.plus(cost)
    return total
