"""The open session while another program answers it: its text follows here as it comes, and nothing else is asked
there meanwhile. What waits in the queue is sent when that answer has ended; should its program die, what came is taken
over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.store.elsewhere import Elsewhere, Followed

EVERY_S = 0.4


class AnsweredElsewhere:
    """Looks at the journals of other programs while a session is open."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._answer: Elsewhere | None = None
        self._journal: Followed | None = None
        self._came = {False: "", True: ""}
        """Text and reasoning so far."""
        stage.when_shown.append(self._shown)

    def begin(self) -> None:
        """Look from now on."""
        self._stage.screen.set_interval(EVERY_S, self.look)

    def look(self) -> None:
        """What is new."""
        stage = self._stage
        session_id = stage.workspace.session_id
        if self._answer is not None and self._answer.session_id != session_id:
            self._forget()
        if self._is_nothing_to_see(session_id):
            return
        found = stage.workspace.library.elsewhere.answering(session_id)
        if self._answer is None and found:
            self._begin(found[0])
        elif self._answer is not None:
            self._take_news()
            if self._answer not in found:
                self._end()
        if not found:
            self._look_at_queue()

    def _is_nothing_to_see(self, session_id: str) -> bool:
        stage = self._stage
        return stage.workspace.is_draft or session_id in stage.services.turns.running_ids()

    def _begin(self, answer: Elsewhere) -> None:
        stage = self._stage
        self._answer = answer
        self._journal = stage.workspace.library.elsewhere.follow(answer)
        self._came = {False: "", True: ""}
        stage.is_answered_elsewhere = True
        if stage.workspace.is_whole and stage.workspace.session.turn(answer.turn_id) is None:
            stage.show_reread()  # its prompt is newer than what is shown here
        else:
            stage.show_states()
        self._show()
        self._take_news()

    def _shown(self) -> None:
        """A session was shown, another one or the same once more: what arrives goes on from there."""
        if self._answer is None:
            if self._waits_for_an_answer():
                self.look()
        elif self._answer.session_id == self._stage.workspace.session_id:
            self._show()
        else:
            self._forget()

    def _waits_for_an_answer(self) -> bool:
        """Whether it would be shown as a prompt without an answer."""
        turns = self._stage.workspace.seen.turns
        return bool(turns) and turns[-1].answer is None and turns[-1].finish is None

    def _show(self) -> None:
        if self._answer is None or self._stage.workspace.seen.turn(self._answer.turn_id) is None:
            return
        conversation, turn_id = self._stage.conversation, self._answer.turn_id
        conversation.begin_answer(turn_id, self._answer.model or None)
        conversation.set_waiting(
            turn_id, "Another window is being answered; its text comes here too."
        )
        for is_reasoning in (True, False):
            if self._came[is_reasoning]:
                conversation.append(turn_id, 0, self._came[is_reasoning], is_reasoning=is_reasoning)

    def _take_news(self) -> None:
        if self._answer is None or self._journal is None:
            return
        for text, is_reasoning in self._journal.news():
            offset = len(self._came[is_reasoning])
            self._came[is_reasoning] += text
            self._stage.conversation.append(
                self._answer.turn_id, offset, text, is_reasoning=is_reasoning
            )

    def _end(self) -> None:
        """It is saved, or its program died: then what its journal holds is put into the session."""
        stage, answer, journal = self._stage, self._answer, self._journal
        self._forget()
        if answer is None or journal is None:
            return
        if journal.is_left_behind:
            try:
                stage.workspace.library.recover()
            except TuiSessionsError as problem:
                stage.say(str(problem), "error")
            else:
                stage.say("The other window was closed in mid-answer. What had come is kept.")
        stage.conversation.end_answer(answer.turn_id)
        stage.show_reread()
        stage.show_tree()

    def _forget(self) -> None:
        self._answer = self._journal = None
        self._stage.is_answered_elsewhere = False
        self._stage.show_states()

    def _look_at_queue(self) -> None:
        services = self._stage.services
        if "queue" not in services.__dict__:
            return
        for session_id in services.queue.all_ids():
            is_free = session_id not in services.turns.running_ids()
            if is_free and not services.queue.is_held(session_id):
                services.queue.look(session_id)
