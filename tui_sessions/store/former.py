"""Former states of sessions, looked at and brought back."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import NotFoundError, TuiSessionsError
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.store import files
from tui_sessions.store.versions import Versions

if TYPE_CHECKING:
    from tui_sessions.model.session import Change, Session
    from tui_sessions.model.steps import StepRow
    from tui_sessions.model.version import VersionRow
    from tui_sessions.store.library import Library


class FormerVersions:
    """The versions of a library's sessions."""

    def __init__(self, library: Library, folder: Path, now: Clock) -> None:
        self._library = library
        self._folder = folder
        self._clock = now

    @cached_property
    def kept(self) -> Versions:
        """Their files."""
        return Versions(self._folder)

    def is_foreign(self, session_id: str) -> bool:
        """Whether another program than ours wrote the file last; also where nothing is known of it."""
        try:
            stamp = files.stamp_of(os.stat(self._library.path(session_id), follow_symlinks=False))
        except (OSError, TuiSessionsError):
            return True
        return all(version.stamp != stamp for version in self.kept.of(session_id))

    def rows(self, session_id: str) -> tuple[VersionRow, ...]:
        """What the session held before, the latest first; what it holds now is none of them.

        Raises `NotFoundError` where there is no such session; one that is damaged has versions, too."""
        from tui_sessions.model.merging import is_alike
        from tui_sessions.model.version import VersionRow, differences

        now = self._now(session_id)
        return tuple(
            VersionRow(
                number=version.number,
                at=version.stamp.modified_at,
                size=version.stamp.size,
                turns=len(session.turns),
                path=str(self.kept.path(session_id, version)),
                title=session.shown_title,
                is_ours=version.is_ours,
                differs=() if now is None else differences(session, now),
            )
            for version, session in self.kept.sessions(session_id)
            if now is None or not is_alike(session, now)
        )

    def session(self, session_id: str, number: int) -> Session:
        """One of them. Raises `NotFoundError`."""
        for version in self.kept.of(session_id):
            if version.number == number:
                found = self.kept.session(session_id, version)
                if found is not None:
                    return msgspec.structs.replace(found, id=session_id)
        raise NotFoundError(
            f"There is no version {number} of session {clean_line(session_id)}. "
            f"See them: tui-sessions versions {clean_line(session_id)}"
        )

    def restore(self, session_id: str, number: int) -> StepRow | None:
        """Makes the session what it was then, as a step that can be taken back; None where it is so already.
        One whose file was removed gets another. Raises what `Library.update` and `Library.create` raise."""
        from tui_sessions.model.version import restored

        version = self.session(session_id, number)
        try:
            title = clean_line(self._library.row(session_id).title)
        except NotFoundError:
            made = self._library.create(version)
            return self._library.history.created(made.id, f"version {number} of a removed session")
        outcome = self._library.history.edit(
            (session_id,), lambda now: restored(version, now), f"version {number} of “{title}”"
        )
        if outcome.error is not None:
            raise outcome.error
        return outcome.step

    def keep_beside(self, session_id: str, change: Change) -> Session:
        """The session with `change` as a branch beside it, because its own file holds something newer; taking
        that back puts the branch into the trash. Raises what `Library.create` raises."""
        from tui_sessions.model.merging import conflict_branch

        library = self._library
        now = library.load(session_id)
        fresh, moment = library.free_id(), self._clock()
        branch = conflict_branch(change(now), now, new_id=fresh, now=moment)
        made = library.create(branch, folder=library.row(session_id).folder)
        library.history.created(made.id, "branch for what was written")
        return made

    def _now(self, session_id: str) -> Session | None:
        """None where its file cannot be read just now: then all that is known of it is listed."""
        try:
            return self._library.load(session_id)
        except NotFoundError:
            if not self.kept.of(session_id):
                raise
        except TuiSessionsError:
            pass
        return None
