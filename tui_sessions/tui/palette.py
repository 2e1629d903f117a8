"""The command palette: every action, and every session by its title."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.markup import escape

from tui_sessions.model.results import SessionRow
from tui_sessions.model.text import clean_line
from tui_sessions.tui.action import Action
from tui_sessions.tui.actions import ACTIONS, helped
from tui_sessions.tui.screens.main import MainScreen

SESSIONS_SHOWN = 20


class Palette(Provider):
    """Finds actions and sessions by what is typed."""

    async def discover(self) -> Hits:
        """All actions."""
        for action in ACTIONS:
            yield DiscoveryHit(_label(action), self._running(action), help=self._help(action))

    async def search(self, query: str) -> Hits:
        """What fits the words."""
        matcher = self.matcher(query)
        for action in ACTIONS:
            label = _label(action)
            score = max(matcher.match(label), matcher.match(action.help) * 0.8)
            if score > 0:
                # `highlight` reads markup: what it shows must be escaped first.
                yield Hit(
                    score,
                    matcher.highlight(escape(label)),
                    self._running(action),
                    help=self._help(action),
                )
        screen = self.screen
        if not isinstance(screen, MainScreen):
            return
        found = 0
        for row in await _sessions(screen, query):
            title = clean_line(row.title)
            score = matcher.match(title)
            if score > 0:
                command = partial(screen.desk.stage.open_session, row.id)
                yield Hit(
                    score * 0.9,
                    matcher.highlight(escape(title)),
                    command,
                    text=title,
                    help="session",
                )
                found += 1
                if found == SESSIONS_SHOWN:
                    return

    def _help(self, action: Action) -> str:
        screen = self.screen
        if isinstance(screen, MainScreen):
            return helped(action, screen.desk.stage.keys)
        return action.help

    def _running(self, action: Action) -> Callable[[], None]:
        def run() -> None:
            screen = self.screen
            if isinstance(screen, MainScreen):
                if action.needs_words:
                    screen.desk.stage.put_prompt(f":{action.name} ")
                else:
                    screen.run_named(action.name, "")

        return run


async def _sessions(screen: MainScreen, typed: str) -> Iterable[SessionRow]:
    """Those whose names hold what is typed, then those that were used last: a few letters may fit them."""
    named = screen.desk.stage.workspace.sessions_named
    found, latest = await asyncio.to_thread(lambda: (named(typed), named()))
    return {row.id: row for row in (*found, *latest)}.values()


def _label(action: Action) -> str:
    return f":{action.name} {action.hint}".strip()
