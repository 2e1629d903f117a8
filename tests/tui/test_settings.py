"""The settings screen: everything is found, explained, changed in the user's own file, and holds."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.config.catalog import known_keys
from tui_sessions.config.paths import paths
from tui_sessions.tui.app import SessionsApp

MINE = """\
# Mine.

[screen]
# theme = "night"
mouse = true  # I click

[chat]
system = "Be brief"
"""


@pytest.fixture
def file(own_home: Path) -> Path:
    """Where the configuration is; nothing is there yet."""
    return paths(os.environ).config_file


async def opened(user: Any, wanted: str = "") -> None:
    await user.command(":settings")
    await user.see("settings", "chat")
    await user.type(wanted)
    await user.see(wanted)


async def write(user: Any, text: str) -> None:
    """Into the line that enter opened, over what stands there."""
    await user.press("enter")
    await user.until(lambda: user.screen.focused.id is None and user.screen._edited)
    await user.press("ctrl+u", "ctrl+k")
    await user.type(text)
    await user.press("enter")


async def test_every_key_is_there_with_its_value_and_where_it_comes_from(workspace, file):
    file.parent.mkdir(parents=True)
    file.write_text(MINE)
    async with workspace((120, 200)) as user:
        await opened(user)
        rows = user.screen._by_name
        assert rows.keys() >= known_keys().keys()
        assert rows["screen.mouse"].source == "file"
        assert rows["chat.model"].source == "--set"
        assert rows["network.retries"].source == "default"
        assert "pane.tree" in rows["keys.pane.tree"].label
        await user.see("system             Be brief", str(len(rows)))


async def test_the_row_under_the_cursor_is_explained(workspace):
    async with workspace() as user:
        await opened(user, "retries")
        await user.see(
            "network.retries · a whole number of at least 0",
            "default 2",
            "How often a request is sent again that failed before any text came.",
        )


async def test_what_fits_best_comes_first(workspace):
    async with workspace() as user:
        await opened(user, "words")
        await user.until(lambda: user.screen.choices.current == "providers.demo.words_per_s")


async def test_the_first_setting_makes_the_file_with_only_itself(workspace, file):
    async with workspace() as user:
        await opened(user, "context_window")
        await write(user, "5")
        await user.until(file.exists)
        assert file.read_text() == "[chat]\ncontext_window = 5\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        await user.see("• context_window     5")
        await user.press("escape", "ctrl+n")
        await user.until(lambda: user.stage.workspace.session.params.context_window == 5)


async def test_a_file_of_ones_own_keeps_its_comments_and_its_order(workspace, file):
    file.parent.mkdir(parents=True)
    file.write_text(MINE)
    async with workspace() as user:
        await opened(user, "screen.theme")
        await write(user, "paper")
        await user.until(lambda: user.app.theme == "paper")
        assert file.read_text() == MINE.replace('"night"\n', '"night"\ntheme = "paper"\n')


async def test_a_theme_is_completed(workspace):
    async with workspace() as user:
        await opened(user, "screen.theme")
        await user.press("enter", "ctrl+u", "l", "i", "n")
        await user.see("linen")
        await user.press("right", "enter")
        await user.until(lambda: user.app.theme == "linen")


async def test_enter_turns_a_switch_over_at_once(workspace, file):
    async with workspace() as user:
        await opened(user, "enter_sends")
        await user.press("enter")
        await user.until(lambda: not user.stage.prompt.enter_sends)
        assert file.read_text() == "[screen]\nenter_sends = false\n"
        await user.press("enter")
        await user.until(lambda: user.stage.prompt.enter_sends)


async def test_delete_sets_back_to_the_default(workspace, file):
    file.parent.mkdir(parents=True)
    file.write_text(MINE)
    async with workspace() as user:
        await opened(user, "chat.system")
        await user.see("• system")
        await user.press("delete")
        await user.see_no("• system")
        assert file.read_text() == MINE.replace('system = "Be brief"\n', "")
        assert user.app.services.config.chat.system == ""
        await user.press("delete")
        await user.see("chat.system is not set in the file.")


async def test_delete_before_a_letter_of_the_filter_deletes_the_letter(workspace, file):
    file.parent.mkdir(parents=True)
    file.write_text(MINE)
    async with workspace() as user:
        await opened(user, "xsystem")
        await user.press("home", "delete")
        await user.until(lambda: user.screen.choices.current == "chat.system")
        assert file.read_text() == MINE


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("network.retries", "often", "network.retries must be a whole number of at least 0"),
        ("idle_timeout_s", "0", "network.idle_timeout_s must be a number above 0"),
        ("screen.theme", "papr", "There is no theme 'papr'. Did you mean paper?"),
        ("chat.model", "opnai/x", "Did you mean openai?"),
        ("export.format", "markdwn", "Did you mean markdown?"),
        ("openai.base_url", "ftp://x", "only http:// and https:// are spoken"),
        ("session.new", "f3, ctrl+q", "This gives ctrl+q to session.new and app.quit"),
    ],
)
async def test_a_wrong_value_is_refused_in_a_sentence_and_stays(
    workspace, file, key, typed, sentence
):
    async with workspace() as user:
        await opened(user, key)
        await write(user, typed)
        await user.see(sentence, typed)
        assert not file.exists()
        await user.press("escape")
        await user.see_no(sentence)
        assert user.screen.choices.typed == key


async def test_a_key_bound_anew_holds_at_the_next_start(workspace, file):
    async with workspace() as user:
        await opened(user, "session.new")
        await user.see("takes effect at the next start")
        await write(user, "f3 , f10")
        await user.see("f3,f10")
        assert file.read_text() == '[keys]\n"session.new" = "f3,f10"\n'
    async with workspace() as user:
        await user.see("F3 new")


async def test_what_is_stronger_than_the_file_is_named(workspace, monkeypatch, file):
    monkeypatch.setenv("TUI_SESSIONS_NETWORK_RETRIES", "7")
    async with workspace() as user:
        await opened(user, "network.retries")
        await user.see("environment", "TUI_SESSIONS_NETWORK_RETRIES is stronger than the file")
        await write(user, "3")
        await user.until(file.exists)
        assert file.read_text() == "[network]\nretries = 3\n"
        assert user.app.services.config.network.retries == 7


async def test_words_per_second_hold_from_the_next_answer_on(workspace, file, monkeypatch):
    async with workspace() as user:
        services = user.app.services
        services.settings = ("chat.model=demo/demo",)
        before = services.providers.get("demo")
        await opened(user, "words_per_s")
        await write(user, "1000")
        await user.until(lambda: services.providers.get("demo") is not before)
        assert services.config.providers.demo.words_per_s == 1000.0
        await user.press("escape")
        await user.ask("Hi")
        await user.answered()
        assert user.files()[0]["turns"][0]["finish"] == "stop"


async def test_a_text_of_several_lines_is_for_the_editor(workspace, file):
    file.parent.mkdir(parents=True)
    file.write_text('[chat]\nsystem = "one\\ntwo"\n')
    async with workspace() as user:
        await opened(user, "chat.system")
        await user.press("enter")
        await user.see("This text has several lines")


async def test_a_full_disk_is_said_and_what_was_typed_stays(workspace, file, monkeypatch):
    def full(path: Path, data: bytes, *, follows: bool = False) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with workspace() as user:
        await opened(user, "network.retries")
        monkeypatch.setattr("tui_sessions.config.edit.write_private", full)
        await write(user, "77")
        await user.see("left on device.", "77")
        assert user.app.services.config.network.retries == 2


async def test_the_file_opens_in_the_editor_and_holds_afterwards(workspace, file, monkeypatch):
    def edit(command: list[str], **_: object) -> Any:
        assert command[:2] == ["pen", "-w"]
        path = Path(command[2])
        assert "# theme" in path.read_text()
        path.write_text(path.read_text().replace('# theme = ""', 'theme = "paper"'))
        return type("Done", (), {"returncode": 0})()

    monkeypatch.setenv("EDITOR", "pen -w")
    monkeypatch.setattr("tui_sessions.tui.editor.subprocess.run", edit)
    monkeypatch.setattr(SessionsApp, "suspend", lambda self: nullcontext())
    async with workspace() as user:
        await opened(user, "screen.theme")
        await user.press("ctrl+o")
        await user.until(lambda: user.app.theme == "paper")
        await user.see("• theme              paper")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[screen]\nthem = 'x'\n", "did you mean screen.theme?"),
        ("[screen\n", "Expected ']' at the end"),
        ("[screen]\ntheme = 'nacht'\n", "There is no theme 'nacht'"),
    ],
)
async def test_what_is_wrong_with_the_file_afterwards_is_said(
    workspace, file, monkeypatch, written, sentence
):
    def edit(command: list[str], **_: object) -> Any:
        Path(command[-1]).write_text(written)
        return type("Done", (), {"returncode": 0})()

    monkeypatch.setattr("tui_sessions.tui.editor.subprocess.run", edit)
    monkeypatch.setattr(SessionsApp, "suspend", lambda self: nullcontext())
    async with workspace() as user:
        await opened(user)
        await user.press("ctrl+o")
        await user.see(sentence)
        assert file.read_text() == written


async def test_an_editor_that_wrote_nothing_leaves_no_file(workspace, file, monkeypatch):
    monkeypatch.setenv("EDITOR", "no-such-editor-here")
    monkeypatch.setattr(SessionsApp, "suspend", lambda self: nullcontext())
    async with workspace() as user:
        await opened(user)
        await user.press("ctrl+o")
        await user.see("no-such-editor-here could not be started")
        assert not file.exists()


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_a_small_window_shows_rows_words_and_the_line(workspace, size):
    async with workspace(size) as user:
        await opened(user, "chat.model")
        await user.press("enter")
        await user.see("chat.model · text")
        await user.type("demo/x")
        await user.see("demo/x")
