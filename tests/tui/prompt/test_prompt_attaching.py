"""Files that go along, on the whole screen: by command, list, drag and paste, kept with the session."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from textual import events

from tui_sessions.errors import StoreError
from tui_sessions.model.attachment import about
from tui_sessions.store.attachments import Attachments
from tui_sessions.tui import attaching

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "files"
    (folder / "sub").mkdir(parents=True)
    (folder / "notes.md").write_text("# Notes\n")
    (folder / "two words.txt").write_text("x")
    (folder / "photo.png").write_bytes(PNG)
    (folder / "odd.bin").write_bytes(b"\x00\xff\x01")
    (folder / ".secret").write_text("x")
    (folder / "sub" / "deep.txt").write_text("deep")
    monkeypatch.chdir(folder)
    return folder


def names(user) -> list[str]:
    return [about(part).name for part in user.stage.prompt.attachments]


async def has(user, *wanted: str) -> None:
    await user.until(lambda: names(user) == list(wanted), f"{wanted} attached")


async def paste(user, text: str) -> None:
    user.stage.prompt.area.post_message(events.Paste(text))
    await user.press()


async def test_a_file_is_attached_by_its_path_sent_and_stored_once(workspace, files):
    async with workspace() as user:
        await user.command(":attach notes.md")
        await has(user, "notes.md")
        await user.see("▣ notes.md 8 B ×")
        await user.type("Read it")
        await user.press("enter")
        await user.answered()
        assert names(user) == []
        (session,) = user.files()
        text, part = session["turns"][0]["messages"][0]["content"]
        assert (text["text"], part["name"], part["mime"]) == (
            "Read it",
            "notes.md",
            "text/markdown",
        )
        assert user.library.attachments.read(part["sha256"]) == b"# Notes\n"


async def test_what_cannot_be_attached_is_said_in_one_sentence(workspace, files):
    async with workspace() as user:
        await user.command(":attach nothing.txt")
        await user.see("There is no file", "nothing.txt to attach.")
        await user.command(":attach sub")
        await user.see("is a folder")
        assert names(user) == []
        assert user.stage.prompt.waiting == ()


async def test_a_full_disk_is_said_and_the_prompt_stays(workspace, files, monkeypatch):
    def full(*_, **__):
        raise StoreError("Cannot write: the disk is full.")

    monkeypatch.setattr(Attachments, "put", full)
    async with workspace() as user:
        await user.type("half")
        await paste(user, "y" * 30_000)
        await user.see("the disk is full")
        assert (user.stage.prompt.text, names(user)) == ("half", [])


async def test_paths_are_completed_behind_attach(workspace, files):
    async with workspace() as user:
        await user.type(":attach s")
        await user.see("sub/")
        await user.press("tab")
        await user.see("sub/deep.txt")
        await user.press("tab", "enter")
        await has(user, "deep.txt")


async def test_a_file_is_chosen_behind_an_at_and_hidden_ones_only_by_their_dot(workspace, files):
    async with workspace() as user:
        await user.type("look at ")
        await user.press("at")
        await user.see("notes.md", "two words.txt")
        assert ".secret" not in user.text()
        await user.type("tw")
        await user.see_no("photo.png")
        await user.press("tab")
        await has(user, "two words.txt")
        assert user.stage.prompt.text == "look at two words.txt"
        await user.press("space", "at")
        await user.type(".s")
        await user.see(".secret")


async def test_a_path_in_the_text_stays_text(workspace, files):
    async with workspace() as user:
        await user.type("see ./two")
        await user.see("two words.txt")
        await user.press("tab")
        assert user.stage.prompt.text == "see ./two\\ words.txt"
        assert names(user) == []


async def test_dragged_files_become_chips_and_a_folder_is_text(workspace, files):
    async with workspace() as user:
        await paste(user, f"'{files}/two words.txt' {files}/notes.md ")
        await has(user, "two words.txt", "notes.md")
        await paste(user, f"file://{files}/photo.png")
        await has(user, "two words.txt", "notes.md", "photo.png")
        assert user.stage.prompt.text == ""
        await paste(user, str(files))
        assert user.stage.prompt.text == str(files)


async def test_a_disk_that_does_not_answer_makes_the_paste_text(workspace, files, monkeypatch):
    never = Event()
    monkeypatch.setattr(attaching, "ANSWER_WITHIN_S", 0.01)
    async with workspace() as user:
        monkeypatch.setattr(attaching, "_is_file", lambda path: never.wait(20))
        await paste(user, f"{files}/notes.md")
        assert user.stage.prompt.text == f"{files}/notes.md"
        never.set()


async def test_a_long_paste_becomes_a_text_file_and_enter_behind_it_waits(workspace):
    async with workspace(**{"chat.when_full": "send"}) as user:
        await user.type("Sum it up")
        area = user.stage.prompt.area
        area.post_message(events.Paste("line\r" * 200_000 + "\x1b[31mend"))
        area.post_message(events.Key("enter", "\r"))
        await user.until(user.files, "the session")
        await user.answered()
        (session,) = user.files()
        text, part = session["turns"][0]["messages"][0]["content"]
        assert (text["text"], part["name"]) == ("Sum it up", "pasted-1.txt")
        kept = user.library.attachments.read(part["sha256"])
        assert kept == b"line\n" * 200_000 + b"end"
        assert user.stage.prompt.text == ""


async def test_pastes_are_numbered(workspace):
    async with workspace() as user:
        for letter in "ab":
            await paste(user, letter * 30_000)
        await has(user, "pasted-1.txt", "pasted-2.txt")


async def test_files_are_chosen_from_a_list(workspace, files):
    async with workspace() as user:
        await user.press("ctrl+g")
        await user.see("Attach files", "notes.md", "photo.png")
        assert ".secret" not in user.text()
        await user.press("f3")
        await user.see(".secret")
        await user.press("f3")
        await user.type("sub/")
        await user.see("deep.txt")
        await user.press("backspace")
        await user.see("notes.md")
        await user.type("md")
        await user.press("space", "backspace", "backspace")
        await user.type("png")
        await user.press("space")
        await user.see("2 marked: notes.md, photo.png")
        await user.press("enter")
        await has(user, "notes.md", "photo.png")
        assert user.stage.prompt.has_focus_within


async def test_a_file_that_the_model_does_not_take_is_amber_and_nothing_is_sent(workspace, files):
    async with workspace((220, 44), **{"chat.model": "openai/gpt-4o"}) as user:
        await user.command(":attach odd.bin")
        await has(user, "odd.bin")
        await user.see("openai takes no file of an unknown kind")
        await user.type("Read")
        await user.press("enter")
        await user.see("odd.bin cannot be sent")
        assert user.files() == []
        assert (user.stage.prompt.text, names(user)) == ("Read", ["odd.bin"])
        await user.press("ctrl+u")
        await user.command(":detach-file odd.bin")
        assert names(user) == []


async def test_another_model_is_asked_again_whether_it_takes_a_file(workspace, files):
    async with workspace((220, 44), **{"chat.model": "ollama/llama3"}) as user:
        (files / "plan.pdf").write_bytes(b"%PDF-1.4 x")
        await user.command(":attach plan.pdf")
        await user.see("takes no application/pdf")
        await user.command(":model demo/demo")
        await user.until(lambda: not user.stage.prompt.refusals, "no refusal")


async def test_files_wait_with_their_session(workspace, files):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        first = user.stage.workspace.session.id
        await user.command(":attach notes.md")
        await has(user, "notes.md")
        await user.press("ctrl+n")
        await user.see("New session")
        assert names(user) == []
        user.stage.open_session(first)
        assert names(user) == ["notes.md"]


async def test_a_file_that_is_there_only_after_a_switch_goes_to_its_own_session(workspace, files):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        first = user.stage.workspace.session.id
        user.screen.desk.attaching.files((f"{files}/notes.md",))
        user.stage.open_draft()
        await user.until(lambda: not user.stage.prompt.waiting, "the file")
        assert names(user) == []
        user.stage.open_session(first)
        assert names(user) == ["notes.md"]


async def test_files_of_a_new_session_that_was_kept_meanwhile_are_not_in_the_next_new_one(
    workspace, files
):
    async with workspace() as user:
        user.screen.desk.attaching.files((f"{files}/notes.md",))
        kept = user.stage.workspace.keep_draft().id
        user.stage.open_draft()
        await user.until(lambda: not user.stage.prompt.waiting, "the file")
        user.stage.open_session(kept)
        assert names(user) == ["notes.md"]
        user.stage.open_draft()
        assert names(user) == []


async def test_detaching_names_what_is_there(workspace, files):
    async with workspace() as user:
        await user.command(":detach-file")
        await user.see("No file goes along")
        await user.press("ctrl+u")
        await user.command(":attach notes.md")
        await has(user, "notes.md")
        await user.command(":detach-file other")
        await user.see("No file 'other' goes along. There are notes.md.")
        await user.press("ctrl+u")
        await user.command(":detach-file")
        assert names(user) == []
