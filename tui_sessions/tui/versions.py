"""Former states of the open session, on the screen."""

from __future__ import annotations

from tui_sessions.errors import ConflictError, TuiSessionsError, UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.model.version import passages
from tui_sessions.tui.stage import Stage


class OwnVersions:
    """What `:versions` does."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def open(self) -> None:
        """Look through them, and bring one back. Raises `UsageError` where there can be none."""
        from tui_sessions.tui.screens.versions import SHOWN_LINES, VersionsDialog

        workspace = self._stage.workspace
        if workspace.is_draft:
            raise UsageError("This session is new: it has no versions yet.")
        session, versions = workspace.session, workspace.library.versions
        known: dict[int, tuple[tuple[str, str], ...]] = {}

        def lines(number: int) -> tuple[tuple[str, str], ...]:
            if number not in known:
                try:
                    version = versions.session(session.id, number)
                except TuiSessionsError as problem:
                    return (("!", str(problem)),)
                known[number] = passages(version, session, SHOWN_LINES)
            return known[number]

        dialog = VersionsDialog(
            versions.rows(session.id),
            title=session.shown_title,
            passages=lines,
            now=self._stage.services.now,
        )

        def chosen(number: int | None) -> None:
            if number is not None:
                self._stage.attempt(lambda: self.restore(session.id, number))

        self._stage.app.push_screen(dialog, chosen)

    def restore(self, session_id: str, number: int) -> None:
        """Make the session what it was then. Raises what refuses it."""
        stage, workspace = self._stage, self._stage.workspace
        if session_id in stage.services.turns.running_ids():
            raise ConflictError("This session is being answered. Stop the answer first (esc).")
        step = workspace.library.versions.restore(session_id, number)
        if workspace.session_id == session_id:
            stage.show_reread()
        stage.show_tree()
        if step is None:
            stage.say("The session is so already.")
        else:
            undo = stage.keys.shown("session.undo") or ":undo"
            stage.say(f"It is {clean_line(step.label)} again. {undo} takes that back.")
