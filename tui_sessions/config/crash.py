"""Keeps where an error came from that nobody expected, for a report: in which lines of code, and no word of
what was being worked on."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from tui_sessions.config.log import redacted, secrets_in, traced
from tui_sessions.config.paths import paths
from tui_sessions.config.private import append_private


def keep_details(error: BaseException) -> Path | None:
    """Adds the places in the code to the log; its path, None where the disk refuses."""
    try:
        log_file = paths(os.environ).log_file
        entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} unexpected error\n{traced(error)}\n"
        append_private(log_file, redacted(entry, secrets_in(os.environ)).encode("utf-8", "replace"))
    except OSError:
        return None
    return log_file
