"""Answers that a crash cut off: put back into their turns, and then kept, continued or dropped by whoever reads them.

A journal whose owner is gone becomes an interrupted answer; that this happened is noted until somebody decides. A journal
that has no place in any session, or that is torn, is set aside, and stands in the same list.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.dropping import Cut, cut_in, found_cut
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock
from tui_sessions.model.turn import Turn
from tui_sessions.store import files
from tui_sessions.store.recovery import (
    ORPHAN,
    Orphan,
    Said,
    is_kept,
    legible,
    orphans,
    with_interrupted,
)

if TYPE_CHECKING:
    from tui_sessions.store.library import Library
    from tui_sessions.store.locks import Locks
    from tui_sessions.store.rescue import Rescued

_NOTES = "interrupted.json"
_MOST = 200
"""Cut answers that wait for somebody; the oldest are simply kept then."""
_WORDS = 200


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A journal that has no place in any session."""

    name: str
    said: Said

    @property
    def words(self) -> str:
        """How it begins."""
        return (self.said.text or self.said.reasoning)[:_WORDS]


class Interrupted:
    """The cut answers of one library. Any method may be called from any thread."""

    def __init__(self, library: Library, journals: Path, locks: Locks, now: Clock) -> None:
        self._library = library
        self._journals = journals
        self._notes = journals.parent / _NOTES
        self._locks = locks
        self._now = now

    # after a crash

    def recover(self) -> tuple[str, ...]:
        """Puts what crashed programs left in journals into its turns; the ids of the sessions. A journal
        whose session cannot be written now stays for the next time."""
        recovered: dict[str, None] = {}
        cuts: list[Cut] = []
        for orphan in orphans(self._journals):
            if orphan.said is None:
                orphan.set_aside()
                continue
            cut = self._put_back(orphan, orphan.said)
            if cut is not None:
                recovered[cut.session_id] = None
                cuts.append(cut)
        cuts = [cut for cut in cuts if cut.characters]
        if cuts:
            with suppress(TuiSessionsError):  # The text itself stands in its session.
                self._note(lambda noted: [*noted, *cuts])
        return tuple(recovered)

    def _put_back(self, orphan: Orphan, said: Said) -> Cut | None:
        cut: Cut | None = None

        def change(session: Session) -> Session:
            nonlocal cut
            changed = with_interrupted(session, said)
            is_news = changed is not session
            cut = cut_in(session, changed, said.turn_id) if is_news else None
            return changed

        try:
            session = self._library.update(said.session_id, change)
        except NotFoundError:
            self._put_into_trash(orphan, said)
            return None
        except TuiSessionsError:
            return None
        self._done(orphan, is_whole=is_kept(session, said) and not said.has_more)
        return cut

    def _put_into_trash(self, orphan: Orphan, said: Said) -> None:
        kept = False

        def change(session: Session) -> Session:
            nonlocal kept
            changed = with_interrupted(session, said)
            kept = is_kept(changed, said)
            return changed

        try:
            self._library.rescue.in_trash(said.session_id, change)
        except TuiSessionsError:
            return
        self._done(orphan, is_whole=kept and not said.has_more)

    def _done(self, orphan: Orphan, *, is_whole: bool) -> None:
        if is_whole:
            orphan.discard()
        else:
            orphan.set_aside()

    # what waits for a decision

    def waiting(self) -> tuple[Cut, ...]:
        """The cut answers of which nobody has decided, the last first."""
        noted = self._read()
        there: set[tuple[str, str, str]] = set()
        for session_id in {cut.session_id for cut in noted}:
            with suppress(TuiSessionsError):
                there |= {cut.key for cut in self.in_session(self._library.load(session_id))}
        return tuple(cut for cut in reversed(noted) if cut.key in there)

    def in_session(self, session: Session) -> tuple[Cut, ...]:
        """Those of a session as it is known."""
        return tuple(
            cut
            for cut in self._read()
            if cut.session_id == session.id and found_cut(session, cut) is not None
        )

    def aside(self) -> tuple[Aside, ...]:
        """The journals that have no place, the last first."""
        return tuple(sorted(self._asides(), key=lambda one: one.said.at, reverse=True))

    def decided(self, cuts: Iterable[Cut]) -> None:
        """Somebody decided about these. Raises `StoreError`."""
        gone = {cut.key for cut in cuts}
        self._note(lambda noted: [cut for cut in noted if cut.key not in gone])

    def keep_aside(self, name: str) -> Rescued:
        """Makes a session of a journal that has no place. Raises `NotFoundError`, `StoreError`."""
        one = self._aside(name)
        said = one.said
        if not (said.text or said.reasoning):
            raise NotFoundError("Nothing can be read in that journal: there is nothing to keep.")
        answer = Message(
            role="assistant",
            content=said.text,
            timestamp=said.at,
            model=said.model,
            reasoning=said.reasoning or None,
        )
        turn = Turn(id=said.turn_id or "1", messages=(answer,), finish="interrupted")
        session = Session(id=self._library.free_id(), model=said.model, turns=(turn,))
        rescued = self._library.rescue.beside(session, title=f"{_title(one)} (recovered)")
        self._remove(name)
        return rescued

    def drop_aside(self, name: str) -> str | None:
        """Drops a journal that has no place: what can be read of it is in the trash as a session then,
        whose id this is; None where nothing could be read."""
        one = self._aside(name)
        if not (one.said.text or one.said.reasoning):
            self._remove(name)
            return None
        kept = self.keep_aside(name)
        self._library.history.delete((kept.session_id,), f"dropping of “{kept.title}”")
        return kept.session_id

    def _asides(self) -> Iterator[Aside]:
        try:
            names = os.listdir(self._journals)
        except OSError:
            return
        for name in names:
            if name.endswith(ORPHAN) and (said := legible(self._journals / name)) is not None:
                yield Aside(name=name, said=said)

    def _aside(self, name: str) -> Aside:
        for one in self._asides():
            if one.name == name:
                return one
        raise NotFoundError("That journal is not there any more.")

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            os.unlink(self._journals / name)

    # the notes

    def _read(self) -> list[Cut]:
        try:
            return self._noted()
        except StoreError:
            return []

    def _noted(self) -> list[Cut]:
        """Raises `StoreError` where the disk does not tell: that is not the same as nothing."""
        try:
            data = files.read(self._notes).data
            return msgspec.convert(json.loads(data), list[Cut])
        except (FileNotFoundError, DamagedFileError, ValueError, RecursionError):
            return []

    def _note(self, change: Callable[[list[Cut]], list[Cut]]) -> None:
        """Nobody else changes the notes meanwhile. Raises `ConflictError`, `StoreError`."""
        with self._locks.held_as("interrupted", busy="Another program decides about cut answers."):
            by_key = {cut.key: cut for cut in change(self._noted())}
            if not by_key:
                with suppress(OSError):
                    os.unlink(self._notes)
                return
            kept = list(by_key.values())[-_MOST:]
            files.replace(self._notes, json.dumps(msgspec.to_builtins(kept)).encode())


def _title(aside: Aside) -> str:
    from tui_sessions.model.session import title_from

    return title_from(aside.words) or "An answer"
