"""Answers that run: each in a task of its own, kept in a journal as it comes, saved at every end.

launch → provider.stream → journal → TextArrived … → finally: library.update(answer) → TurnEnded
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.engine.answer import Answer
from tui_sessions.engine.events import EngineEvent, SessionChanged, TurnEnded, TurnWaiting
from tui_sessions.engine.run import Run
from tui_sessions.engine.runs import Runs
from tui_sessions.engine.saving import Saving
from tui_sessions.errors import ProviderError, TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.model.turn import Alternative
from tui_sessions.providers.base import Counted, Finished, Reasoning, Retrying, Text
from tui_sessions.providers.registry import Providers

if TYPE_CHECKING:
    from tui_sessions.store.journal import Journal
    from tui_sessions.store.library import Library


class Answering:
    """The tasks of all answers of one program."""

    def __init__(
        self,
        library: Library,
        providers: Providers,
        *,
        runs: Runs,
        saving: Saving,
        announce: Callable[[EngineEvent], None],
    ) -> None:
        self._library = library
        self._providers = providers
        self._runs = runs
        self._saving = saving
        self._announce = announce
        self._tasks: set[asyncio.Task[None]] = set()

    def launch(self, *runs: Run) -> str:
        """Begin these answers to one turn; its id."""
        session_id, turn_id = runs[0].answer.session_id, runs[0].answer.turn_id
        for run in runs:
            self._runs.add(run)
            # Before anything is awaited: from now on other programs see that it is being answered.
            run.begin_journal(self._journal(run.answer))
        for run in runs:
            run.task = asyncio.create_task(self._run(run), name=f"turn {session_id}/{turn_id}")
            self._tasks.add(run.task)
            run.task.add_done_callback(partial(self._ended, run))
        self._announce(SessionChanged(session_id=session_id))
        for run in runs:
            self._announce(run.started())
        return turn_id

    async def aclose(self) -> None:
        """End and save every answer."""
        for run in self._runs.all():
            if run.task is not None:
                run.task.cancel()
        while self._tasks:  # An answer that ends may have its price yet to come.
            await asyncio.wait(self._tasks)
            await asyncio.sleep(0)

    def _ended(self, run: Run, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step never enters its `finally`: save here then."""
        self._tasks.discard(task)
        if self._runs.has(run):
            self._end(run, run.ended_by, None, is_priced=False)

    async def _run(self, run: Run) -> None:
        finish, error = None, None
        pricing = asyncio.create_task(asyncio.to_thread(self._get_ready, run.answer.model))
        try:
            await self._receive(run)
            finish = run.answer.finish
        except ProviderError as problem:
            finish, error = "interrupted" if problem.kind == "cut" else "error", str(problem)
        except TuiSessionsError as problem:
            finish, error = "error", str(problem)
        except Exception as slip:  # noqa: BLE001 - of ours: what came is kept, and nobody waits for ever
            finish, error = "error", _told(slip)
        finally:
            # No await here: a second cancel (the program quitting) would skip this, and `_ended`, which
            # then saves, knows neither how the answer ended nor why. tests/engine/test_turns.py.
            is_priced = pricing.done()
            error = error if finish is not None else run.answer.waiting
            outcome = self._end(run, finish or run.ended_by, error, is_priced=is_priced)
            if not is_priced:
                # Also where this task was cancelled: a stopped answer that was counted is paid for, too.
                self._tasks.add(pricing)
                pricing.add_done_callback(partial(self._priced_late, run, outcome))
        await pricing

    def _get_ready(self, model: str) -> None:
        """In a thread: what the end of the answer needs."""
        self._saving.get_ready(model)
        self._library.reserve.keep()

    def _priced_late(self, run: Run, outcome: Alternative, pricing: asyncio.Task[None]) -> None:
        self._tasks.discard(pricing)
        if not pricing.cancelled():
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
                    run.hold(event)
                    self._announce(_waiting(answer, event))
                case Counted():
                    answer.usage, answer.charged = event.usage, event.cost
                case Finished():
                    answer.finish = event.finish
                    answer.usage = answer.usage if event.usage is None else event.usage
                    answer.charged = answer.charged if event.cost is None else event.cost

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
        self._announce(ended)
        self._announce(SessionChanged(session_id=run.answer.session_id))
        return outcome


def _told(slip: Exception) -> str:
    """A slip in one sentence, without its words: they may hold the key."""
    from tui_sessions.config.crash import keep_details  # nobody expects to need it

    log_file = keep_details(slip)
    where = f" The details are in {clean_line(str(log_file))}." if log_file is not None else ""
    return f"Something went wrong that should not have ({type(slip).__name__}).{where}"


def _waiting(answer: Answer, event: Retrying) -> TurnWaiting:
    return TurnWaiting(
        session_id=answer.session_id,
        turn_id=answer.turn_id,
        answer_id=answer.id,
        reason=event.reason,
        wait_s=event.wait_s,
        attempt=event.attempt,
    )
