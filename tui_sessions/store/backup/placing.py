"""Unpacked files to their places in the library, as one step of the history that can be taken back."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.codec.decode import decode
from tui_sessions.errors import ConflictError, DamagedFileError, TuiSessionsError, UsageError
from tui_sessions.model.backups import ComingLine, beside, relation
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line
from tui_sessions.store import files, folders
from tui_sessions.store.backup.manifest import unescaped
from tui_sessions.store.backup.reading import whole
from tui_sessions.store.backup.restoring import Progress, Restored, text_of
from tui_sessions.store.backup.safe_names import is_plain
from tui_sessions.store.backup.staging import Stage
from tui_sessions.store.history.changes import Created
from tui_sessions.store.history.differences import difference
from tui_sessions.store.history.steps import Part
from tui_sessions.store.names import numbered, stem_of, suffix_of
from tui_sessions.store.recovery import Said, legible, with_interrupted
from tui_sessions.store.refusal import refused
from tui_sessions.store.trash import new_entry

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

_SINGLY = 200
"""More new files than that are not looked at one by one."""


class Placing:
    """One restoring, from the stage on."""

    def __init__(self, library: Library, stage: Stage, *, is_overwriting: bool) -> None:
        self._library = library
        self._stage = stage
        self._is_overwriting = is_overwriting
        self._lock = threading.Lock()
        self._new: dict[str, str] = {}
        """Ids, and where each came to lie."""
        self._replaced: list[str] = []
        self._beside: list[str] = []
        self._said: dict[str, list[Said]] = {}

    def place(
        self,
        lines: Sequence[ComingLine],
        empty_folders: Sequence[str],
        label: str,
        *,
        progress: Progress | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> Restored:
        """Places all of them, or as many as it can."""
        for said in filter(None, map(legible, self._stage.journals)):
            self._said.setdefault(said.session_id, []).append(said)
        by_path = {line.path: line for line in lines}
        wanted = self._folders(lines, empty_folders)

        def first(part: Part) -> None:
            self._put_attachments()
            for folder in wanted:
                with suppress(UsageError):  # Something else has that name; the files tell.
                    self._library.history.make_folder_in(folder, part)

        def act(path: str, part: Part) -> bool:
            try:
                return self._one(by_path[path], part)
            except TuiSessionsError as error:
                place = clean_line(by_path[path].place)
                if isinstance(error, DamagedFileError):
                    raise DamagedFileError(f"{place} did not come back. {error}") from error
                raise

        try:
            outcome = self._library.history.each(by_path, act, label, progress, stop, first=first)
        finally:
            self._settle()
        self._put_searches()
        return Restored(
            outcome=outcome,
            new=tuple(self._new),
            replaced=tuple(self._replaced),
            beside=tuple(self._beside),
        )

    def _one(self, line: ComingLine, part: Part) -> bool:
        staged = self._stage.place(line.path)
        match line.relation:
            case "new":
                return self._put_new(line, staged, part)
            case "damaged":
                return self._put_damaged(line, staged)
            case "newer":
                return self._replace(line, staged, part)
        if self._is_overwriting:
            return self._replace(line, staged, part)
        return self._put_beside(line, staged, part)

    def _put_new(self, line: ComingLine, staged: Path, part: Part) -> bool:
        if self._library.has(line.id):
            raise ConflictError(
                f"{clean_line(line.title)!r} came here meanwhile. It stays; restore it once more."
            )
        part.write(Created(self._entry(), line.id, line.turns))
        self._keep_known(line.id, staged)
        path = self._named(staged, line.place)
        with self._lock:
            self._new[line.id] = path
        return True

    def _keep_known(self, session_id: str, staged: Path) -> None:
        """What was deleted here may have versions still: what comes back is not another program's."""
        kept = self._library.versions.kept
        if kept.of(session_id):
            kept.keep_seen(session_id, files.read(staged), is_ours=True)

    def _put_damaged(self, line: ComingLine, staged: Path) -> bool:
        """What cannot be read as a session comes back where nothing lies in its place."""
        target = self._library.root / line.place
        if os.path.lexists(target):
            return False
        try:
            files.move_new(staged, target)
        except FileExistsError:
            return False
        self._library.look_at((line.place,))
        return True

    def _replace(self, line: ComingLine, staged: Path, part: Part) -> bool:
        backed = self._decoded(line, staged)

        def change(session: Session) -> Session:
            is_allowed = self._is_overwriting or relation(session, backed) in ("newer", "same")
            if not is_allowed:
                raise ConflictError(
                    f"{clean_line(line.title)!r} was changed at this moment. It stays as it is."
                )
            after = msgspec.structs.replace(backed, id=session.id, updated_at=session.updated_at)
            edited = difference(session, after)
            if edited is not None:
                part.write(edited)
            return after

        self._library.update(line.id, change)
        with self._lock:
            self._replaced.append(line.id)
        return True

    def _put_beside(self, line: ComingLine, staged: Path, part: Part) -> bool:
        backed = self._decoded(line, staged)
        here, folder = None, ""
        with suppress(TuiSessionsError):
            here = self._library.load(line.id)
            folder = self._library.row(line.id).path.rpartition("/")[0]
        session = beside(backed, here, new_id=self._library.free_id())
        part.write(Created(self._entry(), session.id, len(session.turns)))
        try:
            self._library.create(session, folder=folder)
        except UsageError:  # A folder that has a name which nobody could choose.
            self._library.create(session)
        with self._lock:
            self._beside.append(session.id)
        return True

    def _decoded(self, line: ComingLine, staged: Path) -> Session:
        session = decode(text_of(whole(staged)), fallback_id=line.id)
        for said in self._said.get(line.id, ()):
            session = with_interrupted(session, said)
        return session

    def _named(self, staged: Path, place: str) -> str:
        """Gives a staged file its place, or a free name beside it; the path it has now."""
        folder, _, name = place.rpartition("/")
        target = folders.place_of(self._library.root, folder)
        for stem in numbered(stem_of(name)):
            path = target / f"{stem}{suffix_of(name) or ''}"
            try:
                os.link(staged, path, follow_symlinks=False)
            except FileExistsError:
                continue
            except FileNotFoundError as error:
                raise refused(error, "write", path) from error
            except OSError:  # A disk without hard links.
                try:
                    files.move_new(staged, path)
                except FileExistsError:
                    continue
            return path.relative_to(self._library.root).as_posix()
        raise AssertionError("the stems never end")

    def _folders(self, lines: Sequence[ComingLine], empty: Sequence[str]) -> list[str]:
        wanted = {line.place.rpartition("/")[0] for line in lines}
        for name in empty:
            with suppress(DamagedFileError):
                folder = unescaped(name)
                if is_plain(folder):
                    wanted.add(folder)
        root = self._library.root
        return sorted(folder for folder in wanted - {""} if not (root / folder).is_dir())

    def _settle(self) -> None:
        """Makes the new names durable, and lets the index see them; then what answers had left in journals
        goes into its turns."""
        if not self._new:
            return
        paths = tuple(self._new.values())
        for folder in {(self._library.root / path).parent for path in paths}:
            try:
                files.sync_folder(folder)
            except OSError as error:
                raise refused(error, "write", folder) from error
        if len(paths) > _SINGLY:
            self._library.refresh()
        else:
            self._library.look_at(paths)
        for session_id in self._new.keys() & self._said.keys():
            with suppress(TuiSessionsError):
                self._library.update(session_id, self._with_rest(session_id))

    def _with_rest(self, session_id: str) -> Callable[[Session], Session]:
        def change(session: Session) -> Session:
            for said in self._said[session_id]:
                session = with_interrupted(session, said)
            return session

        return change

    def _put_attachments(self) -> None:
        for digest, place in self._stage.attachments.items():
            with suppress(UsageError):  # Larger than any that was ever attached.
                self._library.attachments.put(whole(place), name=digest)

    def _put_searches(self) -> None:
        if not self._stage.searches:
            return
        with suppress(ValueError, RecursionError):
            entries = json.loads(self._stage.searches)
            known = {search.name.casefold() for search in self._library.searches.all()}
            for entry in entries if isinstance(entries, list) else ():
                found = entry if isinstance(entry, dict) else {}
                name, query = found.get("name"), found.get("query")
                if (
                    isinstance(name, str)
                    and isinstance(query, str)
                    and name.casefold() not in known
                ):
                    with suppress(TuiSessionsError):
                        self._library.searches.add(name, query)

    def _entry(self) -> str:
        return new_entry(datetime.now(UTC))
