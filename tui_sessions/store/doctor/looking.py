"""Reads every file of the library anew and says what is wrong with each. Changes nothing."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_sessions.codec.decode import decode
from tui_sessions.codec.salvage import salvage
from tui_sessions.errors import DamagedFileError, StoreError
from tui_sessions.model.attachment import about
from tui_sessions.model.findings import ERROR, NOTE, Finding
from tui_sessions.model.results import SessionRow
from tui_sessions.model.session import FORMAT, Session
from tui_sessions.model.text import clean_line
from tui_sessions.store import files, scan
from tui_sessions.store.digest import blake2b
from tui_sessions.store.doctor.shapes import bundled, other_shape
from tui_sessions.store.names import stem_of
from tui_sessions.store.refusal import reason

OTHERS = 0o077
"""What the modes of nothing in a library may have."""
HASH = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_NAMES_HASH = b"sha256"
RECOVERED = "recovered"
"""In a session that was put together out of a damaged file: which, and the digest of its bytes then."""


class Seen:
    """What is gathered while the files are read, for what can only be told at the end."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.ids: dict[str, list[tuple[str, SessionRow]]] = {}
        """The files that state an id, with their rows."""
        self.branches: list[tuple[str, str, str]] = []
        """Path, own id and parent's id of each branch."""
        self.mentioned: set[str] = set()
        """Hashes that stand anywhere in a file: an attachment of that name is in use."""
        self.attached: dict[str, str] = {}
        """Hashes that messages name, with the file."""
        self.files = 0
        self.size = 0
        self.folders = 0


def digest_of(data: bytes) -> str:
    """What tells whether a damaged file is the one that was recovered."""
    return blake2b(data, digest_size=16).hexdigest()


def folders(root: Path) -> Iterator[tuple[str, str]]:
    """Every folder of the library, with why it cannot be listed ("" where it can)."""
    waiting = [""]
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(root / path) as entries:
                inner = [
                    f"{path}/{entry.name}" if path else entry.name
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
                ]
        except FileNotFoundError:
            continue
        except OSError as error:
            yield path, reason(error)
            continue
        yield path, ""
        waiting += sorted(inner, reverse=True)


class Looking:
    """One look over the session files."""

    def __init__(self, root: Path, seen: Seen) -> None:
        self._root = root
        self._seen = seen

    def folder(self, path: str, trouble: str) -> list[scan.Found]:
        """The session files of a folder; what is wrong with the folder itself is noted."""
        self._seen.folders += 1
        if trouble:
            self._tell(
                "unreadable", path, f"The folder cannot be listed: {trouble}.", severity=ERROR,
                cure="Give yourself the right to read it.", by=self._if_own(path),
            )  # fmt: skip
            return []
        with suppress(OSError):
            mode = stat.S_IMODE(os.lstat(self._root / path).st_mode)
            if mode & OTHERS:
                self._tell(
                    "mode",
                    path,
                    f"Its mode is {mode:04o}.",
                    "Close it to others: 0700.",
                    by="repair",
                )
        try:
            return list(scan.found_files(self._root, path))
        except OSError as error:
            self._tell("unreadable", path, f"It cannot be listed: {reason(error)}.", severity=ERROR)
            return []

    def file(self, found: scan.Found) -> scan.Entry | None:
        """Reads a file; its entry as the index should have it, None where it is gone meanwhile."""
        place = f"{self._root}/{found.path}"
        self._seen.files += 1
        self._seen.size += found.stamp.size
        if found.trouble is not None:
            self._tell(
                "link", found.path, found.trouble, severity=ERROR,
                cure="Put the file itself in its place, or move it away.",
            )  # fmt: skip
            return None
        try:
            mode = stat.S_IMODE(os.lstat(place).st_mode)
            if mode & OTHERS:
                what = f"Its mode is {mode:04o}."
                self._tell("mode", found.path, what, "Close it to others: 0600.", by="repair")
            content = files.read(place)
        except FileNotFoundError:
            return None
        except StoreError as error:
            self._tell(
                "unreadable", found.path, str(error), severity=ERROR,
                cure="Give yourself the right to read it.", by=self._if_own(found.path),
            )  # fmt: skip
            return None
        except (DamagedFileError, OSError) as error:
            self._damaged(found.path, str(error), b"")
            return scan.damaged_entry(found.path, found.stamp, str(error))
        entry = scan.entry_of(found.path, content)
        if entry.damaged is not None or _NAMES_HASH in content.data:
            # Looking for hashes takes longer than all the rest.
            self._seen.mentioned.update(match.decode() for match in HASH.findall(content.data))
        if entry.damaged is not None:
            self._damaged(found.path, entry.damaged.reason, content.data)
        elif entry.row is not None:
            self._session(found.path, entry.row, content.data)
        return entry

    def _session(self, path: str, row: SessionRow, data: bytes) -> None:
        self._seen.ids.setdefault(row.id, []).append((path, row))
        if row.parent_id is not None:
            self._seen.branches.append((path, row.id, row.parent_id))
        if row.is_read_only:
            self._tell(
                "newer format", path, "A newer version wrote it; it is read-only here.",
                "Update tui-sessions to change it.", severity=NOTE, session=row.id,
            )  # fmt: skip
        elif shape := other_shape(data):
            self._tell(
                "older format", path, f"It is read as it is: {shape}.",
                f"Write it in format {FORMAT}; what it was is kept.",
                severity=NOTE, by="migrate", session=row.id,
            )  # fmt: skip
        if row.has_attachment:
            self._look_for_attachments(path, data)

    def _look_for_attachments(self, path: str, data: bytes) -> None:
        with suppress(DamagedFileError):
            session = decode(data, fallback_id="")
            self._seen.attached.update(dict.fromkeys(attached(session), path))

    def _damaged(self, path: str, why: str, data: bytes) -> None:
        if bundled(data):
            self._tell(
                "bundle", path, "It holds several sessions in a list.",
                "Make a file of each; this one is kept aside.", by="migrate",
            )  # fmt: skip
            return
        beside = self.recovered_beside(path)
        if beside:
            self._tell(
                "recovered", path, why, f"What can be read of it stands in {beside}.", severity=NOTE
            )
            return
        if not self._is_legible(path, data):
            cure, by = "Nothing of it can be read. Bring it back from a backup, or delete it.", ""
        else:
            cure = "Write what can be read of it beside it; the file itself stays as it is."
            by = "repair"
        self._tell("damaged", path, why, cure, severity=ERROR, by=by)

    def _is_legible(self, path: str, data: bytes) -> bool:
        """Whether something of a conversation can be read in it; `data` is empty where it did not unpack."""
        with suppress(OSError, StoreError, DamagedFileError):
            return salvage(data or files.read_raw(self._root / path).data).session is not None
        return False

    def recovered_beside(self, path: str) -> str:
        """The file into which a damaged one was recovered as it stands now; "" where it was not."""
        try:
            digest = digest_of(files.read_raw(self._root / path).data)
            beside = sorted((self._root / path).parent.glob(f"{_globbed(path)}.recovered*.json"))
        except (OSError, ValueError, StoreError, DamagedFileError):
            return ""
        for place in beside:
            with suppress(OSError, StoreError, DamagedFileError):
                note = decode(files.read(place).data, fallback_id="").extra.get(RECOVERED)
                if isinstance(note, dict) and note.get("digest") == digest:
                    return place.relative_to(self._root).as_posix()
        return ""

    def _if_own(self, path: str) -> str:
        """`repair` where the place is our own, so that its mode can be set."""
        with suppress(OSError):
            if os.lstat(self._root / path).st_uid == os.geteuid():
                return "repair"
        return ""

    def _tell(
        self, kind: str, path: str, what: str, cure: str = "", *, severity: str = "warning",
        by: str = "", session: str = "",
    ) -> None:  # fmt: skip
        self._seen.findings.append(
            Finding(
                kind=kind,
                path=path,
                what=what,
                cure=cure,
                severity=severity,
                by=by,
                session=session,
            )
        )


def together(seen: Seen) -> Iterator[Finding]:
    """What can be told when every file was read: ids that are used twice, parents that are nowhere."""
    for stated, holders in seen.ids.items():
        if len(holders) < 2:
            continue
        first = min(holders, key=lambda held: _age(*held))[0]
        for path, row in holders:
            if path == first:
                continue
            yield Finding(
                kind="id twice",
                path=path,
                what=f"Its id {stated} is that of {clean_line(first)} too.",
                cure="Give it an id of its own." if not row.is_read_only else "",
                by="" if row.is_read_only else "repair",
                session=stated,
            )
    known = set(seen.ids)
    for path, session_id, parent in seen.branches:
        if parent not in known:
            yield Finding(
                kind="parent missing",
                path=path,
                what=f"It branched off {clean_line(parent)}, which is not here.",
                cure="Restore that one from the trash or a backup, or detach this one.",
                severity=NOTE,
                session=session_id,
            )


def attached(session: Session) -> Iterator[str]:
    """The hashes of the attachments that a session names."""
    for turn in session.turns:
        for message in (*turn.messages, *(other.message for other in turn.alternatives)):
            if isinstance(message.content, tuple):
                for part in message.content:
                    sha256 = about(part).sha256
                    if sha256 is not None:
                        yield sha256


def _age(path: str, row: SessionRow) -> tuple[bool, float, int, str]:
    """The order in which the index lets files keep an id."""
    created = row.created_at
    return created is None, created.timestamp() if created else 0.0, len(path), path


def _globbed(path: str) -> str:
    name = stem_of(path.rpartition("/")[2])
    return re.sub(r"([*?\[])", r"[\1]", name)
