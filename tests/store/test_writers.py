"""Several writers and readers at once: threads of one program, and programs."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from shelves import opened, session, turn

from tui_sessions.errors import ConflictError, NotFoundError
from tui_sessions.model.edits import add_tags, retitle
from tui_sessions.model.session import Change
from tui_sessions.model.turn import Turn
from tui_sessions.store.locks import Locks


def at_once(*works: Callable[[], object]) -> None:
    """Runs all in threads of their own; the first error of any is raised."""
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()


def adding(said: Turn) -> Change:
    return lambda current: current.with_turn(said)


def test_threads_that_edit_one_session_lose_nothing(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a"))

    def tag(name: str) -> None:
        for number in range(15):
            library.update("a", add_tags([f"{name}{number}"]))

    def say() -> None:
        for number in range(15):
            library.update("a", adding(turn(f"t{number}")))

    at_once(lambda: tag("x"), lambda: tag("y"), say)
    got = library.load("a")
    assert len(got.meta.tags) == 30
    assert len(got.turns) == 15


def test_programs_that_edit_one_session_lose_nothing(tmp_path: Path) -> None:
    opened(tmp_path).create(session("a"))
    script = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tui_sessions.model.edits import add_tags
from tui_sessions.store.library import Library
library = Library.open(Path(sys.argv[1]), now=lambda: datetime.now(UTC))
for number in range(10):
    library.update("a", add_tags([sys.argv[2] + str(number)]))
"""
    programs = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "xyz"
    ]
    assert [program.wait() for program in programs] == [0, 0, 0]
    assert len(opened(tmp_path).load("a").meta.tags) == 30


def test_new_sessions_made_at_once_all_get_files(tmp_path: Path) -> None:
    libraries = [opened(tmp_path) for _ in range(4)]

    def make(number: int) -> None:
        for count in range(5):
            libraries[number].create(session(f"s{number}-{count}"))

    at_once(*(partial(make, number) for number in range(4)))
    assert len(opened(tmp_path).rows()) == 20


def test_the_list_can_be_read_while_it_is_scanned_and_written(tmp_path: Path) -> None:
    library = opened(tmp_path)
    for number in range(20):
        library.create(session(f"s{number}"))

    def edit() -> None:
        for number in range(20):
            library.update(f"s{number}", retitle(f"title {number}"))

    def read() -> None:
        for _ in range(100):
            assert len(library.rows()) == 20

    def scan() -> None:
        for _ in range(30):
            library.refresh()

    at_once(edit, read, scan, scan)
    assert {row.title for row in library.rows()} == {f"title {number}" for number in range(20)}
    assert library.refresh() is False


def test_a_scan_does_not_undo_what_was_written_meanwhile(tmp_path: Path) -> None:
    library = opened(tmp_path)
    library.create(session("a", title="old"))
    library.create(session("b"))
    in_between = iter([True])

    def write_during_scan(_: int, __: int) -> None:
        if next(in_between, False):
            library.update("a", retitle("new"))
            library.delete("b")

    other = opened(tmp_path)
    other.create(session("c"))
    library.refresh(write_during_scan)
    assert {row.title for row in library.rows()} == {"new", "Untitled"}
    assert {row.id for row in library.rows()} == {"a", "c"}


def test_the_list_does_not_wait_for_the_first_scan_of_another_thread(tmp_path: Path) -> None:
    library = opened(tmp_path)
    opened(tmp_path).create(session("a"))
    is_scanning, may_go_on = threading.Event(), threading.Event()

    def wait(_: int, __: int) -> None:
        is_scanning.set()
        assert may_go_on.wait(30)

    thread = threading.Thread(target=lambda: library.refresh(wait))
    thread.start()
    assert is_scanning.wait(30)
    assert library.rows() == ()
    may_go_on.set()
    thread.join()
    assert len(library.rows()) == 1


def test_a_lock_that_stays_held_is_a_conflict(tmp_path: Path) -> None:
    name = f"{zlib.crc32(b'a') % 256:02x}.lock"
    descriptor = os.open(tmp_path / name, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    locks = Locks(tmp_path, timeout_s=0)
    with pytest.raises(ConflictError, match="Session a is being written"), locks.held("a"):
        pass
    os.close(descriptor)
    with locks.held("a"):
        pass


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_file_that_is_being_moved_gets_no_other_id(tmp_path: Path, is_linked: bool) -> None:
    library = opened(tmp_path)
    library.create(session("a", turn("t")), folder="u", name="one")
    library.make_folder("w")
    source, target = tmp_path / "u/one.json", tmp_path / "w/one.json"
    os.link(source, target)
    if not is_linked:
        source.unlink()
    library.look_at(["w/one.json"])  # It is listed twice now.
    (second,) = set(library.ids()) - {"a"}
    with pytest.raises(ConflictError, match="being moved"):
        library.update(second, add_tags(["x"]))
    with pytest.raises((ConflictError, NotFoundError)):
        library.move(second, "v")
    source.unlink(missing_ok=True)
    library.refresh()
    assert library.ids() == ("a",)
    assert library.load("a").turns
