"""What a backup holds put back: looked through first, then unpacked aside, then placed as one step of the history.

Nothing that is here is written over unless that is asked for: what differs comes beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from tui_sessions.codec.decode import decode
from tui_sessions.codec.header import read as read_header
from tui_sessions.errors import DamagedFileError, TuiSessionsError
from tui_sessions.model.backups import ComingLine, Relation, relation
from tui_sessions.model.display import shown_sessions, shown_size
from tui_sessions.model.ids import derived_id
from tui_sessions.model.steps import Outcome
from tui_sessions.model.text import clean_line
from tui_sessions.store.backup.bare import MOST_RATIO, SMALL, BareSource, TooLargeError
from tui_sessions.store.backup.manifest import ATTACHMENT, JOURNAL, SEARCHES, SESSION, Member
from tui_sessions.store.backup.packing import TooMuchError, Unpacked
from tui_sessions.store.backup.reading import Content, Source, Stop, digest_of
from tui_sessions.store.backup.safe_names import is_plain, placed

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

Progress = Callable[[int, int], None]
LARGEST_UNASKED = 64_000_000
"""Of one session, as text: decoded it takes several times as much memory."""
_HASH = re.compile(rb"[0-9a-f]{64}")
_MAGIC = b"\x1f\x8b"
_SHOWN_PROBLEMS = 20


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would come back."""

    lines: tuple[ComingLine, ...]
    problems: tuple[str, ...] = ()
    """What cannot, or what is wrong with the backup, a sentence each."""

    def count(self, *relations: Relation) -> int:
        """How many sessions stand so."""
        return sum(line.relation in relations for line in self.lines)

    def coming(self, paths: Collection[str] | None, *, is_overwriting: bool) -> list[ComingLine]:
        """The lines from which something is brought back. What is named comes, also where all of it is
        here in a later state; unnamed, only what is missing here."""
        wanted: set[Relation] = {"new", "newer", "conflict"}
        if paths is None:
            wanted.add("damaged")
        if paths is not None or is_overwriting:
            wanted.add("older")
        return [
            line
            for line in self.lines
            if line.relation in wanted
            and not line.is_barred
            and (paths is None or line.path in paths)
        ]


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    outcome: Outcome
    new: tuple[str, ...] = ()
    """Ids of sessions that were not here."""
    replaced: tuple[str, ...] = ()
    """Those whose former state is kept as a version."""
    beside: tuple[str, ...] = ()
    """New ones beside one that stays."""


class Restoring:
    """One source and one library."""

    def __init__(self, library: Library, source: Source) -> None:
        self._library = library
        self._source = source

    def preview(self, *, progress: Progress | None = None, stop: Stop | None = None) -> Preview:
        """Reads every session of the source and compares it with what is here."""
        members = self._source.manifest.members
        sessions = {one.path for one in members if one.kind == SESSION}
        attachments = {one.place.rpartition("/")[2] for one in members if one.kind == ATTACHMENT}
        lines: list[ComingLine] = []
        problems = list(self._source.left_out) if isinstance(self._source, BareSource) else []
        unplaced = 0
        for count, content in enumerate(self._source.take(sessions, stop), 1):
            place = self.place(content.member)
            if place is None:
                unplaced += 1
                if unplaced <= _SHOWN_PROBLEMS:
                    shown = clean_line(content.member.path)[:80]
                    problems.append(f"{shown}: its name leads out of the library.")
            else:
                lines.append(self._line(content, place, attachments))
            if progress is not None:
                progress(count, len(sessions))
        if self._source.trouble:
            problems.insert(0, self._source.trouble)
        return Preview(lines=tuple(_without_twins(lines)), problems=tuple(problems))

    def place(self, member: Member) -> str | None:
        """Where in the library a session file of the source belongs; None where its name leads out of it."""
        try:
            path = member.place
        except DamagedFileError:
            return None
        if self._source.is_vouched and is_plain(path):
            return path
        return placed(path)

    def _line(self, content: Content, place: str, attachments: set[str]) -> ComingLine:
        member = content.member
        line = ComingLine(
            path=member.path,
            place=place,
            id=member.session or derived_id(place),
            title=place.rpartition("/")[2],
            relation="damaged",
            size=member.size,
        )
        barred = msgspec.structs.replace(line, is_barred=True)
        try:
            data = text_of(content.data())
        except DamagedFileError as error:  # Not what was backed up, or a trap.
            return msgspec.structs.replace(barred, trouble=str(error))
        try:
            row = read_header(
                data, fallback_id="", path=place, size=member.size, modified_at=_moment(member)
            )[0]
        except DamagedFileError as error:
            # Nothing vouches that it ever was a session.
            own = line if self._source.is_vouched else barred
            return msgspec.structs.replace(own, trouble=str(error))
        named = {found.decode() for found in _HASH.findall(data)} if attachments else set()
        session_id = row.id or derived_id(place)
        return msgspec.structs.replace(
            line,
            id=session_id,
            title=row.title,
            turns=row.turns,
            updated_at=row.updated_at,
            attachments=tuple(sorted(named & attachments)),
            relation=self._relation(session_id, member, data),
        )

    def _relation(self, session_id: str, member: Member, data: bytes) -> Relation:
        if not self._library.has(session_id):
            return "new"
        try:
            if digest_of(self._library.path(session_id)) == member.sha256:
                return "same"
            return relation(self._library.load(session_id), decode(data, fallback_id=session_id))
        except (TuiSessionsError, OSError):
            return "conflict"

    def restore(
        self,
        preview: Preview,
        paths: Collection[str] | None,
        *,
        is_overwriting: bool,
        label: str,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Restored:
        """Brings back lines of the preview."""
        from tui_sessions.store.backup.placing import Placing
        from tui_sessions.store.backup.staging import staging

        lines = preview.coming(paths, is_overwriting=is_overwriting)
        is_whole = paths is None
        wanted = self._wanted(lines, is_whole=is_whole)
        with staging(self._library.root, sum(one.size for one in wanted.values())) as stage:
            for count, content in enumerate(self._source.take(frozenset(wanted), stop), 1):
                stage.take(content)
                if progress is not None:
                    progress(count, len(wanted))
            stage.settle()
            folders = self._source.manifest.folders if is_whole else ()
            placing = Placing(self._library, stage, is_overwriting=is_overwriting)
            return placing.place(
                lines, folders, label or _label(lines), progress=progress, stop=stop
            )

    def _wanted(self, lines: Sequence[ComingLine], *, is_whole: bool) -> dict[str, Member]:
        paths = {line.path for line in lines}
        named = {name for line in lines for name in line.attachments}
        missing = {name for name in named if not self._library.attachments.has(name)}
        kinds = {JOURNAL, SEARCHES} if is_whole else {JOURNAL}
        wanted = {}
        for member in self._source.manifest.members:
            is_missing = member.kind == ATTACHMENT and member.path.rpartition("/")[2] in missing
            if member.path in paths or is_missing or (member.kind in kinds and lines):
                wanted[member.path] = member
        return wanted


def check_size(source: Source) -> None:
    """Raises `TooLargeError` where a backup that says what it holds is nevertheless to be asked about."""
    manifest = source.manifest
    shown = clean_line(source.path.name)
    again = "Where you know it to be right, add --yes."
    total = sum(one.size for one in manifest.members if not one.held)
    if total > SMALL and total > MOST_RATIO * source.packed_size:
        raise TooLargeError(
            f"{shown} unpacks to {shown_size(total)}, over {MOST_RATIO} times its size. {again}"
        )
    largest = max((one.size for one in manifest.members if one.kind == SESSION), default=0)
    if largest > LARGEST_UNASKED:
        raise TooLargeError(f"{shown} holds a session of {shown_size(largest)}. {again}")


def text_of(data: bytes) -> bytes:
    """A session file unpacked, within bounds. Raises `DamagedFileError`."""
    if not data.startswith(_MAGIC):
        return data
    from io import BytesIO

    most = max(LARGEST_UNASKED, 8 * len(data)) if len(data) > SMALL else LARGEST_UNASKED
    source = Unpacked(BytesIO(data), most=most)
    pieces = []
    try:
        while piece := source.read(1 << 20):
            pieces.append(piece)
    except TooMuchError as error:
        raise DamagedFileError(f"It unpacks to more than {shown_size(most)}.") from error
    return b"".join(pieces)


def _without_twins(lines: Sequence[ComingLine]) -> list[ComingLine]:
    """One line for a session that stands twice in the source, under two names: the last."""
    kept: dict[tuple[str, int, datetime | None, int], ComingLine] = {}
    for line in lines:
        key = (line.id, line.size, line.updated_at, line.turns)
        kept[key if line.relation != "damaged" else (line.path, -1, None, 0)] = line
    return list(kept.values())


def _moment(member: Member) -> datetime:
    with suppress(OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(member.mtime_ns / 1e9, UTC)
    return datetime.fromtimestamp(0, UTC)


def _label(lines: Sequence[ComingLine]) -> str:
    if len(lines) == 1:
        return f"restoring of “{clean_line(lines[0].title)[:80]}” from a backup"
    return f"restoring of {shown_sessions(len(lines))} from a backup"
