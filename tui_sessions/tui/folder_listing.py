"""What is in a folder of the user's, read aside: a slow disk or a server that is away never holds up the keys."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from tui_sessions.store.refusal import reason

MOST_ENTRIES = 20_000
GOOD_FOR_S = 3.0
"""So long a listing is believed while one types."""
MOST_READERS = 4
"""Threads that may hang on folders that do not answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder."""

    name: str
    is_folder: bool
    size: int | None = None
    modified: float | None = None
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is in a folder, folders first, by name."""

    entries: tuple[Entry, ...] = ()
    is_cut: bool = False
    """Whether there are more than `MOST_ENTRIES`."""
    problem: str = ""
    """Why it could not be read."""


def read_folder(folder: str, *, with_facts: bool = False) -> Listing:
    """Read a folder; with sizes and dates where these are wanted. May take long."""
    entries: list[Entry] = []
    is_cut = False
    try:
        with os.scandir(folder) as found:
            for item in found:
                if is_cut := len(entries) >= MOST_ENTRIES:
                    break
                if (entry := _entry(item, with_facts)) is not None:
                    entries.append(entry)
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "there is no such path"
        return Listing(problem=f"{folder} cannot be read: {why}.")
    entries.sort(key=lambda entry: (not entry.is_folder, entry.name.casefold(), entry.name))
    return Listing(tuple(entries), is_cut)


def _entry(item: os.DirEntry[str], with_facts: bool) -> Entry | None:
    """None for what is neither file nor folder: a socket, a link to nothing."""
    try:
        is_folder = item.is_dir()
        if not is_folder and not item.is_file():
            return None
        if not with_facts:
            return Entry(item.name, is_folder)
        stat = item.stat()
        return Entry(item.name, is_folder, None if is_folder else stat.st_size, stat.st_mtime)
    except OSError:
        return None


class Listings:
    """Folders that were asked for lately."""

    def __init__(self, tell: Callable[[], None]) -> None:
        """`tell` is called, in a thread of its own, when something is known that was asked for."""
        self._tell = tell
        self._known: dict[str, tuple[float, Listing]] = {}
        self._reading: set[str] = set()

    def get(self, folder: str) -> Listing | None:
        """What is in a folder as far as it is known by now; what is not is read and told."""
        now = time.monotonic()
        read_at, listing = self._known.get(folder, (None, None))
        is_fresh = read_at is not None and now - read_at < GOOD_FOR_S
        if not is_fresh and folder not in self._reading and len(self._reading) < MOST_READERS:
            self._reading.add(folder)
            # A thread that the end of the program does not wait for: some folders never answer.
            Thread(target=self._read, args=(folder,), name="folder", daemon=True).start()
        return listing

    def _read(self, folder: str) -> None:
        try:
            listing = read_folder(folder)
            if len(self._known) > 50:
                self._known = {}
            before = self._known.get(folder)
            self._known[folder] = (time.monotonic(), listing)
        finally:
            self._reading.discard(folder)
        if before is None or before[1] != listing:
            self._tell()


def absolute(typed: str) -> str:
    """A path as somebody writes it, `~` and all, from where the program was started."""
    try:
        return os.path.abspath(Path(typed).expanduser())
    except (RuntimeError, ValueError, OSError):
        return os.path.abspath(typed)
