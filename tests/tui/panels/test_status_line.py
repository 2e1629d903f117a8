"""Stories about the line of notice."""

from __future__ import annotations

import pytest
from panel_values import HOSTILE
from textual.app import App, ComposeResult

from tui_sessions.tui.widgets.status_line import StatusLine


class Host(App[None]):
    """The line and nothing else."""

    def compose(self) -> ComposeResult:
        yield StatusLine()

    @property
    def line(self) -> StatusLine:
        return self.query_one(StatusLine)


async def test_a_notice_takes_room_only_while_there_is_something_to_say() -> None:
    host = Host()
    async with host.run_test() as pilot:
        assert not host.line.display
        host.line.say("The server is down.", kind="error", key="r try again")
        await pilot.pause()
        assert host.line.render().plain == "× The server is down.  r try again"
        assert host.line.has_class("-error")
        host.line.clear()
        await pilot.pause()
        assert not host.line.display


async def test_a_hostile_notice_is_shown_as_text() -> None:
    host = Host()
    async with host.run_test():
        host.line.say(HOSTILE, kind="warning", key=HOSTILE)
        shown = host.line.render().plain
        assert "[/nope]" in shown
        assert not set(shown) & set("\x1b\x07\x9b\u202e")


async def test_a_kind_that_is_none_is_refused() -> None:
    host = Host()
    async with host.run_test():
        with pytest.raises(ValueError, match="no such kind"):
            host.line.say("x", kind="loud")
