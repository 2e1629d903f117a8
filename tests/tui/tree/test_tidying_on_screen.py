"""Archive, packing, cleanup and what expires, on the real screen: shown first, done once, one undo."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import get_ident
from typing import Any

import pytest
from library_files import fruit, put

OLD = "2024-01-08T12:00:00+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    for name in ("apple", "banana"):
        put(root, name, folder="work", updated_at=OLD)
    put(root, "cherry", updated_at=OLD)
    put(root, "date", updated_at="2099-01-01T00:00:00Z")
    return root


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_sessions.tui.expiring.AGAIN_S", 0.05)


def files(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.json*")
        if ".tui-sessions" not in path.parts
    }


async def mark_all(user: Any) -> None:
    await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
    await user.press("f6", "asterisk")
    await user.see("marked")


async def test_marked_sessions_go_into_the_archive_and_come_back_with_one_undo(workspace, root):
    before = files(root)
    async with workspace() as user:
        await mark_all(user)
        await user.command(":archive")
        await user.see("Put 4 sessions into the archive?", "packing frees about", "apple")
        await user.press("enter")
        await user.see("Archived 4 sessions.")
        assert "archive/2024-01/apple.json.gz" in files(root)
        await user.command(":undo")
        await user.see("Taken back: archiving of 4 sessions.")
        assert files(root) == before
        assert user.library.row("apple").status == "active"


@pytest.mark.parametrize("command", ["archive", "compress"])
async def test_many_marked_ones_are_looked_at_in_a_thread(workspace, root, monkeypatch, command):
    async with workspace() as user:
        await mark_all(user)
        library, upkeep = user.library, user.library.upkeep
        row, frees = library.row, upkeep.packing_frees
        asked, packed = [], []
        monkeypatch.setattr(
            library, "row", lambda ref: asked.append((get_ident(), ref)) or row(ref)
        )
        monkeypatch.setattr(
            upkeep, "packing_frees", lambda ids: packed.append(get_ident()) or frees(ids)
        )
        await user.command(f":{command}")
        await user.see("4 sessions", "packing frees about", "apple")
        assert get_ident() not in packed
        assert {ref for _, ref in asked} >= {"apple", "banana", "cherry", "date"}
        assert not [ref for thread, ref in asked if thread == get_ident()]
        await user.press("escape")
        await user.command(f":{command} {'back' if command == 'archive' else 'unpack'}")
        await user.see("4 sessions: not")


async def test_the_open_session_is_packed_asked_and_unpacked(workspace, root):
    async with workspace(open_id="cherry") as user:
        await user.command(":compress")
        await user.see("Packed: “cherry”")
        assert "cherry.json.gz" in files(root)
        await user.ask("Still there?")
        await user.answered()
        await user.until(lambda: len(user.library.load("cherry").turns) == 2, "the turn")
        assert (root / "cherry.json.gz").read_bytes().startswith(b"\x1f\x8b")
        await user.command(":compress")
        await user.see("packed already")
        user.stage.put_prompt("")
        await user.command(":compress unpack")
        await user.see("Unpacked: “cherry”")
        assert len(json.loads((root / "cherry.json").read_text())["turns"]) == 2


async def test_cleanup_shows_what_goes_before_it_does(workspace, root):
    async with workspace() as user:
        await user.command(":cleanup 90d delete")
        await user.see("Tidy up?", "3 sessions not used since", "go into the", "· apple")
        await user.press("escape")
        assert len(files(root)) == 4
        await user.command(":cleanup 90d")
        await user.see("archive, which frees")
        await user.press("enter")
        await user.see("Tidied away 3 sessions.")
        assert "archive/2024-01/cherry.json.gz" in files(root)
        await user.command(":cleanup 90d")
        await user.see("There is nothing to tidy up.")
        await user.command(":cleanup 90d 30d")
        await user.see(":cleanup takes an age")


async def test_what_expires_is_asked_about_once_and_remembered(workspace, root, monkeypatch):
    monkeypatch.setattr("tui_sessions.tui.screens.main.UPKEEP_AFTER_S", 0.1)
    settings = {"upkeep.expire_days": "30"}
    async with workspace(open_id="cherry", **settings) as user:
        await user.see("Expired", "2 sessions not used since", "1 session stays")
        await user.press("a")
        await user.until(lambda: "archive/2024-01/apple.json.gz" in files(root), "the archive")
        assert "cherry.json" in files(root)
        state = user.app.services.paths.state_dir / "state.toml"
        assert tomllib.loads(state.read_text())["upkeep"] == "always"
    async with workspace(open_id="date", **settings) as user:
        await user.until(lambda: "cherry.json" not in files(root), "no question")


async def test_never_means_never(workspace, root, monkeypatch):
    monkeypatch.setattr("tui_sessions.tui.screens.main.UPKEEP_AFTER_S", 0.1)
    async with workspace(**{"upkeep.idle_minutes": "60"}) as user:
        await user.see("3 sessions idle since")
        await user.press("n")
        await user.see("Nothing expires by itself.")
        assert user.library.row("apple").status == "active"
        user.app.screen.desk.expiring.look()
        await user.press("f6")
        assert user.app.services.state.upkeep == "never"
        await user.command(":cleanup expired")
        await user.see("Tidy up?")
        await user.press("enter")
        await user.until(lambda: user.library.row("apple").status == "paused", "paused")
        assert user.library.row("date").status == "active"


async def test_nobody_is_asked_while_somebody_types(workspace, root, monkeypatch):
    async with workspace(**{"upkeep.expire_days": "30"}) as user:
        user.stage.put_prompt("I am writ")
        expiring = user.screen.desk.expiring
        found = []
        monkeypatch.setattr(expiring, "_ask", lambda looked: found.append(looked))
        expiring.look()
        await user.type("ing")
        assert not found
        user.stage.put_prompt("")
        await user.until(lambda: found, "the question, later")


async def test_while_somebody_types_only_one_look_is_planned(workspace, root, monkeypatch):
    async with workspace(**{"upkeep.expire_days": "30"}) as user:
        user.stage.put_prompt("I am writing")
        monkeypatch.setattr("tui_sessions.tui.expiring.AGAIN_S", 3600)
        expiring = user.screen.desk.expiring
        looks = []
        monkeypatch.setattr(user.screen.desk.tidying, "look", lambda wanted: looks.append(wanted))
        for _ in range(5):
            expiring.look()
        planned = [timer for timer in user.screen._timers if timer._interval == 3600]
        assert len(planned) == 1
        assert not looks


async def test_the_trash_is_kept_for_thirty_days(workspace, root, monkeypatch):
    async with workspace() as user:
        user.library.delete("apple")
        later = datetime.now(UTC) + timedelta(days=31)
        monkeypatch.setattr(user.app.services, "now", lambda: later)
        user.screen.desk.expiring.look()  # the first look may be over
        await user.see("1 file in the trash")
        await user.press("enter")
        await user.until(lambda: not user.library.trash(), "the empty trash")


async def test_the_audit_log_is_shown_and_opens_its_sessions(workspace, root):
    async with workspace(audit="true") as user:
        await user.command(":open cherry")
        await user.command(":tag ripe")
        await user.until(lambda: user.library.row("cherry").tags == ("ripe",), "the tag")
        await user.command(":open date")
        await user.command(":audit")
        await user.see("Audit log", "open · date", "save · cherry")
        await user.press("down", "enter")
        await user.until(lambda: user.stage.workspace.session_id == "cherry", "the session")


async def test_while_the_log_cannot_be_written_a_sentence_stands_and_all_is_saved(
    workspace, root, tmp_path, monkeypatch
):
    monkeypatch.setattr("tui_sessions.tui.auditing.PAUSE_S", 0.05)
    log = tmp_path / "log"
    log.mkdir()
    monkeypatch.setenv("TUI_SESSIONS_AUDIT", str(log))
    async with workspace(open_id="cherry") as user:
        await user.ask("Hello?")
        await user.answered()
        await user.see("cannot be written: it is a folder. Everything is saved")
        assert len(user.library.load("cherry").turns) == 2
        log.rmdir()
        await user.see_no("cannot be written")
        assert "save" in log.read_text()


async def test_fruit_without_anything_due_is_left_in_peace(workspace, tmp_path, monkeypatch):
    fruit(tmp_path / "other")
    monkeypatch.setattr("tui_sessions.tui.screens.main.UPKEEP_AFTER_S", 0.1)
    async with workspace() as user:
        await user.until(lambda: "expiring" in user.screen.desk.__dict__, "the look")
        await user.press("f6", "f7")
        assert len(user.app.screen_stack) == 1
