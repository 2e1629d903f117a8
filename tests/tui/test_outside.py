"""Files of the open session that other programs rewrite: shown, merged or branched, and said."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tui_sessions.model.edits import retitle, set_notes
from tui_sessions.model.messages import edit_message
from tui_sessions.tui.app import SessionsApp


def by_rename(path: Path, data: bytes) -> None:
    """As git, Syncthing and most editors replace a file."""
    other = path.with_name(".other.tmp")
    other.write_bytes(data)
    os.replace(other, path)


def with_prompt(data: bytes, text: str) -> bytes:
    tree = json.loads(data)
    said = {"role": "user", "content": text, "timestamp": "2030-01-01T00:00:00Z"}
    tree["turns"].append({"id": "theirs", "messages": [said]})
    return json.dumps(tree).encode()


def prompts(user: Any) -> list[str]:
    return [turn.prompt.text for turn in user.stage.workspace.session.turns]


def conflicts(user: Any) -> list[str]:
    return [row.id for row in user.library.rows() if row.title.startswith("conflict ")]


async def told(user: Any, *words: str) -> None:
    """Wait until a notification says so: on the screen its lines may be broken anywhere."""
    for word in words:
        await user.until(
            lambda word=word: any(word in one.message for one in user.app._notifications), word
        )


async def asked(user: Any, *texts: str) -> Path:
    """The file of a session in which these were asked."""
    for text in texts:
        await user.ask(text)
        await user.answered()
    await user.until(lambda: user.screen.desk.watching._watch.is_watching, "the watch")
    return Path(user.library.path(user.stage.workspace.session_id))


async def test_a_stale_file_with_a_turn_of_its_own_is_merged_and_said(workspace):
    async with workspace() as user:
        path = await asked(user, "First here")
        stale = path.read_bytes()
        await asked(user, "Second here")
        by_rename(path, with_prompt(stale, "Asked on another machine"))
        await told(user, "Another program wrote an older state into")
        await user.see("Asked on another machine")
        assert prompts(user) == ["First here", "Second here", "Asked on another machine"]
        assert conflicts(user) == []


async def test_an_older_file_is_shown_and_ours_is_a_branch(workspace):
    async with workspace() as user:
        path = await asked(user, "First here")
        stale = path.read_bytes()
        await asked(user, "Second here")
        by_rename(path, stale)
        await told(user, "1 turn missing there", "is kept as the branch")
        assert prompts(user) == ["First here"]
        (branch,) = conflicts(user)
        await user.see("conflict First here")
        said = [turn.prompt.text for turn in user.library.load(branch).turns]
        assert said == ["First here", "Second here"]


async def test_an_edit_by_hand_is_shown_and_said(workspace):
    async with workspace() as user:
        path = await asked(user, "First here")
        with path.open("r+b") as file:  # As vim does where it may not rename.
            data = file.read().replace(b"First here", b"By hand")
            file.seek(0)
            file.write(data)
            file.truncate()
        await user.see("By hand")
        await told(user, "Another program changed the file of this session")
        assert conflicts(user) == []


async def test_an_edit_of_the_same_length_is_seen_as_well(workspace):
    async with workspace() as user:
        path = await asked(user, "First here")
        for word in (b"Later", b"Never"):
            data = path.read_bytes().replace(b"First here", word + b" here")
            by_rename(path, data.replace(b"Later here", word + b" here"))
            await user.until(lambda word=word: prompts(user) == [f"{word.decode()} here"])
        assert conflicts(user) == []


async def test_two_screens_on_one_session_see_each_others_turns(workspace, made_services):
    async with workspace() as one:
        await asked(one, "From the first screen")
        session_id = one.stage.workspace.session_id
        app = SessionsApp(made_services(), open_id=session_id)
        async with app.run_test(size=(150, 44), notifications=True) as pilot:
            two = type(one)(app, pilot)
            await two.see("From the first screen")
            await two.until(lambda: two.screen.desk.watching._watch.is_watching, "its watch")
            await two.ask("From the second screen")
            await two.answered()
            await one.until(lambda: "From the second screen" in prompts(one))
            await one.until(lambda: one.stage.workspace.session.turns[1].finish == "stop")
            await one.ask("Back from the first")
            await one.answered()
            await two.until(lambda: prompts(two)[2:] == ["Back from the first"])
            assert conflicts(one) == []


async def test_what_command_lines_write_shows_beside_what_is_asked_here(workspace, made_services):
    async with workspace() as user:
        await asked(user, "First here")
        session_id = user.stage.workspace.session_id
        others = [made_services().library for _ in range(3)]
        for number, other in enumerate(others):
            other.update(session_id, set_notes(f"note {number}"))
        await user.ask("Second here")
        others[0].update(session_id, retitle("Named elsewhere"))
        await user.answered()
        await user.until(lambda: user.stage.workspace.session.title == "Named elsewhere")
        assert user.stage.workspace.session.meta.notes == "note 2"
        assert prompts(user) == ["First here", "Second here"]
        assert conflicts(user) == []


async def test_an_answer_whose_turn_an_older_file_dropped_is_not_lost(workspace):
    async with workspace(**{"providers.demo.words_per_s": "20"}) as user:
        path = await asked(user, "First here")
        stale = path.read_bytes()
        await user.ask("Second here")
        await user.until(lambda: user.so_far(), "the beginning of the answer")
        by_rename(path, stale)
        await told(user, "is kept as the branch")
        assert prompts(user) == ["First here", "Second here"], (
            "what is being answered stays in sight"
        )
        assert user.stage.is_following
        await user.press("escape")
        await user.answered()
        await user.until(lambda: len(json.loads(path.read_bytes())["turns"]) == 2)
        turn = user.library.load(user.stage.workspace.session_id).turns[1]
        assert turn.prompt.text == "Second here"
        assert turn.answer.text
        assert prompts(user) == ["First here", "Second here"]


async def test_an_answer_edited_on_an_older_text_keeps_both(workspace):
    async with workspace() as user:
        await asked(user, "First here")
        session = user.stage.workspace.session
        await user.press("f7", "E")
        await user.type("Mine ")
        change = edit_message(session.turns[0].id, 1, "Theirs", user.app.services.now())
        user.library.update(session.id, change)
        await user.press("ctrl+s")
        await told(user, "That message is another one by now", "What you wrote is in the branch")
        assert user.library.load(session.id).turns[0].answer.text == "Theirs"
        (branch,) = conflicts(user)
        assert user.library.load(branch).turns[0].answer.text.startswith("Mine ")


async def test_notes_typed_on_older_ones_keep_both(workspace, made_services):
    async with workspace() as user:
        await asked(user, "First here")
        session_id = user.stage.workspace.session_id
        row = next(row for row in user.stage.details._every_row() if row.field.key == "notes")
        row.editor.focus()
        await user.type("mine")
        made_services().library.update(session_id, set_notes("theirs"))
        row.flush()
        await user.until(lambda: conflicts(user), "a branch")
        assert user.library.load(session_id).meta.notes == "theirs"
        assert user.library.load(conflicts(user)[0]).meta.notes == "mine"
        await told(user, "Another program changed the notes")
        await user.until(lambda: row.editor.text == "theirs", "theirs in the form")


async def test_a_damaged_file_under_an_open_session_is_offered_to_be_kept(workspace):
    async with workspace() as user:
        path = await asked(user, "Keep this in sight")
        session_id = user.stage.workspace.session_id
        path.write_text("{ spoilt")
        await told(user, ":save-shown keeps it")
        assert prompts(user) == ["Keep this in sight"]
        await user.command(":save-shown")
        await user.until(lambda: user.stage.workspace.session_id != session_id, "another session")
        assert path.read_text() == "{ spoilt"
        made = user.stage.workspace.session
        assert made.title == "Keep this in sight (recovered)"
        assert [turn.prompt.text for turn in made.turns] == ["Keep this in sight"]
        await user.command(":save-shown")
        await told(user, "This session is saved.")


async def test_a_removed_file_leaves_what_it_held_on_the_screen(workspace):
    async with workspace() as user:
        path = await asked(user, "First here")
        data = path.read_bytes()
        path.unlink()
        await told(user, "Another program removed", ":save-shown")
        assert prompts(user) == ["First here"]
        by_rename(path, data)
        await user.until(lambda: user.library.rows(), "the file again")
        await asked(user, "Second here")
        assert prompts(user) == ["First here", "Second here"]
        path.unlink()
        await user.until(lambda: not user.library.rows(), "nothing listed")
        await user.command(":save-shown")
        await user.until(lambda: len(user.files()) == 1, "a file again")
        assert len(user.files()[0]["turns"]) == 2


async def test_versions_are_looked_through_and_brought_back(workspace):
    async with workspace() as user:
        await asked(user, "First here", "Second here")
        session_id = user.stage.workspace.session_id
        await user.command(":versions")
        await user.see("Versions of", "1 turn less")
        rows = user.library.versions.rows(session_id)
        wanted = next(place for place, row in enumerate(rows) if row.turns == 1)
        await user.press(*["down"] * wanted)
        await user.see("+ Second here")
        await user.press("enter")
        await told(user, "It is version")
        assert prompts(user) == ["First here"]
        await user.command(":undo")
        await user.until(lambda: prompts(user) == ["First here", "Second here"])


async def test_a_new_session_has_no_versions(workspace):
    async with workspace() as user:
        await user.command(":versions")
        await user.see("it has no versions yet")
