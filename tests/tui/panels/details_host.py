"""The details form alone, with something that saves what is edited as the real screen does."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_sessions.model.session import Session
from tui_sessions.tui.widgets import field_row
from tui_sessions.tui.widgets.details import Details


class Host(App[None]):
    """Keeps what was edited and, as the real screen does, saves it and shows the session again."""

    def __init__(self, session: Session | None) -> None:
        super().__init__()
        self.session = session
        self.edits: list[Details.Edited] = []
        self.models_wanted: list[str] = []
        self.saves = True

    def compose(self) -> ComposeResult:
        yield Details()

    def on_mount(self) -> None:
        self.show(self.session)

    @property
    def details(self) -> Details:
        return self.query_one(Details)

    def show(self, session: Session | None) -> None:
        self.session = session
        self.details.show(session, tags_in_use=("python", "web"), projects_in_use=("docs", "dust"))

    def on_details_edited(self, event: Details.Edited) -> None:
        self.edits.append(event)
        if self.saves and self.session is not None and event.session_id == self.session.id:
            self.show(event.change(self.session))

    def on_details_model_requested(self, event: Details.ModelRequested) -> None:
        self.models_wanted.append(event.session_id)

    @property
    def saved(self) -> list[tuple[str, Any, Any]]:
        return [(edit.field, edit.before, edit.after) for edit in self.edits]

    def go_to(self, key: str) -> None:
        row = next(r for r in self.query(field_row.FieldRow) if r.field.key == key)
        row.editor.focus()

    def text_of(self, key: str) -> str:
        return next(r for r in self.query(field_row.FieldRow) if r.field.key == key).editor.text


async def write(pilot: Pilot[None], host: Host, key: str, text: str, *then: str) -> None:
    """Replaces the text of a field by typing."""
    host.go_to(key)
    await pilot.press("end", "ctrl+u", *text, *then)
    await pilot.pause()


def seen(host: App[Any]) -> str:
    """Everything on the screen."""
    strips = host.screen._compositor.render_strips()
    text = " ".join("".join(segment.text for segment in strip) for strip in strips)
    return " ".join(text.split())
