"""Colon commands and their list, driven with keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_host import COMMANDS, PromptApp
from rich.cells import cell_len

from tui_sessions.tui.widgets.completion import CommandInfo, Completion
from tui_sessions.tui.widgets.completion_list import CompletionList, row
from tui_sessions.tui.widgets.prompt import Prompt


def escapes(app: PromptApp) -> int:
    return len([m for m in app.posted if isinstance(m, Prompt.EscapePressed)])


async def test_a_command_is_not_a_prompt() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*":title my talk", "enter")
        assert app.entered == [("title", "my talk")]
        assert app.sent == []


async def test_two_colons_send_one() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"::q", "enter")
        assert app.sent == [":q"]
        assert not app.has_list


async def test_the_list_opens_narrows_and_goes() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("colon")
        assert app.has_list
        assert app.prompt.area.offers.virtual_size.height == len(COMMANDS)
        await pilot.press("t")
        assert app.prompt.area.offers.virtual_size.height == 2
        await pilot.press("backspace", "backspace")
        assert not app.has_list


async def test_enter_completes_an_unfinished_name_and_runs_a_finished_one() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*":he", "enter")
        assert (app.prompt.text, app.entered) == (":help", [])
        await pilot.press("enter")
        assert app.entered == [("help", "")]


async def test_keys_typed_at_once_find_the_list_as_it_is_then() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("colon", "t", "down", "tab", *"x", "enter")
        assert app.entered == [("title", "x")]


async def test_tab_takes_the_first_and_goes_on_to_its_argument() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*":ta", "tab")
        assert app.prompt.text == ":tag "
        assert app.has_list
        await pilot.press("r", "tab")
        assert app.prompt.text == ":tag rust"
        assert not app.has_list


async def test_an_argument_of_ones_own_is_not_replaced_by_an_offer() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*":tag py", "enter")
        assert app.entered == [("tag", "py")]


async def test_an_offer_that_was_gone_to_is_taken_by_enter() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*":tag py", "down", "enter")
        assert (app.prompt.text, app.entered) == (":tag pypi", [])
        await pilot.press("enter")
        assert app.entered == [("tag", "pypi")]


async def test_up_goes_round_to_the_last() -> None:
    app = PromptApp(history=("old",))
    async with app.run_test() as pilot:
        await pilot.press("colon", "up", "tab")
        assert app.prompt.text == ":title "


async def test_escape_closes_the_list_first_and_typing_opens_it_again() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("colon", "escape")
        assert (app.has_list, escapes(app)) == (False, 0)
        await pilot.press("escape")
        assert escapes(app) == 1
        await pilot.press("t")
        assert app.has_list
        await pilot.press("escape", "backspace", "backspace", "colon")
        assert app.has_list


async def test_a_command_out_of_the_history_does_not_stop_the_walk() -> None:
    app = PromptApp(history=("one", ":help"))
    async with app.run_test() as pilot:
        await pilot.press("up", "up")
        assert app.prompt.text == "one"


async def test_a_click_takes_an_offer_and_leaves_the_focus() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("colon")
        await pilot.click(CompletionList, offset=(3, 1))
        assert app.prompt.text == ":tag "
        assert app.prompt.area.has_focus


async def test_many_commands_scroll_in_a_small_window() -> None:
    commands = [CommandInfo(f"command{number}") for number in range(30)]
    app = PromptApp(commands=commands)
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.press("colon", *["down"] * 20)
        await pilot.pause()
        assert app.prompt.size.height <= 24 // 3
        assert app.prompt.area.offers.size.height < 20
        shown = [app.prompt.area.offers.render_line(y).text for y in range(4)]
        assert any("command20" in row for row in shown)


words = st.text(alphabet="ab量👩\u200d\ufe0f\x1b ", max_size=40)


@given(words, words, words, st.integers(1, 60), st.integers(0, 28))
def test_every_row_of_the_list_has_its_width(
    label: str, hint: str, text: str, width: int, head: int
) -> None:
    pieces = row(Completion("", label, hint, text), head, width)
    assert sum(cell_len(text) for text, _ in pieces) == width


@pytest.mark.parametrize("text", [":", ": "])
async def test_a_bare_colon_is_nothing_to_run(text: str) -> None:
    app = PromptApp(commands=())
    async with app.run_test() as pilot:
        app.prompt.set_text(text)
        await pilot.press("enter")
        assert app.posted == []
