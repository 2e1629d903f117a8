"""What people do to branches, each as one step of the history: promote, detach, extract, merge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.branches import detached, merged, promoted, unmerged
from tui_sessions.model.ids import new_id
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

_TITLE_SHOWN = 80


class Branching:
    """The branches of one library. All methods raise `NotFoundError` for a session that is not there."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def parent(self, session_id: str) -> SessionRow:
        """The session that a branch leaves. Raises `NotFoundError` where it is no branch, or that session is
        not there any more."""
        row = self._library.row(session_id)
        parent = self._library.family(session_id).parent(session_id)
        if parent is None:
            raise NotFoundError(f"{_named(row)} is no branch of another session.")
        if parent.row is None:
            raise NotFoundError(
                f"The session that {_named(row)} branched off is not here any more. Detach it, or "
                "restore that one from the trash."
            )
        return parent.row

    def promote(self, session_id: str) -> SessionRow:
        """Gives a branch the place of the session that it leaves, which becomes its branch; the row of that
        one. What the shared turns cost goes along."""
        parent = self.parent(session_id)
        row = self._library.row(session_id)

        def change(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
            return promoted(*sessions)

        label = f"promotion of {_named(row)}"
        self._library.history.edit_together((parent.id, session_id), change, label)
        return self._library.row(parent.id)

    def detach(self, session_id: str) -> None:
        """Makes a branch a session of its own; what its inherited turns cost stays counted where it was
        paid."""
        row = self._library.row(session_id)
        if row.parent_id is None:
            raise NotFoundError(f"{_named(row)} is a session of its own already.")
        label = f"detaching of {_named(row)}"
        outcome = self._library.history.edit((session_id,), detached, label)
        if outcome.error is not None:
            raise outcome.error

    def extract(self, session_id: str, first: int, last: int, title: str = "") -> Session:
        """Some turns, from 1, as a new session. Raises `UsageError` where there are none such."""
        row = self._library.row(session_id)
        if not title:
            turns = f"turn {first}" if first == last else f"turns {first}-{last}"
            title = f"{clean_line(row.title)[:_TITLE_SHOWN]} · {turns}"
        return self._library.history.extract(session_id, first, last, title)

    def unmerged(self, session_id: str) -> int:
        """How many turns a merge would put at the end of the session that a branch leaves."""
        parent = self.parent(session_id)
        return len(unmerged(self._library.load(parent.id), self._library.load(session_id)))

    def merge(self, session_id: str) -> SessionRow:
        """Puts copies of a branch's own turns at the end of the session that it leaves; the row of that one.
        They stay counted in the branch. Raises `UsageError` where nothing is left to merge."""
        parent = self.parent(session_id)
        branch = self._library.load(session_id)
        label = f"merge into {_named(parent)}"
        outcome = self._library.history.edit(
            (parent.id,), lambda now: merged(now, branch, new_id), label
        )
        if outcome.error is not None:
            raise outcome.error
        if not outcome.done:
            raise UsageError(f"{_named(parent)} has all turns of this branch already.")
        return self._library.row(parent.id)


def _named(row: SessionRow) -> str:
    return f"“{clean_line(row.title)[:_TITLE_SHOWN]}”"
