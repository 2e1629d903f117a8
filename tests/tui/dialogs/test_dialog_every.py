"""What holds for every dialog: Enter, Escape, small windows, hostile text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dialog_examples import BAD, DIALOGS, asked
from dialog_values import Host, now
from textual import events
from textual.screen import ModalScreen

from tui_sessions.tui.screens.outline import OutlineDialog
from tui_sessions.tui.widgets.choice_list import ChoiceList


@pytest.mark.parametrize("name", DIALOGS)
async def test_enter_takes_what_is_proposed(name: str) -> None:
    make, expected = DIALOGS[name]
    host = Host(make)
    async with host.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert host.answers == [expected]


@pytest.mark.parametrize("name", DIALOGS)
async def test_enter_typed_twice_in_one_burst_is_one_answer(name: str) -> None:
    make, expected = DIALOGS[name]
    host = Host(make)
    async with host.run_test() as pilot:
        await pilot.pause()
        for _ in range(3):
            host.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        await pilot.pause()
        assert host.answers == [expected]


@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (20, 6)])
async def test_escape_leaves_without_an_answer_in_any_window(
    name: str, size: tuple[int, int]
) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert host.answers == [None]


@pytest.mark.parametrize("name", DIALOGS)
async def test_the_keys_are_named_in_a_small_window(name: str) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=(60, 16)) as pilot:
        await pilot.pause()
        assert "enter " in host.text()
        assert f"esc {host.screen.LEAVE}" in host.text()


@pytest.mark.parametrize("name", ["save", "rename", "branch"])
async def test_the_line_to_be_typed_is_seen_in_the_smallest_window(name: str) -> None:
    host = Host(DIALOGS[name][0])
    async with host.run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        line = host.screen.line
        whole, clip = host.screen.find_widget(line).region, host.screen.find_widget(line).clip
        assert whole.height == 1
        assert clip.contains_region(whole)


@pytest.mark.parametrize("make", BAD)
async def test_hostile_text_in_a_dialog_is_neither_markup_nor_sent_to_the_terminal(
    make: Callable[[], ModalScreen[Any]],
) -> None:
    host = Host(make)
    async with host.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await pilot.press("down", "up")
        await pilot.pause()
        text = host.text()
        assert not set(text) & set("\x1b\x07\x9b\u202e")
        assert "[/nope]" in text


async def test_a_click_beside_the_box_leaves() -> None:
    host = Host(DIALOGS["rename"][0])
    async with host.run_test() as pilot:
        await pilot.click(offset=(0, 0))
        await pilot.pause()
        assert host.answers == [None]


async def test_rebound_keys_are_named_as_they_are_bound() -> None:
    host = Host(DIALOGS["models"][0])
    host.set_keymap({"models.favourite": "f3"})
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "f3 favourite" in host.text()


@pytest.mark.parametrize(("size", "fewest"), [((80, 24), 7), ((60, 16), 5), ((40, 12), 3)])
async def test_a_preview_leaves_room_for_the_list(size: tuple[int, int], fewest: int) -> None:
    host = Host(lambda: OutlineDialog(asked(*"abcdefghij"), current=None, now=now))
    async with host.run_test(size=size) as pilot:
        await pilot.pause()
        rows = host.screen.query_one(ChoiceList)
        assert rows.size.height > fewest
