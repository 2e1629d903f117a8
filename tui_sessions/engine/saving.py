"""Answers onto the disk at their end, and once more where the disk refused. Nothing here is awaited."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.events import AnswerRescued, EngineEvent, SessionChanged
from tui_sessions.engine.run import Run
from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.answers import add_cost, answers, finish_answer, is_same, with_turn_of
from tui_sessions.model.money import Price
from tui_sessions.model.session import Change, Session
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Alternative
from tui_sessions.model.usage import Usage

if TYPE_CHECKING:
    from pathlib import Path

    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.library import Library

_log = logging.getLogger(__name__)
_PUT_BACK = "A prompt was taken out of its session while it was answered. It is there again, with its answer."


class Saving:
    """Saves what has ended; holds what could not be saved, of any number of answers."""

    def __init__(
        self,
        library: Library,
        prices: Prices,
        *,
        now: Clock,
        announce: Callable[[EngineEvent], None],
    ) -> None:
        self._library = library
        self._prices = prices
        self._now = now
        self._announce = announce
        self._unsaved: list[Run] = []
        self._uncounted: list[tuple[str, Change]] = []
        """Costs that were known too late for their answer, and that the disk refused."""

    def end(
        self, run: Run, finish: str, error: str | None, *, is_priced: bool
    ) -> tuple[Alternative, str | None]:
        """Save the answer; what it came to, and why it could not be saved."""
        run.hand_on()
        if run.journal is not None:
            run.journal.flush()
        answer = run.answer
        is_priced = is_priced or answer.charged is not None
        outcome = answer.outcome(
            finish=finish,
            error=error,
            latency_ms=run.elapsed_ms,
            now=self._now(),
            priced=self._priced(answer) if is_priced else (None, None),
        )
        try:
            self._write(run, outcome)
        except TuiSessionsError as problem:
            run.unsaved = outcome
            self._unsaved.append(run)
            return outcome, str(problem)
        run.close_journal()
        return outcome, None

    def _write(self, run: Run, outcome: Alternative) -> None:
        """Into the session; where that was deleted meanwhile, where it lies in the trash, or into a new one."""
        session_id, change = run.answer.session_id, _finishing(run, outcome)
        try:
            self._library.update(session_id, change)
            if run.was_taken_out:
                self._announce(AnswerRescued(session_id=session_id, sentence=_PUT_BACK))
        except NotFoundError:
            if run.known is None:
                raise
            rescued = self._library.rescue.put(session_id, change, run.known)
            run.kept_in = rescued.session_id
            self._announce(AnswerRescued(session_id=session_id, sentence=rescued.sentence))
            self._changed(rescued.session_id)

    def price(self, run: Run, outcome: Alternative) -> None:
        """The price table was still loading when the answer ended: count the cost afterwards."""
        if outcome.cost is not None:
            return
        cost, price = self._priced(run.answer)
        if cost is None:
            return
        priced = msgspec.structs.replace(outcome, cost=cost, price=price)
        if run.unsaved is not None:
            run.unsaved = priced
            return
        session_id = run.kept_in or run.answer.session_id
        change = add_cost(run.answer.turn_id, priced, before=run.answer.before)
        try:
            self._library.update(session_id, change)
        except TuiSessionsError:
            if run.kept_in is not None:
                with suppress(TuiSessionsError):
                    self._library.rescue.in_trash(session_id, change)
                return
            # The answer itself is saved, so nobody is told; its cost is unknown until then.
            self._uncounted.append((session_id, change))
            return
        self._changed(session_id)

    def get_ready(self, model: str) -> None:
        """Load the table of prices that an answer of `model` will need. Blocking."""
        self._by_tables(model, Usage())

    def _priced(self, answer: Answer) -> tuple[int | None, Price | None]:
        """Cost and price: what the server itself charged, else by the tables."""
        if answer.charged is not None:
            provider = answer.model.partition("/")[0]
            return answer.charged, Price(source=provider, date=self._now().date().isoformat())
        return self._by_tables(answer.model, answer.usage)

    def _by_tables(self, model: str, usage: Usage | None) -> tuple[int | None, Price | None]:
        """Unknown where the tables fail: the answer is saved all the same."""
        try:
            return self._prices.cost(model, usage, self._now())
        except TuiSessionsError:  # of the user's own file, which is told where a price is asked for
            return None, None
        except Exception:  # noqa: BLE001 - whatever it is, the answer is there and is to be saved
            _log.exception("no price for an answer of %s", model)
            return None, None

    @property
    def unsaved(self) -> tuple[Run, ...]:
        """The answers that are only in memory, in the order of their ends."""
        return tuple(self._unsaved)

    def with_unsaved(self, session: Session) -> Session:
        """`session` with the answers that could not be written, as it would stand on disk."""
        for run in self._unsaved:
            if run.answer.session_id == session.id and run.unsaved is not None:
                session = _finishing(run, run.unsaved)(session)
        return session

    def whole(self, session_id: str) -> Session | None:
        """The session as it would stand on disk, with the answers that could not be written; as it was when
        they were asked for, where its file cannot be read now. None where nothing is known of it."""
        runs = [run for run in self._unsaved if run.answer.session_id == session_id]
        try:
            known: Session | None = self._library.load(session_id)
        except TuiSessionsError:
            known = next((run.known for run in reversed(runs) if run.known is not None), None)
        return None if known is None else self.with_unsaved(known)

    def copied(self, session_id: str, path: Path) -> None:
        """A file holds the session with what could not be written."""
        for run in self._unsaved:
            if run.answer.session_id == session_id:
                run.copied_to = path

    def again(self, only: str | None = None) -> None:
        """Write what could not be written before, of one session or of all, as far as it goes. Raises the
        first error that is met."""
        first: TuiSessionsError | None = None
        for run in list(self._unsaved):
            session_id = run.answer.session_id
            if only not in (None, session_id) or run.unsaved is None:
                continue
            try:
                self._write(run, run.unsaved)
            except TuiSessionsError as problem:
                first = first or problem
                continue
            self._unsaved.remove(run)
            run.unsaved = None
            run.close_journal()
            self._changed(session_id)
        if first is not None:
            raise first
        self._count_again(only)

    def _changed(self, session_id: str) -> None:
        """A session was written after its answer had ended."""
        self._announce(SessionChanged(session_id=session_id))

    def _count_again(self, only: str | None) -> None:
        for session_id, change in list(self._uncounted):
            if only not in (None, session_id):
                continue
            try:
                self._library.update(session_id, change)
            except TuiSessionsError:
                continue
            self._uncounted.remove((session_id, change))
            self._changed(session_id)


def _finishing(run: Run, outcome: Alternative) -> Change:
    """Once, however often it is tried: a save that was refused at its very end may have been made. A turn
    that is gone by then, because somebody deleted it or another program put an older file in the place of
    ours, comes back with its prompt."""
    turn_id, said = run.answer.turn_id, outcome.message
    finish = finish_answer(turn_id, outcome, before=run.answer.before)

    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        run.was_taken_out = turn is None and run.known is not None
        is_there = turn is not None and any(
            is_same(answer.message, said) and answer.finish == outcome.finish
            for answer in answers(turn)
        )
        if is_there:
            return session
        return finish(session if run.known is None else with_turn_of(session, run.known, turn_id))

    return change
