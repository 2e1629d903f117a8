"""Titles and tags by a model on the screen, when asked for: a call beside everything else."""

from __future__ import annotations

from functools import partial

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.display import shown_cost
from tui_sessions.model.text import clean_line
from tui_sessions.tui.stage import Stage


class Naming:
    """What `:title-auto` and `:tags-auto` do."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._asked: set[str] = set()
        """The sessions of which a call is on its way: a key that is pressed twice costs once."""

    def title(self) -> None:
        """Let a model find a title for the open session. Raises `UsageError` where nothing was said yet."""
        self._begin(is_title=True)

    def tags(self) -> None:
        """Let a model find tags for the open session. Raises `UsageError` where nothing was said yet."""
        self._begin(is_title=False)

    def _begin(self, *, is_title: bool) -> None:
        stage = self._stage
        session = stage.workspace.session
        if stage.workspace.is_draft or not session.turns:
            raise UsageError("Nothing was said in this session yet.")
        if session.id in self._asked:
            raise UsageError("A model is being asked already.")
        self._asked.add(session.id)
        chosen = stage.services.config.automatic.model
        model = clean_line(chosen or session.model or "")
        whose = "" if chosen else ", the session's own model (automatic.model is not set)"
        what = "a title" if is_title else "tags"
        stage.say(f"Asking {model}{whose} for {what} …")
        work = partial(self._ask, session.id, is_title=is_title)
        stage.app.run_worker(work(), group="naming", exit_on_error=False)

    async def _ask(self, session_id: str, *, is_title: bool) -> None:
        automatic = self._stage.services.automatic
        try:
            proposal = await automatic.propose(session_id, title=is_title, tags=not is_title)
            if is_title:
                automatic.set_title(session_id, proposal)
            else:
                automatic.add_tags(session_id, proposal)
        except TuiSessionsError as problem:
            self._stage.say(str(problem), "error")
            return
        finally:
            self._asked.discard(session_id)
        undo = self._stage.keys.shown("session.undo") or ":undo"
        said = f"“{proposal.title}”" if is_title else ", ".join(f"#{t}" for t in proposal.tags)
        cost = shown_cost(proposal.cost)
        self._stage.say(f"{said} by {proposal.model}, {cost}. {undo} in a list takes it back.")
