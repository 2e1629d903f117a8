"""Changes that anybody makes in a library's directory, told within a second. Reads no session."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tui_sessions.store.mounts import is_shared
from tui_sessions.store.names import suffix_of

Changed = Callable[[frozenset[str] | None], None]
"""Is told the session files that changed, relative to the library with `/`; None: look at everything."""

SHORTEST_PAUSE_S = 2.0
SHARE = 1000
"""Where nobody tells us, we look: a look that takes a second rests for a thousand, so that looking costs
at most a tenth of a percent of a core."""
AGAIN_S = 600.0
"""So long at most the news are believed to be whole: the system forgets some when there are too many."""
MISSING_S = 0.5
"""How often is looked whether a library that is not there has been made."""
MOST_FOLDERS = 10_000
"""More are not watched, they are looked at."""
_STEP_MS = 250
"""How often watchfiles wakes up. News are handed on when none came for as long."""
_TOGETHER_MS = 500
"""News that never cease are handed on after so long."""
_END_S = 5.0
"""A crashed program does not wait longer for a disk that hangs."""
_POLL_MS = 10_000
"""Where watchfiles finds nothing to be told by, it looks at every file that often, unasked."""
_IS_RECURSIVE = sys.platform in ("darwin", "win32")
"""Elsewhere a watch of a tree is one for every folder, made by watchfiles in a walk that holds the
interpreter for as long (0.2 s for 100,000 files) and follows links out of the library. So we walk."""


class Watch:
    """Watches the library at `root` from a thread of its own, and calls `changed` in it.

    The first call is to look at everything. While `changed` works, news gather; they come together
    then. A library that is not there yet, or is replaced by another directory, is no error.
    """

    def __init__(self, root: Path, changed: Changed, *, most_folders: int = MOST_FOLDERS) -> None:
        self._root = str(root)
        self._changed = changed
        self._most_folders = most_folders
        self._stopped = threading.Event()
        self._wake = threading.Event()
        """It is to look at everything, or to end."""
        self.is_watching = False
        """Whether the system tells of changes; else the library is looked at from time to time."""
        self._thread = threading.Thread(target=self._run, name="library", daemon=True)

    def start(self) -> None:
        """Begin, once."""
        # A thread that is in watchfiles when the interpreter ends would take it down; and one that is
        # no daemon would keep a program alive that has crashed.
        atexit.register(self._end)
        self._thread.start()

    def look(self) -> None:
        """Look at everything soon, even where nothing was told."""
        self._wake.set()

    def stop(self) -> None:
        """End soon: `changed` is not called any more, but may be at work."""
        self._stopped.set()
        self._wake.set()

    @property
    def is_stopped(self) -> bool:
        """Whether it is to end: `changed` had better ask, when it takes long."""
        return self._stopped.is_set()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the thread; whether it came."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        if self._thread.is_alive():
            return False
        atexit.unregister(self._end)
        return True

    def _end(self) -> None:
        self.stop()
        self._thread.join(_END_S)

    def _run(self) -> None:
        while not self.is_stopped:
            self._wake.set()
            mark = _mark(self._root)
            if mark is None:
                self._wait_for_root()
            else:
                folders = self._folders()
                if not folders or not self._watch(mark, folders):
                    self._poll(mark)
                self.is_watching = False

    def _look_if_wanted(self) -> None:
        if self._wake.is_set():
            self._wake.clear()
            if self.is_stopped:
                self._wake.set()  # `stop` may have set it just before
            else:
                self._changed(None)

    # where the system tells

    def _watch(self, mark: _Mark, folders: list[str]) -> bool:
        """Until folders come or go, or it has been long enough; False where there can be no watch."""
        try:
            # Their page "Rust backend" describes it. `watch`, which is built on it, says nothing when
            # the watches stand: what changes between a look and them would be lost.
            from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError
        except ImportError:
            return False
        try:
            notify = RustNotify(folders, False, False, _POLL_MS, _IS_RECURSIVE, True)
        except FileNotFoundError:  # one has gone since it was seen
            return not self._stopped.wait(_STEP_MS / 1000)
        except (OSError, WatchfilesRustInternalError):  # no more watches, or none at all
            return False
        with notify:
            self.is_watching = True
            self._look_if_wanted()
            end = time.monotonic() + AGAIN_S
            while not self.is_stopped and time.monotonic() < end:
                try:
                    told = notify.watch(_TOGETHER_MS, _STEP_MS, int(AGAIN_S * 1000), self._wake)
                except WatchfilesRustInternalError:  # a name that is no Unicode
                    break
                # Text says that it came back for another reason; what was gathered is lost then.
                if isinstance(told, str) or _mark(self._root) != mark:
                    break
                if not self._tell(told, frozenset(folders)):
                    break
        return True

    def _tell(self, told: Iterable[tuple[int, str]], known: frozenset[str]) -> bool:
        """Hand on which files changed; False where folders did."""
        paths: set[str] = set()
        for path in {path for _, path in told}:
            relative = path[len(self._root) :].replace(os.sep, "/").lstrip("/")
            if not relative or any(part.startswith(".") for part in relative.split("/")):
                continue
            if path in known or _is_folder(path):
                return False
            if suffix_of(path):
                paths.add(relative)
            elif _IS_RECURSIVE and not os.path.lexists(path):  # perhaps it was a folder
                return False
        if paths and not self.is_stopped:
            self._changed(frozenset(paths))
        return True

    def _folders(self) -> list[str]:
        """What is to be watched: none where that makes no sense."""
        if is_shared(Path(self._root)):
            return []
        if _IS_RECURSIVE:
            return [self._root]
        folders = [self._root]
        for folder in folders:  # grows meanwhile
            folders += _folders_in(folder)
            if len(folders) > self._most_folders:
                return []
        return folders if all(map(_is_unicode, folders)) else []

    # where it does not

    def _poll(self, mark: _Mark) -> None:
        """Look again and again, until it is time to try a watch once more."""
        end = time.monotonic() + AGAIN_S
        while not self.is_stopped and time.monotonic() < end and _mark(self._root) == mark:
            began = time.monotonic()
            self._look_if_wanted()
            self._wake.wait(max(SHORTEST_PAUSE_S, SHARE * (time.monotonic() - began)))
            self._wake.set()

    def _wait_for_root(self) -> None:
        while not self.is_stopped and _mark(self._root) is None:
            self._look_if_wanted()
            self._wake.wait(MISSING_S)


_Mark = tuple[int, int]
"""Tells a directory from another one that has taken its name."""


def _mark(root: str) -> _Mark | None:
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _folders_in(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [
                entry.path
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:  # gone, or closed to us: then its files are none of the library
        return []


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
