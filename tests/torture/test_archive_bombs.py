"""Archives that swell: asked about before they are unpacked, and never more than 300 MB of memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_ground import (
    BOMBS,
    MOST_MEMORY,
    Ground,
)
from proof import size, tell

from tui_sessions.store.backup.bare import TooLargeError


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


OPEN = """
import sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from hostile_ground import Ground
ground = Ground(Path(sys.argv[1]))
ground.path.symlink_to(sys.argv[2])
found = ground.restore()
# Not getrusage: what it says begins with the size of the process that started this one.
most = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(len(found), int(most) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much memory was used")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_asked_about_and_takes_no_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name](size(1 << 28, 1 << 31)))
    ours = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    result = subprocess.run(
        [sys.executable, "-c", OPEN, str(tmp_path / "ground"), str(path), *ours],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert result.returncode == 0, result.stderr
    brought, most = map(int, result.stdout.split())
    # Twenty thousand times the same name is one file.
    assert brought <= 1
    assert most < MOST_MEMORY
    tell("S3", "memory for a bomb", f"at most {most / 1e6:.0f} MB")


def test_what_unpacks_a_hundredfold_is_asked_about_first(ground: Ground) -> None:
    for name in ("one file", "many names", "a forged session of zeros"):
        ground.path.write_bytes(BOMBS[name](1 << 26))
        with pytest.raises(TooLargeError, match="--yes"):
            ground.backups.open(ground.path)
        ground.check()
