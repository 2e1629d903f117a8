"""The statistics while they are read: nothing waits, nothing queues up, what is refused is said."""

from __future__ import annotations

import json
from threading import Event

import pytest
from added_up import AddedUp

from tui_sessions.tui.screens.statistics import StatisticsScreen


async def opened(user, *keys: str, shows: str = "$1.75 + 1 unpriced") -> None:
    """Statistics, with what they begin with."""
    await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
    await user.press("f5")
    await user.see(shows)
    if keys:
        await user.press(*keys)


def page(user):
    return user.screen.query_one("PageView")


class Held:
    """Statistics that answer when they are let."""

    def __init__(self, library):
        self.go, self.calls = Event(), 0
        self.real = AddedUp(library)
        self.real.before = self._wait

    def _wait(self) -> None:
        self.calls += 1
        assert self.go.wait(20)


@pytest.fixture
def hold(request):
    """Holds the library's answers up until `go` is set."""
    made = []

    def holding(user) -> Held:
        held = Held(user.library)
        user.library.__dict__["statistics"] = held.real
        made.append(held)
        return held

    yield holding
    for held in made:
        held.go.set()


async def test_while_it_is_read_the_former_picture_stands_and_the_size_may_change(
    workspace, spent, hold
):
    async with workspace((160, 48)) as user:
        await opened(user)
        held = hold(user)
        await user.press("7")
        await user.see("adding up …", "by model", "overview · in the last 30 days")
        await user._pilot.resize_terminal(90, 30)
        await user.see("by model")
        held.go.set()
        await user.see("overview · ever", "$6.75 + 1 unpriced")


async def test_keys_that_are_held_down_do_not_queue_up(workspace, spent, hold):
    async with workspace((120, 40)) as user:
        await opened(user, "m")
        await user.see("models · in the last 30 days")
        held = hold(user)
        for _ in range(4):
            await user.press("p", "f", "v", "r")
        held.go.set()
        await user.see("personas · in the last 30 days", "no persona")
        assert held.calls <= 2 * 3


async def test_leaving_while_it_is_read_is_no_accident(workspace, spent, hold):
    async with workspace((120, 40)) as user:
        await opened(user)
        held = hold(user)
        await user.press("7", "escape")
        await user.until(lambda: not isinstance(user.screen, StatisticsScreen))
        held.go.set()
        await user.press("f5")
        await user.see("$6.75 + 1 unpriced")


async def test_what_the_library_refuses_is_said(workspace, spent, monkeypatch):
    from tui_sessions.errors import StoreError
    from tui_sessions.store.statistics import Statistics

    def refused(*_: object) -> None:
        raise StoreError("The index cannot be read: it is broken.")

    async with workspace((120, 40)) as user:
        await opened(user)
        monkeypatch.setattr(Statistics, "by", refused)
        await user.press("7")
        await user.see("The index cannot be read: it is broken.")
        monkeypatch.undo()


async def test_what_breaks_off_is_said_in_place_of_the_first_picture(workspace, spent, monkeypatch):
    from tui_sessions.store.statistics import Statistics

    real = Statistics.by

    def broken(*_: object) -> None:
        raise ValueError("an accident")

    async with workspace((120, 40)) as user:
        await user.until(lambda: user.stage.sessions.cursor_line is not None, "the tree")
        monkeypatch.setattr(Statistics, "by", broken)
        await user.press("f5")
        await user.see("The statistics could not be added up.")
        monkeypatch.setattr(Statistics, "by", real)
        await user.press("7")
        await user.see("$6.75 + 1 unpriced")


async def test_an_answer_that_comes_meanwhile_is_counted(workspace, spent):
    async with workspace((160, 48), open_id="deco00000001") as user:
        await user.until(lambda: not user.stage.workspace.is_draft, "the session")
        await opened(user)
        file = spent / "old.json"
        data = json.loads(file.read_text())
        data["turns"][0]["messages"][1]["timestamp"] = "2026-03-12T10:00:00+00:00"
        file.write_text(json.dumps(data))
        await user.see("$6.75 + 1 unpriced")


async def test_a_library_that_changes_all_the_time_is_shown_all_the_same(workspace, spent):
    async with workspace((120, 40)) as user:
        await opened(user)
        await user.press("7")

        def seen() -> bool:
            user.stage.show_tree_now()
            return "$6.75 + 1 unpriced" in user.text()

        await user.until(seen, "the sum, while the library changes")
