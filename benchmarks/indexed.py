"""A library read for the first time, by a process of its own that says what each part of it took."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from subprocess import run

import msgspec

_SCRIPT = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.store.library import Library

root, caches = map(Path, sys.argv[1:])
library = Library.open(root, now=lambda: datetime.now(UTC), cache=caches)

def took(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}

parts = {"rows": took(library.refresh), "texts": took(library.index_texts)}
status = library.index_status()
assert status.texts_done == status.texts_total == status.sessions, status
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(json.dumps({**parts, "size": status.size, "peak_mb": int(peak) / 1024}))
"""


class Took(msgspec.Struct, frozen=True):
    """Seconds."""

    wall_s: float
    cpu_s: float


class Indexed(msgspec.Struct, frozen=True):
    """What a first index took."""

    rows: Took
    texts: Took
    size: int
    """Bytes on disk."""
    peak_mb: float


def now() -> datetime:
    """The clock of the libraries that are opened here."""
    return datetime.now(UTC)


def indexed(root: Path, caches: Path) -> Indexed:
    """Read the library at `root` as the program does, into `caches`."""
    command = [sys.executable, "-c", _SCRIPT, str(root), str(caches)]
    return msgspec.json.decode(run(command, check=True, capture_output=True).stdout, type=Indexed)
