"""A provider that plays a script, and the engine on a real library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_sessions.engine.events import EngineEvent
from tui_sessions.engine.turns import Turns
from tui_sessions.errors import ProviderError
from tui_sessions.model.money import Price
from tui_sessions.model.session import Session
from tui_sessions.model.usage import Usage
from tui_sessions.providers.base import Event, Finished, ModelInfo, Request, Text
from tui_sessions.store.library import Library

WHOLE = (
    Text("Hello "),
    Text("world."),
    Finished(finish="stop", usage=Usage(prompt_tokens=5, completion_tokens=2)),
)


class Scripted:
    """Yields events, raises exceptions, waits at an `asyncio.Event`; remembers what it was asked."""

    name = "scripted"

    def __init__(self) -> None:
        self.script: tuple[Event | Exception | asyncio.Event, ...] = WHOLE
        self.scripts: dict[str, tuple[Event | Exception | asyncio.Event, ...]] = {}
        """Of models that have one of their own."""
        self.requests: list[Request] = []
        self.closed_streams = 0
        self.on_request = lambda: None

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        self.requests.append(request)
        self.on_request()
        try:
            for step in self.scripts.get(request.model, self.script):
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed_streams += 1

    def refuses(self, mime: str, size: int = 0) -> str:
        return "it takes no videos." if mime.startswith("video/") else ""

    async def models(self) -> tuple[ModelInfo, ...]:
        return ()

    def prepare(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


class OneProvider:
    """A registry of one."""

    names = ("openai",)

    def __init__(self, provider: Scripted) -> None:
        self.provider = provider

    def get(self, name: str) -> Scripted:
        if name != "openai":
            raise ProviderError(f"There is no provider {name!r}.", kind="model")
        return self.provider

    async def aclose(self) -> None:
        await self.provider.aclose()


class FixedPrices:
    """A dollar per million prompt tokens, two per million of the answer."""

    def cost(
        self, model: str, usage: Usage | None, at: datetime
    ) -> tuple[int | None, Price | None]:
        if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
            return None, None
        price = Price(
            source="test", date="2026-01-01", input_per_mtok=10**9, output_per_mtok=2 * 10**9
        )
        return 1000 * usage.prompt_tokens + 2000 * usage.completion_tokens, price


class Bench:
    """The engine with everything that it stands on, and what it said."""

    def __init__(self, root: Path) -> None:
        self._time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.library = Library.open(root, now=self.now)
        self.provider = Scripted()
        self.turns = Turns(self.library, OneProvider(self.provider), FixedPrices(), now=self.now)
        self.events: list[EngineEvent] = []
        self.turns.subscribe(self.events.append)

    def now(self) -> datetime:
        self._time += timedelta(seconds=1)
        return self._time

    def session(self, **values: object) -> Session:
        wanted = {"id": self.library.free_id(), "model": "openai/m", **values}
        return self.library.create(Session(**wanted))

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]
