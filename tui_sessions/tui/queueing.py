"""Prompts that wait until an answer has ended: put there, shown, edited, cancelled, sent before their turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_sessions.errors import (
    BudgetError,
    ConflictError,
    ContextError,
    TuiSessionsError,
    UsageError,
)
from tui_sessions.model.attachment import about
from tui_sessions.model.display import shown_number
from tui_sessions.model.message import Part
from tui_sessions.model.text import clean_line
from tui_sessions.tui.limits import NOTHING, Allow, ask
from tui_sessions.tui.sending import literal
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.widgets.completion import is_command

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona
    from tui_sessions.engine.queue import Queued
    from tui_sessions.tui.desk import Desk


class Queueing:
    """What keys and commands do to the waiting prompts of the open session."""

    def __init__(self, desk: Desk) -> None:
        self._stage: Stage = desk.stage
        self._queue = desk.stage.services.queue

    @property
    def _session_id(self) -> str:
        return self._stage.workspace.session_id

    def add(
        self,
        text: str,
        *,
        attachments: tuple[Part, ...] = (),
        persona: Persona | None = None,
        written: str = "",
    ) -> None:
        """Let a prompt wait; `written` is how it was entered. Raises `StoreError`: it stays in the prompt
        then."""
        stage = self._stage
        self._queue.add(
            self._session_id,
            text,
            attachments=attachments,
            persona=persona.name if persona else None,
        )
        stage.prompt_used(written or text)
        stage.unsent.sent(stage.workspace.draft_key)

    def run(self, words: str = "") -> None:
        """`:queue` lists, `:queue edit` gets the last one back, `:queue go` sends what is held. Raises
        `UsageError`."""
        match words:
            case "":
                self.show()
            case "edit":
                self.edit_last()
            case "go":
                self.go_on()
            case _:
                raise UsageError(":queue takes edit or go; alone it lists the prompts that wait.")

    def show(self) -> None:
        """All that waits here, in a list."""
        from tui_sessions.tui.screens.queue import QueueDialog

        if not self._queue.waiting(self._session_id):
            self._stage.say("No prompt waits here.")
            return
        self._stage.app.push_screen(QueueDialog(_Waiting(self)), self._chosen)

    def _chosen(self, queued_id: str | None) -> None:
        if queued_id is not None:
            self._stage.attempt(lambda: self.edit(queued_id))

    def edit_last(self) -> None:
        """Get back the one that was written last. Raises `ConflictError`."""
        waiting = self._queue.waiting(self._session_id)
        if not waiting:
            self._stage.say("No prompt waits here.")
            return
        self.edit(waiting[-1].id)

    def edit(self, queued_id: str) -> None:
        """Out of the queue, back into the prompt. Raises `ConflictError` where something is written
        there, `NotFoundError`."""
        prompt = self._stage.prompt
        is_written = prompt.has_words and not is_command(prompt.text)
        if is_written or prompt.attachments or prompt.waiting:
            raise ConflictError("Something is written in the prompt. Send it, or clear it, first.")
        queued = self._queue.take(self._session_id, queued_id)
        self._stage.put_prompt(written(queued))
        prompt.attachments = queued.attachments

    def cancel(self, queued_id: str) -> None:
        """Take one out; in the history of prompts it stays. Raises `NotFoundError`."""
        self._queue.take(self._session_id, queued_id)

    def send_first(self, queued_id: str) -> None:
        """The next one, before those that were there before it; at once where no answer comes. Raises why
        it cannot be sent."""
        session_id = self._session_id
        self._within_budget(lambda allow: self._send_first(session_id, queued_id, allow))

    def _send_first(self, session_id: str, queued_id: str, allow: Allow) -> None:
        if self._queue.send_first(session_id, queued_id, allow=allow):
            self._stage.conversation.go_to_end()

    def go_on(self) -> None:
        """Send what was held after a stop, an error, a restart, or over a budget: then it is asked first.
        Raises why it cannot be sent."""
        session_id = self._session_id
        if self._queue.is_held(session_id):
            self._within_budget(lambda allow: self._queue.go_on(session_id, allow=allow))

    def _within_budget(self, action: Callable[[Allow], object]) -> None:
        try:
            action(NOTHING)
        except (BudgetError, ContextError) as problem:
            ask(self._stage, problem, action)

    def waiting(self) -> tuple[Queued, ...]:
        """What waits in the open session."""
        return self._queue.waiting(self._session_id)

    # what is seen of it

    def refresh(self) -> None:
        """The lines above the prompt, as it stands now."""
        stage = self._stage
        waiting = () if stage.workspace.is_draft else self.waiting()
        note = ""
        if waiting and self._queue.is_held(self._session_id):
            key = stage.keys.shown("prompt.send")
            how = f"{key} in an empty prompt goes on" if key else ":queue go goes on"
            why = " over the budget" if self._queue.is_over_budget(self._session_id) else ""
            note = f"{len(waiting):,} held{why} · {how}"
        stage.prompt.show_queue([shown(queued) for queued in waiting], note=note, more=" · :queue")

    def tell_left(self) -> None:
        """What a former run left waiting, once at the start."""
        ids = self._queue.all_ids()
        if not ids:
            return
        library = self._stage.workspace.library
        titles = []
        for session_id in sorted(ids):
            try:
                titles.append(f"“{clean_line(library.row(session_id).title)}”")
            except TuiSessionsError:
                continue
        count = sum(len(self._queue.waiting(session_id)) for session_id in ids)
        what = shown_number(count, "prompt")
        where = ", ".join(titles[:3]) or "a session that is not there any more"
        verb = "is" if count == 1 else "are"
        self._stage.say(f"{what} from last time {verb} not sent yet, in {where}.")


class _Waiting:
    """What the dialog asks for."""

    def __init__(self, queueing: Queueing) -> None:
        self._queueing = queueing

    def prompts(self) -> list[tuple[str, str]]:
        """Id and first words of each, the next one first."""
        return [(queued.id, shown(queued)) for queued in self._queueing.waiting()]

    def cancel(self, queued_id: str) -> None:
        """Take one out."""
        self._queueing.cancel(queued_id)

    def send_first(self, queued_id: str) -> None:
        """Send one before the others."""
        self._queueing.send_first(queued_id)


def written(queued: Queued) -> str:
    """A prompt as it was entered."""
    text = queued.text
    return f"@{queued.persona} {text}" if queued.persona else literal(text)


def shown(queued: Queued) -> str:
    """A prompt in a line."""
    names = " ".join(f"▣ {about(part).shown_name}" for part in queued.attachments)
    return " ".join(filter(None, (written(queued)[:1_000], names)))
