"""What is typed is written while one types: a crash takes at most a second of it."""

from __future__ import annotations

import pytest

from tui_sessions.config.drafts import Draft, DraftFile
from tui_sessions.tui import unsent


def kept(user) -> dict[str, Draft]:
    return DraftFile(user.app.services.drafts.path).load()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(unsent, "LATE_S", 0.02)


async def test_text_and_files_are_on_disk_without_leaving(workspace, tmp_path):
    (tmp_path / "notes.md").write_text("x")
    async with workspace() as user:
        await user.type("half a thought")
        await user.until(lambda: kept(user).get("", Draft()).text == "half a thought", "the text")
        await user.press("ctrl+a")
        user.screen.desk.attaching.files((f"{tmp_path}/notes.md",))
        await user.until(lambda: len(kept(user)[""].attachments) == 1, "the file")
        assert kept(user)[""].text == "half a thought"


async def test_a_long_burst_of_keys_is_written_before_it_ends(workspace, monkeypatch):
    async with workspace() as user:
        written = []
        monkeypatch.setattr(
            user.app.services.drafts, "keep", lambda key, draft: written.append(draft.text)
        )
        text = ""
        while not written:
            await user.type("x")
            text += "x"
        assert text.startswith(written[0])


async def test_what_was_sent_is_not_written_behind_it(workspace):
    async with workspace() as user:
        await user.type("Hello")
        await user.press("enter")
        await user.answered()
        await user.type("x")
        first = user.stage.workspace.session.id
        await user.until(lambda: kept(user).get(first, Draft()).text == "x", "the x")
        assert "" not in kept(user)


async def test_a_command_is_not_kept(workspace):
    async with workspace() as user:
        await user.type("text")
        await user.until(lambda: kept(user), "the text")
        await user.press("ctrl+u")
        await user.type(":attach x")
        await user.until(lambda: not kept(user), "nothing")


async def test_a_late_write_does_not_overtake_a_newer_one(workspace, monkeypatch):
    async with workspace() as user:
        await user.type("a")
        keeper = user.stage.unsent
        old = (Draft("older"), keeper._age)
        keeper.leave("")
        keeper._keep_unless_late("", *old)
        assert kept(user)[""].text == "a"
