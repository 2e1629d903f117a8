"""The readable part of damaged files, for `export --skip-corrupted`."""

from __future__ import annotations

from collections.abc import Iterator

from tui_sessions.cli.call import Call
from tui_sessions.cli.progress import progress
from tui_sessions.errors import DamagedFileError, NotFoundError, TuiSessionsError
from tui_sessions.model.ids import derived_id
from tui_sessions.model.session import Session
from tui_sessions.model.text import clean_line


def readable_parts(call: Call) -> Iterator[Session]:
    """What can be read of every damaged file of the library; each is named with what was found in it."""
    damaged = call.library.damaged()
    with progress(call.console, "Reading damaged files") as report:
        for number, row in enumerate(damaged, 1):
            session = _readable_part(call, row.path)
            if session is not None:
                yield session
            if report is not None:
                report(number, len(damaged))


def named_or_salvaged(call: Call, ref: str) -> Session:
    """The session of that name, or the readable part of the damaged file. Raises `NotFoundError`,
    `DamagedFileError`."""
    library = call.library
    try:
        return library.load(library.resolve(ref))
    except DamagedFileError:
        path = _path_of(call, ref)
        session = _readable_part(call, path) if path is not None else None
        if session is None:
            raise
        return session


def _readable_part(call: Call, path: str) -> Session | None:
    from tui_sessions.codec.salvage import salvage, told

    try:
        found = salvage(call.library.doctor.bytes_of(path), fallback_id=derived_id(path))
    except TuiSessionsError as error:
        call.console.say(f"Left out: {error}")
        return None
    call.console.say(f"{clean_line(path)}: {told(found)}.")
    return found.session


def _path_of(call: Call, ref: str) -> str | None:
    """The damaged file that `ref` names: its path, its name, with or without ending."""
    from tui_sessions.store.names import stem_of

    wanted = ref.removeprefix(f"{call.library.root}/").removeprefix("./")
    fitting = [
        row.path
        for row in call.library.damaged()
        if wanted in (row.path, stem_of(row.path), row.path.rpartition("/")[2])
        or wanted == stem_of(row.path.rpartition("/")[2])
    ]
    if len(fitting) > 1 and wanted not in fitting:
        raise NotFoundError(f"{clean_line(ref)} fits several damaged files: give the whole path.")
    return wanted if wanted in fitting else next(iter(fitting), None)
