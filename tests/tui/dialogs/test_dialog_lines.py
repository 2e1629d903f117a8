"""Stories about the dialogs in which one writes: save, rename, export, tags, confirm."""

from __future__ import annotations

import pytest
from dialog_values import Host

from tui_sessions.tui.screens.branch import BranchDialog
from tui_sessions.tui.screens.confirm import ConfirmDialog
from tui_sessions.tui.screens.export import ExportChoice, ExportDialog
from tui_sessions.tui.screens.help import HelpDialog
from tui_sessions.tui.screens.rename import RenameDialog
from tui_sessions.tui.screens.save import SaveDialog
from tui_sessions.tui.screens.tags import TagsDialog

FORMATS = [("markdown", "Markdown", ".md"), ("csv", "CSV", ".csv")]


def export_dialog() -> ExportDialog:
    return ExportDialog(FORMATS, format="markdown", folder="/out/", name="soup.v1")


async def test_typing_replaces_the_proposal_and_the_path_follows() -> None:
    host = Host(lambda: SaveDialog("soup", "/sessions/work"))
    async with host.run_test() as pilot:
        await pilot.press(*"stew.json")
        await pilot.pause()
        assert "/sessions/work/stew.json" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["stew"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("a/b", "no slash"), (".hidden", "begin with a dot"), ("", "Write a name")],
)
async def test_a_name_that_cannot_be_a_file_keeps_the_dialog_open(name: str, sentence: str) -> None:
    host = Host(lambda: SaveDialog("soup", "/sessions"))
    async with host.run_test() as pilot:
        await pilot.press("backspace", *name, "enter")
        await pilot.pause()
        assert sentence in host.text()
        assert host.answers == []
        await pilot.press(*["backspace"] * len(name), *"ok", "enter")
        await pilot.pause()
        assert host.answers == ["ok"]


async def test_an_emptied_title_is_an_answer() -> None:
    host = Host(lambda: RenameDialog("Soup"))
    async with host.run_test() as pilot:
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert host.answers == [""]


async def test_a_title_that_nobody_touched_comes_back_as_it_was() -> None:
    host = Host(lambda: RenameDialog("two  spaces\u200b"))
    async with host.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == ["two  spaces\u200b"]


async def test_a_branch_says_what_it_shares() -> None:
    host = Host(lambda: BranchDialog("Soup (2)", turns=2, total=5))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "the first 2 of 5 turns" in host.text()


async def test_the_suffix_follows_the_format_and_the_path_is_shown() -> None:
    host = Host(export_dialog)
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "→ /out/soup.v1.md" in host.text()
        await pilot.press("right")
        await pilot.pause()
        assert "→ /out/soup.v1.csv" in host.text()
        await pilot.press("enter")
        await pilot.pause()
        (choice,) = host.answers
        assert choice == ExportChoice(format="csv", folder="/out/", name="soup.v1.csv")
        assert choice.path == "/out/soup.v1.csv"


async def test_folder_and_name_are_written_and_checked() -> None:
    host = Host(export_dialog)
    async with host.run_test() as pilot:
        await pilot.press("down", "ctrl+u", "down", "ctrl+u", *"a/b", "enter")
        await pilot.pause()
        assert "Write a folder" in host.text()
        await pilot.press("up", *"~/x", "enter")
        await pilot.pause()
        assert "no slash" in host.text()
        await pilot.press("down", "backspace", "backspace", *".txt", "enter")
        await pilot.pause()
        assert host.answers == [ExportChoice(format="markdown", folder="~/x", name="a.txt")]


async def test_tags_are_completed_added_and_removed() -> None:
    host = Host(lambda: TagsDialog(["soup", "hot"], in_use=["winter"]))
    async with host.run_test() as pilot:
        await pilot.press("backspace", "w", "right", "comma", "n", "enter")
        await pilot.pause()
        assert host.answers == [("soup", "winter", "n")]


@pytest.mark.parametrize(("key", "answer"), [("y", True), ("n", None), ("q", None)])
async def test_a_question_is_answered_with_a_letter_too(key: str, answer: bool | None) -> None:
    host = Host(lambda: ConfirmDialog("Delete?", details=["Soup"]))
    async with host.run_test() as pilot:
        await pilot.press(key)
        await pilot.pause()
        assert host.answers == [answer]


async def test_many_sessions_are_named_in_part() -> None:
    titles = [f"Session {number}" for number in range(9)]
    host = Host(lambda: ConfirmDialog("Delete?", details=titles, note="u brings them back."))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "· Session 5 and 3 more" in host.text()
        assert "u brings them back." in host.text()


async def test_help_shows_tags_as_text_and_scrolls() -> None:
    words = "\n\n".join(["<b>bold</b> and <think>"] * 30)
    host = Host(lambda: HelpDialog("Help", words))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "<think>" in host.text()
        await pilot.press("j", "space")
        await pilot.pause()
        assert host.screen.query_one("#help").scroll_offset.y == 11
