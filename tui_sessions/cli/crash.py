"""Keeps the details of an error that nobody expected, for a report."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tui_sessions.config.log import redacted, secrets_in
from tui_sessions.config.paths import paths
from tui_sessions.config.private import append_private


def keep_details(error: Exception) -> Path | None:
    """Adds the traceback, without what looks like a secret, to the log; its path, None where the
    disk refuses."""
    try:
        log_file = paths(os.environ).log_file
        text = "".join(traceback.format_exception(error))
        entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} unexpected error\n{text}\n"
        append_private(log_file, redacted(entry, secrets_in(os.environ)).encode("utf-8", "replace"))
    except OSError:
        return None
    return log_file
