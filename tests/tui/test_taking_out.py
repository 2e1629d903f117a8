"""Messages into files and other programs, on the real screen."""

from __future__ import annotations

import os
import stat
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import SuspendNotSupported

from tui_sessions.tui.messages import Chosen

ANSWER = """\
Two ways:

```python
print("one")
```

```sh
\techo two
```

See [the docs](https://docs.example.org/) or https://other.example.org."""


def script(folder: Path, name: str, *lines: str) -> str:
    path = folder / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def talk(user: Any, answer: str = ANSWER) -> None:
    """A session with one turn, its answer under the keys."""
    await user.ask("Hi")
    await user.answered()
    user.stage.prompt.focus()
    await edit(user, answer)
    await user.press("f7")


async def edit(user: Any, answer: str) -> None:
    session = user.stage.workspace.session
    turn = session.turns[-1]
    chosen = Chosen(session.id, turn.id, 1, turn.messages[1], session)
    user.app.screen_stack[0].desk.messages.edit_to(chosen, answer)
    await user.until(lambda: user.stage.workspace.session.turns[-1].answer.text == answer)
    user.app.clear_notifications()


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can be lent: the one of the tests cannot."""

    @contextmanager
    def suspend(self: object) -> Iterator[None]:
        yield

    monkeypatch.setattr("textual.app.App.suspend", suspend)


def last(user: Any) -> Any:
    return user.stage.workspace.session.turns[-1]


# code


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def test_one_of_several_code_blocks_is_saved_under_the_proposed_name(workspace, here):
    async with workspace() as user:
        await talk(user)
        await user.press("w")
        await user.see("Save which code?")
        await user.press("down", "enter")
        await user.see("Save the code to a file", "code.sh")
        await user.press("enter")
        await user.see("Saved to")
        assert (here / "code.sh").read_text() == "\techo two\n"


async def test_the_only_code_block_is_saved_without_a_choice(workspace, here):
    async with workspace() as user:
        await talk(user, "```python\n# soup.py\nx = 1\n```")
        await user.press("w")
        await user.see("soup.py")
        await user.press("enter")
        await user.see("Saved to")
        assert (here / "soup.py").read_text() == "# soup.py\nx = 1\n"
        await user.press("w")
        await user.see("soup-2.py")


async def test_a_file_that_is_there_is_only_written_over_when_told(workspace, here):
    (here / "mine.py").write_text("mine")
    async with workspace() as user:
        await talk(user, "```python\nx = 1\n```")
        await user.command(":save-code mine.py")
        await user.see("Write over the file?")
        await user.press("escape")
        assert (here / "mine.py").read_text() == "mine"
        await user.command(":save-code mine.py")
        await user.see("Write over the file?")
        await user.press("y")
        await user.see("Saved to")
        assert (here / "mine.py").read_text() == "x = 1\n"


async def test_a_place_that_refuses_is_one_sentence(workspace, here):
    (here / "file").touch()
    async with workspace() as user:
        await talk(user, "```\nx\n```")
        await user.command(":save-code file/x.txt")
        await user.see("could not be written")


async def test_without_code_there_is_nothing_to_save(workspace):
    async with workspace() as user:
        await user.press("f7", "w")
        await user.see("There is no message here yet.")
        await talk(user, "no code")
        await user.press("w")
        await user.see("This message has no code block.")


# pager and editor


async def test_a_message_is_read_in_the_pager(workspace, lent, tmp_path, monkeypatch):
    monkeypatch.setenv("PAGER", script(tmp_path, "page", f"cat > {tmp_path}/out"))
    async with workspace() as user:
        await talk(user, "answer \x1b[31mred")
        await user.press("p")
        await user.until((tmp_path / "out").exists)
        assert (tmp_path / "out").read_text() == "answer ␛[31mred"


async def test_all_of_a_conversation_is_read_in_the_pager(workspace, lent, tmp_path, monkeypatch):
    monkeypatch.setenv("PAGER", script(tmp_path, "page", f"cat > {tmp_path}/out"))
    async with workspace() as user:
        await talk(user, "said")
        await user.command(":pager all")
        await user.until((tmp_path / "out").exists)
        assert "## Turn 1" in (tmp_path / "out").read_text()
        await user.command(":pager some")
        await user.see("Only all may follow")


async def test_a_pager_that_fails_is_one_sentence_on_the_screen(workspace, lent, monkeypatch):
    monkeypatch.setenv("PAGER", "/nowhere/pager")
    async with workspace() as user:
        await talk(user, "said")
        await user.press("p")
        await user.see("could not be started")


async def test_a_terminal_that_cannot_be_lent_is_one_sentence(workspace, monkeypatch):
    def suspend(self: object) -> None:
        raise SuspendNotSupported

    monkeypatch.setattr("textual.app.App.suspend", suspend)
    async with workspace() as user:
        await talk(user, "said")
        await user.press("p")
        await user.see("This terminal cannot be lent to a pager.")
        await user.press("ctrl+o")
        await user.see("This terminal cannot be lent to an editor.")
        assert last(user).answer.text == "said"


async def test_an_unchanged_message_stays_as_it_is(workspace, lent, monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    async with workspace() as user:
        await talk(user, "said\r\nthis\n\n")
        before = user.files()
        await user.press("ctrl+o")
        assert user.files() == before


async def test_a_changed_answer_is_saved_in_its_place(workspace, lent, tmp_path, monkeypatch):
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", 'echo changed > "$1"'))
    async with workspace() as user:
        await talk(user, "said")
        await user.press("ctrl+o")
        await user.until(lambda: last(user).answer.text == "changed")
        await user.see("The message is edited")


async def test_a_changed_prompt_goes_to_a_branch(workspace, lent, tmp_path, monkeypatch):
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", 'echo changed > "$1"'))
    async with workspace() as user:
        await talk(user, "said")
        before = user.stage.workspace.session.id
        await user.press("left_curly_bracket", "ctrl+o")
        await user.until(lambda: user.stage.prompt.text == "changed")
        assert user.stage.workspace.session.id != before
        assert user.stage.workspace.session.turns == ()
        assert len(user.files()) == 2


async def test_an_emptied_message_stays_as_it_was(workspace, lent, tmp_path, monkeypatch):
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", ': > "$1"'))
    async with workspace() as user:
        await talk(user, "said")
        await user.press("ctrl+o")
        await user.see("Nothing was left of the message")
        assert last(user).answer.text == "said"


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("/nowhere/ed", "could not be started"),
        ("false", "ended with code 1; the message is as it was"),
    ],
)
async def test_an_editor_that_fails_changes_nothing(workspace, lent, monkeypatch, editor, words):
    monkeypatch.setenv("EDITOR", editor)
    async with workspace() as user:
        await talk(user, "said")
        await user.press("ctrl+o")
        await user.see(words)
        assert last(user).answer.text == "said"


async def test_what_was_written_over_a_newer_message_is_in_a_branch_beside(
    workspace, lent, tmp_path, monkeypatch
):
    other = f"find {tmp_path} -name 'session_*.json' -exec sed -i 's/said/said by another/' {{}} +"
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", 'echo changed > "$1"', other))
    async with workspace() as user:
        await talk(user, "said")
        await user.press("ctrl+o")
        await user.see("That message is another one by now", "branch “conflict")
        assert last(user).answer.text == "said by another"
        (row,) = [row for row in user.library.rows() if row.title.startswith("conflict ")]
        branch = user.library.load(row.id)
        assert branch.turns[-1].answer.text == "changed"
        assert branch.parent.id == user.stage.workspace.session_id
        user.library.history.undo()
        assert not user.library.has(row.id)


async def test_a_prompt_with_a_file_comes_out_of_the_editor_without_its_name(
    workspace, lent, tmp_path, monkeypatch
):
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", 'echo ":changed" > "$1"'))
    (tmp_path / "notes.md").write_text("x")
    async with workspace() as user:
        await user.command(f":attach {tmp_path}/notes.md")
        await user.until(lambda: user.stage.prompt.attachments, "the file")
        await user.ask("Hi")
        await user.answered()
        await user.press("f7", "g", "ctrl+o")
        await user.until(lambda: user.stage.prompt.text, "the prompt")
        assert user.stage.prompt.text == "::changed"
        assert len(user.stage.prompt.attachments) == 1


async def test_the_whole_conversation_in_the_editor_changes_nothing(
    workspace, lent, tmp_path, monkeypatch
):
    monkeypatch.setenv("EDITOR", script(tmp_path, "ed", f'cp "$1" {tmp_path}/out; echo x > "$1"'))
    async with workspace() as user:
        await talk(user, "said")
        before = user.files()
        await user.command(":in-editor all")
        await user.until((tmp_path / "out").exists)
        assert "said" in (tmp_path / "out").read_text()
        assert user.files() == before


# links


async def test_a_link_is_chosen_from_a_list_and_opened(workspace, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    async with workspace() as user:
        await talk(user)
        await user.press("l")
        await user.see(
            "the docs · https://docs.example.org/", "https://other.example.org", "2 links"
        )
        assert opened == []
        await user.type("other")
        await user.press("enter")
        await user.until(lambda: opened == ["https://other.example.org"])


async def test_a_link_is_copied_instead(workspace):
    async with workspace() as user:
        await talk(user)
        await user.press("l")
        await user.see("2 links")
        await user.press("ctrl+y")
        await user.see("Copied the link.")
        assert user.app.clipboard == "https://docs.example.org/"


async def test_a_message_without_links_says_so(workspace):
    async with workspace() as user:
        await talk(user, "no link")
        await user.press("l")
        await user.see("This message has no link.")


# selecting, on the whole screen


async def test_selected_text_comes_to_the_clipboard(workspace):
    async with workspace() as user:
        await talk(user, "one **two** three")
        await user.press("v")
        await user.see("select · y copy · Y as Markdown · esc", "y copy", "o other end")
        await user.press("e", "e", "y")
        await user.see("Copied the selection.")
        assert user.app.clipboard == "one two"
        await user.see_no("Y as Markdown")
        await user.press("V", "Y")
        assert user.app.clipboard == "one **two** three"


async def test_finding_takes_the_cursor_of_a_selection_along(workspace):
    async with workspace() as user:
        await talk(user, "one needle two needle three")
        await user.press("v", "slash")
        await user.type("needle")
        await user.press("enter")
        await user.until(lambda: user.stage.conversation.has_focus)
        await user.press("N", "n", "y")
        assert user.app.clipboard in ("one n", "one needle two n")


async def test_keys_of_a_selection_can_be_bound_anew(workspace):
    own = {"keys.select.copy": "f3", "keys.conversation.select": "f12"}
    async with workspace(**own) as user:
        await talk(user, "one two")
        await user.press("f12")
        await user.see("select · F3 copy")
        await user.press("e", "f3")
        assert user.app.clipboard == "one"


async def test_escape_ends_the_selection_before_anything_else(workspace):
    async with workspace() as user:
        await talk(user, "one two")
        await user.press("v", "escape")
        assert user.stage.conversation.has_focus
        assert not user.stage.conversation.is_selecting


async def test_in_the_prompt_letters_are_letters_though_something_is_selected(workspace):
    async with workspace() as user:
        await talk(user, "one two")
        await user.press("v", "f7")
        await user.type("yo")
        assert user.stage.prompt.text == "yo"
        await user.press("f7", "e", "y")
        assert user.app.clipboard == "one"


async def test_much_text_comes_with_a_word_about_terminals(workspace):
    async with workspace() as user:
        user.stage.conversation.focus()
        reading = user.app.screen_stack[0].desk.reading
        reading.copy("x" * 100_000, "the answer")
        await user.see("Some terminals take no more")
        reading.copy("x" * 2_000_000, "the conversation")
        await user.see("2.0 MB are more than terminals take")
        assert len(user.app.clipboard) == 100_000


def test_the_screen_has_not_loaded_what_takes_messages_out() -> None:
    import subprocess
    import sys

    code = "import sys, tui_sessions.tui.screens.main as m; print('tui_sessions.tui.taking_out' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "False"
