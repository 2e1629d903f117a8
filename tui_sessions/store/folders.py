"""Folders of the library, empty ones included: reached without links, made, renamed, removed when empty.

Any name that may lie in a library can be given; names that people choose are checked before (`names`).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from tui_sessions.errors import ConflictError, NotFoundError, UsageError
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.refusal import refused

_NOT_EMPTY = frozenset({errno.ENOTEMPTY, errno.EEXIST})
Noting = Callable[[str], None]
"""Told of a path before something is done to it."""


def is_inside(path: str) -> bool:
    """Whether a relative path stays in the library, outside of hidden folders, ours among them."""
    return all(part and not part.startswith(".") and "\0" not in part for part in path.split("/"))


def place_of(root: Path, folder: str) -> Path:
    """Where a folder is, there or not; "" is the library. Raises `UsageError` for a way through a link."""
    if not folder:
        return root
    if not is_inside(folder):
        raise UsageError(f"{clean_line(folder)!r} is no folder of the library.")
    place = root
    for part in folder.split("/"):
        place = place / part
        if files.is_link(place):
            raise UsageError(
                f"{clean_line(folder)} leads through a symbolic link. "
                "Choose a folder that lies in the library itself."
            )
    return place


def make(root: Path, folder: str, noting: Noting | None = None) -> None:
    """Makes a folder and what is missing above it; `noting` hears of each one first."""
    place = place_of(root, folder)
    parts = folder.split("/") if folder else []
    for count in range(1, len(parts) + 1):
        above = "/".join(parts[:count])
        if noting is not None and not files.is_there(root / above):
            noting(above)
    files.make_folder(place)


def rename(root: Path, source: str, target: str) -> None:
    """Gives a folder another name or place, with all that lies in it; never over another.

    Raises `NotFoundError`, `ConflictError`, `UsageError`, `StoreError`.
    """
    if not source or not target:
        raise UsageError("The library itself cannot be renamed. Choose one of its folders.")
    if f"{target}/".startswith(f"{source}/"):
        raise UsageError(f"{clean_line(source)} cannot be moved into itself.")
    old, new = place_of(root, source), place_of(root, target)
    if not files.is_folder(old):
        raise _missing(source)
    if files.is_there(new):
        raise ConflictError(f"{clean_line(target)} is there already. Choose another name.")
    files.make_folder(new.parent)
    try:
        os.rename(old, new)
        files.sync_folder(new.parent)
        files.sync_folder(old.parent)
    except FileNotFoundError as error:
        raise _missing(source) from error
    except OSError as error:
        if error.errno in _NOT_EMPTY:
            raise ConflictError(
                f"{clean_line(target)} is there already. Choose another name."
            ) from error
        raise refused(error, "rename the folder", old) from error


def remove(root: Path, folder: str) -> None:
    """Removes a folder that is empty. Raises `ConflictError` where it is not."""
    if not folder:
        raise UsageError("The library itself cannot be removed. Choose one of its folders.")
    place = place_of(root, folder)
    try:
        with os.scandir(place) as entries:
            for entry in list(entries):
                files.sweep(Path(entry.path))
        os.rmdir(place)
        files.sync_folder(place.parent)
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except OSError as error:
        if error.errno in _NOT_EMPTY:
            raise ConflictError(
                f"The folder {clean_line(folder)} is not empty. Move what lies in it first."
            ) from error
        raise refused(error, "remove the folder", place) from error


def _missing(folder: str) -> NotFoundError:
    return NotFoundError(f"There is no folder {clean_line(folder)!r}. Look whether it was renamed.")
