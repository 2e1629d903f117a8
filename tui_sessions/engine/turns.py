"""Turns that run: started, stopped, continued, and saved at every end.

    start → library.update(prompt) → a task an answer: provider.stream → journal → TextArrived … → finally: library.update(answer)

A turn belongs to this object, not to a screen: who looks away and back asks `running`. One prompt may be
answered by several models at once: each answer has its own task, journal, end and figures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.events import (
    AnswerSoFar,
    EngineEvent,
    SessionChanged,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.engine.making import Making, several
from tui_sessions.engine.run import Run
from tui_sessions.engine.runs import Runs
from tui_sessions.engine.saving import Saving
from tui_sessions.errors import NotFoundError, ProviderError, TuiSessionsError
from tui_sessions.model.answers import add_prompt, set_aside
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Alternative, Turn
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Finished, Reasoning, Retrying, Text
from tui_sessions.providers.registry import Providers

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.providers.prices import Prices
    from tui_sessions.store.journal import Journal
    from tui_sessions.store.library import Library

Listener = Callable[[EngineEvent], None]
STOPPED = "cancelled"


class Turns:
    """All answers of one program, those to one turn at most a session at a time."""

    def __init__(
        self, library: Library, providers: Providers, prices: Prices, *, now: Clock
    ) -> None:
        self._library = library
        self._providers = providers
        self._listeners: list[Listener] = []
        self._making = Making(library, providers, now=now, emit=self.announce)
        self._runs = Runs()
        self._saving = Saving(library, prices, now=now, changed=self._changed)
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_closing = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, in the loop's thread; the result unsubscribes."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, event: EngineEvent) -> None:
        """Tell every listener."""
        for listener in list(self._listeners):
            listener(event)

    # asking

    def start(
        self,
        session_id: str,
        prompt: str,
        *,
        model: str | None = None,
        attachments: tuple[Part, ...] = (),
        persona: Persona | None = None,
        turn_id: str | None = None,
    ) -> str:
        """Send `prompt`. It is on disk when this returns the id of its turn. With `persona` this one turn
        is answered by its model (unless `model` names one), with its system prompt and values.

        Raises `ConflictError` where an answer runs already, `ProviderError` for a model that cannot be
        understood or an attachment that it does not take, `StoreError` where the prompt could not be
        saved: then nothing was sent.
        """
        self._runs.refuse_second(session_id)
        session = self._library.load(session_id)
        turn = self._making.turn(prompt, attachments, persona=persona, turn_id=turn_id)
        run = self._making.run(session, turn, model, persona)
        # A persona is for one turn; a model that was chosen is for those that follow too.
        chosen = run.answer.model if persona is None or session.model is None else None
        self._library.update(session_id, add_prompt(turn, model=chosen))
        return self._launch(run)

    def retry(
        self,
        session_id: str,
        turn_id: str,
        *,
        model: str | None = None,
        persona: Persona | None = None,
    ) -> str:
        """Ask for another answer to the same prompt; the old one becomes an alternative."""
        self._runs.refuse_second(session_id)
        session = self._library.load(session_id)
        turn = _turn_of(session, turn_id)
        run = self._making.run(session, turn, model, persona)
        if turn.answer is not None:
            self._library.update(session_id, _setting_aside(turn_id))
        return self._launch(run)

    def resume(self, session_id: str, turn_id: str, *, persona: Persona | None = None) -> str:
        """Ask for the rest of a cut answer and put it behind what is there."""
        self._runs.refuse_second(session_id)
        session = self._library.load(session_id)
        turn = _turn_of(session, turn_id)
        model = turn.answer.model if turn.answer else None
        return self._launch(self._making.run(session, turn, model, persona, is_rest=True))

    def compare(
        self,
        session_id: str,
        prompt: str,
        models: Sequence[str],
        *,
        attachments: tuple[Part, ...] = (),
    ) -> str:
        """Send `prompt` to several models at once; each answers the one new turn. The first that ends
        stands, the others are its alternatives. Raises as `start` does, `UsageError` for no models."""
        self._runs.refuse_second(session_id)
        session = self._library.load(session_id)
        turn = self._making.turn(prompt, attachments)
        runs = [self._making.run(session, turn, model, None) for model in several(models)]
        chosen = None if session.model else runs[0].answer.model
        self._library.update(session_id, add_prompt(turn, model=chosen))
        return self._launch(*runs)

    def compare_again(self, session_id: str, turn_id: str, models: Sequence[str]) -> None:
        """Ask for further answers to a prompt that is there; what stands stays. Also while others of
        that turn are coming."""
        self._runs.refuse_second(session_id, beside=turn_id)
        session = self._library.load(session_id)
        turn = _turn_of(session, turn_id)
        self._launch(*[self._making.run(session, turn, model, None) for model in several(models)])

    # what runs

    def stop(self, session_id: str, answer_id: str | None = None) -> bool:
        """End the running answers, or the one named; what came is kept. False where none runs."""
        is_stopped = False
        for run in self._runs.of(session_id, answer_id):
            if run.task is not None:
                run.ended_by = STOPPED
                is_stopped = run.task.cancel() or is_stopped
        return is_stopped

    def running(self, session_id: str) -> AnswerSoFar | None:
        """What has come of the running answer, the first asked for where there are several."""
        runs = self._runs.of(session_id)
        return runs[0].so_far() if runs else None

    def running_answers(self, session_id: str) -> tuple[AnswerSoFar, ...]:
        """What has come of every running answer, in the order in which they were asked for."""
        return tuple(run.so_far() for run in self._runs.of(session_id))

    def answer_ids(self, session_id: str) -> tuple[str, ...]:
        """The answers that are coming in a session, by their ids in events."""
        return tuple(run.answer.id for run in self._runs.of(session_id))

    def running_ids(self) -> frozenset[str]:
        """The sessions that are being answered."""
        return self._runs.ids()

    def unsaved_ids(self) -> frozenset[str]:
        """Sessions with an answer that could not be written; `save_again` tries once more."""
        return frozenset(run.answer.session_id for run in self._saving.unsaved)

    def unsaved_count(self) -> int:
        """How many answers could not be written."""
        return len(self._saving.unsaved)

    def with_unsaved(self, session: Session) -> Session:
        """`session` with the answers that could not be written, as it would stand on disk."""
        return self._saving.with_unsaved(session)

    def save_again(self, only: str | None = None) -> None:
        """Write what could not be written before, of one session or of all, as far as it goes. Raises the
        first error that is met."""
        self._saving.again(only)

    async def wait(self, session_id: str) -> None:
        """Until the session's answers have ended and are saved; returns at once where none runs."""
        tasks = [run.task for run in self._runs.of(session_id) if run.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def aclose(self) -> None:
        """End and save every answer, then close the connections."""
        self.is_closing = True
        for run in self._runs.all():
            if run.task is not None:
                run.task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        try:
            self.save_again()
        finally:
            await self._providers.aclose()

    # one answer

    def _launch(self, *runs: Run) -> str:
        session_id, turn_id = runs[0].answer.session_id, runs[0].answer.turn_id
        for run in runs:
            self._runs.add(run)
        for run in runs:
            run.task = asyncio.create_task(self._run(run), name=f"turn {session_id}/{turn_id}")
            self._tasks.add(run.task)
            run.task.add_done_callback(partial(self._ended, run))
        self._changed(session_id)
        for run in runs:
            self.announce(_started(run.answer))
        return turn_id

    def _ended(self, run: Run, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step never enters its `finally`: save here then."""
        self._tasks.discard(task)
        if self._runs.has(run):
            self._end(run, run.ended_by, None, is_priced=False)

    async def _run(self, run: Run) -> None:
        finish, error = None, None
        pricing = asyncio.create_task(
            asyncio.to_thread(self._saving.priced, run.answer.model, Usage())
        )
        run.begin_journal(self._journal(run.answer))
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
            outcome = self._end(run, finish or run.ended_by, error, is_priced=pricing.done())
        await pricing
        self._saving.price(run, outcome)

    def _journal(self, answer: Answer) -> Journal | None:
        """Without room for a journal the answer still comes; its own save tells what is wrong."""
        try:
            return self._library.open_journal(
                answer.session_id,
                answer.turn_id,
                model=answer.model,
                continues=answer.before is not None,
            )
        except TuiSessionsError:
            return None

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
                    self.announce(_waiting(answer, event))
                case Finished():
                    answer.finish, answer.usage = event.finish, event.usage

    def _end(self, run: Run, finish: str, error: str | None, *, is_priced: bool) -> Alternative:
        outcome, save_error = self._saving.end(run, finish, error, is_priced=is_priced)
        is_last = self._runs.remove(run)
        ended = TurnEnded(
            session_id=run.answer.session_id,
            turn_id=run.answer.turn_id,
            answer_id=run.answer.id,
            finish=finish,
            error=error,
            save_error=save_error,
            outcome=outcome,
            is_last=is_last,
        )
        self.announce(ended)
        self._changed(run.answer.session_id)
        return outcome

    def _changed(self, session_id: str) -> None:
        self.announce(SessionChanged(session_id=session_id))


def _turn_of(session: Session, turn_id: str) -> Turn:
    turn = session.turn(turn_id)
    if turn is None:
        raise NotFoundError(f"The session {session.id} has no turn {turn_id}.")
    return turn


def _setting_aside(turn_id: str) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        turn = session.turn(turn_id)
        return session if turn is None else session.with_turn(set_aside(turn))

    return change


def _started(answer: Answer) -> TurnStarted:
    return TurnStarted(
        session_id=answer.session_id,
        turn_id=answer.turn_id,
        answer_id=answer.id,
        model=answer.model,
    )


def _waiting(answer: Answer, event: Retrying) -> TurnWaiting:
    return TurnWaiting(
        session_id=answer.session_id,
        turn_id=answer.turn_id,
        answer_id=answer.id,
        reason=event.reason,
        wait_s=event.wait_s,
        attempt=event.attempt,
    )
