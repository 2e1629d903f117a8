"""One edit of one session, noted in a step before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_sessions.model.session import Change, Session
from tui_sessions.store.history.differences import difference
from tui_sessions.store.history.steps import Part

if TYPE_CHECKING:
    from tui_sessions.store.library import Library


def noted_edit(library: Library, session_id: str, change: Change, part: Part) -> bool:
    """Applies `change` to the session as it stands on disk now; whether that made another of it. Raises what
    `Library.update` raises."""
    is_changed = False

    def noted(session: Session) -> Session:
        nonlocal is_changed
        after = change(session)
        edited = difference(session, after)
        is_changed = edited is not None
        if edited is not None:
            part.write(edited)
        return after

    library.update(session_id, noted)
    return is_changed
