"""A host for dialogs, and values that their stories tell with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from textual.app import App
from textual.screen import ModalScreen

from tui_sessions.model.money import Cost
from tui_sessions.model.results import SessionRow

HOSTILE = "[/nope] \x1b]52;c;aGk=\x07\u202e\x9b2J[@click=app.bell]x[/]"
NOW = datetime(2026, 11, 10, 9, 12, tzinfo=UTC)


def now() -> datetime:
    """A clock that stands."""
    return NOW


def row(number: int, title: str, **more: Any) -> SessionRow:
    """A session in a list."""
    known: dict[str, Any] = {
        "model": "openai/gpt-4o-mini", "turns": number, "tokens": 1000 * number,
        "cost": Cost(1_000_000 * number, number), "updated_at": NOW - timedelta(hours=number),
    }  # fmt: skip
    return SessionRow(
        id=f"id{number}", path=f"work/{number}.json", title=title, **{**known, **more}
    )


class Host(App[None]):
    """Shows one dialog and keeps what it answers."""

    def __init__(self, make: Callable[[], ModalScreen[Any]]) -> None:
        super().__init__()
        self._make = make
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self._make(), self.answers.append)

    def text(self) -> str:
        """Everything on the screen, spaces made one."""
        strips = self.screen._compositor.render_strips()
        text = " ".join("".join(segment.text for segment in strip) for strip in strips)
        return " ".join(text.replace("│", " ").split())
