"""What was changed in sessions that had no file yet: the history on disk knows nothing of it."""

from __future__ import annotations

from datetime import datetime

from tui_sessions.model.session import Session

LIMIT = 100


class DraftUndo:
    """The drafts as they were before each change of this run."""

    def __init__(self) -> None:
        self._done: list[tuple[str, Session, datetime]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not self._done

    def push(self, label: str, before: Session, at: datetime) -> None:
        """Remember a draft as it was before a change."""
        self._done.append((label, before, at))
        del self._done[:-LIMIT]

    def last(self, *, newer_than: datetime | None) -> tuple[str, Session] | None:
        """The last change and the draft before it, where it is not older than that."""
        if not self._done:
            return None
        label, before, at = self._done[-1]
        return None if newer_than is not None and at < newer_than else (label, before)

    def drop(self) -> None:
        """The last change is taken back."""
        self._done.pop()
