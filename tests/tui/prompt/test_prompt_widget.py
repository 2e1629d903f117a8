"""The prompt driven with keys: sending, lines, history, paste, size."""

from __future__ import annotations

import pytest
from prompt_host import PromptApp
from rich.segment import Segment
from textual import events
from textual.widgets import Input

from tui_sessions.model.text import UNSAFE
from tui_sessions.tui.widgets import prompt_area
from tui_sessions.tui.widgets.prompt import Prompt
from tui_sessions.tui.widgets.prompt_area import PromptArea, tidied


async def paste(app: PromptApp, text: str) -> None:
    app.prompt.area.post_message(events.Paste(text))


async def test_enter_sends_and_what_is_not_taken_stays() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"hi there", "enter")
        assert app.sent == ["hi there"]
        assert app.prompt.text == "hi there"
        app.prompt.accept()
        assert app.prompt.text == ""


async def test_keys_are_acted_on_in_the_order_of_typing() -> None:
    app = PromptApp(accepts=True)
    async with app.run_test() as pilot:
        for key in (*"ab", "backspace", *"c", "enter", *"next"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert app.sent == ["ac"]
        assert app.prompt.text == "next"


async def test_accepting_leaves_another_text_alone() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"hi", "enter")
        app.prompt.set_text("something else")
        app.prompt.accept()
        assert app.prompt.text == "something else"


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j", "shift+\r"])
async def test_a_new_line(key: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b")
        assert app.prompt.text == "a\nb"
        assert app.sent == []


async def test_enter_and_newline_can_change_places() -> None:
    app = PromptApp(enter_sends=False)
    async with app.run_test() as pilot:
        await pilot.press("a", "enter", "b", "ctrl+j")
        assert app.sent == ["a\nb"]


async def test_a_command_runs_on_enter_even_where_enter_is_a_new_line() -> None:
    app = PromptApp(enter_sends=False)
    async with app.run_test() as pilot:
        await pilot.press(*":help", "enter")
        assert app.entered == [("help", "")]


async def test_nothing_is_not_sent() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("enter", "space", "ctrl+j", "enter")
        assert app.posted == []


async def test_keys_can_be_bound_anew_and_enter_is_then_free() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.set_keymap({"prompt.send": "f5"})
        await pilot.press("a", "enter", "b", "f5")
        assert app.sent == ["ab"]


async def test_up_and_down_walk_through_history_and_back_to_the_draft() -> None:
    app = PromptApp(history=("one", "two\nlines"))
    async with app.run_test() as pilot:
        await pilot.press(*"draft", "up")
        assert app.prompt.text == "two\nlines"
        await pilot.press("up")
        assert app.prompt.text == "one"
        await pilot.press("down", "down")
        assert app.prompt.text == "draft"


async def test_up_in_a_text_of_several_lines_moves_the_cursor_first() -> None:
    app = PromptApp(history=("one",))
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", "b", "up")
        assert app.prompt.text == "a\nb"
        await pilot.press("up")
        assert app.prompt.text == "one"


async def test_a_long_line_is_walked_through_row_by_row() -> None:
    app = PromptApp(history=("one",))
    async with app.run_test(size=(30, 24)) as pilot:
        app.prompt.set_text("word " * 12)
        await pilot.pause()
        await pilot.press("up")
        assert app.prompt.text == "word " * 12


async def test_after_sending_history_begins_at_its_end() -> None:
    app = PromptApp(accepts=True, history=("one", "two"))
    async with app.run_test() as pilot:
        await pilot.press("up", "up", "enter")
        assert app.sent == ["one"]
        app.prompt.history = ("one", "two", "one")
        await pilot.press("up", "up")
        assert app.prompt.text == "two"


async def test_undo_brings_back_what_another_text_replaced() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"draft")
        app.prompt.set_text("from the editor")
        await pilot.press("ctrl+z")
        assert app.prompt.text == "draft"
        await pilot.press("ctrl+y")
        assert app.prompt.text == "from the editor"


async def test_undo_of_more_lines_than_are_shown_leaves_the_program_alive() -> None:
    app = PromptApp()
    async with app.run_test(size=(80, 24)) as pilot:
        lines = "".join(f"line {number}\n" for number in range(20))
        await paste(app, lines)
        await pilot.pause()
        assert app.prompt.area.show_vertical_scrollbar
        await pilot.press("ctrl+z")
        assert app.prompt.text == ""
        await pilot.press("ctrl+y")
        assert app.prompt.text == lines
        await pilot.press("ctrl+u", "f7", "backspace", "x", "ctrl+z", "ctrl+z", "ctrl+y", "ctrl+y")
        assert app.prompt.area.is_running


async def test_a_paste_of_several_lines_is_not_sent_and_loses_its_controls() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, "a\tb\r\n\x1b[31mred\x1b[0m\x00\x1b]52;c;x\x07 \x9b2Jend")
        await pilot.pause()
        assert app.prompt.text == "a\tb\nred 2Jend"
        assert app.sent == []


async def test_a_paste_that_is_too_large_is_told_and_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(prompt_area, "LARGEST_TEXT", 10)
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a")
        await paste(app, "b" * 10)
        await pilot.pause()
        assert [m.size for m in app.posted if isinstance(m, Prompt.PasteTooLarge)] == [10]
        assert app.prompt.text == "a"


async def test_the_clipboard_of_the_program_is_cleaned_as_well() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app._clipboard = "x\x1b[2Jy"
        await pilot.press("ctrl+v")
        assert app.prompt.text == "xy"


def test_letters_of_every_script_stay_as_they_came() -> None:
    text = "می\u200cخواهم שלום\u200f e\u0301 👩\u200d💻 \u00ad\u202e"
    assert tidied(text) == text


async def test_what_no_terminal_may_get_is_not_drawn() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.prompt.area.load_text("a\u202eb\x1b[2J\x9bc\u200b")
        await pilot.pause()
        rows = [app.prompt.area.render_line(y) for y in range(2)]
        drawn = "".join(
            segment.text for row in rows for segment in row if isinstance(segment, Segment)
        )
        assert "a·b" in drawn
        assert not UNSAFE.search(drawn)


async def test_it_grows_with_its_text_to_a_third_of_the_screen() -> None:
    app = PromptApp()
    async with app.run_test(size=(80, 30)) as pilot:
        heights = []
        for lines in (1, 5, 40):
            app.prompt.set_text("\n".join(["x"] * lines))
            await pilot.pause()
            heights.append(app.prompt.area.size.height)
        assert heights == [2, 5, 8]


async def test_ctrl_o_asks_for_the_editor_with_the_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+o")
        assert [m.text for m in app.posted if isinstance(m, Prompt.EditorRequested)] == ["a"]


async def test_ctrl_c_copies_the_selection() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"abc", "shift+left", "shift+left", "ctrl+c")
        assert app.clipboard == "bc"


async def test_tab_goes_on_to_the_next_widget_where_there_is_no_list() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "tab")
        assert isinstance(app.focused, Input)


async def test_the_cursor_is_drawn_only_with_the_focus() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a")
        with_focus = list(app.prompt.area.render_line(0))
        app.set_focus(None)
        await pilot.pause()
        assert list(app.prompt.area.render_line(0)) != with_focus


def test_every_key_has_an_id_of_the_prompt_and_none_is_one_of_the_four() -> None:
    bindings = [binding for binding in PromptArea.BINDINGS if not isinstance(binding, tuple)]
    ids = [binding.id for binding in bindings]
    assert len(ids) == len(set(ids)) == len(PromptArea.BINDINGS)
    assert all(name and name.startswith("prompt.") for name in ids)
    keys = {key for binding in bindings for key in binding.key.split(",")}
    assert not keys & {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+left_square_bracket", "f6", "f7"}
