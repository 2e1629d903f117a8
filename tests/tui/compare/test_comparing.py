"""Comparing on the real screen: the ways in, the answers of the demonstration, what is on disk afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from tui_sessions.tui.comparing import names_and_text
from tui_sessions.tui.screens.compare import CompareScreen
from tui_sessions.tui.screens.models import SeveralModelsDialog


def is_open(user) -> bool:
    return isinstance(user.screen, CompareScreen)


def turn_on_disk(user) -> dict[str, Any]:
    return user.files()[0]["turns"][-1]


def models_on_disk(user) -> list[str]:
    turn = turn_on_disk(user)
    others = [other["message"]["model"] for other in turn.get("alternatives", [])]
    return sorted([turn["messages"][-1]["model"], *others])


async def compare_two(user) -> None:
    """Two models have answered, side by side."""
    await user.command(":compare demo/demo demo/fast What is a decorator?")
    await user.until(lambda: is_open(user))
    await user.answered()
    await user.see("1 demo/demo", "2 demo/fast", "complete")


async def test_one_prompt_goes_to_several_models_at_once(workspace) -> None:
    async with workspace() as user:
        await compare_two(user)
        assert models_on_disk(user) == ["demo/demo", "demo/fast"]
        assert len(user.files()[0]["turns"]) == 1
        await user.see("What is a decorator?", "2 answers")
        await user.press("escape")
        await user.until(lambda: not is_open(user))
        await user.see("What is a decorator?")
        assert user.stage.prompt.text == ""


async def test_what_stands_in_the_prompt_is_sent_where_the_command_comes_from_elsewhere(workspace):
    async with workspace() as user:
        user.stage.put_prompt("From the prompt")
        user.screen.run_named("compare", "demo/demo, demo/fast")
        await user.until(lambda: is_open(user))
        await user.answered()
        assert turn_on_disk(user)["messages"][0]["content"] == "From the prompt"
        await user.press("escape")
        assert user.stage.prompt.text == ""
        assert user.stage.prompt.history[-1] == "From the prompt"


async def test_one_model_is_compared_with_the_one_of_the_session(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/thinker Why?")
        await user.until(lambda: is_open(user))
        await user.answered()
        assert models_on_disk(user) == ["demo/demo", "demo/thinker"]


async def test_without_names_models_are_marked_in_a_list(workspace) -> None:
    async with workspace() as user:
        user.stage.put_prompt("Who knows?")
        user.screen.run_named("compare", "")
        await user.see("Who is to answer?", "demo/thinker")
        assert isinstance(user.screen, SeveralModelsDialog)
        await user.press("enter")
        await user.see("Mark 2 models at least")
        await user.type("thinker")
        await user.press("space", "enter")
        await user.until(lambda: is_open(user))
        await user.answered()
        assert models_on_disk(user) == ["demo/demo", "demo/thinker"]


async def test_an_unknown_model_sends_nothing_and_the_command_stays(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/demo nosuch/model Hi")
        await user.see("nosuch")
        assert not is_open(user)
        assert user.files() == []
        assert user.stage.prompt.text == ":compare demo/demo nosuch/model Hi"


@pytest.mark.parametrize(
    ("words", "names", "text"),
    [
        ("", [], ""),
        ("a/b c/d", ["a/b", "c/d"], ""),
        ("a/b, c/d:8b Why is that?", ["a/b", "c/d:8b"], "Why is that?"),
        ("gpt-4o claude-x o3 Why?", ["gpt-4o", "claude-x", "o3"], "Why?"),
        ("a/b -- c/d is a path", ["a/b"], "c/d is a path"),
        ("Why is one/two so?", [], "Why is one/two so?"),
    ],
)
def test_models_come_first_and_the_prompt_behind_them(words, names, text) -> None:
    assert names_and_text(words) == (names, text)


async def test_nothing_to_compare_says_what_to_do(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/demo demo/fast")
        await user.see("Write the prompt behind the models")


async def test_a_key_shows_all_answers_of_the_turn(workspace) -> None:
    async with workspace() as user:
        await compare_two(user)
        await user.press("escape")
        await user.until(lambda: not is_open(user))
        user.stage.conversation.focus()
        await user.press("equals_sign")
        await user.until(lambda: is_open(user))
        await user.see("2 answers")


async def test_with_one_answer_only_it_is_asked_who_else_is_to_answer(workspace) -> None:
    async with workspace() as user:
        await user.ask("What is love?")
        await user.answered()
        user.stage.conversation.focus()
        await user.press("equals_sign")
        await user.see("Who else is to answer?", "demo/fast")
        await user.type("fast")
        await user.press("space", *["backspace"] * 4)
        await user.type("thinker")
        await user.press("space", "enter")
        await user.until(lambda: is_open(user))
        await user.answered()
        await user.see("3 answers")
        assert models_on_disk(user) == ["demo/demo", "demo/fast", "demo/thinker"]


async def test_the_pick_is_kept_with_the_turn_and_can_be_taken_back(workspace) -> None:
    async with workspace() as user:
        await compare_two(user)
        before = turn_on_disk(user)
        other = 2 if before["messages"][-1]["model"] == "demo/demo" else 1
        await user.press(str(other))
        await user.see("Picked demo/", "takes it back")
        after = turn_on_disk(user)
        assert after["messages"][-1]["model"] != before["messages"][-1]["model"]
        assert after["verdict"]["chosen"] == after["messages"][-1]["model"]
        assert after["verdict"]["over"] == [before["messages"][-1]["model"]]
        assert after["cost_estimate"] == before["cost_estimate"]
        await user.press("u")
        await user.see("Taken back: verdict")
        assert turn_on_disk(user) == before


async def test_a_note_stands_with_the_verdict(workspace) -> None:
    async with workspace() as user:
        await compare_two(user)
        await user.press("n")
        await user.see("A note to the verdict")
        await user.type("clearer words")
        await user.press("enter")
        await user.see("“clearer words”")
        await user.press("t")
        await user.see("a tie")
        verdict = turn_on_disk(user)["verdict"]
        assert (verdict["result"], verdict["note"]) == ("tie", "clearer words")


async def test_leaving_stops_nothing_and_one_can_come_back_while_they_arrive(workspace) -> None:
    async with workspace(**{"providers.demo.words_per_s": "40"}) as user:
        await user.command(":compare demo/demo demo/thinker What is a decorator?")
        await user.see("2 arriving")
        await user.until(lambda: user.so_far())
        await user.press("escape")
        await user.until(lambda: not is_open(user))
        assert len(user.app.services.turns.running_answers(user.stage.workspace.session.id)) == 2
        user.stage.conversation.focus()
        await user.press("equals_sign")
        await user.until(lambda: is_open(user))
        await user.see("2 arriving", "1 demo/demo", "2 demo/thinker")


async def test_one_of_them_is_stopped_and_the_other_goes_on(workspace) -> None:
    async with workspace(**{"providers.demo.words_per_s": "40"}) as user:
        await user.command(":compare demo/demo demo/thinker What is a decorator?")
        await user.see("2 arriving")
        await user.until(lambda: user.so_far())
        await user.press("s")
        await user.see("■ stopped", "1 arriving")
        await user.press("right", "ctrl+x")
        await user.see_no("arriving")
        await user.answered()
        turn = turn_on_disk(user)
        assert turn["finish"] == "cancelled"


async def test_one_that_fails_says_why_beside_one_that_answers(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/demo demo/refuse demo/fail What is a decorator?")
        await user.until(lambda: is_open(user))
        await user.answered()
        await user.see("refused its key (401)", "✗ failed", "complete")
        await user.press("G")
        await user.see("failed in the middle")
        assert models_on_disk(user) == ["demo/demo", "demo/fail"]
        assert [entry.model for entry in user.screen._entries] == [
            "demo/demo",
            "demo/refuse",
            "demo/fail",
        ]
        await user.press("2")
        await user.see("no answer here that could be picked")


async def test_a_failed_one_makes_room_when_it_is_asked_again(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare demo/demo demo/refuse What is a decorator?")
        await user.until(lambda: is_open(user))
        await user.answered()
        await user.see("refused its key")
        await user.press("right", "r")
        await user.see("demo/refuse is asked again: answer 2.")
        await user.answered()
        await user.until(lambda: len(user.screen._entries) == 2)
        await user.see("refused its key")


async def test_further_models_are_added_from_the_list(workspace) -> None:
    async with workspace() as user:
        await compare_two(user)
        await user.press("plus")
        await user.see("Who else is to answer?", "demo/thinker")
        await user.type("thinker")
        await user.press("enter")
        await user.see("3 answers")
        await user.answered()
        await user.see("3 demo/thinker")
        assert models_on_disk(user) == ["demo/demo", "demo/fast", "demo/thinker"]


async def test_it_works_in_a_small_and_in_a_tiny_window(workspace) -> None:
    async with workspace((80, 24)) as user:
        await user.command(":compare demo/demo demo/fast What is a decorator?")
        await user.until(lambda: is_open(user))
        await user.answered()
        await user.see("1/2 demo/demo ›")
        await user.press("right")
        await user.see("‹ 2/2 demo/fast")
        await user._pilot.resize_terminal(20, 6)
        await user.see("‹ 2/2 demo/fast", "complete")
        await user.press("enter")
        assert turn_on_disk(user)["verdict"]["chosen"] == "demo/fast"


async def test_files_that_are_attached_go_along_to_every_model(workspace, tmp_path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("Blue.\n")
    async with workspace() as user:
        user.screen.desk.attaching.files((str(notes),))
        await user.until(lambda: user.stage.prompt.attachments, "the chip")
        await user.command(":compare demo/demo demo/fast What is it?")
        await user.until(lambda: is_open(user))
        await user.answered()
        parts = turn_on_disk(user)["messages"][0]["content"]
        assert [part.get("name") for part in parts] == [None, "notes.txt"]
        assert "I was given" in turn_on_disk(user)["messages"][1]["content"]
        await user.press("escape")
        await user.until(lambda: not is_open(user))
        assert (user.stage.prompt.text, tuple(user.stage.prompt.attachments)) == ("", ())


async def test_a_file_that_one_of_them_does_not_take_keeps_all_of_it_in_the_prompt(
    workspace, tmp_path
) -> None:
    odd = tmp_path / "odd.bin"
    odd.write_bytes(bytes(range(256)))
    line = ":compare demo/demo demo/fast What is it?"
    async with workspace() as user:
        user.screen.desk.attaching.files((str(odd),))
        await user.until(lambda: user.stage.prompt.attachments, "the chip")
        await user.command(line)
        await user.see("odd.bin cannot be sent")
        assert not is_open(user)
        assert user.files() == []
        assert user.stage.prompt.text == line
        assert len(user.stage.prompt.attachments) == 1


async def test_a_command_comes_back_where_no_models_are_marked(workspace) -> None:
    async with workspace() as user:
        await user.command(":compare Why is the moon round?")
        await user.see("Who is to answer?")
        await user.press("escape")
        await user.until(lambda: not isinstance(user.screen, SeveralModelsDialog))
        assert user.stage.prompt.text == ":compare Why is the moon round?"
        assert user.files() == []


async def test_a_prompt_for_several_stays_while_another_one_is_being_answered(workspace) -> None:
    async with workspace(**{"providers.demo.words_per_s": "40"}) as user:
        await user.ask("What is love?")
        await user.until(lambda: user.so_far())
        await user.ask(":compare demo/demo demo/fast Why?")
        await user.see("This session is being answered")
        assert user.stage.prompt.text == ":compare demo/demo demo/fast Why?"
        assert not is_open(user)
