"""Text that was still arriving when its program died."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from shelves import opened, session, turn

from tui_sessions.model.answers import finish_answer
from tui_sessions.model.edits import retitle
from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Alternative
from tui_sessions.store import files, journal
from tui_sessions.store.journal import line
from tui_sessions.store.library import Library

HEAD = line({"session": "a", "turn": "t"})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = opened(tmp_path)
    library.create(session("a", turn("t", answer=None)))
    return library


def folder(library: Library) -> Path:
    return library.root / ".tui-sessions" / "journal"


def head(path: Path) -> bytes:
    return path.read_bytes().splitlines(keepends=True)[0]


def left_behind(library: Library, *lines: bytes) -> Path:
    """A journal whose owner is dead."""
    folder(library).mkdir(parents=True, exist_ok=True)
    path = folder(library) / "1-dead.journal"
    path.write_bytes(b"".join(lines))
    return path


def answered(library: Library, answer: str, **fields: object) -> None:
    whole = msgspec.structs.replace(turn("t", answer=answer), **fields)
    library.update("a", lambda current: current.with_turn(whole))


def test_the_text_of_a_killed_program_comes_back(library: Library) -> None:
    # It is killed when it has said that the text is written, so nothing here depends on time.
    script = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.store.library import Library
library = Library.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))
journal = library.open_journal("a", "t")
journal.append("hm ", True)
journal.append("Because it ")
journal.append("rains.")
folder = Path(sys.argv[1]) / ".tui-sessions" / "journal"
while b"rains." not in b"".join(path.read_bytes() for path in folder.iterdir()):
    time.sleep(0.001)
print("written", flush=True)
sys.stdin.read()
"""
    program = subprocess.Popen(
        [sys.executable, "-c", script, str(library.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"written\n"
        assert library.recover() == ()  # Its owner lives.
        program.send_signal(signal.SIGKILL)
        program.wait()
        assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert got.answer is not None
    assert (got.answer.text, got.answer.reasoning) == ("Because it rains.", "hm ")
    assert got.finish == "interrupted"
    assert list(folder(library).iterdir()) == []


def test_recovering_again_changes_nothing(library: Library) -> None:
    path = left_behind(library, HEAD, line({"t": "Because"}))
    copy = path.read_bytes()
    assert library.recover() == ("a",)
    once = library.load("a")
    left_behind(library, copy)
    assert library.recover() == ()
    assert library.load("a") == once
    assert list(folder(library).iterdir()) == []


def test_a_torn_last_line_is_dropped(library: Library) -> None:
    whole, torn = line({"t": "Because"}), line({"t": " it rains"})
    left_behind(library, HEAD, whole, torn[:-5])
    library.recover()
    answer = library.load("a").turns[0].answer
    assert answer is not None
    assert answer.text == "Because"


def test_nothing_after_a_line_that_is_wrong_is_believed(library: Library) -> None:
    left_behind(library, HEAD, line({"t": "A"}), b"00000000 {}\n", line({"t": "B"}))
    library.recover()
    answer = library.load("a").turns[0].answer
    assert answer is not None
    assert answer.text == "A"


def test_a_turn_that_was_still_waiting_is_interrupted_without_an_answer(library: Library) -> None:
    left_behind(library, HEAD)
    assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert got.finish == "interrupted"
    assert got.answer is None


def test_an_answered_turn_is_left_alone(library: Library) -> None:
    answered(library, "Because it rains.", finish="stop")
    before = library.load("a")
    left_behind(library, HEAD, line({"t": "Because it"}))
    assert library.recover() == ()
    assert library.load("a") == before
    assert list(folder(library).iterdir()) == []


def test_an_answer_that_was_being_continued_grows(library: Library) -> None:
    answered(library, "Because", finish="length")
    left_behind(library, HEAD, line({"t": "Because"}), line({"t": " it rains."}))
    assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert got.answer is not None
    assert got.answer.text == "Because it rains."
    assert got.finish == "interrupted"


def test_text_of_another_answer_stands_beside_the_one_that_is_there(library: Library) -> None:
    answered(library, "Something else.", finish="stop")
    left_behind(library, HEAD, line({"t": "Because"}))
    assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert (got.answer.text, got.finish) == ("Something else.", "stop")
    assert [(o.message.text, o.finish) for o in got.alternatives] == [("Because", "interrupted")]
    assert list(folder(library).iterdir()) == []


@pytest.mark.parametrize(
    "lines",
    [
        (line({"session": "gone", "turn": "t"}), line({"t": "x"})),
        (line({"session": "a", "turn": "gone"}), line({"t": "x"})),
        (b"no journal",),
        (line({"t": "x"}),),
        (),
    ],
)
def test_a_journal_without_a_turn_is_kept_aside(library: Library, lines: tuple[bytes, ...]) -> None:
    path = left_behind(library, *lines)
    before = library.load("a")
    assert library.recover() == ()
    assert library.load("a") == before
    assert [left.name for left in folder(library).iterdir()] == [path.stem + ".orphan"]


def test_a_journal_stays_while_its_session_cannot_be_written(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = left_behind(library, HEAD, line({"t": "Because"}))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert library.recover() == ()
    assert path.exists()
    assert library.recover() == ("a",)


def test_a_turn_without_a_journal_is_not_touched(library: Library) -> None:
    before = library.load("a")
    assert library.recover() == ()
    assert library.load("a") == before


def test_a_closed_journal_is_gone(library: Library) -> None:
    kept = library.open_journal("a", "t")
    kept.append("text")
    kept.close()
    kept.append("more")
    kept.close()
    assert list(folder(library).iterdir()) == []


def test_a_journal_is_locked_and_names_its_turn_from_the_start(library: Library) -> None:
    kept = library.open_journal("a", "t")
    (path,) = folder(library).iterdir()
    assert (
        json.loads(head(path).partition(b" ")[2]).items() >= {"session": "a", "turn": "t"}.items()
    )
    with path.open() as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    kept.close()


def test_pieces_of_a_kind_share_a_line(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_WRITE_AT_CHARACTERS", 6)
    monkeypatch.setattr(journal, "_WRITE_EVERY_S", 3600)
    kept = library.open_journal("a", "t")
    for piece, is_reasoning in (("a", True), ("b", True), ("c", False), ("def", False)):
        kept.append(piece, is_reasoning)
    (path,) = folder(library).iterdir()
    assert path.read_bytes() == head(path) + line({"r": "ab"}) + line({"t": "cdef"})
    kept.close()


def test_text_that_waits_is_written_without_another_piece(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    write = files.write_all

    def noted(descriptor: int, data: bytes) -> None:
        write(descriptor, data)
        if b"alone" in data:
            written.set()

    monkeypatch.setattr(files, "write_all", noted)
    kept = library.open_journal("a", "t")
    kept.append("alone")
    assert written.wait(30)
    kept.close()


def test_text_is_synced_without_another_piece(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_WRITE_EVERY_S", 0)
    monkeypatch.setattr(journal, "_SYNC_EVERY_S", 0.01)
    kept = library.open_journal("a", "t")
    synced = threading.Event()
    monkeypatch.setattr(os, "fdatasync", lambda _: synced.set())
    kept.append("text")
    assert synced.wait(30)
    kept.close()


def test_an_answer_outlives_a_disk_that_is_full(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = library.open_journal("a", "t")
    long = "x" * 300
    kept.append(long)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        kept.append("y" * 300)
    assert kept.error is not None
    assert "the disk is full" in kept.error
    kept.append("z" * 300)
    (path,) = folder(library).iterdir()
    assert path.read_bytes() == head(path) + line({"t": long})
    kept.close()


def test_two_answers_have_two_journals(library: Library) -> None:
    first = library.open_journal("a", "t")
    second = library.open_journal("a", "t")
    assert len(list(folder(library).iterdir())) == 2
    first.close()
    second.close()


def test_recovered_text_joins_other_edits(library: Library) -> None:
    left_behind(library, HEAD, line({"t": "half \ud83d"}))
    opened(library.root).update("a", retitle("Meanwhile"))
    library.recover()
    got: Session = library.load("a")
    assert got.title == "Meanwhile"
    assert got.turns[0].answer is not None
    assert got.turns[0].answer.text == "half \ud83d"


def begun(**fields: str) -> bytes:
    at = {"at": "2026-01-02T00:00:00.000000+00:00", "model": "openai/m"}
    return line({"session": "a", "turn": "t", **at, **fields})


def test_several_answers_of_one_turn_come_back_with_their_models(library: Library) -> None:
    for name in ("x", "y", "z"):
        path = left_behind(library, begun(model=name), line({"t": f"by {name}"}))
        path.rename(path.with_name(f"{name}.journal"))
    assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert got.answer is not None
    found = [(got.answer.model, got.answer.text)]
    found += [(other.message.model, other.message.text) for other in got.alternatives]
    assert found == [(name, f"by {name}") for name in ("x", "y", "z")]
    assert {got.finish, *(other.finish for other in got.alternatives)} == {"interrupted"}


def saying(text: str, at: datetime) -> Alternative:
    message = Message(role="assistant", content=text, timestamp=at, model="openai/m")
    return Alternative(message=message, finish="stop")


def test_the_beginning_of_another_answer_is_no_part_of_an_older_one(library: Library) -> None:
    older = saying("Because it rains.", datetime(2026, 1, 1, tzinfo=UTC))
    library.update("a", finish_answer("t", older))
    left_behind(library, begun(), line({"t": "Because"}))
    library.recover()
    (got,) = library.load("a").turns
    assert [other.message.text for other in got.alternatives] == ["Because"]


def test_what_was_saved_before_its_journal_was_removed_is_not_doubled(library: Library) -> None:
    saved = saying("Because it rains.", datetime(2026, 1, 3, tzinfo=UTC))
    library.update("a", finish_answer("t", saved))
    before = library.load("a")
    left_behind(library, begun(), line({"t": "Because"}))
    assert library.recover() == ()
    assert library.load("a") == before
    assert list(folder(library).iterdir()) == []


def test_the_rest_of_a_cut_alternative_is_put_behind_it(library: Library) -> None:
    first = saying("Standing.", datetime(2026, 1, 1, tzinfo=UTC))
    cut = msgspec.structs.replace(
        saying("Because", datetime(2026, 1, 1, tzinfo=UTC)), finish="length"
    )
    library.update("a", finish_answer("t", first))
    library.update("a", finish_answer("t", cut))
    left_behind(library, begun(continues="yes"), line({"t": "Because"}), line({"t": " it rains."}))
    assert library.recover() == ("a",)
    (got,) = library.load("a").turns
    assert got.answer is not None
    assert got.answer.text == "Standing."
    assert [(o.message.text, o.finish) for o in got.alternatives] == [
        ("Because it rains.", "interrupted")
    ]
