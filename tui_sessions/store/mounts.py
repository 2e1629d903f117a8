"""Whether a directory lies on a disk that other machines write to: nobody tells us of their changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_SHARED = frozenset(
    (
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "drvfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
    )
)
_SHARED_BEGINNING = "fuse."
"""sshfs, rclone, vmhgfs-fuse and all others that a program serves; disks served so are `fuseblk`."""


def is_shared(place: Path) -> bool:
    """Whether other machines can change `place` behind the kernel's back; False where that is unknown.

    Format: proc_pid_mountinfo(5). Only Linux tells.
    """
    if sys.platform != "linux":
        return False
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    kind, longest = "", -1
    for mount, name in map(_mount, lines):
        # Of two at one point, the later one covers the former.
        if _holds(mount, os.fsencode(place)) and len(mount) >= longest:
            kind, longest = name, len(mount)
    return kind in _SHARED or kind.startswith(_SHARED_BEGINNING)


def _mount(line: bytes) -> tuple[bytes, str]:
    before, _, after = line.partition(b" - ")
    point = before.split()[4] if before.count(b" ") >= 4 else b"/"
    for code in (b"040", b"011", b"012", b"134"):  # blank, tab, newline, backslash
        point = point.replace(b"\\" + code, bytes([int(code, 8)]))
    return point, after.partition(b" ")[0].decode("ascii", "replace")


def _holds(mount: bytes, place: bytes) -> bool:
    return place == mount or place.startswith(mount.rstrip(b"/") + b"/")
