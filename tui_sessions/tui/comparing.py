"""Several answers side by side: the ways to the screen that shows them, and what is done there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.engine.events import AnswerSoFar
from tui_sessions.engine.limits import plans
from tui_sessions.errors import BudgetError, ContextError, UsageError
from tui_sessions.model.answers import answers
from tui_sessions.model.attachment import attachments_of, written_text
from tui_sessions.model.message import Part
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.tui.comparison import Comparison
from tui_sessions.tui.limits import NOTHING, Allow, ask, attempt
from tui_sessions.tui.widgets.completion import is_command, message_of

if TYPE_CHECKING:
    from tui_sessions.tui.desk import Desk

NO_PROMPT = (
    "Write the prompt behind the models: :compare openai/gpt-4o ollama/llama3 Why is the sky blue?"
)
_MODEL = re.compile(r"[\w.-]+/[^\s,]+|(?:gpt|claude|chatgpt)-[^\s,]+|o\d[^\s,]*")
"""What is a model's name: with its provider, or of those whose names tell it."""


class Comparing:
    """What keys and commands for comparing do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stage = desk.stage

    def answers(self, turn_id: str | None = None) -> None:
        """The answers to a prompt (the last one, where none is named) side by side. Where there is only
        one, ask who else is to answer. Raises `UsageError` where there is no prompt."""
        turn = self._turn(turn_id)
        if turn is None or turn.prompt is None:
            raise UsageError(
                "There is no prompt here yet that could be answered by several models."
            )
        arriving = [a for a in self._running() if a.turn_id == turn.id]
        if len(answers(turn)) + len(arriving) > 1:
            self._open(turn.id)
            return
        self._desk.choosing.pick_models(
            "Who else is to answer?", lambda models: self._ask_again(turn.id, models or ())
        )

    def compare(self, words: str = "") -> None:
        """Send a prompt to several models: what stands behind their names, else what stands in the prompt.
        With nothing written, ask them for further answers to the prompt that is looked at."""
        names, text = names_and_text(words)
        for name in names:
            self._desk.choosing.check_model(name)
        prompt = text or self._written()
        if prompt:
            self._compare(prompt, names, entered=words if text else "")
            return
        turn = self._turn(self._stage.conversation.current_turn_id)
        if turn is None or turn.prompt is None:
            raise UsageError(NO_PROMPT)
        if names:
            self._ask_again(turn.id, names)
        else:
            self.answers(turn.id)

    def other_prompt_here(self) -> None:
        """Ask the model that answered the prompt that is looked at with another prompt, and show both.
        Raises `UsageError` where there is none."""
        session = self._stage.workspace.session
        turn = self._turn(self._stage.conversation.current_turn_id)
        if turn is None or turn.prompt is None:
            raise UsageError("There is no prompt here yet that could be worded otherwise.")
        model = (turn.answer.model if turn.answer is not None else None) or session.model
        self.other_prompt(session, turn.id, model or "")

    # asking

    def _compare(self, prompt: str, names: Sequence[str], *, entered: str) -> None:
        """`entered` is what stood behind the command; "" where what stands in the prompt is sent."""
        if self._stage.prompt.waiting:
            raise UsageError("A file is still being attached. Enter it again in a moment.")
        own = self._stage.workspace.session.model
        models = tuple(dict.fromkeys([*names, *([own] if len(names) == 1 and own else [])]))
        if len(models) > 1:
            send = partial(self._send, prompt, models, is_typed=not entered)
            try:
                send(NOTHING)
            except (BudgetError, ContextError) as problem:
                # The command goes while this is asked.
                ask(self._stage, problem, send, otherwise=partial(self._put_back, entered))
            return
        proposed = tuple(filter(None, dict.fromkeys([own, *names])))
        self._desk.choosing.pick_models(
            "Who is to answer?",
            lambda chosen: self._chosen(prompt, chosen, entered),
            at_least=2,
            marked=proposed,
        )

    def _chosen(self, prompt: str, models: Sequence[str] | None, entered: str) -> None:
        """The list of models is left. The command went when it opened: where nothing is sent, it comes back."""
        if models:
            send = partial(self._send, prompt, models, is_typed=not entered)
            attempt(self._stage, send, otherwise=partial(self._put_back, entered))
        else:
            self._put_back(entered)

    def _put_back(self, entered: str) -> None:
        if entered and not self._stage.prompt.text.strip():
            self._stage.put_prompt(f":compare {entered}")

    def _send(self, prompt: str, models: Sequence[str], allow: Allow, *, is_typed: bool) -> None:
        """As a prompt is sent to one, but to several, with the files that go along. Raises what keeps it from
        being sent."""
        stage, turns = self._stage, self._stage.services.turns
        waiting, parts = stage.workspace.draft_key, stage.prompt.attachments
        for model in models:
            # Before a new session gets its file for a prompt that is not sent.
            self._desk.attaching.check(parts, model)
        turns.save_again(stage.workspace.session.id)
        workspace = stage.workspace
        if workspace.is_draft:
            draft, folder = workspace.session, workspace.folder
            turns.check(plans(draft, prompt, models, attachments=parts, folder=folder), allow)
        session = workspace.keep_draft()
        turn_id = turns.compare(session.id, prompt, models, attachments=parts, allow=allow)
        stage.prompt_used(prompt)
        if is_typed:
            stage.prompt.set_text("")
        stage.prompt.accept(parts)
        stage.unsent.sent(waiting)
        stage.conversation.go_to_end()
        for model in reversed(models):
            self._remember(model)
        stage.show_reread()
        self._open(turn_id)

    def _ask_again(self, turn_id: str, models: Sequence[str]) -> None:
        if models:
            session_id = self._stage.workspace.session.id
            self.ask(session_id, turn_id, models, lambda: self._open(turn_id))

    def ask(
        self, session_id: str, turn_id: str, models: Sequence[str], then: Callable[[], None]
    ) -> bool:
        """Ask for further answers to a prompt; whether they are asked by now. `then` is done once they
        are: over a budget it is asked first."""
        turns = self._stage.services.turns

        def go(allow: Allow) -> None:
            turns.save_again(session_id)
            turns.compare_again(session_id, turn_id, models, allow=allow)
            then()

        return attempt(self._stage, go)

    def other_prompt(self, session: Session, turn_id: str, model: str) -> None:
        """Ask the same model with another prompt, on a branch from before this one, and show both."""
        from tui_sessions.tui.screens.other_prompt import OtherPromptDialog

        turn = session.turn(turn_id)
        if turn is None or turn.prompt is None:
            return
        before = [other.id for other in session.turns].index(turn_id)
        parts = attachments_of(turn.prompt)

        def written(text: str | None) -> None:
            if text is not None:
                attempt(
                    self._stage,
                    lambda allow: self._branch(session, before, text, model, parts, allow),
                )

        dialog = OtherPromptDialog(written_text(turn.prompt), environ=self._stage.services.environ)
        self._stage.app.push_screen(dialog, written)

    def _branch(
        self,
        session: Session,
        before: int,
        text: str,
        model: str,
        parts: tuple[Part, ...],
        allow: Allow,
    ) -> None:
        workspace, turns = self._stage.workspace, self._stage.services.turns
        self._desk.choosing.check_model(model)
        shared = msgspec.structs.replace(session, turns=session.turns[:before])
        turns.check(plans(shared, text, [model], attachments=parts), allow)
        # First, so that a full disk leaves no branch without its prompt.
        own = workspace.library.attachments.adopted(parts)
        turns.save_again(session.id)
        branch = workspace.branch(session.id, before, workspace.branch_title(session))
        turns.start(branch.id, text, model=model, attachments=own, allow=allow)
        self._stage.show_tree()
        self.branches(session.id, branch.id)

    def _remember(self, model: str) -> None:
        self._stage.services.remember(lambda state: state.with_model_used(model))

    def _written(self) -> str:
        """The prompt that waits to be sent; a command is none."""
        text = self._stage.prompt.text
        return "" if is_command(text) else message_of(text).strip()

    def _turn(self, turn_id: str | None) -> Turn | None:
        session = self._stage.workspace.session
        if turn_id is not None:
            return session.turn(turn_id)
        return session.turns[-1] if session.turns else None

    def _running(self) -> tuple[AnswerSoFar, ...]:
        return self._stage.services.turns.running_answers(self._stage.workspace.session.id)

    # the screen

    def branches(self, one: str, other: str) -> None:
        """Two paths side by side, from where they part. Raises what reading them raises."""
        from tui_sessions.tui.screens.compare_paths import PathsScreen
        from tui_sessions.tui.two_paths import TwoPaths

        self._stage.app.push_screen(PathsScreen(TwoPaths(self._stage, one, other)), self._went)

    def _went(self, session_id: str | None) -> None:
        from tui_sessions.tui.screens.compare import CompareScreen

        if session_id is not None:
            self._stage.open_session(session_id)
            for screen in self._stage.app.screen_stack:
                if isinstance(screen, CompareScreen):
                    screen.dismiss(None)

    def _open(self, turn_id: str) -> None:
        from tui_sessions.tui.screens.compare import CompareScreen

        app = self._stage.app
        if any(isinstance(screen, CompareScreen) for screen in app.screen_stack):
            return
        comparison = Comparison(self._desk, self, turn_id)
        app.push_screen(CompareScreen(comparison), lambda _: self._stage.show_reread())


def names_and_text(words: str) -> tuple[list[str], str]:
    """The models that are named first, and the prompt behind them: it begins with the first word that can
    be none, or behind ` -- `."""
    names: list[str] = []
    rest = words.strip()
    while rest:
        word, _, behind = rest.partition(" ")
        if word == "--":
            return names, behind.strip()
        name = word.rstrip(",")
        if not _MODEL.fullmatch(name):
            break
        names.append(name)
        rest = behind.strip()
    return names, rest
