"""What a person types for a session, `@last`, an id or its beginning, a file, to its id."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tui_sessions.errors import AmbiguousError, DamagedFileError, NotFoundError, StoreError
from tui_sessions.model.query import Query
from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean_line
from tui_sessions.store import files
from tui_sessions.store.index.index import Index
from tui_sessions.store.names import stem_of, suffix_of
from tui_sessions.store.own_folder import OWN_FOLDER
from tui_sessions.store.versions import Versions

LAST = "@last"
_SHOWN = 8


def resolved(ref: str, index: Index, root: Path) -> str:
    """The id that `ref` means. Raises `NotFoundError`, `AmbiguousError`, `DamagedFileError`."""
    if ref == LAST:
        rows = index.rows(Query(), "updated", False, limit=1)
        if not rows:
            raise NotFoundError("There are no sessions yet.")
        return rows[0].id
    row = index.by_id(ref) or _by_file(ref, index) or _by_place(ref, index, root)
    return row.id if row is not None else _by_prefix(ref, index, root)


def _by_file(ref: str, index: Index) -> SessionRow | None:
    wanted = ref.removeprefix("./")
    row = index.by_path(wanted)
    if row is not None or not wanted:
        return row
    rows = index.by_file(wanted)
    for fits in (
        [row for row in rows if stem_of(row.path) == wanted],
        [row for row in rows if wanted in (row.file_name, stem_of(row.file_name))],
    ):
        if fits:
            return _only(fits, ref)
    return None


def _by_place(ref: str, index: Index, root: Path) -> SessionRow | None:
    """The session of a path in the file system, absolute or from the current directory."""
    if os.sep not in ref and suffix_of(ref) is None:
        return None
    _refuse_damaged(ref.removeprefix("./"), index)
    place = Path(os.path.abspath(os.path.expanduser(ref)))
    if not files.is_there(place):
        return None
    # The folder is resolved, not the file: one that is a link is listed as damaged.
    place = place.parent.resolve() / place.name
    if not place.is_relative_to(root):
        raise NotFoundError(
            f"{clean_line(ref)} lies outside the library {clean_line(str(root))}. "
            "Open its folder with --dir, or import it."
        )
    path = place.relative_to(root).as_posix()
    _refuse_damaged(path, index)
    return index.by_path(path)


def _refuse_damaged(path: str, index: Index) -> None:
    for row in index.damaged():
        if row.path == path:
            raise DamagedFileError(f"{clean_line(path)} cannot be read as a session. {row.reason}")


def refuse_unreadable(session_id: str, index: Index, root: Path) -> None:
    """Raises `DamagedFileError` where the session may be one that cannot be read: nothing new is to take its
    place, and nobody is to be told that it is gone. `StoreError` where the whole library is not there."""
    if not files.is_there(root):
        raise StoreError(
            f"The folder {clean_line(str(root))} is not there: it was moved, or its disk is not mounted."
        )
    _refuse_suspects(session_id, index, root)


def _refuse_suspects(session_id: str, index: Index, root: Path) -> None:
    kept = Versions(root / OWN_FOLDER / "history" / "versions").of(session_id)
    for row in index.damaged():
        if _may_be(session_id, root / row.path, is_known=bool(kept)):
            raise DamagedFileError(
                f"There is no session {clean_line(session_id)!r} among those that can be read. "
                f"{clean_line(row.path)} cannot be: {row.reason}"
            )


def _may_be(session_id: str, path: Path, *, is_known: bool) -> bool:
    """Whether it is told there; a session that there was may also be one of whose id nothing is left."""
    try:
        data = files.read(path).data
        return json.dumps(session_id).encode() in data or (is_known and b'"id"' not in data)
    except StoreError:
        return True
    except (FileNotFoundError, DamagedFileError):
        return False


def _by_prefix(ref: str, index: Index, root: Path) -> str:
    fits = list(index.by_prefix(ref)) if ref else []
    if not fits:
        _refuse_damaged(f"{ref}.json", index)
        _refuse_suspects(ref, index, root)
        raise NotFoundError(
            f"There is no session {clean_line(ref)!r} in {clean_line(str(root))}. "
            "Give an id or its beginning, a file name, or @last."
        )
    return _only(fits, ref).id


def _only(rows: list[SessionRow], ref: str) -> SessionRow:
    if len(rows) == 1:
        return rows[0]
    listed = ", ".join(f"{row.id} ({clean_line(row.title)})" for row in rows[:_SHOWN])
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    raise AmbiguousError(f"{clean_line(ref)!r} fits several sessions: {listed}{more}.")
