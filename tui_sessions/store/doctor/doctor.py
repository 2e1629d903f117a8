"""The doctor of a library: looks all of it over, mends, brings old files into today's form.

Nothing is ever deleted and no damaged file is touched: what can be read of one is written beside it, what is in the
way is moved into `.tui-sessions/quarantine`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui_sessions.codec.salvage import Salvaged, salvage
from tui_sessions.errors import NotFoundError, StoreError, TuiSessionsError
from tui_sessions.model.findings import NOTE, Finding, Mended, Report, in_order
from tui_sessions.model.text import clean_line
from tui_sessions.store import files, scan
from tui_sessions.store.doctor.comparing import Comparing, broken
from tui_sessions.store.doctor.looking import Looking, Seen, folders, together
from tui_sessions.store.doctor.mending import MIGRATED, Mending
from tui_sessions.store.doctor.own import QUARANTINE, Own, disk_findings
from tui_sessions.store.refusal import refused

if TYPE_CHECKING:
    from tui_sessions.store.index.index import Index
    from tui_sessions.store.library import Library
    from tui_sessions.store.writer import Writer

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


def _never() -> bool:
    return False


class Doctor:
    """Any method may be called from any thread. `also` are files elsewhere that may name attachments."""

    def __init__(self, library: Library, index: Index, writer: Writer, own: Path) -> None:
        self._library = library
        self._index = index
        self._writer = writer
        self._own = own
        self.also: tuple[Path, ...] = ()

    def check(self, progress: Progress | None = None, stop: Stop | None = None) -> Report:
        """Reads every file anew. Writes nothing but the index in the cache."""
        stop = stop or _never
        with suppress(StoreError):  # What cannot be written back stays in its journal.
            self._library.recover()
        self._index.refresh(None, stop)
        root, seen, comparing = self._library.root, Seen(), Comparing(self._index)
        seen.findings += disk_findings(root)
        damage = comparing.problem()
        if damage:
            seen.findings.append(broken(damage))
        looking = Looking(root, seen)
        found = self._listed(looking, stop)
        for number, item in enumerate(found, 1):
            if stop():
                return _report(seen, 0, is_stopped=True)
            entry = looking.file(item)
            if entry is not None and not damage:
                seen.findings += comparing.findings(entry)
            if progress is not None:
                progress(number, len(found))
        if not damage:
            seen.findings += comparing.strangers()
        seen.findings += together(seen)
        own = Own(self._own, root, seen, self.also)
        seen.findings += own.findings(stop)
        return _report(seen, len(own.attachments()), is_stopped=stop())

    def plan(self, findings: Iterable[Finding], *, by: str = "repair") -> tuple[Mended, ...]:
        """What `mend` would do, in words; nothing is done."""
        mending = self._mending()
        return tuple(mending.planned(finding) for finding in _meant(findings, by))

    def mend(
        self,
        findings: Iterable[Finding],
        *,
        by: str = "repair",
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> tuple[Mended, ...]:
        """Mends these, as far as `by` (`repair` or `migrate`) is their cure. Never raises for one of them."""
        stop, mending, done = stop or _never, self._mending(), []
        meant = _meant(findings, by)
        for number, finding in enumerate(meant, 1):
            if stop():
                break
            done.append(mending.mended(finding))
            if progress is not None:
                progress(number, len(meant))
        if any(one.done for one in done):
            with suppress(TuiSessionsError):
                self._index.refresh()
        return tuple(done)

    def salvaged(self, path: str) -> Salvaged:
        """What can be read of a damaged file. Raises `NotFoundError`, `StoreError`."""
        return salvage(self.bytes_of(path), fallback_id="")

    def recovered_beside(self, path: str) -> str:
        """The file into which that damaged one was recovered as it stands now; "" where it was not."""
        return Looking(self._library.root, Seen()).recovered_beside(path)

    def bytes_of(self, path: str) -> bytes:
        """The bytes of a file as they lie there. Raises `NotFoundError`, `StoreError`."""
        return damaged_bytes(self._library.root, path)

    def _listed(self, looking: Looking, stop: Stop) -> list[scan.Found]:
        found: list[scan.Found] = []
        for path, trouble in folders(self._library.root):
            if stop():
                break
            found += looking.folder(path, trouble)
        return found

    def _mending(self) -> Mending:
        return Mending(self._library, self._index, self._writer, self._own)


def damaged_bytes(root: Path, path: str) -> bytes:
    """The bytes of a file of the library, packed or not, as they lie there. Raises `NotFoundError`,
    `StoreError`."""
    try:
        found = scan.find(root, path)
        if found is None:
            raise NotFoundError(f"There is no file {clean_line(path)}.")
        if found.trouble is not None:
            raise StoreError(f"{clean_line(path)} cannot be read. {found.trouble}")
        with open(root / path, "rb") as file:
            return file.read(files.MAX_BYTES)
    except OSError as error:
        raise refused(error, "read", root / path) from error


class Aside(NamedTuple):
    """Files that are kept besides the sessions, and the bytes that only they take."""

    files: int = 0
    size: int = 0


def kept_in(root: Path) -> tuple[Aside, Aside]:
    """The former versions of sessions, and what the doctor moved out of the way or kept as it was."""
    own = root / ".tui-sessions"
    versions = _files_in(own / "history" / "versions")
    return versions, _files_in(own / QUARANTINE, own / MIGRATED)


def _files_in(*folders: Path) -> Aside:
    count = size = 0
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                with suppress(OSError):
                    status = os.lstat(os.path.join(folder, name))
                    count += 1
                    # The newest version is the session file itself under another name.
                    size += status.st_size if status.st_nlink == 1 else 0
    return Aside(count, size)


def _meant(findings: Iterable[Finding], by: str) -> list[Finding]:
    """The index last, and once: it is made anew from what the others leave."""
    meant = [finding for finding in findings if finding.by == by]
    others = [finding for finding in meant if finding.kind != "index"]
    return others + [finding for finding in meant if finding.kind == "index"][:1]


def _report(seen: Seen, attachments: int, *, is_stopped: bool) -> Report:
    return Report(
        findings=in_order(seen.findings),
        files=seen.files,
        folders=seen.folders,
        size=seen.size,
        attachments=attachments,
        is_stopped=is_stopped,
    )


def left(report: Report, mended: Iterable[Mended]) -> tuple[Finding, ...]:
    """What is still wrong after some was mended."""
    done = [one.finding for one in mended if one.done and not one.problem]
    has_index = any(finding.kind == "index" for finding in done)
    return tuple(
        finding
        for finding in report.findings
        if finding.severity != NOTE
        and finding not in done
        and not (finding.kind == "index" and has_index)
    )
