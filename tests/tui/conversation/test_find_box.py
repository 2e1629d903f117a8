"""The line below the conversation: finds as one types, says which of how many, and goes with escape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tui_sessions.tui.widgets.find_box import FindBox

LONG = 300


def turn(number: int) -> dict[str, Any]:
    needle = " needle and nettle, needle" if number % 100 == 50 else ""
    answer = f"Answer {number}{needle}.\n\n" + "\n".join(f"row {n}" for n in range(5))
    messages = [
        {"role": "user", "content": f"Question {number}"},
        {"role": "assistant", "content": answer},
    ]
    return {"id": f"t{number}", "messages": messages}


@pytest.fixture(autouse=True)
def library(tmp_path: Path) -> None:
    root = tmp_path / "library"
    root.mkdir()
    for name, turns in (("long", [turn(n) for n in range(LONG)]), ("short", [turn(1)])):
        value = {"id": name, "title": f"A {name} one", "turns": turns}
        (root / f"{name}.json").write_text(json.dumps(value))


async def begun(user: Any) -> Input:
    await user.see(f"Question {LONG - 1}")
    await user.press("f7", "slash")
    await user.until(lambda: isinstance(user.screen.focused, Input), "the line")
    return user.screen.focused


async def test_every_letter_finds_and_says_which_of_how_many(workspace):
    async with workspace(open_id="long") as user:
        line = await begun(user)
        await user.type("ne")
        await user.see("9 of 9", "Answer 250 needle")
        await user.type("e")
        await user.see("6 of 6")
        await user.type("x")
        await user.see("not found")
        await user.press("backspace", "backspace", "t")
        await user.see("3 of 3")
        assert line.has_focus


async def test_each_hit_is_walked_to_also_two_in_one_line_and_round_the_ends(workspace):
    async with workspace(open_id="long") as user:
        await begun(user)
        await user.type("needle")
        seen = []
        for key in ("up", "up", "up", "up", "up", "up", "down"):
            await user.press(key)
            seen.append(user.stage.conversation._finding.number)
        assert seen == [5, 4, 3, 2, 1, 6, 1]
        await user.see("Answer 50 needle", "1 of 6")


async def test_enter_goes_to_the_conversation_where_n_walks_on(workspace):
    async with workspace(open_id="long") as user:
        await begun(user)
        await user.type("needle")
        await user.press("enter")
        await user.see("6 of 6 · n next  N former  esc end")
        assert user.screen.focused is user.stage.conversation
        await user.press("N", "N")
        await user.see("4 of 6", "Answer 150 needle")
        await user.press("n")
        await user.see("5 of 6")


@pytest.mark.parametrize("where", ["line", "conversation"])
async def test_escape_takes_the_marks_and_the_line_away(workspace, where):
    async with workspace(open_id="long") as user:
        await begun(user)
        await user.type("needle")
        if where == "conversation":
            await user.press("enter")
        await user.press("escape")
        await user.until(lambda: not user.screen.query_one(FindBox).has_class("-shown"))
        assert user.stage.conversation.query_found == ""
        assert user.screen.focused is user.stage.conversation
        await user.press("escape")
        assert user.screen.focused is not user.stage.conversation


async def test_another_session_ends_finding(workspace):
    async with workspace(open_id="long") as user:
        await begun(user)
        await user.type("needle")
        await user.press("enter")
        user.stage.open_session("short")
        await user.until(lambda: not user.screen.query_one(FindBox).has_class("-shown"))


async def test_what_was_looked_for_is_proposed_the_next_time(workspace):
    async with workspace(open_id="long") as user:
        line = await begun(user)
        await user.type("needle")
        await user.press("enter", "slash")
        assert line.value == "needle"
        await user.type("nettle")
        assert line.value == "nettle"
        await user.see("3 of 3")


async def test_a_turn_that_comes_is_looked_through_as_well(workspace):
    async with workspace(open_id="short") as user:
        await user.see("Question 1")
        await user.command(":find haystack")
        await user.see("not found")
        await user.ask("Where in the haystack is it?")
        await user.answered()
        await user.until(lambda: user.stage.conversation._finding.hits > 0)
        await user.press("f7", "n")
        await user.see(f" of {user.stage.conversation._finding.hits}")


async def test_the_command_alone_opens_the_line(workspace):
    async with workspace(open_id="short") as user:
        await user.see("Question 1")
        await user.command(":find")
        await user.until(lambda: isinstance(user.screen.focused, Input), "the line")
        await user.press("enter")
        assert user.screen.focused is user.stage.conversation
        assert not user.screen.query_one(FindBox).has_class("-shown")
