"""Disks that other machines write to are told from our own by the table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_sessions.store import mounts
from tui_sessions.store.mounts import is_shared

TABLE = r"""
21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
22 21 0:20 / /home rw shared:2 - nfs4 server:/home rw,vers=4.2
23 22 8:1 / /home/local rw - ext4 /dev/sdb1 rw
24 21 0:31 / /mnt/my\040phone rw - fuse.sshfs phone: rw
25 21 8:17 / /mnt/stick rw - fuseblk /dev/sdc1 rw
26 21 0:40 / /over rw - ext4 /dev/sdd1 rw
27 26 0:41 / /over rw - cifs //server/share rw
short
"""


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/srv/sessions", False),
        ("/home/ann/sessions", True),
        ("/home/local/sessions", False),
        ("/homestead", False),
        ("/mnt/my phone/sessions", True),
        ("/mnt/stick", False),
        ("/over/sessions", True),
    ],
)
def test_the_innermost_and_latest_mount_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, expected: bool
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    monkeypatch.setattr(mounts, "_MOUNTS", table)
    monkeypatch.setattr("sys.platform", "linux")
    assert is_shared(Path(place)) is expected


def test_without_a_table_a_disk_counts_as_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "none")
    assert is_shared(tmp_path) is False
