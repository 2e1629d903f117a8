"""The parts of a library that do what it is not asked every day: each is loaded when it is first wanted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tui_sessions.model.times import Clock
from tui_sessions.store.catalog import Catalog
from tui_sessions.store.locks import Locks
from tui_sessions.store.own_folder import OWN_FOLDER

if TYPE_CHECKING:
    from tui_sessions.store.attachments import Attachments
    from tui_sessions.store.branching import Branching
    from tui_sessions.store.doctor.doctor import Doctor
    from tui_sessions.store.history.history import History
    from tui_sessions.store.library import Library
    from tui_sessions.store.statistics import Statistics
    from tui_sessions.store.upkeep.upkeep import Upkeep
    from tui_sessions.store.writer import Writer


class Parts(Catalog):
    """What hangs on a library."""

    _locks: Locks
    _now: Clock

    @property
    def _whole(self) -> Library:
        """The library itself."""
        raise NotImplementedError

    @cached_property
    def _writer(self) -> Writer:
        """What writes session files; the library makes it."""
        raise NotImplementedError

    @cached_property
    def attachments(self) -> Attachments:
        """The files that are attached to messages."""
        from tui_sessions.store.attachments import Attachments  # loads OpenSSL

        return Attachments(self.root / OWN_FOLDER / "attachments")

    @cached_property
    def history(self) -> History:
        """What people do to sessions, so that it can be taken back."""
        from tui_sessions.store.history.history import History
        from tui_sessions.store.history.steps import Steps  # not for commands that only look

        return History(
            self._whole, Steps(self.root / OWN_FOLDER / "history", self._locks, self._now)
        )

    @cached_property
    def branching(self) -> Branching:
        """What people do to branches."""
        from tui_sessions.store.branching import Branching  # not for commands that only look

        return Branching(self._whole)

    @cached_property
    def statistics(self) -> Statistics:
        """What answers cost, used and took, added up."""
        from tui_sessions.store.statistics import Statistics  # not for commands that only look

        return Statistics(self._index)

    @cached_property
    def doctor(self) -> Doctor:
        """Looks the library over and mends it."""
        from tui_sessions.store.doctor.doctor import Doctor  # not for commands that only look

        return Doctor(self._whole, self._index, self._writer, self.root / OWN_FOLDER)

    @cached_property
    def upkeep(self) -> Upkeep:
        """The archive, packed files, and what is old, idle or empty."""
        from tui_sessions.store.upkeep.upkeep import Upkeep  # not for commands that only look

        return Upkeep(self._whole)
