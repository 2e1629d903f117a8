"""Moves that a crash cut off between two names: the same file would be listed twice for ever."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from tui_sessions.errors import TuiSessionsError

if TYPE_CHECKING:
    from tui_sessions.store.library import Library

_OPEN = ".open.jsonl"
"""How the name of a step ends that is being made, or was when its program died."""


def finish_moves(library: Library) -> None:
    """Brings them to their end; undo takes back the steps that they belong to, as ever. What the disk
    refuses stays for the next time."""
    with suppress(OSError, TuiSessionsError):
        names = os.listdir(library.root / ".tui-sessions" / "history")
        if any(name.endswith(_OPEN) for name in names):
            library.history.finish_cut()
