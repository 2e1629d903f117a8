"""What other programs do to the file of the open session: noticed, brought together with ours, shown, said."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tui_sessions.errors import TuiSessionsError, UsageError
from tui_sessions.model.answers import with_turn_of
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.store.settling import Reconciled
from tui_sessions.tui.stage import Stage

CHANGED = "Another program changed the file of this session. It is shown as it is now."
GONE = "The open session was moved or deleted outside. This is a new one."

STANDS_S = 20.0
"""A sentence about a conflict is not to be missed."""


class News(NamedTuple):
    """What became of the file of a session."""

    before: Session
    """What was shown when it was looked at."""
    found: Reconciled | None
    """None where it cannot be read."""


class Outside:
    """Watches over the open session."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace
        self._told = ""
        """The session of which was said that its file is damaged."""

    # in any thread

    def look(self, paths: frozenset[str] | None, *, is_changed: bool = True) -> News | None:
        """What became of the file of the open session, after these files (None: nobody knows which) changed.
        None where it is none of them. Reads, and writes where something is to be put together.

        Without `is_changed` their rows are as they were: only what another program wrote is looked at then,
        which may be another text of the same length."""
        workspace = self._workspace
        session, is_whole = workspace.seen, workspace.is_whole
        if workspace.is_draft or (paths is not None and self._is_elsewhere(session.id, paths)):
            return None
        if not is_changed and (
            paths is None or not workspace.library.versions.is_foreign(session.id)
        ):
            return None
        try:
            found = workspace.library.reconcile(session.id, session if is_whole else None)
        except TuiSessionsError:
            return News(session, None)
        return News(session, found)

    def _is_elsewhere(self, session_id: str, paths: frozenset[str]) -> bool:
        """Whether its file is there and none of these."""
        try:
            return self._workspace.library.row(session_id).path not in paths
        except TuiSessionsError:
            return False

    # on the screen

    def show(self, news: News | None) -> None:
        """Shows and says it, where that session is still open."""
        workspace = self._workspace
        if news is None or workspace.is_draft or news.before.id != workspace.session_id:
            return
        found = news.found
        if found is None:
            self._show_lost()
            return
        self._told = ""
        if workspace.seen is news.before:
            is_shown = self._show(found.session)
        else:  # It was changed here while it was looked at: what was read may be old by now.
            self._stage.show_reread()
            self._stage.catch_up()
            is_shown = True
        if found.said:
            self.tell(found.said)
        elif found.is_news and is_shown:
            self._stage.say(CHANGED)

    def tell(self, said: str) -> None:
        """Say what was put together, where a branch may have come of it."""
        said = clean_line(said)
        self._stage.screen.notify(said, severity="warning", markup=False, timeout=STANDS_S)
        self._stage.show_tree()

    def _show(self, session: Session) -> bool:
        """Whether it is another than was shown."""
        stage, workspace = self._stage, self._workspace
        before = workspace.seen if workspace.is_whole else None
        is_answering = session.id in stage.services.turns.running_ids()
        if is_answering and before is not None:
            session = self._with_asked(session, before)
        workspace.show_as(session)
        if workspace.session == before:
            return False
        stage.show_session(workspace.session)
        if is_answering:
            stage.catch_up()
        return True

    def _with_asked(self, session: Session, before: Session) -> Session:
        """With the prompts that are being answered, where the file has lost them: they come back with their
        answers."""
        for answer in self._stage.services.turns.running_answers(session.id):
            session = with_turn_of(session, before, answer.turn_id)
        return session

    def _show_lost(self) -> None:
        stage, workspace = self._stage, self._workspace
        if workspace.session_id in stage.services.turns.running_ids():
            return  # Its answer finds a place at its end, and says where.
        before = workspace.session
        try:
            now = workspace.reread()
        except TuiSessionsError as problem:
            if self._told != before.id:
                self._told = before.id
                stage.say(f"{problem} :save-shown keeps it as a new session.", "error")
            return
        if workspace.is_draft:
            stage.say(GONE, "warning")
        if now != before:
            stage.show_session(now)

    def save_shown(self) -> None:
        """What is shown, as a new session beside the file that cannot be read any more. Raises `UsageError`
        where the file is well."""
        workspace = self._workspace
        shown = workspace.session
        if workspace.is_draft:
            raise UsageError("This session gets its file with the first prompt.")
        try:
            workspace.library.load(shown.id)
        except TuiSessionsError:
            pass
        else:
            raise UsageError("This session is saved. :branch makes another one of it.")
        folder = workspace.last_path.rpartition("/")[0]
        made = workspace.library.create(
            msgspec.structs.replace(
                shown,
                id=workspace.library.free_id(),
                title=f"{shown.shown_title} (recovered)",
                problems=(),
            ),
            folder=folder,
        )
        workspace.library.history.created(made.id, "recovered session")
        self._stage.open_session(made.id)
        self._stage.show_tree()
        self._stage.say("What was shown is a session of its own now.")
