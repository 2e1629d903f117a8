"""Mends what a look over the library found: one finding at a time, each in a way that loses nothing."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tui_sessions.codec.decode import session_of
from tui_sessions.codec.salvage import Salvaged, salvage, told
from tui_sessions.errors import DamagedFileError, NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.findings import Finding, Mended
from tui_sessions.model.ids import derived_id
from tui_sessions.model.results import TrashRow
from tui_sessions.model.session import FORMAT, Session
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.doctor.looking import RECOVERED, digest_of
from tui_sessions.store.doctor.own import QUARANTINE
from tui_sessions.store.doctor.shapes import bundled
from tui_sessions.store.names import numbered, stem_of, suffix_of
from tui_sessions.store.refusal import reason

if TYPE_CHECKING:
    from tui_sessions.store.index.index import Index
    from tui_sessions.store.library import Library
    from tui_sessions.store.writer import Writer

MIGRATED = "migrated"
"""Where files lie as they were before they were written in today's form."""
_NOTHING = "Nothing of a conversation can be read in it; it stays as it is."
_STEM_BYTES = 200
"""Leaves room for what is put behind it."""


class Mending:
    """What can be done about each kind of finding."""

    def __init__(self, library: Library, index: Index, writer: Writer, own: Path) -> None:
        self._library = library
        self._index = index
        self._writer = writer
        self._own = own
        self._cures: dict[str, Callable[[Finding], str]] = {
            "damaged": self._salvage,
            "bundle": self._unbundle,
            "mode": self._close_to_others,
            "unreadable": self._close_to_others,
            "id twice": self._give_own_id,
            "older format": self._rewrite,
            "attachment unused": self._quarantine,
            "attachment missing": self._take_out,
            "temporary": self._sweep,
            "note without file": self._quarantine,
            "file without note": self._note,
            "index": self._rebuild,
        }

    def mended(self, finding: Finding) -> Mended:
        """Does it."""
        cure = self._cures.get(finding.kind)
        if cure is None:
            return Mended(finding=finding, problem="There is no cure for it.")
        try:
            return Mended(finding=finding, done=cure(finding))
        except TuiSessionsError as error:
            return Mended(finding=finding, problem=str(error))
        except OSError as error:
            return Mended(finding=finding, problem=f"{_capital(reason(error))}.")

    def planned(self, finding: Finding) -> Mended:
        """What would be done."""
        if finding.kind != "damaged":
            return Mended(finding=finding, done=finding.cure)
        try:
            found = self._salvaged(finding.path)
        except (TuiSessionsError, OSError) as error:
            return Mended(finding=finding, problem=str(error))
        if found.session is None:
            return Mended(finding=finding, problem=_NOTHING)
        name = self._free(finding.path, ".recovered").name
        return Mended(finding=finding, done=f"{told(found)} → {name}")

    # ---- session files

    def _salvage(self, finding: Finding) -> str:
        found = self._salvaged(finding.path)
        if found.session is None:
            raise DamagedFileError(_NOTHING)
        where = self._library.root / finding.path
        session = msgspec.structs.replace(
            found.session,
            id=self._library.free_id(),
            title=f"{clean_line(found.session.shown_title)[:200]} (recovered)",
            updated_at=found.session.updated_at or _time_of(where),
            extra={
                **found.session.extra,
                RECOVERED: {"from": finding.path, "digest": digest_of(self._bytes(finding.path))},
            },
        )
        self._writer.create(session, where.parent, _stems(finding.path, ".recovered"))
        path = self._library.row(session.id).path
        self._library.audit.record("salvage", session.id)
        return f"{told(found)} → {path}"

    def _salvaged(self, path: str) -> Salvaged:
        return salvage(self._bytes(path), fallback_id="")

    def _bytes(self, path: str) -> bytes:
        return self._library.doctor.bytes_of(path)

    def _unbundle(self, finding: Finding) -> str:
        where = self._library.root / finding.path
        values = bundled(files.read(where).data)
        made = [self._made(value, finding.path) for value in values]
        self._aside(finding.path, MIGRATED)
        self._index.reread(finding.path)
        return f"{len(made):,} sessions: {', '.join(made[:3])}{' …' if len(made) > 3 else ''}"

    def _made(self, value: dict[str, Any], path: str) -> str:
        session = session_of(value, fallback_id="")
        if not session.id or self._library.has(session.id):
            session = msgspec.structs.replace(session, id=self._library.free_id())
        where = self._library.root / path
        session = msgspec.structs.replace(
            _today(session), updated_at=session.updated_at or _time_of(where)
        )
        self._writer.create(session, where.parent, _stems(path, "_1"))
        return self._library.row(session.id).path

    def _give_own_id(self, finding: Finding) -> str:
        row = self._index.by_path(finding.path)
        if row is None:
            raise NotFoundError("It is not there any more.")
        self._writer.keep_id(row.id)
        return f"Its id is {row.id} now."

    def _rewrite(self, finding: Finding) -> str:
        row = self._index.by_path(finding.path)
        if row is None:
            raise NotFoundError("It is not there any more.")
        kept = self._aside(finding.path, MIGRATED, is_copy=True)
        self._writer.rewrite(row.id)
        return f"Format {FORMAT} now; what it was lies in {kept}."

    # ---- modes, trash, attachments

    def _close_to_others(self, finding: Finding) -> str:
        where = self._library.root / finding.path
        status = where.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise StoreError("It is a symbolic link, which is not followed here.")
        mode = files.FOLDER_MODE if stat.S_ISDIR(status.st_mode) else files.FILE_MODE
        os.chmod(where, mode)
        self._index.reread(finding.path)
        return f"Its mode is {mode:04o} now."

    def _sweep(self, finding: Finding) -> str:
        files.sweep(self._library.root / finding.path)
        return "Swept."

    def _quarantine(self, finding: Finding) -> str:
        return f"It lies in {self._aside(finding.path, QUARANTINE)} now."

    def _take_out(self, finding: Finding) -> str:
        source = self._own / QUARANTINE / "attachments" / finding.session
        files.make_folder(self._own / "attachments")
        try:
            files.move_new(source, self._own / "attachments" / finding.session)
        except FileExistsError:
            return "It is back already."
        return "It is back."

    def _note(self, finding: Finding) -> str:
        file = self._library.root / finding.path
        entry = stem_of(file.name)
        row = TrashRow(
            entry=entry,
            id=derived_id(finding.path),
            title=file.name,
            path=f"recovered{suffix_of(file.name)}",
            deleted_at=_time_of(file),
        )
        data = json.dumps(msgspec.to_builtins(row)).encode()
        files.write_new(file.with_name(f"{entry}.note"), data)
        return "It can be taken back now."

    def _rebuild(self, finding: Finding) -> str:
        self._library.rebuild_index()
        if self._library.index_problem:
            raise StoreError(self._library.index_problem)
        return "The index is made anew."

    def _aside(self, path: str, place: str, *, is_copy: bool = False) -> str:
        """Moves or copies a file into a folder of our own, under a free name; its path there."""
        source = self._library.root / path
        inner = Path(path)
        if inner.parts[0] == self._own.name:
            inner = Path(*inner.parts[1:])
        folder = self._own / place / inner.parent
        files.make_folder(folder)
        suffix = suffix_of(inner.name) or ""
        for stem in numbered(stem_of(inner.name)):
            target = folder / f"{stem}{suffix}"
            try:
                if is_copy:
                    files.write_new(target, self._bytes(path))
                else:
                    files.move_new(source, target)
            except FileExistsError:
                continue
            return target.relative_to(self._library.root).as_posix()
        raise AssertionError("the stems never end")

    def _free(self, path: str, mark: str) -> Path:
        folder = (self._library.root / path).parent
        return next(
            place
            for place in (folder / f"{stem}.json" for stem in _stems(path, mark))
            if not os.path.lexists(place)
        )


def _stems(path: str, mark: str) -> Iterator[str]:
    stem = stem_of(path.rpartition("/")[2])
    while len(os.fsencode(stem)) > _STEM_BYTES:
        stem = stem[:-1]
    return numbered(f"{stem}{mark}") if mark != "_1" else _counted(stem)


def _counted(stem: str) -> Iterator[str]:
    names = numbered(stem)
    next(names)
    yield f"{stem}_1"
    yield from names


def _today(session: Session) -> Session:
    return msgspec.structs.replace(session, format=FORMAT) if session.format < FORMAT else session


def _time_of(path: Path) -> datetime:
    return datetime.fromtimestamp(max(0.0, min(path.lstat().st_mtime, 2e11)), UTC)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
