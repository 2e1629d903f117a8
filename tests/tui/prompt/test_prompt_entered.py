"""What becomes of a prompt that is entered: tags alone, a persona, and the queue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui_sessions.config.personas import Persona, named_persona
from tui_sessions.errors import ProviderError
from tui_sessions.tui.sending import literal, tags_alone
from tui_sessions.tui.widgets.completion import message_of

SLOW = {"providers.demo.words_per_s": "4"}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#python", ("python",)),
        (" #python  #web-api\n#x1", ("python", "web-api", "x1")),
        ("#machine\\ learning", ("machine learning",)),
        ("#python #python", ("python",)),
        ("# Heading", ()),
        ("## Heading", ()),
        ("#a and b", ()),
        ("#1", ()),
        ("#a#b", ()),
        ("#", ()),
        ("", ()),
        ("python", ()),
        ("#!/bin/sh -x", ()),
    ],
)
def test_tags_alone(text: str, tags: tuple[str, ...]) -> None:
    assert tags_alone(text) == tags


def test_a_persona_is_named_first_and_something_is_said_to_it() -> None:
    personas = (Persona(name="Reviewer"),)
    assert named_persona("@reviewer look\nhere", personas) == (personas[0], "look\nhere")
    for text in ("@nobody look", "@reviewer", "@reviewer ", "look @reviewer now", "a"):
        assert named_persona(text, personas) == (None, text)


@given(st.one_of(st.text(), st.sampled_from(("#a", "@b c", ":q", "::#a", "#a #b"))))
def test_what_is_to_be_sent_as_it_stands_can_be_entered(text: str) -> None:
    entered = literal(text)
    assert message_of(entered) == text
    assert entered.startswith("::") or not tags_alone(entered)


async def test_tags_alone_are_put_on_the_session_and_can_be_taken_back(workspace):
    async with workspace() as user:
        await user.ask("First")
        await user.answered()
        await user.ask("#python #web")
        await user.see("Tagged #python, #web; nothing was sent.")
        assert user.files()[0]["meta"]["tags"] == ["python", "web"]
        assert len(user.files()[0]["turns"]) == 1
        assert user.stage.prompt.text == ""
        await user.command(":undo")
        await user.until(lambda: not user.files()[0].get("meta", {}).get("tags"), "no tags")


async def test_with_colons_before_it_a_tag_is_sent(workspace):
    async with workspace() as user:
        await user.ask("::#python")
        await user.answered()
        assert user.files()[0]["turns"][0]["messages"][0]["content"] == "#python"
        await user.press("up")
        assert user.stage.prompt.text == "::#python"


async def test_a_persona_answers_the_prompt_that_names_it(workspace):
    async with workspace() as user:
        file = user.app.services.paths.config_dir / "personas.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('[reviewer]\nmodel = "demo/fast"\n')
        await user.press("at")
        await user.type("rev")
        await user.see("@reviewer", "answers · demo/fast")
        await user.press("tab")
        await user.type("Look here")
        await user.press("enter")
        await user.answered()
        prompt, answer = user.files()[0]["turns"][0]["messages"]
        assert prompt["content"] == "Look here"
        assert (answer["model"], answer["persona"]) == ("demo/fast", "reviewer")


async def test_prompts_wait_for_the_answer_are_seen_and_sent_in_order(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.ask("Two")
        await user.ask("Three")
        await user.see("⋯ 1 next: Two", "⋯ 2 Three")
        assert user.stage.prompt.text == ""
        user.app.services.provider_of("demo/demo")._words_per_s = 0.0
        await user.until(lambda: len(user.files()[0]["turns"]) == 3, "three turns")
        await user.answered()
        said = [turn["messages"][0]["content"] for turn in user.files()[0]["turns"]]
        assert said == ["One", "Two", "Three"]
        assert "next:" not in user.text()


async def test_after_a_stop_nothing_is_sent_until_enter_in_an_empty_prompt(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        await user.ask("Two")
        await user.press("escape")
        await user.answered()
        await user.see("1 held · ⏎ in an empty prompt goes on", "⋯ 1 next: Two")
        assert len(user.files()[0]["turns"]) == 1
        await user.press("enter")
        await user.until(lambda: len(user.files()[0]["turns"]) == 2, "the second turn")
        await user.see_no("held")


async def test_a_waiting_prompt_is_edited_with_its_files(workspace, tmp_path):
    (tmp_path / "notes.md").write_text("x")
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        user.screen.desk.attaching.files((f"{tmp_path}/notes.md",))
        await user.until(lambda: user.stage.prompt.attachments, "the file")
        await user.ask("#tag-like")
        await user.ask("::#tag-like")
        await user.see("⋯ 1 next: ::#tag-like ▣ notes.md")
        assert user.stage.prompt.attachments == ()
        await user.press("alt+up")
        assert user.stage.prompt.text == "::#tag-like"
        assert len(user.stage.prompt.attachments) == 1
        assert "next:" not in user.text()


async def test_what_is_being_written_is_not_overwritten_by_a_waiting_prompt(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        await user.ask("Two")
        await user.type("half")
        await user.press("alt+up")
        await user.see("Something is written in the prompt.", "⋯ 1 next: Two")
        assert user.stage.prompt.text == "half"


async def test_waiting_prompts_are_listed_put_first_and_cancelled(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        for text in ("Two", "Three", "Four"):
            await user.ask(text)
        await user.command(":queue")
        await user.see("Prompts that wait", "3 prompts wait")
        await user.press("down", "f3")
        queue, session = user.app.services.queue, user.stage.workspace.session.id
        assert [queued.text for queued in queue.waiting(session)] == ["Three", "Two", "Four"]
        await user.press("delete")
        assert len(queue.waiting(session)) == 2
        await user.press("enter")
        await user.until(lambda: user.stage.prompt.text, "one to edit")
        assert len(queue.waiting(session)) == 1


async def test_one_that_is_held_can_be_sent_before_the_others(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        for text in ("Two", "Three"):
            await user.ask(text)
        await user.press("escape")
        await user.answered()
        await user.command(":queue")
        await user.see("2 prompts wait")
        await user.press("down", "f3", "escape")
        await user.until(lambda: len(user.files()[0]["turns"]) == 2, "the second turn")
        assert user.files()[0]["turns"][1]["messages"][0]["content"] == "Three"
        await user.see("⋯ 1 next: Two")


async def test_what_a_former_run_left_is_said_and_shown_with_its_session(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        first = user.stage.workspace.session.id
        await user.ask("Two")
        user.app.services.queue._file.close()
    async with workspace(**SLOW) as user:
        await user.see("1 prompt from last time is not sent yet, in “One”.")
        user.stage.open_session(first)
        await user.see("1 held", "⋯ 1 next: Two")
        assert len(user.files()[0]["turns"]) == 1


async def test_an_empty_queue_says_so(workspace):
    async with workspace() as user:
        await user.command(":queue")
        await user.see("No prompt waits here.")
        await user.command(":queue nonsense")
        await user.see(":queue takes edit or go")


async def test_queue_edit_and_queue_go_do_what_the_keys_do(workspace):
    async with workspace(**SLOW) as user:
        await user.ask("One")
        await user.until(user.so_far, "text")
        for text in ("Two", "Three"):
            await user.ask(text)
        await user.press("escape")
        await user.answered()
        await user.command(":queue edit")
        assert user.stage.prompt.text == "Three"
        await user.press("ctrl+u")
        await user.command(":queue go")
        await user.until(lambda: len(user.files()[0]["turns"]) == 2, "the second turn")


async def test_lines_that_come_in_one_burst_are_as_many_prompts(workspace):
    async with workspace(**SLOW) as user:
        for key in (*"one", "enter", *"two", "enter", *"three", "enter", *"four"):
            user.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await user.until(lambda: user.stage.prompt.text == "four", "all of it is typed")
        waiting = user.app.services.queue.waiting(user.stage.workspace.session.id)
        assert [queued.text for queued in waiting] == ["two", "three"]


async def test_what_comes_in_one_burst_behind_a_refused_prompt_stays_behind_it(workspace):
    async with workspace() as user:
        user.app.services.turns.start = _refuse
        for key in (*"one", "enter", *"two"):
            user.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await user.see("Nobody is there.")
        await user.until(lambda: user.stage.prompt.text == "onetwo", "nothing is lost")


def _refuse(*args: object, **kwargs: object) -> str:
    raise ProviderError("Nobody is there.", kind="network")
