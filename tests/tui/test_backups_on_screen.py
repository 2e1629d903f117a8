"""Backups on the screen: made, looked through, brought back from, undone; and made by themselves when due."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tui_sessions.errors import StoreError
from tui_sessions.store.backup.writing import Options
from tui_sessions.tui.widgets.status_line import StatusLine


def gone(_sink: object) -> None:
    raise StoreError("The disk is gone.")


def odd(*_args: object, **_more: object) -> None:
    raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))


async def with_three(user):
    for prompt in ("About apples", "About pears", "About plums"):
        await user.command(":new")
        await user.ask(prompt)
        await user.answered()
    await user.until(lambda: len(user.files()) == 3, "three files")
    user.library.refresh()


def shelf(user) -> list[Path]:
    folder = user.stage.services.backups.folder
    return sorted(folder.iterdir()) if folder.is_dir() else []


async def test_a_backup_is_made_and_a_deleted_session_comes_back(workspace):
    async with workspace() as user:
        await with_three(user)
        await user.command(":backup")
        await user.see("3 sessions (", "backed up and read back")
        assert len(shelf(user)) == 1
        pears = next(row.id for row in user.library.rows() if "pears" in row.title)
        user.library.delete(pears)
        await user.command(":restore")
        await user.see("Backups", "1 backup")
        await user.press("enter")
        await user.see("Bring back from", "3 sessions: 1 missing here, 2 the same here.")
        await user.see("It is missing here and comes back.")
        await user.press("enter")
        await user.see("1 session came back.")
        assert user.library.has(pears)
        await user.until(lambda: user.stage.workspace.session_id == pears, "it is open")
        await user.command(":undo")
        await user.until(lambda: not user.library.has(pears), "gone again")


async def test_single_sessions_are_marked_and_all_are_taken_with_a_key(workspace):
    async with workspace() as user:
        await with_three(user)
        await user.command(":backup")
        await user.see("backed up and read back")
        ids = user.library.ids()
        for each in ids:
            user.library.delete(each)
        await user.command(":restore @last")
        await user.see("3 missing here")
        await user.press("space", "space", "enter")
        await user.see("2 sessions came back.")
        assert user.library.count() == 2
        await user.command(":restore @last")
        await user.see("1 missing here")
        await user.press("ctrl+e")
        await user.until(lambda: user.library.count() == 3, "all three")


async def test_what_changed_here_stays_unless_its_place_is_asked_for(workspace):
    async with workspace() as user:
        await with_three(user)
        await user.command(":backup")
        await user.see("backed up and read back")
        await user.command(":rename Mine")
        await user.see("Mine")
        session_id = user.stage.workspace.session_id
        await user.command(":restore @last")
        await user.see("1 newer here", "What is here is newer and stays")
        await user.press("ctrl+e")
        await user.see("Nothing of it is missing here.")
        await user.press("ctrl+o")
        await user.see("It takes the place of what is here")
        await user.press("enter")
        await user.see("took the backup's state")
        await user.until(
            lambda: user.library.load(session_id).title != "Mine", "the title of the backup"
        )
        await user.command(":undo")
        await user.until(lambda: user.library.load(session_id).title == "Mine", "Mine again")


async def test_a_damaged_backup_is_found_by_verifying(workspace):
    async with workspace() as user:
        await with_three(user)
        await user.command(":backup folder")
        await user.see("backed up and read back")
        (path,) = shelf(user)
        spoilt = next((path / "library").glob("*.json"))
        spoilt.write_bytes(spoilt.read_bytes().replace(b"About", b"ABOUT"))
        await user.command(":restore")
        await user.see("1 backup")
        await user.until(lambda: user.screen.choices.current, "a row to verify")
        await user.press("ctrl+t")
        await user.see("is damaged.", "Backups")
        await user.press("escape")


async def test_wrong_places_are_told_on_the_screen(workspace):
    async with workspace() as user:
        await with_three(user)
        await user.command(":backup tar /nowhere/x")
        await user.see("There is no folder /nowhere/x.")
        await user.command(":restore")
        await user.see("There are no backups yet.")
        await user.press("escape")
        await user.command(":restore nothing")
        await user.see("There is no backup 'nothing'.")


async def test_one_that_is_due_is_made_by_itself_and_old_ones_go(workspace):
    async with workspace(**{"backups.every": "1d", "backups.keep": "2"}) as user:
        await with_three(user)
        services = user.stage.services
        services.names_sessions = False
        due = user.app.screen_stack[0].desk.backups_due
        for count in (1, 2, 2):
            later = services.now() + timedelta(days=2)
            services.now = lambda moment=later: moment
            user.library.refresh()
            due.look()
            await user.until(lambda: not due._is_at_it, "the end of the backup")
            assert len(shelf(user)) == count
        due.look()
        await user.until(lambda: not due._is_at_it, "the end of the look")
        assert len(shelf(user)) == 2


async def test_a_line_stands_while_the_last_one_is_too_old(workspace, tmp_path):
    async with workspace(**{"backups.every": "1d"}) as user:
        await with_three(user)
        services = user.stage.services
        services.backups.make(None, Options())
        desk = user.app.screen_stack[0].desk
        later = services.now() + timedelta(days=5)
        services.now = lambda: later
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tui_sessions.store.backup.sinks.TarSink.name", gone)
            desk.backups_due.look()
            await user.see("The automatic backup was not made. The disk is gone.")
            await user.see("The last backup is 5 days old.", ":backup makes one")
        await user.until(lambda: not desk.backups_due._is_at_it, "the end of the look")
        desk.backups_due.look()
        await user.see_no("The last backup is 5 days old.")
        assert not user.screen.query_one("#backup-line", StatusLine).text


async def test_a_disk_that_refuses_oddly_does_not_end_automatic_backups(workspace):
    async with workspace(**{"backups.every": "1d"}) as user:
        await with_three(user)
        due = user.app.screen_stack[0].desk.backups_due
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tui_sessions.store.backup.backups.Backups.make", odd)
            due.look()
            await user.see("The automatic backup was not made. Stale file handle.")
        await user.until(lambda: not due._is_at_it, "the end of the look")
        due.look()
        await user.until(lambda: len(shelf(user)) == 1, "the backup")


async def test_nothing_is_made_unasked(workspace):
    async with workspace() as user:
        await with_three(user)
        desk = user.app.screen_stack[0].desk
        assert "backups_due" not in desk.__dict__
        desk.backups_due.look()
        assert shelf(user) == []
