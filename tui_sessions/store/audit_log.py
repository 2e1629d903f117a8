"""The audit log read back, the parts that were put aside first; lines that cannot be read are counted."""

from __future__ import annotations

import json
import os
import re
import stat
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from tui_sessions.errors import NotFoundError, StoreError
from tui_sessions.model.audit import AuditFilter, AuditLine
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import parse_time
from tui_sessions.store.refusal import refused

_LONGEST = 65_536
_ASIDE = re.compile(r"-\d{8}-\d{6}-\d{6}")


class AuditLog:
    """One log. Raises `NotFoundError` where there is none, `StoreError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        """How many lines could not be read so far."""

    def lines(self, wanted: AuditFilter | None = None) -> Iterator[AuditLine]:
        """The lines that are wanted, the oldest first."""
        self.damaged = 0
        files = [file for file in (*self._aside(), self.path) if os.path.lexists(file)]
        if not files:
            raise NotFoundError(
                f"There is no audit log {clean_line(str(self.path))} yet. Set audit = true in the "
                "configuration to have one kept."
            )
        for file in files:
            with _opened(file) as data:
                yield from self._of(data, wanted)

    def last(self, count: int | None, wanted: AuditFilter) -> tuple[AuditLine, ...]:
        """The last of them; all where it is not said how many."""
        return tuple(deque(self.lines(wanted), maxlen=count))

    def follow(self, wanted: AuditFilter) -> Generator[AuditLine | None, None, None]:
        """What is added from now on; None whenever there is nothing new, so that somebody may wait."""
        file, place = self._end()
        try:
            while True:
                found: list[AuditLine] = []
                if file is not None and not _is_still(file, self.path):
                    found, _ = self._rest(file, place, wanted)  # The end of what was put aside.
                    file.close()
                    file, place = None, 0
                if file is None and os.path.lexists(self.path):
                    file = _opened(self.path)
                if file is not None:
                    more, place = self._rest(file, place, wanted)
                    found += more
                yield from found
                yield None
        finally:
            if file is not None:
                file.close()

    def _end(self) -> tuple[BinaryIO | None, int]:
        if not os.path.lexists(self.path):
            return None, 0
        file = _opened(self.path)
        return file, file.seek(0, os.SEEK_END)

    def _rest(self, file: BinaryIO, place: int, wanted: AuditFilter) -> tuple[list[AuditLine], int]:
        file.seek(place)
        data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        found = [line for raw in whole.splitlines() if (line := self._read(raw)) is not None]
        return [line for line in found if wanted.takes(line)], place + len(whole)

    def _of(self, data: BinaryIO, wanted: AuditFilter | None) -> Iterator[AuditLine]:
        while raw := data.readline(_LONGEST):
            while not raw.endswith(b"\n") and (more := data.readline(_LONGEST)):
                raw = more  # Too long for one of ours: only its end is looked at, and is damaged.
            line = self._read(raw.rstrip(b"\n"))
            if line is not None and (wanted is None or wanted.takes(line)):
                yield line

    def _read(self, raw: bytes) -> AuditLine | None:
        if not raw.strip():
            return None
        try:
            found = json.loads(raw)
            at = parse_time(found.pop("at"))
            line: AuditLine = msgspec.convert({**found, "at": at}, AuditLine)
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            self.damaged += 1
            return None
        return line

    def _aside(self) -> list[Path]:
        found = []
        with suppress(OSError):
            for name in sorted(os.listdir(self.path.parent)):
                inner = name.removeprefix(self.path.stem).removesuffix(self.path.suffix)
                if _ASIDE.fullmatch(inner):
                    found.append(self.path.with_name(name))
        return found


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Whether the file has that name still."""
    try:
        return os.fstat(file.fileno()).st_ino == os.stat(path, follow_symlinks=False).st_ino
    except FileNotFoundError:
        return False


def _opened(path: Path) -> BinaryIO:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise refused(error, "read", path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoreError(f"Cannot read {clean_line(str(path))}: it is no regular file.")
    return open(descriptor, "rb")
