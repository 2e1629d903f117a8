"""Words that can be completed anywhere in the text: files, personas, tags, paths."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from prompt_host import PromptApp

from tui_sessions.tui.widgets.completion import Completion, message_of, word_before

WORDS = ("@plan.md", "@src/", "#python", "#pypi", "./a\\ b")


def complete(word: str, is_first: bool) -> Sequence[Completion]:
    return [
        Completion(text, text, is_word=True, attaches="/x/plan.md" if text == "@plan.md" else "")
        for text in WORDS
        if text.startswith(word)
    ]


class WordsApp(PromptApp):
    def on_mount(self) -> None:
        super().on_mount()
        self.prompt.area.complete_word = complete


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("@src/ma", "@src/ma"),
        ("see #py", "#py"),
        ("in ./a\\ b", "./a\\ b"),
        ("~/x", "~/x"),
        ("../x", "../x"),
        ("/usr", "/usr"),
        ("mail@host", ""),
        ("a/b", ""),
        ("word", ""),
        ("@x ", ""),
        ("", ""),
        ("c#", ""),
    ],
)
def test_the_word_at_the_cursor(line: str, word: str) -> None:
    assert word_before(line, len(line)) == word


def test_inside_of_a_word_nothing_is_completed() -> None:
    assert word_before("@src/main", 4) == ""
    assert word_before("@src main", 4) == "@src"


async def test_tab_takes_a_tag_and_enter_sends_all_the_same() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*"about #py")
        assert app.has_list
        await pilot.press("tab", *" please", "enter")
        assert app.sent == ["about #python please"]


async def test_enter_takes_what_was_gone_to() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*"#py", "down", "enter")
        assert (app.prompt.text, app.sent) == ("#pypi", [])


async def test_a_chosen_file_goes_along_and_a_sentence_keeps_its_name() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*"read  now", *["left"] * 4, *"@pl", "tab")
        assert [message.paths for message in app.wanted] == [("/x/plan.md",)]
        assert app.prompt.text == "read plan.md now"
        await pilot.press("ctrl+z")
        assert app.prompt.text == "read @pl now"


async def test_a_chosen_file_that_the_text_begins_with_leaves_no_word() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*" what is wrong?", "ctrl+home", *"@pl", "tab")
        assert [message.paths for message in app.wanted] == [("/x/plan.md",)]
        assert app.prompt.text == "what is wrong?"


async def test_in_a_folder_the_list_goes_on_and_words_of_any_line_are_completed() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", *"@s", "tab")
        assert app.prompt.text == "a\n@src/"
        await pilot.press("ctrl+j", *"./", "tab")
        assert app.prompt.text == "a\n@src/\n./a\\ b"


async def test_escape_closes_the_list_until_the_line_is_another() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*"#p", "escape")
        assert not app.has_list
        await pilot.press("y")
        assert app.has_list


async def test_moving_the_cursor_away_closes_the_list() -> None:
    app = WordsApp()
    async with app.run_test() as pilot:
        await pilot.press(*"#p", "left")
        await pilot.pause()
        assert not app.has_list


async def test_what_is_known_later_is_offered_later() -> None:
    app = WordsApp()
    known: list[Completion] = []
    async with app.run_test() as pilot:
        app.prompt.area.complete_word = lambda word, is_first: known
        await pilot.press(*"@x")
        assert not app.has_list
        known.append(Completion("@xyz", "@xyz", is_word=True))
        app.prompt.area.offer_again()
        assert app.has_list


def test_two_colons_before_a_tag_or_a_name_only_say_that_it_is_none() -> None:
    assert message_of("::#python") == "#python"
    assert message_of("::@me hello") == "@me hello"
    assert message_of(":::x") == "::x"
