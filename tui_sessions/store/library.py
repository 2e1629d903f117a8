"""The library: the only door to the session files. Knows no screen, no provider, no command line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tui_sessions.errors import NotFoundError, TuiSessionsError, UsageError
from tui_sessions.model.ids import derived_id, new_id
from tui_sessions.model.query import Query
from tui_sessions.model.results import DamagedRow, SessionRow, TrashRow
from tui_sessions.model.session import Change, Session, branched
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.store import files
from tui_sessions.store.audit import Audit
from tui_sessions.store.catalog import Catalog, Progress, Stop
from tui_sessions.store.journal import Journal
from tui_sessions.store.locks import Locks
from tui_sessions.store.names import checked_folder, checked_stem, time_stems
from tui_sessions.store.recovery import Orphan, Said, is_kept, orphans, with_interrupted
from tui_sessions.store.reference import resolved
from tui_sessions.store.refusal import refused
from tui_sessions.store.trash import Trash
from tui_sessions.store.tree import Tree
from tui_sessions.store.writer import Writer

OWN_FOLDER = ".tui-sessions"
_ALL = Query()


class Library:
    """A directory of sessions. Any method may be called from any thread.

    Methods that look at the listing scan the directory first where that has never been done; later
    news from outside comes with `refresh`. All raise `StoreError` when the disk refuses.
    """

    def __init__(self, root: Path, *, now: Clock, audit: Path | None) -> None:
        own = root / OWN_FOLDER
        self.root = root
        self.audit = Audit(audit, now)
        """For actions that are not the library's own (open, export, …)."""
        self._now = now
        self._journals = own / "journal"
        self._catalog = Catalog(root)
        self._locks = Locks(own / "locks")
        self._trash = Trash(own / "trash", root)
        self._writer = Writer(root, self._catalog, self._locks, self.audit, now)

    @classmethod
    def open(cls, root: Path, *, now: Clock, audit: Path | None = None) -> Library:
        """The library at `root`. A directory that is missing holds nothing, and is made with the first
        session. Raises `StoreError` for one that cannot be read."""
        root = Path(os.path.realpath(root.expanduser()))
        try:
            os.scandir(root).close()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise refused(error, "list", root) from error
        return cls(root, now=now, audit=audit)

    def refresh(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Looks for what changed on the disk; True when anything did. May run in a thread."""
        return self._catalog.refresh(progress, stop)

    @property
    def is_scanned(self) -> bool:
        """Whether the directory was read once; before that, listing anything reads it first."""
        return self._catalog.is_scanned

    def rows(
        self, query: Query = _ALL, *, sort: str = "updated", reverse: bool = False
    ) -> tuple[SessionRow, ...]:
        """The sessions that match: newest and biggest first, titles A-Z. Raises `UsageError`.

        Like `tree`, `tags` and `damaged`, it does not wait for a first scan that another thread does.
        """
        return self._catalog.listing(wait=False).rows(query, sort, reverse)

    def damaged(self) -> tuple[DamagedRow, ...]:
        """The files that cannot be read as sessions, by path."""
        return self._catalog.listing(wait=False).damaged

    def row(self, session_id: str) -> SessionRow:
        """The row of a session. Raises `NotFoundError`."""
        row = self._catalog.listing().by_id(session_id)
        if row is None:
            raise NotFoundError(
                f"There is no session {clean_line(session_id)!r} in {clean_line(str(self.root))}."
            )
        return row

    def tree(
        self, query: Query, *, sort: str = "updated", closed: frozenset[str] = frozenset()
    ) -> Tree:
        """Folders by name, then sessions, branches below their parents, then damaged files.

        With a query: only sessions that match, and nothing is folded.
        """
        return self._catalog.listing(wait=False).tree(query, sort, closed)

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The tags in use and how many sessions have each, most used first."""
        return self._catalog.listing(wait=False).tags()

    def projects(self) -> tuple[tuple[str, int], ...]:
        """The projects in use and how many sessions each has, most used first."""
        return self._catalog.listing(wait=False).projects()

    def resolve(self, ref: str) -> str:
        """The id of an id, a unique beginning of one, a file name, a path, or `@last`.

        Raises `NotFoundError`, `AmbiguousError` that lists them, `DamagedFileError`.
        """
        return resolved(ref, self._catalog.listing(), self.root)

    def path(self, session_id: str) -> Path:
        """The file of a session. Raises `NotFoundError`."""
        return self.root / self.row(session_id).path

    def free_id(self) -> str:
        """An id that no session has."""
        listing = self._catalog.listing()
        while listing.by_id(fresh := new_id()) is not None:
            pass
        return fresh

    def load(self, session_id: str) -> Session:
        """The session as its file stands now. Raises `NotFoundError`, `DamagedFileError`."""
        return self._writer.opened(session_id).session

    def create(self, session: Session, *, name: str | None = None, folder: str = "") -> Session:
        """A new file for `session`: `name`, or one made of the time. Never overwrites.

        Raises `ConflictError` for a name or id that is taken, `UsageError` for one that cannot be.
        """
        stems = time_stems(self._now()) if name is None else iter((checked_stem(name),))
        return self._writer.create(session, self._folder(folder), stems)

    def update(self, session_id: str, change: Change) -> Session:
        """Applies `change` to the session as it stands on disk now and writes it; the only way to edit.

        `change` may be called again where another program wrote meanwhile; it must have no effects of
        its own. Raises `NotFoundError`, `DamagedFileError`, `NewerFormatError`, `ConflictError`.
        """
        return self._writer.update(session_id, change)

    def branch(self, session_id: str, turns: int, *, title: str | None = None) -> Session:
        """A new session in the same folder that shares the first `turns` turns. Raises `UsageError`."""
        opened = self._writer.opened(session_id)
        if not 0 <= turns <= len(opened.session.turns):
            raise UsageError(
                f"Session {session_id} has {len(opened.session.turns)} turns; "
                f"it cannot branch after turn {turns}."
            )
        new = branched(opened.session, turns, new_id=self.free_id(), title=title, now=self._now())
        folder = (self.root / opened.path).parent
        return self._writer.create(new, folder, time_stems(self._now()))

    def rename_file(self, session_id: str, name: str) -> Path:
        """Gives the file another name in its folder. Raises `ConflictError`, `UsageError`."""
        return self.root / self._writer.relocate(session_id, None, checked_stem(name))

    def move(self, session_id: str, folder: str) -> None:
        """Moves the file to a folder of the library, made where it is missing. Raises `ConflictError`."""
        self._writer.relocate(session_id, self._folder(folder), None)

    def delete(self, session_id: str) -> TrashRow:
        """Moves the session's file into the trash. Its branches stay. Raises `NotFoundError`."""
        with self._locks.held(session_id):
            path = self._writer.opened(session_id).path
            title = self.row(session_id).title
            return self._discard(path, session_id, title)

    def delete_damaged(self, path: str) -> TrashRow:
        """Moves a damaged file into the trash. Raises `NotFoundError` where none is listed there."""
        if not any(row.path == path for row in self.damaged()):
            raise NotFoundError(f"There is no damaged file {clean_line(path)}.")
        if (self.root / path).is_dir() and not (self.root / path).is_symlink():
            raise UsageError(f"{clean_line(path)} is a folder. Only files can be deleted here.")
        return self._discard(path, derived_id(path), path.rpartition("/")[2])

    def trash(self) -> tuple[TrashRow, ...]:
        """What can be taken back, the latest first."""
        return self._trash.rows()

    def undelete(self, ref: str) -> str:
        """Takes a file back to its path, or to a free name beside it; the id it is listed under now.

        `ref` is an entry of the trash, an id, or a unique beginning of one. Raises `NotFoundError`.
        """
        row = self._trash.find(ref)
        path = self._trash.take_back(row)
        self._catalog.reread(path)
        listed = self._catalog.listing().by_path(path)
        session_id = listed.id if listed is not None else row.id
        self.audit.record("restore", session_id)
        return session_id

    def open_journal(self, session_id: str, turn_id: str) -> Journal:
        """A place for the text of an answer while it arrives. Raises `StoreError`."""
        return Journal.open(self._journals, session_id, turn_id)

    def recover(self) -> tuple[str, ...]:
        """Puts what crashed programs left in journals into its turns; the ids of the sessions.

        A journal whose session cannot be written now stays for the next time.
        """
        recovered: dict[str, None] = {}
        for orphan in orphans(self._journals):
            if orphan.said is None:
                orphan.set_aside()
            else:
                recovered |= dict.fromkeys(self._put_back(orphan, orphan.said))
        return tuple(recovered)

    def _put_back(self, orphan: Orphan, said: Said) -> Iterable[str]:
        recovered: set[str] = set()

        def change(session: Session) -> Session:
            changed = with_interrupted(session, said)
            if changed is not session:
                recovered.add(session.id)
            return changed

        try:
            session = self.update(said.session_id, change)
        except NotFoundError:
            orphan.set_aside()
            return ()
        except TuiSessionsError:
            return ()
        if is_kept(session, said):
            orphan.discard()
        else:
            orphan.set_aside()
        return recovered

    def _discard(self, path: str, session_id: str, title: str) -> TrashRow:
        row = self._trash.put(path, session_id=session_id, title=title, at=self._now())
        self._catalog.drop(path)
        self.audit.record("delete", session_id)
        return row

    def _folder(self, folder: str) -> Path:
        place = self.root
        for part in checked_folder(folder):
            place = place / part
            if place.is_symlink():
                raise UsageError(
                    f"{clean_line(folder)} leads through a symbolic link. "
                    "Choose a folder that lies in the library itself."
                )
        files.make_folder(place)
        return place
