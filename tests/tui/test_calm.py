"""Calm mode: one column, no boxes, sentences in a line, the cursor where one reads."""

from __future__ import annotations

import re

import pytest

from tui_sessions.tui.calm import say

BOXES = re.compile("[╭╮╰╯▎▌]")


@pytest.fixture
def calm(monkeypatch):
    monkeypatch.setenv("TUI_SESSIONS_SCREEN_CALM", "true")


async def answered(user, prompt: str) -> None:
    await user.ask(prompt)
    await user.until(
        lambda: [turn.finish for turn in user.stage.workspace.session.turns] == ["stop"]
    )


async def test_nothing_is_drawn_round_the_text(workspace, calm):
    async with workspace((160, 48)) as user:
        await answered(user, "A plain question")
        await user.press("f7", "g")
        await user.see("A plain question")
        drawn = [line for line in user.text().splitlines() if BOXES.search(line)]
        assert drawn == []


async def test_one_pane_at_a_time_is_read(workspace, calm):
    async with workspace((160, 48)) as user:
        await answered(user, "A plain question")
        assert not user.screen.query_one("#left").display
        assert not user.screen.query_one("#right").display
        await user.press("f6")
        assert user.screen.query_one("#left").display
        assert not user.screen.query_one("#middle").display
        await user.press("f6")
        assert user.screen.query_one("#middle").display
        assert user.stage.prompt.area.has_focus


async def test_what_has_the_keys_is_never_covered_by_a_side(workspace, calm):
    async with workspace((160, 48)) as user:
        await answered(user, "A plain question")
        for back in ("f7", "escape"):
            await user.press("f8")
            await user.until(lambda: user.screen.query_one("#right").display, "the details")
            assert not user.screen.query_one("#middle").display
            await user.press(back)
            await user.until(lambda: user.screen.query_one("#middle").display, "the conversation")
            assert not user.screen.query_one("#right").display
            assert user.screen.query_one("#middle").has_focus_within


async def test_what_is_said_stands_in_a_line_and_not_in_a_corner(workspace, calm):
    async with workspace((160, 48)) as user:
        await user.command(":context 3")
        await user.see("Context window: 3")
        assert len(user.app._notifications) == 0
        assert user.screen.query_one("#said").text.startswith("Context window")


async def test_the_terminals_cursor_goes_with_the_line_that_is_read(workspace, calm):
    async with workspace((160, 48)) as user:
        await answered(user, "A plain question")
        await user.press("f7", "g")
        top = user.stage.conversation.content_region.y
        assert user.app.cursor_position.y == top
        await user.press("right_curly_bracket")
        row = user.text().splitlines()[user.app.cursor_position.y]
        assert row.strip().startswith("assistant")
        await user.press("f6", "down")
        tree = user.screen.query_one("#tree")
        assert user.app.cursor_position.y == tree.reading_place.y


async def test_it_can_be_switched_while_one_works(workspace):
    async with workspace((160, 48)) as user:
        assert BOXES.search(user.text())
        await user.command(":calm")
        await user.see("Calm mode is on.")
        assert user.app.animation_level == "none"
        await user.until(lambda: not BOXES.search(user.text()), "no boxes")
        await user.command(":calm")
        await user.until(lambda: BOXES.search(user.text()), "boxes again")


async def test_a_dialog_has_no_box_either(workspace, calm):
    async with workspace((160, 48)) as user:
        await user.press("f2")
        await user.until(lambda: len(user.app.screen_stack) == 2)
        assert not BOXES.search(user.text())


async def test_a_sentence_is_not_cleared_with_the_one_before_it(workspace, calm, monkeypatch):
    async with workspace((160, 48)) as user:
        monkeypatch.setattr("tui_sessions.tui.calm.SAID_FOR_S", 0.02)
        await say(user.app, "The first.", "information")
        monkeypatch.setattr("tui_sessions.tui.calm.SAID_FOR_S", 60)
        await say(user.app, "The second.", "information")
        line, later = user.screen.query_one("#said"), []
        line.set_timer(0.1, lambda: later.append(line.text))
        await user.until(lambda: later, "the time of the first to be over")
        assert later == ["The second."]
