"""The watch tells of what anybody changes below the library, whatever the system can do for it."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui_sessions.store import watch as watch_module
from tui_sessions.store.watch import Watch

PATIENCE_S = 20
"""A bound for what hangs, never a measure of speed."""


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[frozenset[str] | None] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._news = threading.Condition()

    def __call__(self, paths: frozenset[str] | None) -> None:
        with self._news:
            self.told.append(paths)
            self._news.notify_all()
        assert self.may_go_on.wait(PATIENCE_S)

    @property
    def files(self) -> frozenset[str]:
        """All files that were named."""
        return frozenset().union(*(paths for paths in self.told if paths))

    @property
    def looks(self) -> int:
        """How often it was told to look at everything."""
        return self.told.count(None)

    def until(self, condition: Callable[[], object]) -> None:
        with self._news:
            assert self._news.wait_for(condition, PATIENCE_S), self.told


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "_STEP_MS", 50)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "library"
    (place / "work").mkdir(parents=True)
    (place / "first.json").write_text("first")
    return place


@pytest.fixture
def begun(root: Path, listener: Listener) -> Iterator[Callable[..., Watch]]:
    """A watch that has looked once; ended with the test."""
    watches: list[Watch] = []

    def begin(**settings: int) -> Watch:
        watch = Watch(root, listener, **settings)
        watches.append(watch)
        watch.start()
        listener.until(lambda: listener.told)
        return watch

    yield begin
    for watch in watches:
        watch.stop()
        assert watch.join(PATIENCE_S)


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it looks by itself, it does so all the time."""
    monkeypatch.setattr(watch_module, "SHORTEST_PAUSE_S", 0.01)
    monkeypatch.setattr(watch_module, "SHARE", 0)


def test_the_first_thing_is_to_look_at_everything(begun, listener):
    assert begun().is_watching
    assert listener.told[0] is None


def test_a_file_that_is_written_is_named(begun, listener, root):
    begun()
    (root / "work" / "new.json").write_text("new")
    listener.until(lambda: "work/new.json" in listener.files)


def test_a_file_that_is_edited_is_named(begun, listener, root):
    begun()
    (root / "first.json").write_text("changed")
    listener.until(lambda: "first.json" in listener.files)


def test_a_file_that_is_removed_is_named(begun, listener, root):
    begun()
    (root / "first.json").unlink()
    listener.until(lambda: "first.json" in listener.files)


def test_of_a_renamed_file_both_names_are_told(begun, listener, root):
    begun()
    (root / "first.json").rename(root / "work" / "second.json.gz")
    listener.until(lambda: listener.files >= {"first.json", "work/second.json.gz"})


def test_an_atomic_replacement_names_the_file_and_not_its_temporary(begun, listener, root):
    begun()
    (root / ".tui-sessions-aaaaaaaaaaaa.tmp").write_text("new")
    (root / ".tui-sessions-aaaaaaaaaaaa.tmp").replace(root / "first.json")
    listener.until(lambda: listener.files)
    assert listener.files == {"first.json"}


def test_what_is_hidden_or_no_session_file_is_not_told(begun, listener, root):
    begun()
    (root / ".tui-sessions" / "journal").mkdir(parents=True)
    (root / ".tui-sessions" / "journal" / "a.json").write_text("not this")
    (root / ".hidden.json").write_text("not this")
    (root / "notes.txt").write_text("not this")
    (root / "first.json").write_text("but this")
    listener.until(lambda: listener.files)
    assert listener.told == [None, {"first.json"}]


def test_a_new_folder_is_looked_at_and_watched(begun, listener, root):
    begun()
    (root / "deep" / "deeper").mkdir(parents=True)
    (root / "deep" / "deeper" / "at_once.json").write_text("was there before the watch was")
    listener.until(lambda: listener.looks >= 2)
    (root / "deep" / "deeper" / "later.json").write_text("later")
    listener.until(lambda: "deep/deeper/later.json" in listener.files or listener.looks > 2)


@pytest.mark.parametrize("name", ["work", "session.json"])
def test_a_folder_that_goes_is_looked_at(begun, listener, root, name):
    (root / name).mkdir(exist_ok=True)
    (root / name / "inside.json").write_text("inside")
    begun()
    (root / name).rename(root.parent / "elsewhere")
    listener.until(lambda: listener.looks >= 2)


def test_links_are_not_followed(begun, listener, root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "loop").symlink_to(root)
    begun()
    (outside / "not_ours.json").write_text("outside")
    (root / "first.json").write_text("inside")
    listener.until(lambda: "first.json" in listener.files)
    assert listener.files == {"first.json"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have Unicode names only")
def test_a_name_that_is_no_unicode_leads_to_a_look(begun, listener, root):
    begun()
    with open(os.fsencode(root) + b"/caf\xe9.json", "wb"):
        pass
    listener.until(lambda: listener.looks >= 2)


def test_what_changes_during_a_look_comes_together_after_it(begun, listener, root):
    begun()
    listener.may_go_on.clear()
    (root / "first.json").write_text("changed")
    listener.until(lambda: listener.files)
    written = {f"burst_{number}.json" for number in range(500)}
    for name in written:
        (root / name).write_text("many")
    before = len(listener.told)
    listener.may_go_on.set()
    listener.until(lambda: listener.files >= written)
    assert len(listener.told) <= before + 2


def test_a_library_that_is_not_there_yet_is_watched_once_it_is_made(begun, listener, root):
    shutil.rmtree(root)
    watch = begun()
    assert not watch.is_watching
    root.mkdir()
    listener.until(lambda: listener.looks >= 2)
    (root / "new.json").write_text("new")
    listener.until(lambda: "new.json" in listener.files)


def test_a_library_that_is_replaced_is_watched_again(begun, listener, root):
    begun()
    root.rename(root.with_name("former"))
    listener.until(lambda: listener.looks >= 2)
    root.mkdir()
    listener.until(lambda: listener.looks >= 3)
    (root.with_name("former") / "first.json").write_text("not ours any more")
    (root / "new.json").write_text("new")
    listener.until(lambda: listener.files)
    assert listener.files == {"new.json"}


def test_a_look_can_be_asked_for(begun, listener):
    watch = begun()
    watch.look()
    listener.until(lambda: listener.looks >= 2)
    assert watch.is_watching


def _no_watchfiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles._rust_notify", None)


def _no_watches_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", refuse)


def _no_instances_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from watchfiles._rust_notify import WatchfilesRustInternalError

    def refuse(*_: object) -> None:
        raise WatchfilesRustInternalError("Too many open files (os error 24)")

    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", refuse)


def _shared_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "is_shared", lambda _: True)


@pytest.mark.parametrize(
    "trouble", [_no_watchfiles, _no_watches_left, _no_instances_left, _shared_disk]
)
@pytest.mark.usefixtures("quick_looks")
def test_where_the_system_tells_nothing_it_looks_again_and_again(
    begun, listener, monkeypatch, trouble
):
    trouble(monkeypatch)
    watch = begun()
    listener.until(lambda: listener.looks > 3)
    assert not watch.is_watching
    assert listener.files == frozenset()


@pytest.mark.usefixtures("quick_looks")
def test_more_folders_than_it_may_watch_are_looked_at(begun, listener):
    watch = begun(most_folders=1)
    listener.until(lambda: listener.looks > 3)
    assert not watch.is_watching


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have Unicode names only")
@pytest.mark.usefixtures("quick_looks")
def test_a_folder_whose_name_is_no_unicode_is_looked_at(begun, listener, root):
    os.mkdir(os.fsencode(root) + b"/caf\xe9")
    watch = begun()
    listener.until(lambda: listener.looks > 3)
    assert not watch.is_watching


def test_a_long_rest_ends_when_it_is_stopped(begun, listener, monkeypatch):
    _no_watchfiles(monkeypatch)
    monkeypatch.setattr(watch_module, "SHORTEST_PAUSE_S", 1000.0)
    watch = begun()
    watch.stop()
    assert watch.join(PATIENCE_S)
    assert listener.told == [None]


def test_nothing_is_told_after_the_stop(begun, listener, root):
    watch = begun()
    watch.stop()
    (root / "first.json").write_text("changed")
    assert watch.join(PATIENCE_S)
    assert listener.told == [None]


def test_a_watch_of_whole_trees_names_files_and_looks_for_folders(
    begun, listener, root, monkeypatch
):
    monkeypatch.setattr(watch_module, "_IS_RECURSIVE", True)
    begun()
    (root / "work" / "new.json").write_text("new")
    listener.until(lambda: "work/new.json" in listener.files)
    (root / "work").rename(root.parent / "elsewhere")
    listener.until(lambda: listener.looks >= 2)
