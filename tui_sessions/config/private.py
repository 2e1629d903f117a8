"""Small files of the program's own, readable by their owner alone. Knows no session files."""

from __future__ import annotations

import os
from pathlib import Path

_DIR_MODE = 0o700
_FILE_MODE = 0o600


def make_private_dir(path: Path) -> None:
    """The directory and those above it, new ones private whatever the umask. Raises OSError."""
    for missing in reversed([path, *path.parents]):
        if not missing.exists():
            missing.mkdir(mode=_DIR_MODE, exist_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Replaces the file as a whole: what was there stays until the new text is on the disk.

    Raises OSError.
    """
    import tempfile  # Seven milliseconds that a command which only reads need not wait.

    make_private_dir(path.parent)
    # A dotfile somewhere else may be linked here; it is to be written, not replaced.
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def append_private(path: Path, data: bytes) -> None:
    """Adds to the end of the file in one piece. Raises OSError."""
    make_private_dir(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE_MODE)
    with os.fdopen(handle, "ab", buffering=0) as file:
        file.write(data)
