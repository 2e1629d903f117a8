"""A small vocabulary to drive the real screen: open it, press and type, see what it shows."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tui_sessions.tui.app import SessionsApp
from tui_sessions.wiring import Services, services

PATIENCE_S = 20
"""A bound for what hangs, never a measure of speed."""


class User:
    """Somebody in front of the screen."""

    def __init__(self, app: SessionsApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    @property
    def screen(self) -> Any:
        return self.app.screen

    @property
    def stage(self) -> Any:
        return self.app.screen_stack[0].desk.stage

    @property
    def library(self) -> Any:
        return self.app.services.library

    def text(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        names = {
            " ": "space",
            "\n": "ctrl+j",
            ":": "colon",
            ".": "full_stop",
            "/": "slash",
            "-": "minus",
        }
        await self._pilot.press(*(names.get(char, char) for char in text))

    async def ask(self, prompt: str) -> None:
        self.stage.put_prompt(prompt)
        await self.press("enter")

    async def command(self, line: str) -> None:
        self.stage.prompt.focus()
        await self.type(line)
        await self.press("escape", "enter")

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for the thing itself."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await self._pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"never came: {what or condition}\n{self.text()}") from None

    async def see(self, *texts: str) -> None:
        for text in texts:
            await self.until(lambda text=text: text in self.text(), repr(text))

    async def see_no(self, text: str) -> None:
        await self.until(lambda: text not in self.text(), f"no {text!r}")

    async def answered(self) -> None:
        """Wait until nothing is being answered."""
        turns = self.app.services.turns
        await self.until(lambda: not turns.running_ids(), "the end of the answer")
        await self._pilot.pause()

    def so_far(self, session_id: str | None = None) -> str:
        """What has come of the running answer."""
        running = self.app.services.turns.running(session_id or self.stage.workspace.session.id)
        return running.text if running else ""

    def files(self) -> list[dict[str, Any]]:
        """The session files as they are on disk."""
        return [
            json.loads(path.read_text())
            for path in sorted(self.library.root.rglob("*.json"))
            if ".tui-sessions" not in path.parts
        ]


@pytest.fixture
def made_services(tmp_path: Path) -> Callable[..., Services]:
    """Services on an empty library, the demonstration answering at full speed."""

    def make(**settings: str) -> Services:
        given = {"providers.demo.words_per_s": "0", "chat.model": "demo/demo", **settings}
        return services(
            dir=str(tmp_path / "library"),
            settings=[f"{key}={value}" for key, value in given.items()],
            environ=dict(os.environ),
        )

    return make


@pytest.fixture(autouse=True)
def watch_at_short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving waits for the watch's next step; a quarter of a second adds up over all tests."""
    monkeypatch.setattr("tui_sessions.store.watch._STEP_MS", 50)


@pytest.fixture
def workspace(made_services: Callable[..., Services]) -> Callable[..., Any]:
    """`async with workspace(size=(120, 40)) as user:` opens the screen."""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = (150, 44), *, open_id: str | None = None, **settings: str
    ) -> AsyncIterator[User]:
        app = SessionsApp(made_services(**settings), open_id=open_id)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            user = User(app, pilot)
            await user.until(lambda: user.stage.details is not None, "the right column")
            yield user

    return opened
