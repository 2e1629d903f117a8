"""A walk through the whole program over a library in which every word is hostile, and what it draws meanwhile."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import hostile_library
from hostile import WORST, Case
from hostile_judge import look
from hostile_library import BENIGN, OPEN_ID, small_cases
from hostile_screens import VISITED, broken_rows, drawn, seen_widgets, widgets
from proof import is_whole, tell
from textual.widgets import Input

from tui_sessions.tui.app import SessionsApp
from tui_sessions.wiring import services

PATIENCE_S = 30
SOME = 6
"""So many cases are in the library of `make test`."""
STOPS: tuple[tuple[str, ...], ...] = (
    (), ("f8",), ("f9",), ("f6", "down", "down", "pagedown"), (":stats", "1"), ("2", "down"), ("3", "enter"),
    ("4", "down"), ("5",), ("6",), ("escape", "escape", "escape"),
    (":search tag:common", "down", "down", "tab"), ("escape", "escape"),
    (":map", "down", "up"), ("escape",), (":answers", "tab"), ("escape",),
    (":context", "down"), ("escape",), (":personas", "down"), ("escape",), (":params", "down"), ("escape",),
    (":budget", "down"), ("escape",), (":info",), ("escape",), (":outline", "down"), ("escape",),
    (":links",), ("escape",), (":history",), ("escape",), (":trash",), ("escape",), (":tags", "down"), ("escape",),
    (":settings", "down"), ("escape",), (":providers",), ("escape",), (":models",), ("escape",),
    (":reprice",), ("escape",), (":replay", "end"), ("escape",), (":open no such \x1b[2J[/x]",), (":find quiet", "n", "escape"),
    ("ctrl+p", "quiet"), ("escape",), ("/", "tag:quiet"), ("escape",), (":folder x",), (":doctor",), ("escape",),
    (":audit",), ("escape",), (":versions",), ("escape",), (":backups",), ("escape",), (":cleanup",), ("escape",),
)  # fmt: skip
"""Keys and commands, and a look at the screen after each."""

FED_ALONE = frozenset(("AskingLine", "ChipLine", "InterruptedLine", "QueuedLines", "UnsavedLine"))
"""Widgets that `test_hostile_widgets` feeds, or that are such ones."""


class Walk:
    """Somebody who walks through the program and looks."""

    def __init__(self, app: SessionsApp, pilot: Any) -> None:
        self.app, self._pilot = app, pilot
        self.frames: list[tuple[str, bytes]] = []
        self.broken: list[str] = []
        self.seen: set[str] = set()

    async def go(self, *stops: tuple[str, ...]) -> None:
        for stop in stops:
            for step in stop:
                await self._step(step)
            self.look(" ".join(stop))

    async def _step(self, step: str) -> None:
        if step.startswith(":"):
            self.app.screen_stack[0].desk.stage.put_prompt(step)  # type: ignore[attr-defined]
            await self._pilot.press("escape", "enter")
        elif step.isalpha() and len(step) > 1 and step in ("quiet",):
            await self._pilot.press(*step)
        elif step.startswith("tag:"):
            focused = self.app.focused
            if isinstance(focused, Input):
                focused.value = step
        else:
            await self._pilot.press(step)
        await self._pilot.pause()

    def look(self, where: str) -> None:
        self.frames.append((where, drawn(self.app)))
        self.seen |= seen_widgets(self.app)
        self.broken += [f"{where}: {row}" for row in broken_rows(self.app)]


def some() -> list[Case]:
    if is_whole():
        return small_cases()
    every = small_cases()
    return every[:: max(1, len(every) // SOME)]


@asynccontextmanager
async def walking(root: Path, cases: list[Case]) -> AsyncIterator[Walk]:
    root.mkdir()
    hostile_library.write(root, cases)
    hostile_library.write_config(Path(os.environ["HOME"]), WORST if len(cases) > 1 else "plain")
    given = ("providers.demo.words_per_s=0", "chat.model=demo/demo", "screen.notify=off")
    made = services(dir=str(root), settings=given[:2], environ=dict(os.environ))
    app = SessionsApp(made, open_id=OPEN_ID)
    async with app.run_test(size=(150, 44), notifications=True) as pilot:
        async with asyncio.timeout(PATIENCE_S):
            while getattr(app.screen_stack[0].desk.stage, "details", None) is None:  # type: ignore[attr-defined]
                await pilot.pause(0.01)
        yield Walk(app, pilot)


async def walked(root: Path, cases: list[Case]) -> Walk:
    """The walk, from the beginning of the conversation to its end and through every other screen."""
    async with walking(root, cases) as walk:
        await walk.go(("f7", "g"))
        for _ in range(len(cases) * 2 if len(cases) > 1 else 2):
            await walk.go(("pagedown",))
        await walk.go(*STOPS)
        return walk


async def test_a_walk_through_a_hostile_library_lets_nothing_through(
    tmp_path: Path,
) -> None:
    async with walking(tmp_path / "benign", [BENIGN] * 3) as benign:
        await benign.go(("f7", "g"), (":stats", "1"), ("escape",), (":search tag:common",))
    walk = await walked(tmp_path / "hostile", some())
    allowed = frozenset().union(*(look(frame).kinds for _, frame in benign.frames))
    found = [(where, look(frame)) for where, frame in walk.frames]
    assert [(where, f) for where, f in found if f.kinds - allowed or f.offences] == []
    assert walk.broken == []
    assert VISITED.keys() - {"PathsScreen"} <= walk.seen
    assert sum("quiet" in frame.decode("utf-8", "replace") for _, frame in walk.frames) > 30
    tell(
        "S1",
        "whole program",
        f"{len(some())} cases in every word of a library, {len(walk.frames)} looks: nothing let through",
    )
    left = widgets().keys() - walk.seen - FED_ALONE
    assert left == set(), (
        f"{sorted(left)}: no stop of the walk shows these widgets. Add a stop that does, or feed them in"
        " test_hostile_widgets.ALONE and name them here."
    )
