"""What people do with prompts and answers: send, stop, try again, continue."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.engine.limits import plans
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import ConfigError, TuiSessionsError
from tui_sessions.model.answers import delete_turn, step_answer
from tui_sessions.model.attachment import attachments_of, written_text
from tui_sessions.model.message import Part
from tui_sessions.tui.limits import NOTHING, Allow, attempt
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.config.personas import Persona


class Talking:
    """From the prompt and the conversation pane to the engine."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ready_for: set[str] = set()
        self._knows_prices = False

    def get_ready(self) -> None:
        """Load what an answer needs while its prompt is being written, once a model."""
        stage = self._stage
        model = stage.workspace.seen.model
        if model and model not in self._ready_for:
            self._ready_for.add(model)
            load = partial(self._load, model)
            stage.screen.run_worker(load, thread=True, group="ready", exit_on_error=False)

    def _load(self, model: str) -> None:
        self._stage.conversation.get_ready()
        self._stage.services.get_ready(model)
        self._look_at_prices()

    def _look_at_prices(self) -> None:
        """A slip in the user's own prices leaves costs unknown: that is said once, and stops nothing."""
        if self._knows_prices:
            return
        self._knows_prices = True
        try:
            _ = self._stage.services.prices.stamp
        except ConfigError as problem:
            self._stage.app.call_from_thread(self._stage.say, str(problem), "warning")

    def send(
        self,
        text: str,
        *,
        attachments: tuple[Part, ...] = (),
        persona: Persona | None = None,
        written: str = "",
        allow: Allow = NOTHING,
    ) -> None:
        """Send a prompt. `written` is how it was entered, where that is not the text alone; `allow` names
        limits that do not hold. Raises why it is not sent: it stays in the prompt then."""
        workspace, turns = self._stage.workspace, self._stage.services.turns
        waiting = workspace.draft_key
        # What is sent is read from the disk: an answer that is not there yet would be missing.
        turns.save_again(workspace.session.id)
        own = workspace.session.model or self._stage.services.default_model()
        model = (persona.model if persona else None) or own
        self._stage.services.check_model(model)
        if workspace.is_draft:  # No file is made for a prompt that is not sent.
            plan = plans(
                workspace.session,
                text,
                [model],
                attachments=attachments,
                persona=persona,
                folder=workspace.folder,
            )
            turns.check(plan, allow)
        session = workspace.keep_draft()
        turns.start(
            session.id, text, model=model, attachments=attachments, persona=persona, allow=allow
        )
        self._stage.conversation.go_to_end()
        self._stage.prompt_used(written or text)
        self._stage.unsent.sent(waiting)
        if persona is None:
            self._stage.services.remember(lambda state: state.with_model_used(model))

    def stop(self) -> bool:
        """Stop the open session's answers; False where none runs."""
        return self._stage.services.turns.stop(self._stage.workspace.session_id)

    def ask_at_once(self) -> bool:
        """Ask a server again that wanted to be left alone for a while; False where none is waited for."""
        return self._stage.services.turns.ask_at_once(self._stage.workspace.session_id)

    def retry(self, turn_id: str, model: str | None = None) -> None:
        """Ask for another answer; at once, where one is waited for."""
        session_id = self._stage.workspace.session.id
        if model is None and self.ask_at_once():
            return
        persona = self._persona(turn_id)
        self._ask(
            lambda turns, allow: turns.retry(
                session_id, turn_id, model=model, persona=persona, allow=allow
            )
        )

    def resume(self, turn_id: str) -> None:
        """Ask for the rest of a cut answer."""
        session_id = self._stage.workspace.session.id
        persona = self._persona(turn_id)
        self._ask(
            lambda turns, allow: turns.resume(session_id, turn_id, persona=persona, allow=allow)
        )

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
        self._stage.edit(step_answer(turn_id, step), "choice of answer")

    def delete_turn(self, turn_id: str) -> None:
        """Take a prompt and its answer out; `u` puts them back in their place."""
        session = self._stage.workspace.session
        if self._stage.services.turns.running(session.id) is not None:
            self._stage.say(
                "This session is being answered. Stop the answer first (esc).", "warning"
            )
            return
        if self._stage.edit(delete_turn(turn_id), "deletion of a turn"):
            undo = self._stage.keys.shown("session.undo") or ":undo"
            self._stage.say(f"The turn is deleted. {undo} brings it back.")

    def edit_prompt(self, turn_id: str) -> None:
        """Go to a branch from before a prompt, with its text and files in the prompt to change and send."""
        from tui_sessions.tui.sending import literal

        workspace = self._stage.workspace
        ids = [turn.id for turn in workspace.session.turns]
        turn = workspace.session.turn(turn_id)
        if turn is None or turn.prompt is None:
            return
        text, title = written_text(turn.prompt), workspace.session.shown_title
        before = workspace.session.id
        self._stage.attempt(lambda: self._open_branch(ids.index(turn_id), title))
        # What stands in the prompt is left alone where there is no branch to write on.
        if workspace.session.id != before:
            self._stage.put_prompt(literal(text))
            self._stage.attempt(partial(self._attach_again, attachments_of(turn.prompt)))

    def _attach_again(self, parts: tuple[Part, ...]) -> None:
        self._stage.prompt.attachments = self._stage.workspace.library.attachments.adopted(parts)

    def _open_branch(self, turns: int, title: str) -> None:
        workspace = self._stage.workspace
        if workspace.is_draft:
            return
        branch = workspace.branch(workspace.session.id, turns, title)
        self._stage.open_session(branch.id)
        self._stage.show_tree()

    def _persona(self, turn_id: str) -> Persona | None:
        """Who answered the turn, to be asked again; where that persona is no more, it goes without, said."""
        turn = self._stage.workspace.session.turn(turn_id)
        said = (turn.answer or turn.prompt) if turn is not None else None
        name = said.extra.get("persona") if said is not None else None
        if not isinstance(name, str):
            return None
        try:
            return self._stage.services.personas.get(name)
        except TuiSessionsError as problem:
            self._stage.say(f"{problem} The session's own model is asked.", "warning")
            return None

    def _ask(self, action: Callable[[Turns, Allow], object]) -> None:
        turns = self._stage.services.turns

        def go(allow: Allow) -> None:
            turns.save_again(self._stage.workspace.session.id)
            action(turns, allow)

        attempt(self._stage, go)
