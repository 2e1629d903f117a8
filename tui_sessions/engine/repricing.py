"""Repricing of many sessions: what it would do, then the doing, as one step that can be taken back. Blocking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.money import Price
from tui_sessions.model.reprice import Deal, Reckoning, reckoning, repriced
from tui_sessions.model.session import Session
from tui_sessions.model.steps import Outcome
from tui_sessions.model.times import Clock
from tui_sessions.model.usage import Usage

if TYPE_CHECKING:
    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.library import Library

Report = Callable[[int, int], None]
Stop = Callable[[], bool]


class Repricing:
    """Between the library and the tables of prices."""

    def __init__(self, library: Library, prices: Prices, *, now: Clock) -> None:
        self._library = library
        self._prices = prices
        self._now = now

    def concerned(self, ids: Sequence[str], *, is_anew: bool = False) -> tuple[str, ...]:
        """Those of `ids` that have an unknown cost, by the index; with `is_anew` all."""
        if is_anew:
            return tuple(ids)
        if len(ids) == 1:
            return tuple(ids) if self._library.row(ids[0]).cost.unknown else ()
        unknown = {row.id for row in self._library.rows() if row.cost.unknown}
        return tuple(session_id for session_id in ids if session_id in unknown)

    def preview(
        self,
        ids: Sequence[str],
        *,
        is_anew: bool = False,
        progress: Report | None = None,
        stop: Stop | None = None,
    ) -> Reckoning:
        """What repricing these would do; of those read so far where it is stopped. A session that cannot be
        read is left out. Raises `ConfigError` for a `prices.toml` that cannot be read."""
        if ids:
            self._load()
        deals: list[tuple[str, tuple[Deal, ...]]] = []
        for done, session_id in enumerate(ids):
            if stop is not None and stop():
                break
            if progress is not None:
                progress(done, len(ids))
            try:
                session = self._library.load(session_id)
            except (NotFoundError, TuiSessionsError):
                continue
            deals.append(
                (session_id, repriced(session, self._price, self._now(), is_anew=is_anew)[1])
            )
        return reckoning(deals)

    def apply(
        self,
        ids: Sequence[str],
        label: str,
        *,
        is_anew: bool = False,
        progress: Report | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Price them, each as its file stands now; one step of the history."""
        self._load()

        def change(session: Session) -> Session:
            return repriced(session, self._price, self._now(), is_anew=is_anew)[0]

        return self._library.history.edit(ids, change, label, progress=progress, stop=stop)

    def _load(self) -> None:
        """The table, and the user's own file, whose mistakes are to be told before anything is done."""
        self._prices.cost("openai/gpt-4o", Usage(prompt_tokens=1, completion_tokens=1), self._now())

    def _price(
        self, model: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        return self._prices.cost(model, usage, at)
