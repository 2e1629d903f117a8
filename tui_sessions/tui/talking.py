"""Prompts and answers on the screen: send, stop, try again, continue, and what the engine reports."""

from __future__ import annotations

from collections.abc import Callable

from tui_sessions.engine.events import (
    EngineEvent,
    SessionChanged,
    TextArrived,
    TurnEnded,
    TurnStarted,
    TurnWaiting,
)
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import TuiSessionsError
from tui_sessions.model.answers import delete_turn, step_answer
from tui_sessions.model.session import Change
from tui_sessions.tui.stage import Stage
from tui_sessions.tui.unsaved import Unsaved


class Talking:
    """Between the prompt, the engine and the conversation pane."""

    def __init__(self, stage: Stage, unsaved: Unsaved) -> None:
        self._stage = stage
        self._unsaved = unsaved

    # what people do

    def send(self, text: str) -> bool:
        """Send a prompt; False, with the reason said, where it stays in the prompt."""
        workspace, turns = self._stage.workspace, self._stage.services.turns
        waiting = workspace.draft_key
        try:
            # What is sent is read from the disk: an answer that is not there yet would be missing.
            turns.save_again(workspace.session.id)
            model = workspace.session.model or self._stage.services.default_model()
            self._stage.services.check_model(model)
            session = workspace.keep_draft()
            turns.start(session.id, text, model=model)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return False
        self._stage.conversation.go_to_end()
        self._stage.services.prompts.add(text)
        self._stage.prompt.history = (*self._stage.prompt.history, text)
        self._stage.unsent.sent(waiting)
        self._stage.services.remember(lambda state: state.with_model_used(model))
        return True

    def stop(self) -> bool:
        """Stop the open session's answer; False where none runs."""
        return self._stage.services.turns.stop(self._stage.workspace.session.id)

    def retry(self, turn_id: str, model: str | None = None) -> None:
        """Ask for another answer."""
        session_id = self._stage.workspace.session.id
        self._ask(lambda turns: turns.retry(session_id, turn_id, model=model))

    def resume(self, turn_id: str) -> None:
        """Ask for the rest of a cut answer."""
        session_id = self._stage.workspace.session.id
        self._ask(lambda turns: turns.resume(session_id, turn_id))

    def retry_last(self, model: str = "") -> None:
        """Ask for another answer to the last prompt, of another model where one is named."""
        turns = self._stage.workspace.session.turns
        if turns:
            self.retry(turns[-1].id, model or None)

    def resume_last(self) -> None:
        """Ask for the rest of the last answer."""
        turns = self._stage.workspace.session.turns
        if turns:
            self.resume(turns[-1].id)

    def step_answer(self, turn_id: str, step: int) -> None:
        """Show the next or former answer of a turn."""
        self._edit(step_answer(turn_id, step), "choice of answer")

    def delete_turn(self, turn_id: str) -> None:
        """Take a prompt and its answer out; `u` puts them back in their place."""
        session = self._stage.workspace.session
        if self._stage.services.turns.running(session.id) is not None:
            self._stage.say(
                "This session is being answered. Stop the answer first (esc).", "warning"
            )
            return
        if self._edit(delete_turn(turn_id), "deletion of a turn"):
            undo = self._stage.keys.shown("session.undo") or ":undo"
            self._stage.say(f"The turn is deleted. {undo} brings it back.")

    def edit_prompt(self, turn_id: str) -> None:
        """Go to a branch from before a prompt, with its text in the prompt to change and send."""
        workspace = self._stage.workspace
        ids = [turn.id for turn in workspace.session.turns]
        turn = workspace.session.turn(turn_id)
        if turn is None or turn.prompt is None:
            return
        text, title = turn.prompt.text, workspace.session.shown_title
        before = workspace.session.id
        self._stage.attempt(lambda: self._open_branch(ids.index(turn_id), title))
        # What stands in the prompt is left alone where there is no branch to write on.
        if workspace.session.id != before:
            self._stage.put_prompt(text)

    def _open_branch(self, turns: int, title: str) -> None:
        workspace = self._stage.workspace
        if workspace.is_draft:
            return
        branch = workspace.branch(workspace.session.id, turns, title)
        self._stage.open_session(branch.id)
        self._stage.show_tree()

    def _edit(self, change: Change, label: str) -> bool:
        workspace = self._stage.workspace
        is_done = self._stage.attempt(
            lambda: workspace.edit(workspace.session.id, change, label=label)
        )
        self._stage.show_session(workspace.session)
        return is_done

    def _ask(self, action: Callable[[Turns], object]) -> None:
        turns = self._stage.services.turns

        def go() -> None:
            turns.save_again(self._stage.workspace.session.id)
            action(turns)

        self._stage.attempt(go)

    # what the engine reports

    def hear(self, event: EngineEvent) -> None:
        """Bring one event of the engine onto the screen."""
        is_open = event.session_id == self._stage.workspace.session.id
        match event:
            case TurnStarted() if is_open:
                self._stage.show_reread()
                self._stage.catch_up()
            case TextArrived() if is_open:
                self._stage.conversation.append(
                    event.turn_id, event.offset, event.text, is_reasoning=event.is_reasoning
                )
            case TurnWaiting() if is_open:
                note = f"{event.reason} Trying again in {event.wait_s:.0f} s."
                if stop := self._stage.keys.shown("session.stop"):
                    note += f" {stop} stops."
                self._stage.conversation.set_waiting(event.turn_id, note)
            case TurnEnded():
                self._ended(event, is_open=is_open)
            case SessionChanged():
                self._stage.show_tree()
                if is_open and self._stage.services.turns.running(event.session_id) is None:
                    self._stage.show_reread()

    def _ended(self, event: TurnEnded, *, is_open: bool) -> None:
        if is_open:
            self._stage.conversation.end_answer(event.turn_id)
        else:
            self._stage.workspace.unread.add(event.session_id)
        if event.save_error:
            self._unsaved.tell(event.save_error)
