"""Sessions as the program's own JSON, byte for byte what a session file holds."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from tui_sessions.codec.encode import encode
from tui_sessions.model.session import Session

suffix = ".json"
label = "JSON"


def export(sessions: Sequence[Session]) -> bytes:
    """One session as its file; several as `{"sessions": […]}`."""
    if len(sessions) == 1:
        return encode(sessions[0])
    # Indenting line by line is safe: a line end inside a JSON text is always written as an escape.
    files = (indent(encode(session).decode().rstrip("\n"), "    ") for session in sessions)
    return ('{\n  "sessions": [\n' + ",\n".join(files) + "\n  ]\n}\n").encode()
