"""The conversation alone on a screen, and words for talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message as Posted
from textual.pilot import Pilot

from tui_sessions.model.message import Message
from tui_sessions.model.session import Session
from tui_sessions.model.turn import Turn
from tui_sessions.model.usage import Usage
from tui_sessions.tui.theme import variable_defaults
from tui_sessions.tui.widgets.conversation import requests
from tui_sessions.tui.widgets.conversation.widget import Conversation

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Alone(App[None]):
    """Keeps what the pane posts."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.pane = Conversation(**options)
        self.posted: list[Posted] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.pane

    @on(requests.CopyRequested)
    @on(requests.CodeChoice)
    @on(requests.BranchRequested)
    @on(requests.RetryRequested)
    @on(requests.ContinueRequested)
    @on(requests.AlternativeRequested)
    @on(requests.EditRequested)
    @on(requests.DeleteRequested)
    @on(requests.LinkRequested)
    def _keep(self, message: Posted) -> None:
        self.posted.append(message)


@asynccontextmanager
async def pane(
    session: Session | None = None, size: tuple[int, int] = (60, 16), **options: Any
) -> AsyncIterator[tuple[Conversation, Pilot[None]]]:
    """A focused pane that shows `session`."""
    app = Alone(**options)
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        app.pane.show(session)
        await pilot.pause()
        yield app.pane, pilot


def posted(conversation: Conversation) -> list[Posted]:
    """What the pane asked for."""
    app = conversation.app
    assert isinstance(app, Alone)
    return app.posted


def seen(conversation: Conversation) -> list[str]:
    """The rows on the screen, without trailing blanks; each is exactly as wide as the pane."""
    rows = [conversation.render_line(y) for y in range(conversation.size.height)]
    assert {row.cell_length for row in rows} == {conversation.size.width}
    return [row.text.rstrip() for row in rows]


def text(conversation: Conversation) -> str:
    """All that is seen."""
    return "\n".join(seen(conversation))


def turn(number: int, prompt: str = "", answer: str | None = "", **fields: Any) -> Turn:
    """A turn whose texts name its number unless given."""
    said = NOON + timedelta(minutes=number)
    messages = [Message(role="user", content=prompt or f"question {number}", timestamp=said)]
    if answer is not None:
        content = answer or f"answer {number}\n\nwith a second paragraph"
        messages.append(Message(role="assistant", content=content, model="openai/gpt-4o-mini"))
    given: dict[str, Any] = {"finish": "stop" if answer is not None else None, **fields}
    return Turn(id=f"t{number}", messages=tuple(messages), **given)


def session(*turns: Turn, id: str = "s1", **fields: Any) -> Session:
    """A session of these turns."""
    return Session(id=id, turns=turns, **fields)


def long_session(count: int = 40, **fields: Any) -> Session:
    """A session that fills many screens."""
    return session(*(turn(number) for number in range(count)), **fields)


USED = {
    "usage": Usage(completion_tokens=187),
    "latency_ms": 1420.0,
    "cost": 3_400_000,
}
