"""The filter above the tree: completed with tab, told where it is wrong, recalled, cleared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui_sessions.tui.widgets.filter_box import FilterBox, FilterLine

ROWS = [
    ("Python decorators", ["python", "teaching"], "openai/gpt-4o"),
    ("Rate limits", ["python", "perf"], "anthropic/claude"),
    ("A name for the cat", ["two words"], "openai/gpt-4o"),
]


def fill(library: Path) -> None:
    library.mkdir()
    for number, (title, tags, model) in enumerate(ROWS):
        value = {"id": f"s{number}", "title": title, "model": model, "turns": []}
        meta = {"tags": tags, "importance": "high" if number == 1 else "low"}
        (library / f"{number}.json").write_text(json.dumps(value | {"meta": meta}))


@pytest.fixture
def library(tmp_path: Path) -> None:
    fill(tmp_path / "library")


async def entered(user: Any) -> FilterLine:
    """In the filter, with the words of the library known."""
    await user.see("Rate limits")
    await user.press("f6", "slash")
    await user.until(lambda: user.stage.words.tags, "the tags in use")
    return user.screen.focused


@pytest.mark.usefixtures("library")
class TestTheFilter:
    async def test_tab_completes_key_and_value(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("ta")
            await user.press("tab")
            assert line.value == "tag:"
            await user.see("python  perf")
            await user.type("pe")
            await user.press("tab")
            assert line.value == "tag:perf"
            await user.see_no("Python decorators")
            assert "Rate limits" in user.text()

    async def test_tab_goes_on_to_the_next_word_that_fits_and_back(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("tag:p")
            seen = []
            for key in ("tab", "tab", "tab", "shift+tab"):
                await user.press(key)
                seen.append(line.value)
            assert seen == ["tag:python", "tag:perf", "tag:python", "tag:perf"]

    async def test_a_tag_of_two_words_is_quoted(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("tag:tw")
            await user.press("tab")
            assert line.value == 'tag:"two words"'
            await user.see_no("Rate limits")

    async def test_models_in_use_are_offered(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("model:anth")
            await user.press("tab")
            assert line.value == "model:anthropic/claude"

    async def test_tab_with_nothing_to_complete_goes_on(self, workspace):
        async with workspace() as user:
            await entered(user)
            await user.press("tab")
            assert user.screen.focused.id == "tree"

    async def test_a_mistake_is_marked_and_told_and_the_tree_stays(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("rate is:pined")
            await user.see("is:pined", "pinned")
            assert line.wrong is not None
            start, end = line.wrong
            assert "pined" in line.value[start:end]
            assert "Rate limits" in user.text()
            await user.press(*["backspace"] * 8)
            await user.until(lambda: line.wrong is None)

    async def test_a_word_that_is_being_typed_is_not_wrong_yet(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("is:pin")
            await user.press("left", "right")
            assert line.wrong is None
            await user.see("pinned")

    async def test_escape_clears_the_filter_and_goes_to_the_tree(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("cat")
            await user.see_no("Rate limits")
            await user.press("escape")
            await user.see("Rate limits")
            assert line.value == ""
            assert user.screen.focused.id == "tree"

    async def test_down_goes_into_the_tree_and_keeps_the_filter(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            await user.type("cat")
            await user.press("down")
            assert user.screen.focused.id == "tree"
            assert line.value == "cat"

    async def test_earlier_filters_are_recalled_and_kept_for_the_next_time(self, workspace):
        async with workspace() as user:
            line = await entered(user)
            for text in ("cat", "rate", "cat"):
                await user.press("ctrl+u")
                await user.type(text)
                await user.press("enter", "slash")
            await user.press("ctrl+u")
            await user.type("own")
            seen = []
            for key in ("up", "up", "up", "down", "down"):
                await user.press(key)
                seen.append(line.value)
            assert seen == ["cat", "rate", "rate", "cat", "own"]
            assert user.app.services.state.filters == ("cat", "rate")
        async with workspace() as user:
            line = await entered(user)
            await user.press("up")
            assert line.value == "cat"

    async def test_metadata_can_be_searched(self, workspace):
        async with workspace() as user:
            await entered(user)
            await user.type("meta.importance:high")
            await user.see_no("A name for the cat")
            assert "Rate limits" in user.text()

    async def test_another_part_can_ask_for_a_filter_even_where_the_tree_is_folded(self, workspace):
        async with workspace((80, 24)) as user:
            await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
            user.screen.post_message(FilterBox.Wanted("tag:perf"))
            await user.see("Rate limits", "tag:perf")
            assert user.screen.focused.id == "tree"


async def test_hostile_tags_are_not_sent_to_the_terminal(workspace, tmp_path):
    fill(tmp_path / "library")
    bad = {"id": "bad", "turns": [], "meta": {"tags": ["p\x1b]52;c;aGk=\x07[/x]"]}}
    (tmp_path / "library" / "bad.json").write_text(json.dumps(bad))
    async with workspace() as user:
        await entered(user)
        await user.type("tag:p")
        await user.see("python")
        assert not set(user.text()) & set("\x1b\x07")


@pytest.mark.usefixtures("library")
async def test_tab_puts_what_was_meant_in_the_place_of_a_mistake(workspace):
    async with workspace() as user:
        line = await entered(user)
        await user.type("modle:gpt rate")
        await user.see("tab takes it")
        await user.press("tab")
        assert line.value == "model:gpt rate"
        await user.until(lambda: line.wrong is None)
