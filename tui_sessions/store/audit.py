"""The audit log: one JSON line for every durable change, written after it is durable. No text stands in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from tui_sessions.model.session import Session
from tui_sessions.model.times import Clock, format_time
from tui_sessions.store.files import FILE_MODE, make_folder, write_all
from tui_sessions.store.refusal import refused


class Audit:
    """Appends to one file; does nothing without one. Wire form: RELIABILITY §2."""

    def __init__(self, path: Path | None, now: Clock) -> None:
        self._path = path
        self._now = now

    def record(self, action: str, session_id: str, **more: str) -> None:
        """One line. Raises `StoreError`."""
        self._append([{"action": action, "session": session_id, **more}])

    def saved(self, before: Session | None, after: Session, *, action: str = "save") -> None:
        """A line for each message that is new or changed, else one for the session."""
        if self._path is None:
            return
        old = set(_fingerprints(before)) if before is not None else set()
        lines = [
            {"action": action, "session": after.id, "message": message, "sha256": digest}
            for message, digest in _fingerprints(after)
            if (message, digest) not in old
        ]
        self._append(lines or [{"action": action, "session": after.id}])

    def _append(self, lines: list[dict[str, str]]) -> None:
        if self._path is None:
            return
        at = format_time(self._now())
        data = "".join(json.dumps({"at": at, **line}) + "\n" for line in lines).encode()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        make_folder(self._path.parent)
        try:
            descriptor = os.open(self._path, flags, FILE_MODE)
            try:
                write_all(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise refused(error, "write the audit log", self._path) from error


def _fingerprints(session: Session) -> Iterator[tuple[str, str]]:
    import hashlib  # Only where an audit log is kept.

    for turn in session.turns:
        for message in turn.messages:
            digest = hashlib.sha256(message.text.encode("utf-8", "surrogatepass")).hexdigest()
            yield f"{turn.id}:{message.role}", digest[:16]
