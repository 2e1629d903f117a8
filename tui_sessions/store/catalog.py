"""What is known of every file of the library, in memory, kept in step with the disk by stamps.

Reads may come from any thread while another one scans. An index on disk can take its place behind `Library`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from tui_sessions.model.results import SessionRow
from tui_sessions.store import files
from tui_sessions.store.listing import Listing
from tui_sessions.store.scan import Entry, Found, entry_of, find, found_files, read_entry

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class Catalog:
    """The entries of the library's files and the listing made of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._entries: dict[str, Entry] = {}
        self._listing: Listing | None = None
        self._written: set[str] = set()
        """Paths that we wrote or removed while a scan was running: there the scan's news is old."""
        self._state = threading.Lock()
        self._scanning = threading.Lock()
        self._is_scanned = False

    def listing(self, *, wait: bool = True) -> Listing:
        """The rows as they are known, scanned first where that has never been done.

        Without `wait`, while another thread does that first scan: what is known so far.
        """
        if not self._is_scanned and (wait or not self._scanning.locked()):
            with self._scanning:
                if not self._is_scanned:
                    self._scan(None, None)
        with self._state:
            if self._listing is None:
                self._listing = Listing(self._entries.values())
            return self._listing

    @property
    def is_scanned(self) -> bool:
        """Whether the directory was read once."""
        return self._is_scanned

    def refresh(self, progress: Progress | None = None, stop: Stop | None = None) -> bool:
        """Looks at every file's stamp and reads those that are new or changed; True when any was.

        When `stop` says so, it ends without effect. Raises `StoreError`.
        """
        with self._scanning:
            return self._scan(progress, stop)

    def stated_id(self, row: SessionRow) -> str | None:
        """The id that stands in the file of `row`, which another file may have claimed first."""
        with self._state:
            entry = self._entries.get(row.path)
        return entry.row.id if entry is not None and entry.row is not None else None

    def put(self, path: str, content: files.Content) -> None:
        """A file was written or read by us."""
        self._take(path, entry_of(path, content))

    def drop(self, path: str) -> None:
        """A file was moved away by us."""
        self._take(path, None)

    def reread(self, path: str) -> None:
        """Reads the file at `path` again, whatever it is now."""
        found = find(self._root, path)
        self._take(path, None if found is None else read_entry(self._root, found))

    def _take(self, path: str, entry: Entry | None) -> None:
        with self._state:
            self._written.add(path)
            self._listing = None
            if entry is None:
                self._entries.pop(path, None)
            else:
                self._entries[path] = entry

    def _scan(self, progress: Progress | None, stop: Stop | None) -> bool:
        with self._state:
            known = dict(self._entries)
            self._written.clear()
        entries: dict[str, Entry] = {}
        changed: list[Found] = []
        for found in found_files(self._root):
            entry = known.get(found.path)
            if entry is not None and entry.stamp == found.stamp:
                entries[found.path] = entry
            else:
                changed.append(found)
            if stop is not None and stop():
                return False
        for count, found in enumerate(changed, 1):
            entry = read_entry(self._root, found)
            if entry is not None:
                entries[found.path] = entry
            if progress is not None:
                progress(count, len(changed))
            if stop is not None and stop():
                return False
        return self._take_scanned(known, entries)

    def _take_scanned(self, known: dict[str, Entry], entries: dict[str, Entry]) -> bool:
        with self._state:
            for path in self._written:
                entries.pop(path, None)
                if path in self._entries:
                    entries[path] = self._entries[path]
            is_changed = entries != known or not self._is_scanned
            if is_changed:
                self._entries = entries
                self._listing = None
            self._is_scanned = True
            return is_changed
