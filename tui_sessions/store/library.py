"""The library: the only door to the session files. Knows no screen, no provider, no command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.errors import NotFoundError, UsageError
from tui_sessions.model.ids import derived_id
from tui_sessions.model.query import Query
from tui_sessions.model.results import TrashRow
from tui_sessions.model.session import Change, Session, branched
from tui_sessions.model.term import Term, folded
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.store import folders
from tui_sessions.store.audit import Audit
from tui_sessions.store.cut_moves import finish_moves
from tui_sessions.store.folders import Noting as FolderNoting
from tui_sessions.store.journal import Journal
from tui_sessions.store.locks import Locks
from tui_sessions.store.names import checked_folder, checked_stem, stem_of, suffix_of, time_stems
from tui_sessions.store.own_folder import OWN_FOLDER
from tui_sessions.store.parts import Parts
from tui_sessions.store.refusal import refused
from tui_sessions.store.reserve import Reserve
from tui_sessions.store.searches import SavedSearches
from tui_sessions.store.trash import Noting as TrashNoting
from tui_sessions.store.trash import Trash

if TYPE_CHECKING:
    from tui_sessions.store.elsewhere import Elsewhere, OtherPrograms
    from tui_sessions.store.former import FormerVersions
    from tui_sessions.store.index.index import Index
    from tui_sessions.store.interrupted import Interrupted
    from tui_sessions.store.rescue import Rescue
    from tui_sessions.store.settling import Reconciled
    from tui_sessions.store.texts.texts import Texts
    from tui_sessions.store.tree.view import View
    from tui_sessions.store.writer import Ending, Writer

MoveNoting = Callable[[str, str], None]
"""Told of the old and the new path of a file before it is moved."""


class Library(Parts):
    """A directory of sessions. Any method may be called from any thread.

    Methods that look at the listing scan the directory first where that has never been done; later
    news from outside comes with `refresh`. All raise `StoreError` when the disk refuses.
    """

    def __init__(self, root: Path, *, now: Clock, audit: Path | None, cache: Path | None) -> None:
        own = root / OWN_FOLDER
        self.root = root
        self.audit = Audit(audit, now)
        """For actions that are not the library's own (open, export, …)."""
        self._now = now
        self._journals = own / "journal"
        self._locks = Locks(own / "locks")
        self._trash = Trash(own / "trash", root)
        self._cache = cache
        self.notice: Callable[[str], None] = lambda said: None
        """Told, in any thread, when an edit met what another program had written, and what became of it."""
        self.searches = SavedSearches(own)
        """The saved searches: the tree's smart folders."""

    @classmethod
    def open(
        cls, root: Path, *, now: Clock, audit: Path | None = None, cache: Path | None = None
    ) -> Library:
        """The library at `root`, its index in `cache` or in memory. A directory that is missing holds
        nothing, and is made with the first session. Raises `StoreError` for one that cannot be read."""
        root = Path(os.path.realpath(root.expanduser()))
        try:
            os.scandir(root).close()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise refused(error, "list", root) from error
        return cls(root, now=now, audit=audit, cache=cache)

    @cached_property
    def _index(self) -> Index:
        from tui_sessions.store.index.index import (
            Index,  # the screen is painted before it is needed
        )

        index = Index(self.root, self._cache, is_patient=self._is_patient)
        index.found = lambda term, query: self._texts.found(term, query)
        return index

    @cached_property
    def _writer(self) -> Writer:
        from tui_sessions.store.writer import Writer

        return Writer(
            self.root,
            self._index,
            self._locks,
            self.audit,
            self._now,
            versions=self.versions.kept,
            notice=lambda said: self.notice(said),
        )

    @cached_property
    def _texts(self) -> Texts:
        from tui_sessions.store.index.index import place_of
        from tui_sessions.store.texts.source import IndexSource
        from tui_sessions.store.texts.texts import Texts  # not for commands that search no text

        place = place_of(self.root, self._cache, "texts")
        return Texts(self.root, IndexSource(self._index), place, self)

    @cached_property
    def _view(self) -> View:
        from tui_sessions.store.tree.view import View  # only the screen shows a tree

        return View(self._index, self.searches, self._trash)

    def load(self, session_id: str) -> Session:
        """The session as its file stands now. Raises `NotFoundError`, `DamagedFileError`."""
        return self._writer.opened(session_id).session

    def ending(self, session_id: str) -> Ending | None:
        """The last turns of a long session, to be shown while the whole is read; None where that has to
        be waited for, by `load`."""
        return self._writer.ending(session_id)

    def create(self, session: Session, *, name: str | None = None, folder: str = "") -> Session:
        """A new file for `session`: `name`, or one made of the time. Never overwrites.

        Raises `ConflictError` for a name or id that is taken, `UsageError` for one that cannot be.
        """
        self._locks.refuse_moved()
        stems = time_stems(self._now()) if name is None else iter((checked_stem(name),))
        return self._writer.create(session, self._folder(folder), stems)

    def update(self, session_id: str, change: Change) -> Session:
        """Applies `change` to the session as it stands on disk now and writes it; the only way to edit.

        `change` may be called again where another program wrote meanwhile; it must have no effects of
        its own. Raises `NotFoundError`, `DamagedFileError`, `NewerFormatError`, `ConflictError`.
        """
        return self._writer.update(session_id, change)

    def hurried(self, within_s: float) -> AbstractContextManager[None]:
        """While this is held, nothing in this thread waits longer for other programs: it is refused."""
        return self._locks.hurried(within_s)

    def reconcile(self, session_id: str, held: Session | None = None) -> Reconciled:
        """The session as its file stands now; where another program wrote it, brought together with what
        ours had written. `held` is what was read of it. Raises what `update` raises."""
        from tui_sessions.store.settling import Reconciled  # not for commands that only look

        session, said = self._writer.reconcile(session_id, held)
        return Reconciled(session, said or None, is_news=said is not None)

    @cached_property
    def versions(self) -> FormerVersions:
        """What sessions held before."""
        from tui_sessions.store.former import FormerVersions  # not for commands that only look

        return FormerVersions(self, self.root / OWN_FOLDER / "history" / "versions", self._now)

    def branch(
        self, session_id: str, turns: int, *, title: str | None = None, new_id: str | None = None
    ) -> Session:
        """A new session in the same folder that shares the first `turns` turns. Raises `UsageError`."""
        opened = self._writer.opened(session_id)
        if not 0 <= turns <= len(opened.session.turns):
            raise UsageError(
                f"Session {session_id} has {len(opened.session.turns)} turns; "
                f"it cannot branch after turn {turns}."
            )
        fresh = new_id or self.free_id()
        new = branched(opened.session, turns, new_id=fresh, title=title, now=self._now())
        folder = (self.root / opened.path).parent
        return self._writer.create(new, folder, time_stems(self._now()))

    def extract(
        self, session_id: str, first: int, last: int, *, title: str, new_id: str | None = None
    ) -> Session:
        """A new session in the same folder of the turns `first` to `last`, from 1. Raises `UsageError`."""
        from tui_sessions.model.branches import extracted  # not for commands that only look

        opened = self._writer.opened(session_id)
        fresh, now = new_id or self.free_id(), self._now()
        new = extracted(opened.session, first, last, new_id=fresh, title=title, now=now)
        return self._writer.create(new, (self.root / opened.path).parent, time_stems(now))

    def rename_file(self, session_id: str, name: str, *, noting: MoveNoting | None = None) -> Path:
        """Gives the file another name in its folder. Raises `ConflictError`, `UsageError`."""
        return self.root / self._writer.relocate(session_id, None, checked_stem(name), noting)

    def move(
        self,
        session_id: str,
        folder: str,
        *,
        name: str | None = None,
        noting: MoveNoting | None = None,
    ) -> None:
        """Moves the file to a folder of the library, made where it is missing; `name` is a whole new file
        name, whose ending packs or unpacks it. Raises `ConflictError`."""
        stem, suffix = (None, None) if name is None else (stem_of(name), suffix_of(name))
        self._writer.relocate(session_id, self._folder(folder), stem, noting, suffix=suffix)

    def put_back(self, session_id: str, path: str) -> None:
        """Moves the file to a path that it had before. Raises `ConflictError`, `UsageError`."""
        folder, _, name = path.rpartition("/")
        folders.make(self.root, folder)
        place, suffix = folders.place_of(self.root, folder), suffix_of(name)
        self._writer.relocate(session_id, place, stem_of(name), suffix=suffix)

    def make_folder(self, path: str, *, noting: FolderNoting | None = None) -> None:
        """Makes a folder, and what is missing above it. Raises `UsageError`."""
        folders.make(self.root, path, noting)
        self._index.refresh_within(path)

    def rename_folder(self, path: str, new_path: str) -> None:
        """Moves a folder with all that lies in it; never over another.

        Raises `NotFoundError`, `ConflictError`, `UsageError`. The sessions in it keep their ids.
        """
        with self._locks.held_as("folders", busy="Another program is renaming a folder."):
            for row in self.rows(Query.of(Term("folder", folded(path)))):
                # An id that is made of the path would be another one after the renaming.
                if row.path.startswith(f"{path}/") and row.id == derived_id(row.path):
                    with suppress(NotFoundError):  # It has left the folder.
                        self._writer.keep_id(row.id)
            folders.rename(self.root, path, new_path)
            for place in (path, new_path):
                self._index.refresh_within(place)
        self.audit.record("rename folder", "", path=path, to=new_path)

    def remove_folder(self, path: str) -> None:
        """Removes a folder that is empty. Raises `NotFoundError`, `ConflictError`, `UsageError`."""
        folders.remove(self.root, path)
        self._index.refresh_within(path)

    def delete(
        self, session_id: str, *, entry: str | None = None, noting: TrashNoting | None = None
    ) -> TrashRow:
        """Moves the session's file into the trash. Its branches stay. Raises `NotFoundError`."""
        with self._locks.held(session_id):
            path = self._writer.opened(session_id).path
            title = self.row(session_id).title
            return self._discard(path, session_id, title, entry, noting)

    def delete_damaged(
        self, path: str, *, entry: str | None = None, noting: TrashNoting | None = None
    ) -> TrashRow:
        """Moves a damaged file into the trash. Raises `NotFoundError` where none is listed there."""
        if not any(row.path == path for row in self.damaged()):
            raise NotFoundError(f"There is no damaged file {clean_line(path)}.")
        if (self.root / path).is_dir() and not (self.root / path).is_symlink():
            raise UsageError(f"{clean_line(path)} is a folder. Only files can be deleted here.")
        return self._discard(path, derived_id(path), path.rpartition("/")[2], entry, noting)

    @property
    def _whole(self) -> Library:
        return self

    def trash(self) -> tuple[TrashRow, ...]:
        """What can be taken back, the latest first."""
        return self._trash.rows()

    def trash_row(self, entry: str) -> TrashRow | None:
        """What lies in the trash under that name; None where nothing does."""
        return self._trash.row(entry)

    def in_trash(self, ref: str) -> TrashRow:
        """What lies in the trash under that entry, id, or unique beginning of one.

        Raises `NotFoundError`, `AmbiguousError`.
        """
        return self._trash.find(ref)

    def trash_file(self, row: TrashRow) -> Path:
        """Where something in the trash lies."""
        return self._trash.path(row)

    def trash_size(self, rows: Iterable[TrashRow]) -> int:
        """How many bytes these take in the trash."""
        return sum(self._trash.size(row) for row in rows)

    def purge(self, row: TrashRow) -> bool:
        """Deletes something in the trash for good; False where it is not there any more."""
        if not self._trash.purge(row):
            return False
        if not self.has(row.id):
            self.versions.kept.drop(row.id)
        self.audit.record("purge", row.id)
        return True

    def undelete(self, ref: str) -> str:
        """Takes a file back to its path, or to a free name beside it; the id it is listed under now.

        `ref` is an entry of the trash, an id, or a unique beginning of one. Raises `NotFoundError`.
        """
        return self.restore(self._trash.find(ref)).id

    def restore(self, row: TrashRow) -> TrashRow:
        """Takes that file back; the row with the path and the id it has now. Raises `NotFoundError`."""
        path = self._trash.take_back(row)
        self._index.reread(path)
        listed = self._index.by_path(path)
        session_id = listed.id if listed is not None else row.id
        self.audit.record("restore", session_id)
        return msgspec.structs.replace(row, id=session_id, path=path)

    def open_journal(
        self, session_id: str, turn_id: str, *, model: str | None = None, continues: bool = False
    ) -> Journal:
        """A place for the text of one answer while it arrives; `continues`: it begins with what is
        there already. Raises `StoreError`."""
        return Journal.open(
            self._journals, session_id, turn_id, at=self._now(), model=model, continues=continues
        )

    @cached_property
    def elsewhere(self) -> OtherPrograms:
        """What the other programs on this library are doing."""
        from tui_sessions.store.elsewhere import OtherPrograms

        return OtherPrograms(self._journals, self._locks)

    def answered_elsewhere(self) -> tuple[Elsewhere, ...]:
        """The answers that other programs are receiving now."""
        return self.elsewhere.answering()

    @cached_property
    def interrupted(self) -> Interrupted:
        """The answers that a crash cut off."""
        from tui_sessions.store.interrupted import Interrupted

        return Interrupted(self, self._journals, self._locks, self._now)

    @property
    def has_interrupted(self) -> bool:
        """Whether there may be any of which nobody has decided."""
        return os.path.exists(self.root / OWN_FOLDER / "interrupted.json")

    def recover(self) -> tuple[str, ...]:
        """Puts what crashed programs left in journals into its turns, and brings their moves to an end; the
        ids of the sessions."""
        finish_moves(self)
        return self.interrupted.recover() if os.path.isdir(self._journals) else ()

    @cached_property
    def rescue(self) -> Rescue:
        """Another place for what has none."""
        from tui_sessions.store.rescue import Rescue

        return Rescue(self, self._trash, self._locks)

    @cached_property
    def reserve(self) -> Reserve:
        """Room on the disk that is held back for when it is full."""
        return Reserve(self.root / OWN_FOLDER)

    def _discard(
        self, path: str, session_id: str, title: str, entry: str | None, noting: TrashNoting | None
    ) -> TrashRow:
        row = self._trash.put(
            path, session_id=session_id, title=title, at=self._now(), entry=entry, noting=noting
        )
        self._index.drop(path)
        self.audit.record("delete", session_id)
        return row

    def _folder(self, folder: str) -> Path:
        path = "/".join(checked_folder(folder))
        folders.make(self.root, path)
        return folders.place_of(self.root, path)
