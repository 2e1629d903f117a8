"""The context of the open session: shown message by message, its window set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui_sessions.engine.context import pairs_sent
from tui_sessions.model.context_limit import Window, set_window, shown_window, window_from
from tui_sessions.model.display import shown_number
from tui_sessions.tui.stage import Stage

if TYPE_CHECKING:
    from tui_sessions.engine.limits import Planned
    from tui_sessions.model.context_view import ContextView
    from tui_sessions.tui.screens.context import Looked


class OwnContext:
    """What `:context` does."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def run(self, words: str = "") -> None:
        """`:context` shows what would be sent, `:context 10`, `:context 8000 tokens` and `:context all` set
        how much goes along. Raises `UsageError`."""
        if words.strip():
            self.set(window_from(words, self._stage.workspace.session.params))
        else:
            self.open()

    def set(self, window: Window) -> None:
        """Let so much go along from the next prompt on."""
        stage = self._stage
        if not stage.edit(set_window(window), "context window"):
            return
        session = stage.workspace.session
        sent, there = pairs_sent(session)
        words = f"Context window: {shown_window(session.params)}."
        if window.tokens is None:
            words += f" {sent} of {shown_number(there, 'earlier pair')} go along."
        else:
            words += " What does not fit is left out, the oldest first; :context shows it."
        stage.say(words)

    def open(self) -> None:
        """Every message with its tokens; counted aside."""
        plan = self._plan()
        work = partial(self._look, plan, self._stage.workspace.session_id)
        self._stage.screen.run_worker(work, thread=True, group="context", exit_on_error=False)

    def _plan(self) -> Planned:
        from tui_sessions.config.personas import named_persona
        from tui_sessions.engine.limits import plans

        stage, services = self._stage, self._stage.services
        session, text, persona = stage.workspace.session, stage.prompt.text, None
        if text.startswith(":"):
            text = ""
        if text.startswith("@"):
            persona, text = named_persona(text, services.personas.all())
        if persona is None:
            persona = services.personas.standing(session)
        model = (persona.model if persona else None) or session.model or services.default_model()
        parts = stage.prompt.attachments
        return plans(session, text, [model], attachments=parts, persona=persona)[0]

    def _look(self, plan: Planned, session_id: str) -> None:
        """In a thread: the table of sizes may have to be loaded."""
        from tui_sessions.engine.looking import is_trimming, look
        from tui_sessions.errors import TuiSessionsError

        services = self._stage.services
        try:
            services.prices.context_tokens(plan.model)
            trimming = is_trimming(services.config.chat.when_full)
            view = look(plan, services.context, is_trimming=trimming)
        except TuiSessionsError as problem:
            self._stage.screen.call_later(self._stage.say, str(problem), "error")
            return
        self._stage.screen.call_later(self._show, view, session_id)

    def _show(self, view: ContextView, session_id: str) -> None:
        from tui_sessions.tui.screens.context import ContextDialog

        stage = self._stage

        def looked(found: Looked | None) -> None:
            if found is None or stage.workspace.session_id != session_id:
                return
            if found.window is not None:
                stage.attempt(lambda: self.set(Window(pairs=found.window or 0)))
            if found.turn_id:
                stage.screen.set_focus(stage.conversation)
                stage.conversation.go_to(found.turn_id, found.place)

        if stage.workspace.session_id == session_id:
            stage.app.push_screen(ContextDialog(view), looked)
