"""Turns that run: started, stopped, continued, and saved at every end.

    start → library.update(prompt) → task: provider.stream → journal → TextArrived … → finally: library.update(answer)

A turn belongs to this object, not to a screen: who looks away and back asks `running`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.context import request_for, request_to_continue
from tui_sessions.engine.events import (
    AnswerSoFar,
    EngineEvent,
    SessionChanged,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.engine.run import Run
from tui_sessions.errors import ConflictError, NotFoundError, ProviderError, TuiSessionsError
from tui_sessions.model.answers import (
    add_cost,
    add_prompt,
    finish_answer,
    set_aside,
    standing_answer,
)
from tui_sessions.model.ids import new_id
from tui_sessions.model.message import Message
from tui_sessions.model.money import Price
from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Finished, Reasoning, Retrying, Text
from tui_sessions.providers.registry import Providers, split_model

if TYPE_CHECKING:
    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.journal import Journal
    from tui_sessions.store.library import Library

Listener = Callable[[EngineEvent], None]
STOPPED = "cancelled"


class Turns:
    """All answers of one program, at most one a session at a time."""

    def __init__(
        self, library: Library, providers: Providers, prices: Prices, *, now: Clock
    ) -> None:
        self._library = library
        self._providers = providers
        self._prices = prices
        self._now = now
        self._listeners: list[Listener] = []
        self._runs: dict[str, Run] = {}
        self._unsaved: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, in the loop's thread; the result unsubscribes."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def start(self, session_id: str, prompt: str, *, model: str | None = None) -> str:
        """Send `prompt`. It is on disk when this returns the id of its turn.

        Raises `ConflictError` where an answer runs already, `ProviderError` for a model that cannot be
        understood, `StoreError` where the prompt could not be saved: then nothing was sent.
        """
        self._refuse_second(session_id)
        session = self._library.load(session_id)
        full = self._model(model or session.model)
        provider, name = split_model(full)
        self._providers.get(provider)
        message = Message(role="user", content=prompt, timestamp=self._now())
        turn = Turn(id=new_id(), messages=(message,))
        session = self._library.update(session_id, add_prompt(turn, model=full))
        answer = Answer(session_id, turn.id, full)
        return self._launch(
            Run(answer, request_for(session, turn, model=name), provider, self._emit)
        )

    def retry(self, session_id: str, turn_id: str, *, model: str | None = None) -> str:
        """Ask for another answer to the same prompt; the old one becomes an alternative."""
        self._refuse_second(session_id)
        session = self._library.load(session_id)
        turn = self._own_turn(session, turn_id)
        full = self._model(model or session.model)
        provider, name = split_model(full)
        self._providers.get(provider)
        if turn.answer is not None:
            session = self._library.update(session_id, _setting_aside(turn_id))
        answer = Answer(session_id, turn_id, full)
        return self._launch(
            Run(answer, request_for(session, turn, model=name), provider, self._emit)
        )

    def resume(self, session_id: str, turn_id: str) -> str:
        """Ask for the rest of a cut answer and put it behind what is there."""
        self._refuse_second(session_id)
        session = self._library.load(session_id)
        turn = self._own_turn(session, turn_id)
        full = self._model((turn.answer.model if turn.answer else None) or session.model)
        provider, name = split_model(full)
        self._providers.get(provider)
        answer = Answer(session_id, turn_id, full, before=standing_answer(turn))
        request = request_to_continue(session, turn, model=name)
        return self._launch(Run(answer, request, provider, self._emit))

    def stop(self, session_id: str) -> bool:
        """End the running answer; what came is kept. False where none runs."""
        run = self._runs.get(session_id)
        if run is None or run.task is None:
            return False
        run.ended_by = STOPPED
        return run.task.cancel()

    def running(self, session_id: str) -> AnswerSoFar | None:
        """What has come of the running answer."""
        run = self._runs.get(session_id)
        if run is None:
            return None
        run.hand_on()
        return run.answer.so_far()

    def running_ids(self) -> frozenset[str]:
        """The sessions that are being answered."""
        return frozenset(self._runs)

    def unsaved_ids(self) -> frozenset[str]:
        """Sessions whose last answer could not be written; `save_again` tries once more."""
        return frozenset(self._unsaved)

    def with_unsaved(self, session: Session) -> Session:
        """`session` with the answer that could not be written, as it would stand on disk."""
        run = self._unsaved.get(session.id)
        if run is None or run.unsaved is None:
            return session
        return finish_answer(run.answer.turn_id, run.unsaved)(session)

    def save_again(self, only: str | None = None) -> None:
        """Write what could not be written before, of one session or of all, as far as it goes. Raises the
        first error that is met."""
        first: TuiSessionsError | None = None
        for session_id, run in list(self._unsaved.items()):
            if only not in (None, session_id):
                continue
            try:
                if run.unsaved is not None:
                    change = finish_answer(run.answer.turn_id, run.unsaved)
                    self._library.update(session_id, change)
            except TuiSessionsError as problem:
                first = first or problem
                continue
            del self._unsaved[session_id]
            run.close_journal()
            self._emit(SessionChanged(session_id=session_id))
        if first is not None:
            raise first

    async def wait(self, session_id: str) -> None:
        """Until the session's answer has ended and is saved; returns at once where none runs."""
        run = self._runs.get(session_id)
        if run is not None and run.task is not None:
            await asyncio.wait([run.task])

    async def aclose(self) -> None:
        """End and save every answer, then close the connections."""
        for run in self._runs.values():
            if run.task is not None:
                run.task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        try:
            self.save_again()
        finally:
            await self._providers.aclose()

    def _model(self, model: str | None) -> str:
        if not model:
            raise ProviderError(
                "No model is chosen. Choose one (ctrl+l, or --model provider/name).", kind="model"
            )
        return model

    def _own_turn(self, session: Session, turn_id: str) -> Turn:
        turn = session.turn(turn_id)
        if turn is None:
            raise NotFoundError(f"The session {session.id} has no turn {turn_id}.")
        return turn

    def _refuse_second(self, session_id: str) -> None:
        if session_id in self._runs:
            raise ConflictError(
                "This session is being answered. Stop the answer first, or wait for its end."
            )

    def _launch(self, run: Run) -> str:
        session_id, turn_id = run.answer.session_id, run.answer.turn_id
        self._runs[session_id] = run
        self._emit(SessionChanged(session_id=session_id))
        self._emit(TurnStarted(session_id=session_id, turn_id=turn_id))
        run.task = asyncio.create_task(self._run(run), name=f"turn {session_id}/{turn_id}")
        self._tasks.add(run.task)
        run.task.add_done_callback(lambda task: self._ended(run, task))
        return turn_id

    def _ended(self, run: Run, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step never enters its `finally`: save here then."""
        self._tasks.discard(task)
        if self._runs.get(run.answer.session_id) is run:
            self._save(run, run.ended_by, None, is_priced=False)

    async def _run(self, run: Run) -> None:
        finish, error = None, None
        pricing = asyncio.create_task(asyncio.to_thread(self._priced, run.answer.model, Usage()))
        run.begin_journal(self._journal(run))
        try:
            await self._receive(run)
            finish = run.answer.finish
        except ProviderError as problem:
            finish, error = "interrupted" if problem.kind == "cut" else "error", str(problem)
        except TuiSessionsError as problem:
            finish, error = "error", str(problem)
        finally:
            # No await here: a second cancel (the program quitting) would skip this, and `_ended`, which
            # then saves, knows neither how the answer ended nor why. tests/engine/test_turns.py.
            outcome = self._save(run, finish or run.ended_by, error, is_priced=pricing.done())
            if run.unsaved is None:
                run.close_journal()
        await pricing
        if outcome.cost is None and run.answer.usage is not None and run.unsaved is None:
            self._price_late(run, outcome)

    def _journal(self, run: Run) -> Journal | None:
        """Without room for a journal the answer still comes; its own save tells what is wrong."""
        try:
            return self._library.open_journal(run.answer.session_id, run.answer.turn_id)
        except TuiSessionsError:
            return None

    def _priced(self, model: str, usage: Usage | None) -> tuple[int | None, Price | None]:
        """Cost and price; unknown where the user's own price file cannot be read."""
        try:
            return self._prices.cost(model, usage, self._now())
        except TuiSessionsError:
            return None, None

    async def _receive(self, run: Run) -> None:
        """The provider's events, one by one."""
        answer = run.answer
        async for event in self._providers.get(run.provider).stream(run.request):
            match event:
                case Text(text):
                    run.take(text, is_reasoning=False)
                case Reasoning(text):
                    run.take(text, is_reasoning=True)
                case Retrying():
                    answer.waiting = event.reason
                    self._emit(_waiting(answer, event))
                case Finished():
                    answer.finish, answer.usage = event.finish, event.usage

    def _save(self, run: Run, finish: str, error: str | None, *, is_priced: bool) -> Alternative:
        run.hand_on()
        answer = run.answer
        outcome = answer.outcome(
            finish=finish,
            error=error,
            latency_ms=run.elapsed_ms,
            now=self._now(),
            priced=self._priced(answer.model, answer.usage) if is_priced else (None, None),
        )
        save_error = None
        try:
            self._library.update(answer.session_id, finish_answer(answer.turn_id, outcome))
        except TuiSessionsError as problem:
            save_error = str(problem)
            run.unsaved = outcome
            self._unsaved[answer.session_id] = run
        del self._runs[answer.session_id]
        ended = TurnEnded(
            session_id=answer.session_id,
            turn_id=answer.turn_id,
            finish=finish,
            error=error,
            save_error=save_error,
        )
        self._emit(ended)
        self._emit(SessionChanged(session_id=answer.session_id))
        return outcome

    def _price_late(self, run: Run, outcome: Alternative) -> None:
        """The price table was still loading when the answer ended: write the cost afterwards."""
        cost, price = self._priced(run.answer.model, run.answer.usage)
        if cost is None:
            return
        priced = msgspec.structs.replace(outcome, cost=cost, price=price)
        try:
            self._library.update(run.answer.session_id, add_cost(run.answer.turn_id, priced))
        except TuiSessionsError:
            return  # Unknown it stays; the answer itself is saved.
        self._emit(SessionChanged(session_id=run.answer.session_id))

    def _emit(self, event: EngineEvent) -> None:
        for listener in list(self._listeners):
            listener(event)


def _setting_aside(turn_id: str) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        return session if turn is None else session.with_turn(set_aside(turn))

    return change


def _waiting(answer: Answer, event: Retrying) -> TurnWaiting:
    return TurnWaiting(
        session_id=answer.session_id,
        turn_id=answer.turn_id,
        reason=event.reason,
        wait_s=event.wait_s,
        attempt=event.attempt,
    )
