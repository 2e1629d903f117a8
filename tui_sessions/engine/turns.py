"""Turns that run: started, stopped, continued, and saved at every end.

    start → library.update(prompt) → answering: a task an answer → finally: library.update(answer)

A turn belongs to this object, not to a screen: who looks away and back asks `running`. One prompt may be
answered by several models at once: each answer has its own task, journal, end and figures.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from tui_sessions.engine.events import AnswerSoFar, EngineEvent
from tui_sessions.engine.limits import TRIMMED, Limit, Planned, check
from tui_sessions.engine.run import Run
from tui_sessions.engine.runs import Runs
from tui_sessions.engine.saving import Saving
from tui_sessions.errors import NotFoundError
from tui_sessions.model.answers import add_prompt, set_answer_aside
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn

if TYPE_CHECKING:
    from pathlib import Path

    from tui_sessions.config.personas import Persona
    from tui_sessions.engine.answering import Answering
    from tui_sessions.engine.making import Making
    from tui_sessions.engine.room import Context
    from tui_sessions.providers.prices import Prices
    from tui_sessions.providers.registry import Providers
    from tui_sessions.store.library import Library

Listener = Callable[[EngineEvent], None]
STOPPED = "cancelled"
_log = logging.getLogger(__name__)


class Turns:
    """All answers of one program, those to one turn at most a session at a time."""

    def __init__(
        self,
        library: Library,
        providers: Providers,
        prices: Prices,
        *,
        now: Clock,
        limits: Callable[[], Sequence[Limit]] = tuple,
        context: Callable[[], Context | None] = lambda: None,
    ) -> None:
        """`limits` and `context` are asked for with the first prompt."""
        self._library = library
        self._providers = providers
        self._now = now
        self._limits = limits
        self._context = context
        self._listeners: list[Listener] = []
        self._runs = Runs()
        self._saving = Saving(library, prices, now=now, announce=self.announce)
        self.is_closing = False

    @cached_property
    def _making(self) -> Making:
        from tui_sessions.engine.making import Making  # the first paint does not wait for it

        return Making(
            self._library,
            self._providers,
            now=self._now,
            emit=self.announce,
            context=self._context(),
        )

    @cached_property
    def _answering(self) -> Answering:
        from tui_sessions.engine.answering import Answering  # the first paint does not wait for it

        return Answering(
            self._library,
            self._providers,
            runs=self._runs,
            saving=self._saving,
            announce=self.announce,
        )

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, in the loop's thread; the result unsubscribes."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, event: EngineEvent) -> None:
        """Tell every listener. One that fails keeps neither the others nor an answer's save from anything."""
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - whatever a listener does, the answer is to be saved
                _log.exception("a listener failed at %s", type(event).__name__)

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
        allow: Iterable[str] = (),
        context_window: int | None = None,
    ) -> str:
        """Send `prompt`. It is on disk when this returns the id of its turn. With `persona` this one turn
        is answered by its model (unless `model` names one), with its system prompt and values; with
        `context_window` (pairs; 0 all) this one prompt takes so much along. `allow` names limits that do
        not hold this once: `budget`, `context`; `trim` leaves out the oldest pairs that do not fit.

        Raises `ConflictError` where an answer runs already, `ProviderError` for a model that cannot be
        understood or an attachment that it does not take, `BudgetError`, `ContextError`, `StoreError`
        where the prompt could not be saved: then nothing was sent.
        """
        allow = frozenset(allow)
        with self._asking(session_id):
            session = self._library.load(session_id)
            turn = self._making.turn(prompt, attachments, persona=persona, turn_id=turn_id)
            run = self._making.run(
                session,
                turn,
                model,
                persona,
                context_window=context_window,
                is_trimmed=TRIMMED in allow,
            )
            self._check([run], allow)
            # A persona is for one turn; a model that was chosen is for those that follow too.
            chosen = run.answer.model if persona is None or session.model is None else None
            self._library.update(session_id, add_prompt(turn, model=chosen))
            return self._answering.launch(run)

    def retry(
        self,
        session_id: str,
        turn_id: str,
        *,
        model: str | None = None,
        persona: Persona | None = None,
        allow: Iterable[str] = (),
    ) -> str:
        """Ask for another answer to the same prompt; the old one becomes an alternative."""
        allow = frozenset(allow)
        with self._asking(session_id):
            session = self._library.load(session_id)
            turn = _turn_of(session, turn_id)
            run = self._making.run(session, turn, model, persona, is_trimmed=TRIMMED in allow)
            self._check([run], allow)
            if turn.answer is not None:
                run.known = self._library.update(session_id, set_answer_aside(turn_id))
            return self._answering.launch(run)

    def resume(
        self,
        session_id: str,
        turn_id: str,
        *,
        persona: Persona | None = None,
        allow: Iterable[str] = (),
    ) -> str:
        """Ask for the rest of a cut answer and put it behind what is there."""
        allow = frozenset(allow)
        with self._asking(session_id):
            session = self._library.load(session_id)
            turn = _turn_of(session, turn_id)
            model = turn.answer.model if turn.answer else None
            run = self._making.run(
                session, turn, model, persona, is_rest=True, is_trimmed=TRIMMED in allow
            )
            self._check([run], allow)
            return self._answering.launch(run)

    def compare(
        self,
        session_id: str,
        prompt: str,
        models: Sequence[str],
        *,
        attachments: tuple[Part, ...] = (),
        allow: Iterable[str] = (),
    ) -> str:
        """Send `prompt` to several models at once; each answers the one new turn. The first that ends
        stands, the others are its alternatives. Raises as `start` does, `UsageError` for no models."""
        allow = frozenset(allow)
        with self._asking(session_id):
            session = self._library.load(session_id)
            turn = self._making.turn(prompt, attachments)
            runs = self._making.several(session, turn, models, is_trimmed=TRIMMED in allow)
            self._check(runs, allow)
            chosen = None if session.model else runs[0].answer.model
            self._library.update(session_id, add_prompt(turn, model=chosen))
            return self._answering.launch(*runs)

    def compare_again(
        self, session_id: str, turn_id: str, models: Sequence[str], *, allow: Iterable[str] = ()
    ) -> None:
        """Ask for further answers to a prompt that is there; what stands stays. Also while others of
        that turn are coming."""
        allow = frozenset(allow)
        with self._asking(session_id, beside=turn_id):
            session = self._library.load(session_id)
            turn = _turn_of(session, turn_id)
            runs = self._making.several(session, turn, models, is_trimmed=TRIMMED in allow)
            self._check(runs, allow)
            self._answering.launch(*runs)

    @contextmanager
    def _asking(self, session_id: str, *, beside: str | None = None) -> Iterator[None]:
        """While a prompt is checked, saved and launched, no other program asks for the same."""
        self._runs.refuse_second(session_id, beside=beside)
        self._library.row(session_id)  # nothing is made for a session that is not there
        is_shared = any(getattr(limit, "is_shared", False) for limit in self._limits())
        with self._library.elsewhere.asking(session_id, is_shared=is_shared):
            yield

    def check(self, planned: Sequence[Planned], allow: Iterable[str] = ()) -> None:
        """Raises what keeps these from being asked for, before anything is made for them."""
        context = self._context()
        check((*self._limits(), *([context] if context else ())), planned, allow)

    def _check(self, runs: Sequence[Run], allow: Iterable[str]) -> None:
        self.check([run.planned for run in runs], allow)

    def is_answered_elsewhere(self, session_id: str) -> bool:
        """Whether another program is answering the session: nothing can be asked there meanwhile."""
        return bool(self._library.elsewhere.answering(session_id))

    # what runs

    def stop(self, session_id: str, answer_id: str | None = None) -> bool:
        """End the running answers, or the one named; what came is kept. False where none runs."""
        is_stopped = False
        for run in self._runs.of(session_id, answer_id):
            if run.task is not None:
                run.ended_by = STOPPED
                is_stopped = run.task.cancel() or is_stopped
        return is_stopped

    def ask_at_once(self, session_id: str, answer_id: str | None = None) -> bool:
        """Wait no longer before the answers, or the one named, are asked for again. False where none waits."""
        waited = [run.ask_at_once() for run in self._runs.of(session_id, answer_id)]
        return any(waited)

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

    def underway(self) -> tuple[Planned, ...]:
        """The answers of which no file tells the cost yet: those that are coming, those that could not be
        written."""
        return tuple(run.planned for run in (*self._runs.all(), *self._saving.unsaved))

    def unsaved_ids(self) -> frozenset[str]:
        """Sessions with an answer that could not be written; `save_again` tries once more."""
        return frozenset(run.answer.session_id for run in self._saving.unsaved)

    def unsaved_count(self) -> int:
        """How many answers could not be written."""
        return len(self._saving.unsaved)

    def with_unsaved(self, session: Session) -> Session:
        """`session` with the answers that could not be written, as it would stand on disk."""
        return self._saving.with_unsaved(session)

    def whole_unsaved(self, session_id: str) -> Session | None:
        """A session as it would stand on disk if it were not refused, also where it cannot be read now."""
        return self._saving.whole(session_id)

    def copied(self, session_id: str, path: Path) -> None:
        """A file elsewhere holds the session with what could not be written."""
        self._saving.copied(session_id, path)

    def uncopied_ids(self) -> frozenset[str]:
        """Sessions with an answer that is nowhere but in memory."""
        return frozenset(
            run.answer.session_id for run in self._saving.unsaved if run.copied_to is None
        )

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
        if "_answering" in self.__dict__:
            await self._answering.aclose()
        try:
            self.save_again()
        finally:
            await self._providers.aclose()


def _turn_of(session: Session, turn_id: str) -> Turn:
    turn = session.turn(turn_id)
    if turn is None:
        raise NotFoundError(f"The session {session.id} has no turn {turn_id}.")
    return turn
