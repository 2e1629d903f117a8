"""What was typed and attached in the prompt and not sent, for each session: it is there again when one comes
back, also after a crash.

In a file of its own, because prompts are private and the rest of the state is not.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tui_sessions.config.private import read_private, why, write_private
from tui_sessions.model.message import Part

KEPT = 50
"""Sessions with something unsent; the one that was left first is forgotten first."""
LONGEST = 1_000_000
"""Characters: as many as the prompt takes."""


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """What waits to be sent in one session."""

    text: str = ""
    attachments: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.attachments)


_Kept = dict[str, str | Draft]
"""A text alone stands there as a string."""


class DraftFile:
    """`drafts.json`, private. Not being able to read or write it never stops anything."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unwritten: _Kept | None = None
        """What the disk refused to take, and holds in this process all the same."""
        self._on_disk: _Kept = {}
        """What it held when it began to refuse."""
        self.problem = ""
        """Why the last of it could not be written; "" where all is."""

    def load(self) -> dict[str, Draft]:
        """What is unsent by session id, the one that was left last at the end; "" is a new session."""
        return {
            session_id: Draft(draft) if isinstance(draft, str) else draft
            for session_id, draft in self._load().items()
        }

    def keep(self, session_id: str, draft: Draft) -> bool:
        """Remembers a draft for a session, an empty one forgets it; False where it is too long or the
        disk refuses."""
        if len(draft.text) > LONGEST:
            self.keep(session_id, Draft())
            return False
        # JSON has no lone surrogates.
        text = draft.text.encode("utf-8", "replace").decode()
        draft = Draft(text, tuple(filter(_is_storable, draft.attachments)))
        drafts = self._load()
        if self._unwritten is None:
            self._on_disk = dict(drafts)
        wanted: str | Draft = draft if draft.attachments else draft.text
        if drafts.get(session_id, "") == wanted:
            return True
        drafts.pop(session_id, None)
        if draft:
            drafts[session_id] = wanted
        return self._write(dict(list(drafts.items())[-KEPT:]))

    def write_again(self) -> bool:
        """Try once more to write what was refused; whether all is written now."""
        return self._unwritten is None or self._write(self._unwritten)

    @property
    def waiting(self) -> dict[str, str]:
        """What is typed and in memory only, by session id; nothing where only forgetting was refused."""
        return {
            session_id: draft if isinstance(draft, str) else draft.text
            for session_id, draft in (self._unwritten or {}).items()
            if self._on_disk.get(session_id) != draft
        }

    def _load(self) -> _Kept:
        if self._unwritten is not None:
            return dict(self._unwritten)
        try:
            return msgspec.json.decode(read_private(self.path), type=_Kept)
        except (OSError, ValueError, RecursionError):
            return {}

    def _write(self, drafts: _Kept) -> bool:
        try:
            write_private(self.path, msgspec.json.encode(drafts))
        except OSError as error:
            self._unwritten, self.problem = drafts, why(error)
            return False
        self._unwritten, self.problem = None, ""
        return True


def _is_storable(part: Part) -> bool:
    """Whether it can be kept: what a session file of another program says of a file may be odd."""
    try:
        msgspec.json.encode(part)
    except (UnicodeEncodeError, OverflowError, RecursionError):
        return False
    return True
