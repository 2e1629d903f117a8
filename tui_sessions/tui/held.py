"""Edits that the disk refused: they are shown as they were made, kept in memory, and made again until they are written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_sessions.errors import ConflictError, StoreError, TuiSessionsError
from tui_sessions.model.session import Change, Session

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

NEVER = "deletion"
"""What begins so is not done later by itself: whoever deletes wants to see it happen."""


@dataclass
class _Edit:
    session_id: str
    change: Change
    label: str
    """As the history calls it."""
    is_copied: bool = False


class HeldEdits:
    """The edits of one program that are only in memory, in order."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._edits: list[_Edit] = []

    @property
    def ids(self) -> frozenset[str]:
        """The sessions that they change."""
        return frozenset(edit.session_id for edit in self._edits)

    def count(self, *, uncopied: bool = False) -> int:
        """How many; only those of which there is no copy elsewhere, where that is asked."""
        return sum(not (uncopied and edit.is_copied) for edit in self._edits)

    def hold(self, session_id: str, change: Change, label: str) -> bool:
        """Keep one; False where it is of a kind that is not done later."""
        if label.startswith(NEVER):
            return False
        self._edits.append(_Edit(session_id, change, label))
        return True

    def over(self, session: Session) -> Session:
        """The session as it is with them."""
        for edit in self._edits:
            if edit.session_id == session.id:
                with suppress(TuiSessionsError):  # Impossible by now: `save` says so.
                    session = edit.change(session)
        return session

    def copied(self, session_id: str) -> None:
        """A file elsewhere holds the session with them."""
        for edit in self._edits:
            edit.is_copied = edit.is_copied or edit.session_id == session_id

    def save(self) -> None:
        """Make them, each as a step of the history, as far as it goes. Those that have become impossible
        are given up, and why is raised; raises `StoreError` where the disk still refuses, `ConflictError` where
        another program writes the session just now."""
        problem: TuiSessionsError | None = None
        for edit in list(self._edits):
            error = self._save(edit)
            if error is not None and (is_refusal(error) or isinstance(error, ConflictError)):
                raise error
            self._edits.remove(edit)
            problem = problem or error
        if problem is not None:
            raise problem

    def _save(self, edit: _Edit) -> TuiSessionsError | None:
        try:
            return self._library.history.edit((edit.session_id,), edit.change, edit.label).error
        except TuiSessionsError as error:
            return error


def is_refusal(error: TuiSessionsError | None) -> bool:
    """Whether the disk refused: the same may be possible a little later."""
    return type(error) is StoreError
