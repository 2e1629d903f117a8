"""What another program does to the library shows by itself, and reading it leaves the screen free."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tui_sessions.model.edits import retitle
from tui_sessions.store import watch as watch_module
from tui_sessions.tui import watching


def put_outside(root: Path, name: str, prompt: str) -> Path:
    """A session as another program writes it."""
    root.mkdir(exist_ok=True)
    path = root / name
    said = {"messages": [{"role": "user", "content": prompt}]}
    path.write_text(json.dumps({"turns": [said]}))
    return path


async def test_what_is_made_renamed_and_deleted_outside_shows(workspace):
    async with workspace() as user:
        await user.see("No sessions yet")
        path = put_outside(user.library.root, "outside.json", "Written elsewhere")
        await user.see("Written elsewhere")
        path.rename(path.with_name("moved.json"))
        await user.until(lambda: [row.path for row in user.library.rows()] == ["moved.json"])
        path.with_name("moved.json").unlink()
        await user.see_no("Written elsewhere")


async def test_a_damaged_file_that_comes_and_goes_outside_shows(workspace):
    async with workspace() as user:
        put_outside(user.library.root, "good.json", "A good one")
        await user.see("A good one")
        bad = user.library.root / "bad.json"
        bad.write_text("{")
        await user.see("bad.json")
        bad.unlink()
        await user.see_no("bad.json")


async def test_a_whole_folder_that_is_moved_in_shows(workspace, tmp_path):
    folder = tmp_path / "ready"
    folder.mkdir()
    put_outside(folder, "inside.json", "Came with a folder")
    async with workspace() as user:
        user.library.root.mkdir(exist_ok=True)
        folder.rename(user.library.root / "ready")
        await user.see("ready", "Came with a folder")


async def test_an_edit_outside_of_the_open_session_shows_in_the_conversation(workspace):
    async with workspace() as user:
        await user.ask("Asked here")
        await user.answered()
        (path,) = user.library.root.glob("*.json")
        said = json.loads(path.read_text())
        said["turns"][0]["messages"][0]["content"] = "Changed in an editor"
        path.write_text(json.dumps(said))
        await user.see("Changed in an editor")


async def test_an_open_session_that_is_spoilt_outside_stays_to_be_read(workspace):
    async with workspace() as user:
        await user.ask("Keep this in sight")
        await user.answered()
        (path,) = user.library.root.glob("*.json")
        whole = path.read_bytes()
        path.write_text("{ spoilt")
        await user.see("cannot be read as a")
        assert user.stage.workspace.session.turns[0].prompt.content == "Keep this in sight"
        path.write_bytes(whole)
        await user.until(lambda: user.library.damaged() == (), "the file read again")
        await user.ask("And this")
        await user.answered()
        assert len(user.files()[0]["turns"]) == 2


async def test_a_change_of_one_file_leaves_the_others_unread(workspace, monkeypatch):
    async with workspace() as user:
        await user.see("No sessions yet")
        for number in range(3):
            put_outside(user.library.root, f"session_{number}.json", f"Prompt {number}")
        await user.see("Prompt 0", "Prompt 1", "Prompt 2")
        looked: list[frozenset[str]] = []
        look_at = type(user.library).look_at
        monkeypatch.setattr(
            type(user.library),
            "look_at",
            lambda self, paths: looked.append(frozenset(paths)) or look_at(self, paths),
        )
        put_outside(user.library.root, "session_1.json", "Another prompt")
        await user.see("Another prompt")
        assert set(looked) == {frozenset({"session_1.json"})}


async def test_what_the_program_writes_itself_is_no_news(workspace, monkeypatch):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        # The directory was made just now: before its watch stands, all of it is looked at.
        await user.until(lambda: user.screen.desk.watching._watch.is_watching, "the watch")
        answers: list[bool] = []
        look_at = type(user.library).look_at

        def kept(self, paths):
            answers.append(look_at(self, paths))
            return answers[-1]

        monkeypatch.setattr(type(user.library), "look_at", kept)
        await user.ask("Second")
        await user.answered()
        await user.until(lambda: answers, "the news of our own writing")
        assert not any(answers)


async def test_what_another_of_us_changes_shows_though_its_index_is_ours(workspace, made_services):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        await user.until(lambda: user.screen.desk.watching._watch.is_watching, "the watch")
        other = made_services().library
        (row,) = other.rows()
        other.update(row.id, retitle("Changed by another program"))
        await user.see("Changed by another program")
        other.history.delete([row.id])
        await user.see("The open session was moved or deleted outside.")
        await user.until(lambda: not user.stage.workspace.tree().total, "an empty tree")


async def test_without_watchfiles_changes_are_found_all_the_same(workspace, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles._rust_notify", None)
    monkeypatch.setattr(watch_module, "SHORTEST_PAUSE_S", 0.05)
    monkeypatch.setattr(watch_module, "SHARE", 0)
    async with workspace() as user:
        await user.see("No sessions yet")
        put_outside(user.library.root, "outside.json", "Found by looking")
        await user.see("Found by looking")


async def test_coming_back_to_the_window_looks_again(workspace, monkeypatch):
    monkeypatch.setattr(watching, "OLD_S", 0.0)
    async with workspace() as user:
        await user.see("No sessions yet")
        looks: list[object] = []
        refresh = type(user.library).refresh
        monkeypatch.setattr(
            type(user.library),
            "refresh",
            lambda self, *args: looks.append(args) or refresh(self, *args),
        )
        user.app.app_focus = False
        user.app.app_focus = True
        await user.until(lambda: looks, "a look")


async def test_how_far_the_reading_is_stands_below_the_tree(workspace, monkeypatch):
    monkeypatch.setattr(watching, "QUIET_S", 0.0)
    go_on = threading.Event()

    async with workspace() as user:
        await user.see("No sessions yet")

        def slow(self, progress=None, stop=None):
            progress(3400, 10_000)
            go_on.wait(20)
            return False

        with monkeypatch.context() as patched:
            patched.setattr(type(user.library), "refresh", slow)
            user.screen.desk.watching.look()
            await user.see("reading 3,400 of 10,000")
            await user.press("ctrl+n")
            await user.type("typed meanwhile")
            await user.see("typed meanwhile")
            go_on.set()
            await user.see_no("reading 3,400")


async def test_how_far_the_index_of_the_texts_is_stands_there_as_well(workspace, monkeypatch):
    monkeypatch.setattr(watching, "QUIET_S", 0.0)
    go_on = threading.Event()
    async with workspace() as user:
        await user.see("No sessions yet")

        def slow(self, progress=None, stop=None):
            progress(34, 100)
            go_on.wait(20)
            return False

        with monkeypatch.context() as patched:
            patched.setattr(type(user.library), "index_texts", slow)
            user.screen.desk.watching.look()
            await user.see("indexing text 34 %")
            go_on.set()
            await user.see_no("indexing text")


async def test_leaving_ends_the_thread_that_reads(workspace):
    async with workspace() as user:
        await user.see("No sessions yet")
        assert _readers()
    assert not _readers()


async def test_leaving_does_not_wait_for_a_long_reading(workspace, monkeypatch):
    began = threading.Event()

    def endless(self, progress=None, stop=None):
        began.set()
        while not stop():
            progress(1, 2)
        return False

    async with workspace() as user:
        await user.see("No sessions yet")
        monkeypatch.setattr(type(user.library), "refresh", endless)
        user.screen.desk.watching.look()
        await user.until(began.is_set, "the long reading")
    assert not _readers()


def _readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "library"]


def test_progress_is_not_told_before_it_takes_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(watching.time, "monotonic", lambda: now)
    told: list[tuple[int, int]] = []
    progress = watching.Progress(lambda done, total: told.append((done, total)))
    progress(1, 9)
    now += watching.QUIET_S
    progress(2, 9)
    progress(3, 9)
    now += watching.FRAME_S
    progress(4, 9)
    assert told == [(2, 9), (4, 9)]


def test_the_screen_can_be_painted_before_watchfiles_is_read() -> None:
    code = "import sys, tui_sessions.tui.app; sys.exit('watchfiles' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
