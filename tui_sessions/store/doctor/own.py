"""Looks over what the library keeps for itself, in its hidden folder: modes, trash, journals, attachments."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.attachment import SHOWN_DIGITS
from tui_sessions.model.findings import ERROR, NOTE, Finding
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.doctor.looking import HASH, OTHERS, Seen
from tui_sessions.store.names import SUFFIXES, stem_of
from tui_sessions.store.recovery import ORPHAN
from tui_sessions.store.refusal import reason

QUARANTINE = "quarantine"
"""What the doctor moved out of the way; nothing in it is ever deleted."""
UNUSED_S = 86_400
"""How old an attachment must be before it counts as unused: a prompt may be being written yet."""
_TEMPORARY = re.compile(r"\.tui-sessions-[0-9a-z]{12}\.tmp")
_NAME = re.compile(r"[0-9a-f]{64}")
_READ_AT_ONCE = 1 << 20
Stop = Callable[[], bool]


class Own:
    """One look over the hidden folder. `also` are files elsewhere that may name attachments: drafts."""

    def __init__(self, own: Path, root: Path, seen: Seen, also: tuple[Path, ...] = ()) -> None:
        self._own = own
        self._root = root
        self._seen = seen
        self._also = also

    def findings(self, stop: Stop) -> Iterator[Finding]:
        """All that is wrong there."""
        if not self._own.is_dir():
            return
        for path in self._walked(stop):
            yield from self._modes(path)
            if _TEMPORARY.fullmatch(path.name) and _is_left(path):
                yield Finding(
                    kind="temporary",
                    path=self._shown(path),
                    what="A program that ended while it wrote has left it.",
                    cure="Sweep it.",
                    by="repair",
                )
        yield from self._trash()
        yield from self._journals()
        yield from self._attachments(stop)

    def attachments(self) -> list[str]:
        """The names of the attachments that are kept."""
        try:
            return sorted(n for n in os.listdir(self._own / "attachments") if _NAME.fullmatch(n))
        except OSError:
            return []

    def _walked(self, stop: Stop) -> Iterator[Path]:
        yield self._own
        for folder, names, inside in os.walk(self._own):
            if stop():
                return
            for name in (*names, *inside):
                yield Path(folder, name)

    def _modes(self, path: Path) -> Iterator[Finding]:
        with suppress(OSError):
            status = path.lstat()
            if stat.S_ISLNK(status.st_mode):
                return
            mode = stat.S_IMODE(status.st_mode)
            if mode & OTHERS:
                right = "0700" if stat.S_ISDIR(status.st_mode) else "0600"
                yield Finding(
                    kind="mode",
                    path=self._shown(path),
                    what=f"Its mode is {mode:04o}.",
                    cure=f"Close it to others: {right}.",
                    by="repair",
                )

    def _trash(self) -> Iterator[Finding]:
        folder = self._own / "trash"
        try:
            names = set(os.listdir(folder))
        except OSError:
            return
        noted = {name.removesuffix(".note") for name in names if name.endswith(".note")}
        kept = {stem_of(name) for name in names if name.endswith(SUFFIXES)}
        for name in sorted(noted - kept):
            yield Finding(
                kind="note without file",
                path=self._shown(folder / f"{name}.note"),
                what="The file that it tells of is not in the trash.",
                cure="Move it into the quarantine.",
                by="repair",
            )
        for name in sorted(n for n in names if n.endswith(SUFFIXES) and stem_of(n) not in noted):
            yield Finding(
                kind="file without note",
                path=self._shown(folder / name),
                what="Where it was before is not known, so it cannot be taken back.",
                cure="Write a note, so that it can be.",
                by="repair",
            )

    def _journals(self) -> Iterator[Finding]:
        with suppress(OSError):
            for name in sorted(os.listdir(self._own / "journal")):
                if name.endswith(ORPHAN):
                    yield Finding(
                        kind="journal",
                        path=self._shown(self._own / "journal" / name),
                        what="What a crash left of an answer fits no turn of any session.",
                        cure="Read it, and delete it when it is not needed.",
                        severity=NOTE,
                    )

    def _attachments(self, stop: Stop) -> Iterator[Finding]:
        folder, names = self._own / "attachments", self.attachments()
        for sha256 in sorted(self._seen.attached.keys() - set(names)):
            yield self._missing(sha256, self._seen.attached[sha256])
        used = self._seen.mentioned | (self._mentioned_elsewhere() if names else set())
        for name in names:
            if stop():
                return
            place = folder / name
            problem = _damage_of(place, name)
            if problem:
                yield Finding(
                    kind="attachment damaged",
                    path=self._shown(place),
                    what=problem,
                    cure="Attach the same file again: it is made whole then.",
                    severity=ERROR,
                )
            elif name not in used and _age_s(place) > UNUSED_S:
                yield Finding(
                    kind="attachment unused",
                    path=self._shown(place),
                    what="No session, no version and nothing in the trash names it.",
                    cure="Move it into the quarantine.",
                    by="repair",
                )

    def _missing(self, sha256: str, path: str) -> Finding:
        is_aside = (self._own / QUARANTINE / "attachments" / sha256).is_file()
        return Finding(
            kind="attachment missing",
            path=path,
            what=f"The attachment {sha256[:SHOWN_DIGITS]} that it names is not in the library.",
            cure="Take it back out of the quarantine." if is_aside else "Attach the file again.",
            by="repair" if is_aside else "",
            session=sha256,
        )

    def _mentioned_elsewhere(self) -> set[str]:
        """Hashes in the trash, in versions, in steps that can be undone, in drafts."""
        found: set[str] = set()
        places = [p for p in self._walked(lambda: False) if p.parent.name != "attachments"]
        for path in (*places, *self._also):
            with suppress(OSError, StoreError, DamagedFileError):
                if stat.S_ISREG(path.lstat().st_mode):
                    found.update(hash.decode() for hash in HASH.findall(files.read(path).data))
        return found

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def disk_findings(root: Path) -> Iterator[Finding]:
    """What keeps the library from being written at all."""
    if not os.path.lexists(root):
        return
    if _is_writable(root):
        return
    with suppress(OSError):
        is_fixed = os.statvfs(root).f_flag & os.ST_RDONLY
        what = "The disk is read-only" if is_fixed else "The library's folder cannot be written"
        yield Finding(
            kind="disk",
            path="",
            what=f"{what}: {clean_line(str(root))} can be read, but nothing can be saved.",
            cure="Make it writable, or choose another folder with --dir.",
            severity=ERROR,
        )


def _is_writable(root: Path) -> bool:
    return os.access(root, os.W_OK | os.X_OK)


def _is_left(path: Path) -> bool:
    """Whether no program holds it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _damage_of(place: Path, name: str) -> str:
    digest = hashlib.sha256()
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            while piece := os.read(descriptor, _READ_AT_ONCE):
                digest.update(piece)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"It cannot be read: {reason(error)}."
    return "" if digest.hexdigest() == name else "Its bytes are not those that were attached."


def _age_s(place: Path) -> float:
    try:
        return time.time() - place.lstat().st_mtime
    except OSError:
        return 0.0
