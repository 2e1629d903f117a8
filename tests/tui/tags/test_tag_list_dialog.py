"""The list of tags alone, with tags that only remember what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

import pytest
from textual.app import App

from tui_sessions.errors import StoreError
from tui_sessions.tui.screens.tag_list import TagListDialog, Work


class Tags:
    """Tags in memory."""

    def __init__(self, *counted: tuple[str, int]) -> None:
        self.counts = dict(counted)
        self.asked: list[tuple[str, ...]] = []
        self.shown = 0
        self.may_go_on = Event()
        self.may_go_on.set()
        self.error = ""

    def counted(self) -> Sequence[tuple[str, int]]:
        return tuple(self.counts.items())

    def changed(self) -> None:
        self.shown += 1

    def rename(self, tag: str, new: str) -> Work:
        return self._work("rename", tag, new)

    def remove(self, tag: str) -> Work:
        return self._work("remove", tag)

    def _work(self, *asked: str) -> Work:
        def work(report: Callable[[int, int], None], stop: Callable[[], bool]) -> str:
            self.asked.append(asked)
            report(1, 3)
            while not stop() and not self.may_go_on.wait(0.01):
                pass
            if self.error:
                raise StoreError(self.error)
            if stop():
                return "Stopped."
            count = self.counts.pop(asked[1])
            if len(asked) > 2:
                self.counts[asked[2]] = self.counts.get(asked[2], 0) + count
            return "Done so."

        return work


class Screen(App[None]):
    """Shows the list and keeps what it answers."""

    def __init__(self, tags: Tags) -> None:
        super().__init__()
        self.tags = tags
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(TagListDialog(self.tags, undoing="u undoes."), self.answers.append)

    def text(self) -> str:
        strips = self.screen._compositor.render_strips()
        text = " ".join("".join(segment.text for segment in strip) for strip in strips)
        return " ".join(text.replace("│", " ").split())


async def ended(host: Screen, pilot: Any) -> None:
    await host.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture
def tags() -> Tags:
    return Tags(("python", 2000), ("Perf", 7), ("py", 1))


async def test_enter_answers_with_the_tag_that_was_typed(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "2,000" in host.text()
        assert "3 tags" in host.text()
        await pilot.press(*"perf", "enter")
        await pilot.pause()
        assert host.answers == ["Perf"]


async def test_a_tag_is_renamed_and_the_list_stays(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.press("down", "f2", *"speed", "enter")
        await ended(host, pilot)
        assert tags.asked == [("rename", "Perf", "speed")]
        assert "Done so." in host.text()
        assert "speed" in host.text()
        assert tags.shown == 1


async def test_renaming_to_a_tag_in_use_says_so_and_asks(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.press("end", "down", "down", "f2", *"PYTHON")
        await pilot.pause()
        assert "python is there already, in 2,000 sessions. The two become one." in host.text()
        await pilot.press("enter")
        await pilot.pause()
        assert "Merge py into python?" in host.text()
        assert "1 session will have python instead. u undoes." in host.text()
        assert tags.asked == []
        await pilot.press("enter")
        await ended(host, pilot)
        assert tags.asked == [("rename", "py", "python")]
        assert "2,001" in host.text()


async def test_another_case_is_no_merge(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.press("f2", *"Python", "enter")
        await ended(host, pilot)
        assert tags.asked == [("rename", "python", "Python")]


async def test_taking_a_tag_off_asks_with_the_count(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.press("delete")
        await pilot.pause()
        assert "Take python off 2,000 sessions?" in host.text()
        await pilot.press("escape")
        await pilot.pause()
        assert tags.asked == []
        await pilot.press("delete", "enter")
        await ended(host, pilot)
        assert tags.asked == [("remove", "python")]
        assert "2 tags" in host.text()


async def test_escape_stops_what_takes_long_and_only_then_leaves(tags: Tags) -> None:
    host = Screen(tags)
    tags.may_go_on.clear()
    async with host.run_test() as pilot:
        await pilot.press("delete", "enter")
        await pilot.pause()
        while "1 of 3 sessions" not in host.text():
            await pilot.pause(0.01)
        assert "esc stops" in host.text()
        await pilot.press("enter", "f2", "delete")
        assert host.answers == []
        assert len(host.screen_stack) == 2
        await pilot.press("escape")
        await ended(host, pilot)
        assert "Stopped." in host.text()
        assert host.answers == []
        await pilot.press("escape")
        await pilot.pause()
        assert host.answers == [None]


async def test_what_the_disk_refuses_is_said(tags: Tags) -> None:
    host = Screen(tags)
    tags.error = "The disk is full."
    async with host.run_test() as pilot:
        await pilot.press("delete", "enter")
        await ended(host, pilot)
        assert "The disk is full." in host.text()
        assert "3 tags" in host.text()


async def test_without_tags_it_says_how_to_make_one() -> None:
    host = Screen(Tags())
    async with host.run_test() as pilot:
        await pilot.press("f2", "delete")
        await pilot.pause()
        assert "There are no tags yet." in host.text()


async def test_a_rename_to_nothing_is_not_taken(tags: Tags) -> None:
    host = Screen(tags)
    async with host.run_test() as pilot:
        await pilot.press("f2", "comma", "enter")
        await pilot.pause()
        assert "A tag needs a name." in host.text()
