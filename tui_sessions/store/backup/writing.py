"""A backup made: every file of a library into a sink, the list of them, all of it read back, then its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.ids import new_id
from tui_sessions.model.text import clean_line
from tui_sessions.store.backup import gathering
from tui_sessions.store.backup.gathering import UnreadableError, Wanted, copied
from tui_sessions.store.backup.manifest import (
    FORMAT,
    PROGRAM,
    SESSION,
    Heading,
    Manifest,
    Member,
    escaped,
    heading_of,
    stamp,
)
from tui_sessions.store.backup.packing import StoppedError
from tui_sessions.store.backup.reading import Source, Stop
from tui_sessions.store.backup.sinks import FolderSink, Sink, TarSink

Progress = Callable[[int, int], None]
Kind = Literal["tar", "folder"]
_ROUNDS = 3
"""How often it is looked whether files got another place meanwhile."""
_SHOWN_PROBLEMS = 20


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What goes along, and who asked."""

    kind: Kind = "tar"
    is_incremental: bool = False
    with_trash: bool = False
    with_versions: bool = False
    is_automatic: bool = False


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """What former backups hold, so that it need not be written again."""

    path: Path
    held: dict[str, tuple[str, str]] = {}
    """For archives: by hash, the id of the backup that holds the bytes, and its name."""
    places: dict[str, Path] = {}
    """For folders: by hash, where the file lies."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    path: Path
    heading: Heading
    packed_size: int
    shared: int = 0
    """How many files a former backup holds."""
    problems: tuple[str, ...] = ()
    """What could not be backed up, a sentence each."""


class Writing:
    """One backup of one library."""

    def __init__(
        self,
        root: Path,
        ids: Callable[[str], str],
        options: Options,
        *,
        base: Base | None = None,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> None:
        """`ids` knows the id of the session at a path."""
        self._root = root
        self._ids = ids
        self._options = options
        self._base = base
        self._progress = progress
        self._stop = stop
        self._members: dict[str, Member] = {}
        self._unread: set[str] = set()
        self._bases: dict[str, str] = {}
        self._shared = 0
        self._total = 0
        self._problems: list[str] = []

    def write(self, target: Path, *, library: str, at: datetime) -> Made:
        """Writes it to `target`. Raises `StoreError`, `ConflictError`, `StoppedError`; then nothing is
        left behind."""
        sink: Sink
        if self._options.kind == "tar":
            sink = TarSink(target)
        else:
            sink = FolderSink(target, dict(self._base.places) if self._base else {})
        try:
            folders = self._fill(sink, target.parent)
            manifest = self._manifest(folders, library, at)
            source = sink.finish(manifest)
            self._read_back(source, target)
            packed = source.packed_size
            self._check_stop()
            sink.name()
        finally:
            sink.close()
        return Made(
            path=target,
            heading=heading_of(manifest),
            packed_size=packed,
            shared=self._shared,
            problems=tuple(self._problems[:_SHOWN_PROBLEMS]),
        )

    def _fill(self, sink: Sink, aside: Path) -> tuple[str, ...]:
        self._take(sink, gathering.journals_of(self._root), aside)
        folders: tuple[str, ...] = ()
        for turn in range(_ROUNDS):
            gathered = gathering.sessions_of(self._root)
            folders = folders or gathered.folders
            if not turn:
                self._problems += gathered.problems
            known = self._members.keys() | self._unread
            fresh = [one for one in gathered.wanted if one.path not in known]
            if not fresh:
                break
            self._total = len(self._members) + len(fresh)
            self._take(sink, fresh, aside)
        others = gathering.others_of(
            self._root,
            with_trash=self._options.with_trash,
            with_versions=self._options.with_versions,
        )
        self._take(sink, others, aside)
        self._forget_moved()
        return folders

    def _take(self, sink: Sink, wanted: Iterable[Wanted], aside: Path) -> None:
        for one in wanted:
            self._check_stop()
            try:
                with copied(self._root, one, aside) as copy:
                    if copy is None:
                        continue  # Deleted or moved since it was listed.
                    member = Member(
                        escaped(one.path),
                        one.kind,
                        copy.sha256,
                        copy.size,
                        copy.mtime_ns,
                        self._ids(one.path) if one.kind == SESSION else "",
                    )
                    held = self._held(copy.sha256)
                    if held:
                        member = msgspec.structs.replace(member, held=held)
                    else:
                        sink.put(member, copy)
            except (DamagedFileError, UnreadableError) as error:
                self._unread.add(one.path)
                self._problems.append(f"{clean_line(one.path)} is not in the backup. {error}")
                continue
            self._members[one.path] = member
            if self._progress is not None:
                self._progress(len(self._members), max(self._total, len(self._members)))

    def _held(self, digest: str) -> str:
        found = self._base.held.get(digest) if self._base is not None else None
        if found is None:
            self._shared += bool(self._base is not None and digest in self._base.places)
            return ""
        self._bases[found[0]] = found[1]
        self._shared += 1
        return found[0]

    def _forget_moved(self) -> None:
        """A file that got another place while it was looked at may have been taken at both."""
        places: dict[str, list[str]] = {}
        for path, member in self._members.items():
            if member.session:
                places.setdefault(member.session, []).append(path)
        for paths in places.values():
            if len(paths) > 1:
                gone = [path for path in paths if not (self._root / path).is_file()]
                for path in gone[: len(paths) - 1]:
                    del self._members[path]

    def _manifest(self, folders: tuple[str, ...], library: str, at: datetime) -> Manifest:
        members = tuple(self._members.values())
        return Manifest(
            program=PROGRAM,
            format=FORMAT,
            id=new_id(),
            library=library,
            at=stamp(at),
            is_automatic=self._options.is_automatic,
            sessions=sum(member.kind == SESSION for member in members),
            files=len(members),
            size=sum(member.size for member in members),
            left_out=len(self._problems),
            bases=self._bases,
            folders=tuple(map(escaped, folders)),
            members=members,
        )

    def _read_back(self, source: Source, target: Path) -> None:
        own = frozenset(one.path for one in source.manifest.members if not one.held)
        for problem in verified(source, own, stop=self._stop):
            raise StoreError(
                f"The backup {clean_line(str(target))} could not be read back, so it was not kept. "
                f"{problem} Try again, or choose another disk."
            )

    def _check_stop(self) -> None:
        if self._stop is not None and self._stop():
            raise StoppedError


def verified(
    source: Source,
    paths: Iterable[str] | None = None,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Iterable[str]:
    """Reads every file of a backup, or these; a sentence for each that is not what it was."""
    wanted = frozenset(one.path for one in source.manifest.members) if paths is None else paths
    wanted = frozenset(wanted)
    for count, content in enumerate(source.take(wanted, stop), 1):
        try:
            content.write_to(_nowhere)
        except DamagedFileError as error:
            yield f"{clean_line(content.member.path)}: {error}"
        if progress is not None:
            progress(count, len(wanted))


def _nowhere(_piece: bytes) -> None:
    pass
