"""Saved searches, the smart folders of the tree: one small file in the library, so that it travels along.

Knows names and texts only; what a query means is `model.query`'s.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tui_sessions.errors import ConflictError, DamagedFileError, NotFoundError, UsageError
from tui_sessions.model.ids import new_id
from tui_sessions.model.text import clean_line
from tui_sessions.store import files

FILE = "searches.json"
LONGEST_NAME = 80
_ATTEMPTS = 5
"""How often a change is made anew because another program wrote the file in between."""

Entries = list[Any]
"""The file as it stands: what is no search of ours, and further keys of one, stay as they are."""


class SavedSearch(msgspec.Struct, frozen=True):
    """A query under a name."""

    name: str
    query: str


class _Found(msgspec.Struct, frozen=True):
    entries: Entries
    content: files.Content | None
    is_damaged: bool = False


class SavedSearches:
    """The searches of one library. Any method may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._known: tuple[files.Stamp, tuple[SavedSearch, ...]] | None = None

    def all(self) -> tuple[SavedSearch, ...]:
        """The searches in the order in which they were saved; none where the file is damaged."""
        try:
            stamp = files.stamp_of(self._path.lstat())
        except OSError:
            return ()
        known = self._known
        if known is None or known[0] != stamp:
            # Not the stamp of the content: what is not read now is read when it changes again.
            known = self._known = (stamp, _searches(self._read().entries))
        return known[1]

    def add(self, name: str, query: str) -> SavedSearch:
        """Save a query. Raises `ConflictError` where the name is taken, `UsageError`, `StoreError`."""
        new = SavedSearch(checked_name(name), query.strip())
        if not new.query:
            raise UsageError("There is nothing to save: a search needs words or a filter.")

        def change(entries: Entries) -> Entries:
            _refuse_taken(entries, new.name)
            return [*entries, {"name": new.name, "query": new.query}]

        self._write(change)
        return new

    def remove(self, name: str) -> SavedSearch:
        """Forget a search; what it was. Raises `NotFoundError`, `StoreError`."""
        found = self.get(name)
        self._write(lambda entries: [entry for entry in entries if _name(entry) != name])
        return found

    def rename(self, name: str, new_name: str) -> None:
        """Give a search another name. Raises `NotFoundError`, `ConflictError`, `UsageError`."""
        new_name = checked_name(new_name)
        self.get(name)

        def change(entries: Entries) -> Entries:
            if new_name.casefold() != name.casefold():
                _refuse_taken(entries, new_name)
            return [
                {**entry, "name": new_name} if _name(entry) == name else entry for entry in entries
            ]

        self._write(change)

    def get(self, name: str) -> SavedSearch:
        """The search of that name. Raises `NotFoundError`."""
        for search in self.all():
            if search.name == name:
                return search
        raise NotFoundError(f"There is no saved search {clean_line(name)!r}.")

    def _read(self) -> _Found:
        try:
            content = files.read(self._path)
        except FileNotFoundError:
            return _Found([], None)
        except DamagedFileError:
            return _Found([], None, is_damaged=True)
        try:
            entries = json.loads(content.data)
        except (ValueError, RecursionError):
            return _Found([], content, is_damaged=True)
        if not isinstance(entries, list):
            return _Found([], content, is_damaged=True)
        return _Found(entries, content)

    def _write(self, change: Callable[[Entries], Entries]) -> None:
        files.make_folder(self._path.parent)
        for _ in range(_ATTEMPTS):
            found = self._read()
            data = json.dumps(change(found.entries), indent=2, ensure_ascii=False)
            try:
                self._put(found, data.encode("utf-8", "backslashreplace"))
            except (files.FileChangedError, FileExistsError):
                continue
            self._known = None
            return
        raise ConflictError(
            f"{clean_line(str(self._path))} is being written by another program all the time. "
            "Nothing was changed; try again."
        )

    def _put(self, found: _Found, data: bytes) -> None:
        if found.is_damaged:
            # Somebody may still mend it by hand: it steps aside whole.
            files.move_new(self._path, self._path.with_name(f"{FILE}.{new_id()}.damaged"))
        if found.is_damaged or found.content is None:
            files.write_new(self._path, data)
        else:
            files.replace(self._path, data, expected=found.content.stamp)


def checked_name(name: str) -> str:
    """The name of a search, on one line. Raises `UsageError`."""
    name = clean_line(name)
    if not name:
        raise UsageError("Write a name for the search.")
    if len(name) > LONGEST_NAME:
        raise UsageError(f"The name of a search has at most {LONGEST_NAME} characters.")
    return name


def _searches(entries: Entries) -> tuple[SavedSearch, ...]:
    """What can be used: of several of one name the first, because names are its keys in the tree."""
    found: dict[str, SavedSearch] = {}
    for entry in entries:
        name = _name(entry)
        query = entry.get("query") if name else None
        if name and isinstance(query, str):
            found.setdefault(name, SavedSearch(name, query))
    return tuple(found.values())


def _name(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else ""


def _refuse_taken(entries: Entries, name: str) -> None:
    if any(_name(entry).casefold() == name.casefold() for entry in entries):
        raise ConflictError(
            f"There is a saved search {name!r} already. Choose another name, or delete that one."
        )
