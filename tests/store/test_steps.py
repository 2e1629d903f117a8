"""The files of steps: private, in order of time, within bounds, and never in the way when spoilt."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_sessions.errors import ConflictError, DamagedFileError, NotFoundError, StoreError
from tui_sessions.store.history import step_files, steps
from tui_sessions.store.history.changes import (
    Edited,
    FolderMade,
    Moved,
    Placed,
    PlacedTurn,
    RecordedChange,
    Swap,
)
from tui_sessions.store.history.step_files import StepName, opened
from tui_sessions.store.history.steps import Recording, Steps
from tui_sessions.store.locks import Locks

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TITLE = Edited("a", swaps=(Swap(("title",), ("old",), ("new",)),))
TURN = Edited("a", removed=(PlacedTurn(None, {"id": "t", "messages": []}),))


class Shelf:
    """Steps in a folder, with a clock that is set by hand."""

    def __init__(self, root: Path) -> None:
        self.now = NOON
        self.folder = root / "history"
        self.steps = Steps(self.folder, Locks(root / "locks", timeout_s=0.05), lambda: self.now)

    def record(self, label: str, *changes: RecordedChange) -> StepName:
        recording = self.steps.begin(label)
        for change in changes or (TITLE,):
            recording.write(change)
        row = recording.finish(len(changes) or 1)
        assert row is not None
        return self.steps.find(row.id)

    def labels(self) -> list[str]:
        return [row.label for row in self.steps.rows(10_000)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_what_is_recorded_is_read_in_either_order(shelf: Shelf) -> None:
    changes = (TITLE, Moved("b", "x.json", "y.json"), FolderMade("w"), TURN)
    name = shelf.record("all", *changes)
    with opened(shelf.steps.path(name)) as reader:
        assert reader.heading.label == "all"
        assert tuple(reader.changes(latest_first=True)) == changes[:0:-1]
        assert len(reader) == 3
    # Of two edits of one session the first was not made.
    with opened(shelf.steps.path(name)) as reader:
        assert tuple(reader.changes(latest_first=False)) == changes[1:]


def test_folder_and_files_are_private_whatever_the_umask(shelf: Shelf) -> None:
    before = os.umask(0)
    try:
        name = shelf.record("one")
    finally:
        os.umask(before)
    assert stat.S_IMODE(shelf.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(shelf.steps.path(name).stat().st_mode) == 0o600


def test_a_change_is_on_disk_before_its_effect(shelf: Shelf) -> None:
    recording = shelf.steps.begin("many")
    for number in range(3):
        recording.write(Moved(f"s{number}", "a.json", "b.json"))
        (path,) = shelf.folder.iterdir()
        assert path.read_bytes().count(b"\n") == 2 + number
    recording.abandon()


def test_removed_turns_are_synced_before_their_effect(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs: list[int] = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda fd: (syncs.append(fd), real(fd)))
    recording = shelf.steps.begin("many")
    recording.write(TITLE)
    assert len(syncs) == 1
    recording.write(TITLE)
    assert len(syncs) == 1
    recording.write(TURN)
    assert len(syncs) == 2
    for _ in range(step_files.SYNC_EVERY):
        recording.write(TITLE)
    assert len(syncs) == 3
    recording.abandon()


def test_steps_keep_their_order_when_the_clock_goes_back(shelf: Shelf) -> None:
    shelf.record("first")
    shelf.now -= timedelta(days=400)
    shelf.record("second")
    assert shelf.labels() == ["second", "first"]
    rows = list(shelf.steps.rows(2))
    assert rows[0].at == rows[1].at + timedelta(microseconds=1)


def test_a_step_that_is_being_made_is_known_as_such(shelf: Shelf) -> None:
    recording = shelf.steps.begin("long")
    recording.write(TITLE)
    (name,) = shelf.steps.names()
    assert shelf.steps.is_being_made(name)
    recording.abandon()
    assert not shelf.steps.is_being_made(name)
    assert list(shelf.steps.undoable()) == [name]


def test_no_two_choose_a_step_at_once(shelf: Shelf) -> None:
    with (
        shelf.steps.choosing(),
        pytest.raises(ConflictError, match="Another program is taking something back"),
        shelf.steps.choosing(),
    ):
        pass


def test_a_step_of_nothing_leaves_no_file(shelf: Shelf) -> None:
    recording = shelf.steps.begin("nothing")
    assert recording.finish(0) is None
    recording = shelf.steps.begin("refused")
    recording.write(TITLE)
    assert recording.finish(0) is None
    assert list(shelf.folder.iterdir()) == []


def test_a_full_disk_leaves_no_torn_line(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = shelf.steps.begin("full")
    recording.write(TITLE)
    real = os.write

    def half(descriptor: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", refuse)
        return real(descriptor, data[: len(data) // 2])

    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(StoreError, match="the disk is full"):
        recording.write(Moved("b", "x.json", "y.json"))
    monkeypatch.setattr(os, "write", real)
    recording.write(Moved("c", "x.json", "y.json"))
    assert recording.finish(2) is not None
    with opened(shelf.steps.path(shelf.steps.names()[0])) as reader:
        assert [type(change) for change in reader.changes(latest_first=False)] == [Edited, Moved]


def test_a_file_that_cannot_be_begun_is_not_left(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        with pytest.raises(StoreError):
            shelf.steps.begin("full").write(TITLE)
    assert shelf.steps.names() == []


def torn(data: bytes) -> bytes:
    """Cut off within the last line."""
    return data[:-9]


def zeroed(data: bytes) -> bytes:
    """As a power cut may leave it: the last line is zeros."""
    last = data[:-1].rindex(b"\n") + 1
    return data[:last] + bytes(len(data) - last)


@pytest.mark.parametrize("spoil", [torn, zeroed])
def test_a_cut_off_end_is_no_damage(shelf: Shelf, spoil: Callable[[bytes], bytes]) -> None:
    recording = shelf.steps.begin("cut")
    recording.write(TITLE)
    recording.write(Moved("b", "x.json", "y.json"))
    recording.abandon()
    (name,) = shelf.steps.names()
    path = shelf.steps.path(name)
    path.write_bytes(spoil(path.read_bytes()))
    with opened(path) as reader:
        assert list(reader.changes(latest_first=False)) == [TITLE]
    (row,) = shelf.steps.rows(5)
    assert (row.label, row.count, row.session_ids, row.trouble) == ("cut", 1, ("a",), "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage",
        b"garbage\n",
        b"[]\n",
        b"{}\n",
        b"[" * 200_000 + b"\n",
        b'{"version": "one", "at": "", "label": ""}\n',
        b'{"version": 9, "at": "", "label": "later"}\n',
        b'\xff\xfe{"version": 1}\n',
    ],
)
def test_a_foreign_file_is_listed_and_cannot_be_used(shelf: Shelf, data: bytes) -> None:
    good = shelf.record("good")
    shelf.now += timedelta(seconds=1)
    bad = shelf.steps.path(StepName.new(shelf.now).with_state(step_files.DONE))
    bad.write_bytes(data)
    (row, other) = shelf.steps.rows(5)
    assert row.trouble
    assert row.label == step_files.UNREADABLE
    assert other.label == "good"
    with pytest.raises(DamagedFileError), opened(bad):
        pass
    assert good in shelf.steps.undoable()
    shelf.record("next")
    assert len(shelf.steps.names()) == 3


@pytest.mark.parametrize(
    "line",
    [b"nonsense\n", b'{"kind": "unheard of"}\n', b'{"kind": "edited"}\n', b"9" * 5000 + b"\n"],
)
def test_damage_in_the_middle_is_found_before_anything_is_done(shelf: Shelf, line: bytes) -> None:
    name = shelf.record("one")
    path = shelf.steps.path(name)
    heading, *rest = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([heading, line, *rest]))
    with pytest.raises(DamagedFileError), opened(path):
        pass


def test_links_pipes_and_folders_in_place_of_a_step_are_not_followed(
    shelf: Shelf, tmp_path: Path
) -> None:
    name = shelf.record("good")
    places = []
    for _ in range(3):
        shelf.now += timedelta(seconds=1)
        places.append(shelf.steps.path(StepName.new(shelf.now).with_state(step_files.DONE)))
    places[0].symlink_to(shelf.steps.path(name))
    os.mkfifo(places[1])
    places[2].mkdir()
    rows = list(shelf.steps.rows(5))
    assert [bool(row.trouble) for row in rows] == [True, True, True, False]


def test_names_that_are_no_steps_are_left_alone(shelf: Shelf) -> None:
    shelf.record("good")
    for name in ("notes.txt", "20269999-000000-000000-abcdefghijkl.done.jsonl", "x.jsonl"):
        (shelf.folder / name).write_text("mine")
    assert shelf.labels() == ["good"]
    shelf.record("next")
    assert len(list(shelf.folder.iterdir())) == 5


@pytest.mark.parametrize("day", ["29991231", "29991239", "99991231", "20260230"])
def test_a_step_of_an_odd_day_does_not_stop_the_next(shelf: Shelf, day: str) -> None:
    good = shelf.record("good")
    odd = shelf.folder / f"{day}-235959-999999-abcdefghijkl.done.jsonl"
    odd.write_bytes(shelf.steps.path(good).read_bytes())
    shelf.record("next")
    shelf.record("last")
    assert [label for label in shelf.labels() if label != "good"] in (
        ["last", "next"],
        ["next", "last"],
    )
    assert len(shelf.steps.names()) == 4


def test_a_step_that_was_trimmed_meanwhile_is_not_found(shelf: Shelf) -> None:
    name = shelf.record("one")
    shelf.steps.path(name).unlink()
    with pytest.raises(NotFoundError), opened(shelf.steps.path(name)):
        pass
    with pytest.raises(NotFoundError, match="no step"):
        shelf.steps.find(name.id)


def test_additions_after_the_end_are_read(shelf: Shelf) -> None:
    name = shelf.record("one")
    writer = step_files.StepWriter(shelf.steps.path(name), is_new=False)
    writer.write(Placed("entry", "a", "x.json"))
    writer.close()
    with opened(shelf.steps.path(name)) as reader:
        assert reader.placed["entry"].path == "x.json"
        assert len(reader) == 1
    with pytest.raises(StoreError):
        writer.write(TITLE)


# bounds


def test_only_so_many_steps_are_kept(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "MAX_STEPS", 5)
    for number in range(12):
        shelf.record(f"{number}")
    assert shelf.labels() == ["11", "10", "9", "8", "7"]


def test_steps_that_hold_turns_do_not_go_by_number(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MAX_STEPS", 3)
    shelf.record("turns", TURN)
    for number in range(6):
        shelf.record(f"{number}")
    assert shelf.labels() == ["5", "4", "3", "turns"]


def test_old_steps_go_but_not_when_the_clock_jumps_once(shelf: Shelf) -> None:
    shelf.record("old")
    shelf.record("turns", TURN)
    shelf.now += steps.MAX_AGE + timedelta(days=1)
    shelf.record("after a jump")
    assert len(shelf.labels()) == 3
    shelf.record("later")
    assert shelf.labels() == ["later", "after a jump"]


def test_what_takes_too_much_room_goes_turns_last_and_never_the_newest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def big(session_id: str) -> Edited:
        return Edited(session_id, swaps=(Swap(("notes",), (), ("x" * 1000,)),))

    shelf.record("turns", TURN, big("b"))
    shelf.record("plain", big("c"))
    monkeypatch.setattr(steps, "MAX_BYTES", 3000)  # So that a step of 1,000 is a large one.
    shelf.record("newer", big("d"))
    assert shelf.labels() == ["newer", "turns"]
    monkeypatch.setattr(steps, "MAX_BYTES", 100)
    shelf.record("newest", big("e"))
    assert shelf.labels() == ["newest"]


def test_a_step_that_is_being_made_is_not_trimmed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "MAX_BYTES", 1)
    slow: Recording = shelf.steps.begin("slow")
    slow.write(TITLE)
    shelf.record("quick")
    assert slow.finish(1) is not None
    assert "slow" in shelf.labels()


def test_a_step_that_the_disk_refuses_to_read_is_not_passed_over(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.record("one")

    def refuses(mode: int, size: int) -> str | None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(step_files.files, "why_no_file", refuses)
    with pytest.raises(StoreError, match="the disk reports an error"):
        list(shelf.steps.readable(shelf.steps.undoable()))
    assert [row.label for row in shelf.steps.rows(9)] == [step_files.UNREADABLE]
