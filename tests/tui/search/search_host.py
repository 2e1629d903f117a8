"""The search screen over a library that answers as it is told, and words for sitting in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from search_values import FakeLibrary, now
from textual.app import App

from tui_sessions.model.found import Hit
from tui_sessions.model.session import Session
from tui_sessions.tui.screens.search import SearchScreen
from tui_sessions.tui.search_owner import Kept
from tui_sessions.tui.search_work import SearchWork
from tui_sessions.tui.searching import place_in
from tui_sessions.tui.theme import variable_defaults
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.conversation.landing import Place
from tui_sessions.tui.widgets.filter_box import NO_COMPLETIONS, Completions
from tui_sessions.tui.widgets.search_box import SearchBox
from tui_sessions.tui.widgets.search_report import Report
from tui_sessions.tui.widgets.search_results import SearchResults

PATIENCE_S = 20


class Owner:
    """What the screen asks of whoever opens it, and what it told."""

    def __init__(self, app: App[None], library: FakeLibrary) -> None:
        self.work = SearchWork(app, library)
        self.kept: Kept | None = None
        self.now = now
        self.saved: list[str] = []
        self.exported: list[Report] = []
        self.helped = 0
        self.offers: dict[str, tuple[str, ...]] = {}

    def place(self, session: Session, hit: Hit) -> Place | None:
        return place_in(session, hit)

    def starters(self) -> Sequence[Choice]:
        return [Choice("tag:python", "tag:python", ("by tag",), "how to ask")]

    def complete(self, text: str, cursor: int) -> Completions:
        start = text.rfind(" ", 0, cursor) + 1
        words = self.offers.get(text[start:cursor], ())
        return Completions(start, cursor, words) if words else NO_COMPLETIONS

    def save(self, text: str) -> None:
        self.saved.append(text)

    def export(self, report: Report) -> None:
        self.exported.append(report)

    def help(self) -> None:
        self.helped += 1


class SearchHost(App[None]):
    """Shows the screen and keeps what it answers."""

    def __init__(self, library: FakeLibrary) -> None:
        super().__init__()
        self.library = library
        self.answers: list[Hit | None] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        self.owner = Owner(self, self.library)
        self.open()

    def open(self, words: str = "") -> None:
        self.push_screen(SearchScreen(self.owner, words), self.answers.append)

    @property
    def results(self) -> SearchResults:
        return self.screen.query_one(SearchResults)

    @property
    def box(self) -> SearchBox:
        return self.screen.query_one(SearchBox)

    def text(self) -> str:
        strips = self.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


class Searcher:
    """Somebody who searches."""

    def __init__(self, app: SearchHost, pilot: Any) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def at(self) -> tuple[str, int | None] | None:
        hit = self.app.results.current
        return (hit.session_id, hit.turn) if hit else None

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        names = {" ": "space", ":": "colon", "-": "minus", '"': "quotation_mark"}
        await self.pilot.press(*(names.get(char, char) for char in text))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"never came: {what}\n{self.app.text()}") from None

    async def see(self, *texts: str) -> None:
        for text in texts:
            await self.until(lambda text=text: text in self.app.text(), repr(text))

    async def see_no(self, text: str) -> None:
        await self.until(lambda: text not in self.app.text(), f"no {text!r}")


@asynccontextmanager
async def searching(
    library: FakeLibrary, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Searcher]:
    """The search screen, open."""
    app = SearchHost(library)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Searcher(app, pilot)
