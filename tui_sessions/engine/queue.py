"""Prompts that wait while their session is being answered, sent one after the other; on disk at once.

The next one is sent when the answer before it has ended well. After one that was stopped or failed, and after a
restart, they are held: nothing is sent by itself until somebody says `go_on`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from tui_sessions.engine.events import EngineEvent, QueueChanged, TurnEnded
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import (
    AnsweredElsewhereError,
    BudgetError,
    NotFoundError,
    StoreError,
    TuiSessionsError,
)
from tui_sessions.model.ids import new_id
from tui_sessions.model.message import Part

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.config.queue_file import QueueFile
    from tui_sessions.store.library import Library

WELL = frozenset({"stop", "length"})
_BROKEN_OFF = frozenset({"cancelled", "interrupted"})


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt that waits. Its id becomes that of its turn, so that no crash sends it twice."""

    id: str
    session_id: str
    text: str
    attachments: tuple[Part, ...] = ()
    model: str | None = None
    persona: str | None = None


class PromptQueue:
    """All that waits in one program, in order."""

    def __init__(
        self,
        turns: Turns,
        library: Library,
        file: QueueFile,
        *,
        persona: Callable[[str], Persona],
    ) -> None:
        self._turns = turns
        self._library = library
        self._file = file
        self._persona = persona
        self._waiting, self._strange = _adopted(file)
        self._held = {queued.session_id for queued in self._waiting}
        self._over_budget: set[str] = set()
        self._ends: dict[str, list[TurnEnded]] = {}
        turns.subscribe(self._hear)

    def add(
        self,
        session_id: str,
        text: str,
        *,
        attachments: tuple[Part, ...] = (),
        model: str | None = None,
        persona: str | None = None,
    ) -> Queued:
        """Put a prompt behind those that wait; it is on disk when this returns. Where nothing is being
        answered and nothing is held, it is sent at once. Raises `StoreError`: then it does not wait."""
        queued = Queued(
            id=new_id(),
            session_id=session_id,
            text=text,
            attachments=attachments,
            model=model,
            persona=persona,
        )
        self._keep([*self._waiting, queued])
        self._changed(session_id)
        self._soon(session_id)
        return queued

    def waiting(self, session_id: str) -> tuple[Queued, ...]:
        """What waits in a session, the next one first."""
        return tuple(queued for queued in self._waiting if queued.session_id == session_id)

    def all_ids(self) -> frozenset[str]:
        """The sessions in which something waits."""
        return frozenset(queued.session_id for queued in self._waiting)

    def take(self, session_id: str, queued_id: str) -> Queued:
        """Out of the queue: to be edited, sent otherwise, or dropped. Raises `NotFoundError`."""
        queued = self._find(session_id, queued_id)
        self._drop(queued)
        self._changed(session_id)
        return queued

    def send_first(self, session_id: str, queued_id: str, *, allow: Iterable[str] = ()) -> bool:
        """Before the others, also where these are held: now where nothing is being answered; whether that
        was done. `allow` names limits that do not hold for it. Raises `NotFoundError`, `StoreError`, or why
        it cannot be sent; it is held then."""
        is_held, first = self.is_held(session_id), self._find(session_id, queued_id)
        self._keep([first, *(queued for queued in self._waiting if queued is not first)])
        self._changed(session_id)
        self._held.discard(session_id)
        try:
            self._send_next(session_id, allow)
        except TuiSessionsError:
            is_held = True
            raise
        finally:
            if is_held:
                self._hold(session_id)
        return all(queued.id != queued_id for queued in self.waiting(session_id))

    def is_held(self, session_id: str) -> bool:
        """Whether what waits there is not sent until `go_on`."""
        return session_id in self._held

    def is_over_budget(self, session_id: str) -> bool:
        """Whether what waits there is held because the next one would pass a budget."""
        return session_id in self._held & self._over_budget

    def go_on(self, session_id: str, *, allow: Iterable[str] = ()) -> None:
        """Send what waits again, the next one now where nothing is being answered; `allow` names limits that
        do not hold for that one. Raises why it cannot be sent; it is held then."""
        self._held.discard(session_id)
        self._changed(session_id)
        try:
            self._send_next(session_id, allow)
        except TuiSessionsError:
            self._hold(session_id)
            raise

    def look(self, session_id: str) -> None:
        """Another program has answered there: send what waits for that."""
        self._soon(session_id)

    def close(self) -> None:
        """Send nothing more, and leave what waits to the next program."""
        self._held |= self.all_ids()
        self._file.close()

    # one after the other

    def _hear(self, event: EngineEvent) -> None:
        if not isinstance(event, TurnEnded):
            return
        ends = self._ends.setdefault(event.session_id, [])
        ends.append(event)
        if not event.is_last:
            return
        del self._ends[event.session_id]
        if _went_well(ends):
            self._soon(event.session_id)
        else:
            self._hold(event.session_id)

    def _soon(self, session_id: str) -> None:
        # Not at once: others have yet to hear of the end that this follows.
        if self.waiting(session_id):
            asyncio.get_running_loop().call_soon(self._try_next, session_id)

    def _try_next(self, session_id: str) -> None:
        try:
            self._send_next(session_id)
        except AnsweredElsewhereError:
            return  # It comes up again at the end of that answer.
        except BudgetError as problem:
            self._hold(session_id, problem.reason)
        except TuiSessionsError as problem:
            self._hold(session_id, str(problem))

    def _send_next(self, session_id: str, allow: Iterable[str] = ()) -> None:
        """The next one, unless it is held, or something is being answered there; it comes up again then."""
        if self._turns.is_closing or session_id in self._turns.running_ids():
            return
        if session_id in self._held or not self.waiting(session_id):
            return
        if self._turns.is_answered_elsewhere(session_id):
            return
        for queued in self.waiting(session_id):
            # What is sent is read from the disk: an answer that is not there yet would be missing.
            self._turns.save_again(session_id)
            is_sent = self._library.load(session_id).turn(queued.id) is not None
            if not is_sent:
                self._start(queued, allow)
            self._drop(queued)
            self._changed(session_id)
            if not is_sent:
                return

    def _start(self, queued: Queued, allow: Iterable[str]) -> None:
        self._over_budget.discard(queued.session_id)
        try:
            self._turns.start(
                queued.session_id,
                queued.text,
                model=queued.model,
                attachments=queued.attachments,
                persona=self._persona(queued.persona) if queued.persona else None,
                turn_id=queued.id,
                allow=allow,
            )
        except BudgetError:
            self._over_budget.add(queued.session_id)
            raise

    def _hold(self, session_id: str, problem: str | None = None) -> None:
        if self.waiting(session_id):
            self._held.add(session_id)
            self._changed(session_id, problem)

    def _changed(self, session_id: str, problem: str | None = None) -> None:
        self._turns.announce(QueueChanged(session_id=session_id, problem=problem))

    # what is kept

    def _find(self, session_id: str, queued_id: str) -> Queued:
        for queued in self.waiting(session_id):
            if queued.id == queued_id:
                return queued
        raise NotFoundError("That prompt does not wait any more.")

    def _drop(self, queued: Queued) -> None:
        left = [other for other in self._waiting if other is not queued]
        try:
            self._keep(left)
        except StoreError:
            # It stands in the file until the next change; should that never come, its turn tells that it
            # was sent, and what was dropped is there once more, held.
            self._waiting = left
        if not self.waiting(queued.session_id):
            self._held.discard(queued.session_id)

    def _keep(self, waiting: list[Queued]) -> None:
        try:
            self._file.write([*map(msgspec.to_builtins, waiting), *self._strange])
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(f"The prompt could not be put into the queue: {reason}.") from error
        self._waiting = waiting


def _went_well(ends: list[TurnEnded]) -> bool:
    """Whether a turn with these answers gives reason to go on: one came whole, and nobody broke one off."""
    is_broken = any(end.finish in _BROKEN_OFF or end.save_error for end in ends)
    return not is_broken and any(end.finish in WELL for end in ends)


def _adopted(file: QueueFile) -> tuple[list[Queued], list[dict[str, Any]]]:
    """What waits on disk; what a newer version wrote, and we do not understand, stays there as it is."""
    found, strange = [], []
    for item in file.adopt():
        try:
            found.append(msgspec.convert(item, Queued))
        except msgspec.ValidationError:
            strange.append(item)
    return found, strange
