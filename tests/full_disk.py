"""A small file system of its own for tests that need a disk that is really full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class FullDisk:
    """A disk that can be filled to the last byte, and given room again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._filler = root / "filler"

    def fill(self) -> None:
        """Nothing more can be written, in however small pieces."""
        for size in (1 << 16, 1 << 12, 1):
            descriptor = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            try:
                while os.write(descriptor, b"x" * size):
                    pass
            except OSError:
                pass
            finally:
                os.close(descriptor)

    def make_room(self) -> None:
        """As it was."""
        self._filler.unlink()


@contextmanager
def full_disk(folder: Path, size: str) -> Iterator[FullDisk]:
    """Mounted at `folder`; the test is skipped where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield FullDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
