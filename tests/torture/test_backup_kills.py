"""Backups while the program is killed, while others write, and while the disk is full: half a backup is none."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from proof import size, tell

from tui_sessions.errors import StoreError
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.store.backup import staging
from tui_sessions.store.backup.backups import Backups
from tui_sessions.store.backup.writing import Options
from tui_sessions.store.library import Library

TOP = Path(__file__).resolve().parents[2]
BACKUP = "import sys; from tui_sessions.cli.main import main; sys.exit(main(sys.argv[1:]))"
WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.model.message import Message
from tui_sessions.model.turn import Turn
from tui_sessions.store.library import Library
library = Library.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))
library.refresh()
for number in range(200):
    said = (Message(role="user", content=f"turn {number} " + "x" * number * 20),)
    turn = Turn(id=f"n{number}", messages=said)
    library.update(f"s{number % 7}", lambda one: one.with_turn(turn))
    print(number, flush=True)
"""


def now() -> datetime:
    return datetime.now(UTC)


def filled(root: Path, count: int, text: int = 2000) -> Library:
    root.mkdir(parents=True)
    chance = random.Random(1)
    for number in range(count):
        said = {"role": "user", "content": chance.randbytes(text // 2).hex()}
        turns = [{"id": "t", "messages": [said]}]
        path = root / f"f{number}.json"
        path.write_text(json.dumps({"id": f"s{number}", "title": f"T{number}", "turns": turns}))
    library = Library.open(root, now=now)
    library.refresh()
    return library


def brought(path: Path, root: Path) -> Library:
    """What comes out of a backup, which has to be whole."""
    library = Library.open(root, now=now)
    backups = Backups(library, path.parent, now=now)
    source = backups.open(path)
    assert list(backups.verify(source)) == []
    restored = backups.restore(source, backups.preview(source))
    assert not restored.outcome.problems
    assert not library.damaged()
    return library


def waited(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Waits for its end, but no longer than that."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TOP)}


@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_whatever_has_the_name_of_a_backup_is_whole_after_any_kill(
    tmp_path: Path, kind: str
) -> None:
    library = filled(tmp_path / "library", 300, 20_000)
    shelf = tmp_path / "backups"
    shelf.mkdir()
    rounds, cut = size(6, 500), 0
    chance = random.Random()
    for number in range(rounds):
        more = ["--incremental"] if number % 2 else []
        words = ["--dir", str(library.root), "backup", str(shelf), "--format", kind, *more]
        process = subprocess.Popen(
            [sys.executable, "-c", BACKUP, *words],
            env=environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        # Once it has begun to write, else most would be killed while Python starts.
        while process.poll() is None and not any(
            name.startswith(".") for name in os.listdir(shelf)
        ):
            waited(process, 0.001)
        waited(process, chance.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        cut += process.returncode == -signal.SIGKILL
        backups = Backups(library, shelf, now=now)
        for row in backups.rows():
            assert not row.trouble
            assert list(backups.verify(backups.open(Path(row.path)))) == []
    made = Backups(library, shelf, now=now).make(None, Options(kind=kind))  # type: ignore[arg-type]
    assert made is not None
    assert not [name for name in os.listdir(shelf) if name.startswith(".")]
    assert len(list(brought(made.path, tmp_path / "other").rows())) == 300
    tell("R1", f"kill -9 while a backup is made ({kind})", f"{rounds}, {cut} cut: 0 halves named")


def test_a_backup_made_while_others_write_can_be_restored(tmp_path: Path) -> None:
    library = filled(tmp_path / "library", 7)
    shelf = tmp_path / "backups"
    written: list[int] = []
    made = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(library.root)],
        env=environ(),
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            written.append(int(line))
            if len(written) % size(40, 5) == 0:
                before = len(written)
                one = Backups(library, shelf, now=now).make()
                assert one is not None
                assert not one.problems
                made.append((before, one.path))
    assert (writer.returncode, len(written)) == (0, 200)
    for number, (before, path) in enumerate(made):
        found = brought(path, tmp_path / f"out{number}")
        held = {turn.id for row in found.rows() for turn in found.load(row.id).turns}
        # All that was said to be saved before it began is in it.
        assert held >= {f"n{each}" for each in range(before)}
    tell("R7", "backups made while another program writes 200 turns", f"{len(made)} of {len(made)}")


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[None]:
    place.mkdir()
    found = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if found.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)
@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_a_full_disk_leaves_no_half_and_the_former_ones(tmp_path: Path, kind: str) -> None:
    library = filled(tmp_path / "library", 60, 100_000)
    with small_disk(tmp_path / "disk", 8):
        backups = Backups(library, tmp_path / "disk", now=now)
        made = backups.make(None, Options(kind=kind))  # type: ignore[arg-type]
        assert made is not None
        status = os.statvfs(tmp_path / "disk")
        room = status.f_bavail * status.f_frsize
        (tmp_path / "disk" / "other").write_bytes(b"x" * (room - 1_000_000))
        with pytest.raises(StoreError, match=r"the disk is full\. Free some space"):
            backups.make(None, Options(kind=kind))  # type: ignore[arg-type]
        assert all(not name.startswith(".") for name in os.listdir(tmp_path / "disk"))
        for row in backups.rows():
            assert not row.trouble
            assert list(backups.verify(backups.open(Path(row.path)))) == []
    tell("R6", f"a backup ({kind}) on a full disk", "told; no half left, the former ones whole")


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk"
)
@pytest.mark.parametrize("is_foreseen", [True, False])
def test_restoring_onto_a_full_disk_changes_nothing(
    tmp_path: Path, is_foreseen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = filled(tmp_path / "library", 60, 100_000)
    made = Backups(library, tmp_path / "backups", now=now).make()
    assert made is not None
    with small_disk(tmp_path / "disk", 4):
        root = tmp_path / "disk" / "library"
        other = Library.open(root, now=now)
        turn = Turn(id="t", messages=(Message(role="user", content="mine"),))
        other.create(Session(id="mine", turns=(turn,)))
        backups = Backups(other, tmp_path / "backups", now=now)
        source = backups.open(made.path)
        preview = backups.preview(source)
        if not is_foreseen:  # Others fill it meanwhile.
            monkeypatch.setattr(staging, "_check_room", lambda *_: None)
        with pytest.raises(StoreError, match=r"Free some space.*Nothing was changed"):
            backups.restore(source, preview)
        assert other.load("mine").turns == (turn,)
        assert [path.name for path in root.glob("*.json")] == [other.path("mine").name]
    tell("R6", "restoring onto a full disk", "told; nothing was changed")
