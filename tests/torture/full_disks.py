"""Disks that are full, each in its way: mounted where nobody else sees them, and made whole again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from disk_faults import Place, Program

PAGE = 4096
ROOM = "64m"


@dataclass
class Mount(Place):
    """A place whose disk is mounted for the program under test alone."""

    image: Path | None = None

    @property
    def outside(self) -> Path:
        """The disk, as it is seen from here."""
        return Path(f"/proc/{self.program.pid}/root{self.disk}")

    def sh(self, script: str) -> str:
        """Runs a script where the disk is; what it says. Skips the test where it is not allowed to mount."""
        told = self.program.shell("sh", "-ec", script)
        if told.code and "mount" in script:
            pytest.skip(f"mounting is not allowed here: {told.err.strip()[-200:]}")
        assert told.code == 0, told
        return told.out.strip()

    def fill(self, kept: Path, options: str) -> None:
        """A disk in memory that holds a copy of `kept`."""
        self.sh(f"mkdir -p '{self.disk}' && mount -t tmpfs -o {options} tmpfs '{self.disk}'")
        self.sh(f"cp -a '{kept}/disk/.' '{self.disk}'")
        self.sh(f"cp '{kept}/audit.jsonl' '{kept}/picture.png' '{self.base}'")

    def remount(self, options: str) -> None:
        """Changes how large the disk is, or whether it can be written."""
        self.sh(f"mount -o remount,{options} '{self.disk}'")

    def used(self, what: str = "used") -> int:
        """The bytes, or inodes (`iused`), that are used."""
        return int(self.sh(f"df -B1 --output={what} '{self.disk}' | tail -1"))

    def clear(self) -> None:
        """Takes the disk away."""
        self.program.shell("umount", "-l", str(self.disk))
        self.image = None

    def inside(self) -> list[str]:
        """The words before a command that is to see the disk as the program does."""
        words = ["nsenter", f"--mount=/proc/{self.program.pid}/ns/mnt"]
        if os.geteuid():
            words += [f"--user=/proc/{self.program.pid}/ns/user", "--preserve-credentials"]
        return words


class Way(NamedTuple):
    """One way of being full."""

    begin: Callable[[Mount, Path], None]
    """Mounts a disk with a copy of what is kept, and fills it."""
    end: Callable[[Mount], None]
    """Makes room."""
    file_limit: int = 0


def _of_size(left: int) -> Way:
    """So many bytes are left."""

    def begin(mount: Mount, kept: Path) -> None:
        mount.fill(kept, f"size={ROOM},mode=700")
        mount.remount(f"size={mount.used() + left}")

    return Way(begin, lambda mount: mount.remount(f"size={ROOM}"))


def _no_inodes(left: int) -> Way:
    def begin(mount: Mount, kept: Path) -> None:
        mount.fill(kept, f"size={ROOM},mode=700")
        mount.remount(f"nr_inodes={mount.used('iused') + left}")

    return Way(begin, lambda mount: mount.remount("nr_inodes=100000"))


def _read_only(mount: Mount, kept: Path) -> None:
    mount.fill(kept, f"size={ROOM},mode=700")
    mount.remount("ro")


def _ext2(mount: Mount, kept: Path) -> None:
    """A real disk, small and almost full."""
    maker = shutil.which("mkfs.ext2") or shutil.which("/sbin/mkfs.ext2")
    if maker is None:
        pytest.skip("an ext2 disk needs mkfs.ext2, which is not here")
    image = mount.base.with_name("image")
    with image.open("wb") as file:
        file.truncate(8_000_000)
    subprocess.run([maker, "-q", "-F", "-m", "0", str(image)], check=True, capture_output=True)
    mount.sh(f"mkdir -p '{mount.disk}' && mount -o loop '{image}' '{mount.disk}'")
    mount.sh(f"cp -a '{kept}/disk/.' '{mount.disk}'")
    mount.sh(f"cp '{kept}/audit.jsonl' '{kept}/picture.png' '{mount.base}'")
    mount.sh(f"dd if=/dev/zero of='{mount.disk}/filler' bs=1024 2>/dev/null || true")
    mount.sh(f"truncate -s -3072 '{mount.disk}/filler'")


def _in_memory(mount: Mount, kept: Path) -> None:
    mount.fill(kept, f"size={ROOM},mode=700")


WAYS: dict[str, Way] = {
    **{f"{kilo} KB left": _of_size(kilo * 1024) for kilo in (0, 4, 8, 12, 16, 24, 32, 48, 64)},
    "no inode left": _no_inodes(0),
    "one inode left": _no_inodes(1),
    "read-only": Way(_read_only, lambda mount: mount.remount("rw")),
    "ext2, 3 KB left": Way(_ext2, lambda mount: mount.sh(f"rm '{mount.disk}/filler'") and None),
    "files of 2 KB at most": Way(_in_memory, lambda mount: None, file_limit=2048),
}


@contextmanager
def mounting(base: Path) -> Iterator[Mount]:
    """A program with a file system of its own; skips the test where that is not allowed."""
    words = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    words += ["--propagation", "private"]
    unshare, nsenter = shutil.which("unshare"), shutil.which("nsenter")
    if unshare is None or nsenter is None:
        pytest.skip("full disks need unshare and nsenter (util-linux), which are not here")
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"mounting is not allowed here: {tried.stderr.strip()[-200:]}")
    program = Program(None, before=words)
    mount = Mount(base, program)
    try:
        base.mkdir(parents=True, exist_ok=True)
        yield mount
    finally:
        mount.clear()
        program.close()
