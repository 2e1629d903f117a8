"""Sessions as the program's own JSON, byte for byte what a session file holds."""

from __future__ import annotations

from collections.abc import Sequence

from tui_sessions.codec.encode import encode
from tui_sessions.model.session import Session

suffix = ".json"
label = "JSON"


def export(sessions: Sequence[Session]) -> bytes:
    """One session as its file; several as `{"sessions": […]}`."""
    if len(sessions) == 1:
        return encode(sessions[0])
    # A line feed inside a JSON text is always written as an escape; other line ends are not.
    files = ("    " + encode(s).decode().rstrip("\n").replace("\n", "\n    ") for s in sessions)
    return ('{\n  "sessions": [\n' + ",\n".join(files) + "\n  ]\n}\n").encode()
