"""The folder of a library that is the program's own."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tui_sessions.store.refusal import refused

OWN_FOLDER = ".tui-sessions"


def refuse_led_away(folder: Path) -> None:
    """Raises `StoreError` where the library's own folder, or one in it, is a link: whoever hands somebody a
    library is not to choose where their program writes."""
    parts = folder.parts
    if OWN_FOLDER not in parts:
        return
    first = len(parts) - 1 - parts[::-1].index(OWN_FOLDER)
    for end in range(first + 1, len(parts) + 1):
        place = Path(*parts[:end])
        if os.path.islink(place):
            raise refused(OSError(errno.ELOOP, os.strerror(errno.ELOOP)), "write into", place)
