"""What was typed into the prompt and not sent, for each session: it is there again when one comes back.

In a file of its own, because prompts are private and the rest of the state is not.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui_sessions.config.private import write_private

KEPT = 50
"""Sessions with something unsent; the one that was left first is forgotten first."""
LONGEST = 1_000_000
"""Characters: as many as the prompt takes."""


class DraftFile:
    """`drafts.json`, private. Not being able to read or write it never stops anything."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unwritten: dict[str, str] | None = None
        """What the disk refused to take, and holds in this process all the same."""

    def load(self) -> dict[str, str]:
        """Unsent texts by session id, the one that was left last at the end; "" is a new session."""
        if self._unwritten is not None:
            return dict(self._unwritten)
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return {}

    def keep(self, session_id: str, text: str) -> bool:
        """Remembers `text` for a session, "" forgets it; False where it is too long or the disk refuses."""
        drafts = self.load()
        if drafts.get(session_id, "") == text:
            return True
        drafts.pop(session_id, None)
        if len(text) > LONGEST:
            return False
        if text:
            # JSON has no lone surrogates.
            drafts[session_id] = text.encode("utf-8", "replace").decode()
        kept = dict(list(drafts.items())[-KEPT:])
        try:
            write_private(self.path, msgspec.json.encode(kept))
        except OSError:
            self._unwritten = kept
            return False
        self._unwritten = None
        return True
