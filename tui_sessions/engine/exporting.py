"""Writes exports to files: names them after the session, never over another file unless told."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from tui_sessions.errors import ConflictError, StoreError
from tui_sessions.exchange.registry import exporter
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line

NAME_LENGTH = 80
_NAME_BYTES = 200
"""Below the 255 bytes of a file name everywhere, with room for ` (2)` and the suffix."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
"""`notes.md` has an ending, `release 1.2` has none."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def export_to(
    sessions: Sequence[Session],
    format: str,
    *,
    folder: Path,
    name: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Writes `sessions` in `format` into `folder` (made if missing) and answers the file's path.

    Without `name`, it is called after the title. A taken name gets ` (2)`, unless `overwrite`.
    Raises `UsageError` for an unknown format, `StoreError` where the disk refuses.
    """
    chosen = exporter(format)
    data = chosen.export(sessions)
    wanted = name if name is not None else default_name(sessions)
    if name is None or not _SUFFIX.search(name):
        wanted += chosen.suffix
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if overwrite:
            return _replaced(folder / wanted, data)
        return _created(folder / wanted, data)
    except OSError as error:
        raise _unwritten(folder / wanted, error) from error


def write_new(data: bytes, *, folder: Path, name: str) -> Path:
    """Writes `data` into `folder` (made if missing); a taken name gets ` (2)`. Raises `StoreError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _created(folder / name, data)
    except OSError as error:
        raise _unwritten(folder / name, error) from error


def export_as(
    sessions: Sequence[Session], format: str, path: Path, *, overwrite: bool = False
) -> None:
    """Writes `sessions` in `format` to `path` and nowhere else; into it where it is a pipe or device.

    Raises `UsageError`, `ConflictError` where a file is there and `overwrite` is not said, `StoreError`.
    """
    data = exporter(format).export(sessions)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.write(data)
        elif overwrite:
            # A link stays a link: what it leads to is written.
            _replaced(path.resolve(), data)
        else:
            _created_at(path, data)
    except FileExistsError as error:
        raise ConflictError(
            f"{clean_line(str(path))} exists. Choose another name, or add --force to write over it."
        ) from error
    except OSError as error:
        raise _unwritten(path, error) from error


def default_name(sessions: Sequence[Session]) -> str:
    """A file name without suffix: the title of the one session, else how many they are."""
    if len(sessions) != 1:
        return f"{len(sessions)} sessions"
    return file_name_from(sessions[0].shown_title) or f"session-{sessions[0].id}"


def file_name_from(title: str) -> str:
    """`title` with what no file system dislikes, at most 80 characters; "" where nothing is left."""
    name = _UNSAFE.sub("-", clean_line(unicodedata.normalize("NFC", title)))
    name = " ".join(name.split())[:NAME_LENGTH].rstrip(" .-").lstrip(" .-~")
    while len(name.encode("utf-8", "replace")) > _NAME_BYTES:
        name = name[:-1]
    return f"_{name}" if _RESERVED.match(name) else name


def _created(path: Path, data: bytes) -> Path:
    for candidate in _candidates(path):
        try:
            _created_at(candidate, data)
        except FileExistsError:
            continue
        return candidate
    raise AssertionError("unreachable: the numbers do not end")


def _created_at(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _unwritten(path: Path, error: OSError) -> StoreError:
    reason = error.strerror or str(error)
    return StoreError(f"The export could not be written to {clean_line(str(path))}: {reason}.")


def _replaced(path: Path, data: bytes) -> Path:
    temporary = _created(path.with_name(f".{path.name}.part"), data)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return path


def _candidates(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")
