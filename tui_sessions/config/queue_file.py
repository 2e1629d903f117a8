"""Prompts that wait for their turn, on disk: a private file for each program that runs.

A program holds a lock on its file for as long as it lives, so that no prompt is ever in the hands of two. What
a program left behind, its lock being free, the next one to start on the same library takes over.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui_sessions.config.private import make_private_dir
from tui_sessions.model.ids import new_id

_SUFFIX = ".json"
_BEING_MADE = ".new"
_DAMAGED = ".damaged"
_MAKING_TAKES_AT_MOST_S = 60

Waiting = list[dict[str, Any]]
"""Prompts as JSON objects, each with an `id`, the next one first."""


class QueueFile:
    """The waiting prompts of this program, in one library."""

    def __init__(self, folder: Path, library: Path) -> None:
        self._folder = folder
        self._library = os.path.realpath(library)
        self._path = folder / f"{os.getpid()}-{new_id()}{_SUFFIX}"
        self._descriptor: int | None = None

    def write(self, waiting: Waiting) -> None:
        """Replaces what is on disk; nothing waiting leaves no file. Raises OSError, and what was there
        stays then."""
        if not waiting:
            self._path.unlink(missing_ok=True)
            self._hold(None)
            return
        make_private_dir(self._folder)
        made = self._path.with_suffix(_BEING_MADE)
        # JSON in ASCII, so that lone surrogates of a prompt survive too.
        data = json.dumps({"library": self._library, "prompts": waiting}).encode()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(made, flags, 0o600)
        try:
            # It takes its name only when it is locked and whole.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with open(descriptor, "wb", closefd=False) as file:
                file.write(data)
            os.fsync(descriptor)
            made.rename(self._path)
        except BaseException:
            os.close(descriptor)
            made.unlink(missing_ok=True)
            raise
        self._hold(descriptor)

    def adopt(self) -> Waiting:
        """What programs that have ended left waiting in this library, from now on in our own file; the
        oldest file first. Where that cannot be written, everything stays as it is for the next time."""
        found: list[tuple[Path, int, Waiting]] = []
        try:
            for path in self._left_behind():
                self._look_at(path, found)
            # A program that took over another's and died before it removed that one's left both.
            by_id = {item["id"]: item for _, _, waiting in found for item in waiting}
            if by_id:
                self.write(list(by_id.values()))
            for path, _, _ in found:
                path.unlink(missing_ok=True)
        except OSError:
            return []
        finally:
            for _, descriptor, _ in found:
                os.close(descriptor)
        return list(by_id.values())

    def close(self) -> None:
        """Leaves what waits to the next program."""
        self._hold(None)

    def _hold(self, descriptor: int | None) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = descriptor

    def _left_behind(self) -> list[Path]:
        try:
            paths = list(self._folder.iterdir())
        except FileNotFoundError:
            return []
        for path in paths:
            if path.suffix == _BEING_MADE:
                _sweep(path)
        return sorted((path for path in paths if path.suffix == _SUFFIX), key=_age)

    def _look_at(self, path: Path, found: list[tuple[Path, int, Waiting]]) -> None:
        descriptor = _locked(path)
        if descriptor is None:
            return
        waiting = None
        try:
            document = _document(descriptor)
            if document is None:
                path.rename(path.with_suffix(_DAMAGED))
            elif document["library"] == self._library:
                waiting = document["prompts"]
                found.append((path, descriptor, waiting))
        finally:
            if waiting is None:
                os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Opened and locked; None where its program lives, or it is not there any more."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(descriptor)
        if status.st_nlink and stat.S_ISREG(status.st_mode):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def _document(descriptor: int) -> dict[str, Any] | None:
    try:
        with open(descriptor, "rb", closefd=False) as file:
            document = json.loads(file.read())
    except (ValueError, RecursionError):
        return None
    is_whole = (
        isinstance(document, dict)
        and isinstance(document.get("library"), str)
        and isinstance(document.get("prompts"), list)
        and all(isinstance(p, dict) and isinstance(p.get("id"), str) for p in document["prompts"])
    )
    return document if is_whole else None


def _sweep(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.lstat().st_mtime > _MAKING_TAKES_AT_MOST_S:
            path.unlink()


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.lstat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name
