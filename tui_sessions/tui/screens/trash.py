"""The trash: looked through, taken back from, emptied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.model.display import shown_age
from tui_sessions.model.results import TrashRow
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import MarkingDialog
from tui_sessions.tui.widgets.choice_list import Choice, cropped
from tui_sessions.tui.widgets.choices import Choices

PATH_CELLS = 32
OLD_DAYS = 30
"""What is older is emptied alone when that is asked for."""


class TrashChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with the entries; to `empty`, or what is old, names none."""

    action: Literal["restore", "remove", "empty", "empty-old"]
    entries: tuple[str, ...] = ()


class TrashDialog(MarkingDialog[TrashChoice]):
    """The result says what is to be taken back, or removed for good; the question is the owner's."""

    VERB = "take back"
    KEYS = (
        ("trash.mark", "space", "mark"),
        ("trash.remove", "delete", "remove"),
        ("trash.empty", "ctrl+e", "empty"),
        ("trash.empty_old", "ctrl+o", "empty old"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="trash.mark"),
        Binding("delete", "remove", "Remove for good", id="trash.remove", priority=True),
        Binding("ctrl+e", "empty", "Empty", id="trash.empty", priority=True),
        Binding("ctrl+o", "empty_old", "Empty of what is old", id="trash.empty_old", priority=True),
    ]

    def __init__(self, rows: Sequence[TrashRow], *, now: Clock) -> None:
        choices = Choices(
            heads=("was at", "deleted"),
            yielding=(0, 1),
            placeholder="title or file",
            empty="The trash is empty.",
            noun=("deleted session", "deleted sessions"),
            is_markable=True,
        )
        self._moment = now()
        super().__init__("Trash", choices, [_choice(row, self._moment) for row in rows])
        self._by_entry = {row.entry: row for row in rows}
        self._preview = Static("", id="trash_preview", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The list, and what is known of the row under the cursor."""
        yield self.choices
        yield self._preview

    def picked(self, key: str) -> TrashChoice:
        """The marked ones, else this one, are to be taken back."""
        return TrashChoice(action="restore", entries=self._meant(key))

    def on_moved(self, key: str | None) -> None:
        """Tell all that the row has no room for."""
        row = self._by_entry.get(key or "")
        self._preview.update("" if row is None else _told(row))

    def action_remove(self) -> None:
        """The marked ones, else the row under the cursor, are to be removed for good."""
        key = self.choices.current
        if self._marked or key is not None:
            self.dismiss(TrashChoice(action="remove", entries=self._meant(key or "")))

    def action_empty(self) -> None:
        """Everything is to be removed for good."""
        if self._by_entry:
            self.dismiss(TrashChoice(action="empty"))

    def action_empty_old(self) -> None:
        """What has lain there long is to be removed for good."""
        before = self._moment - timedelta(days=OLD_DAYS)
        if any(row.deleted_at < before for row in self._by_entry.values()):
            self.dismiss(TrashChoice(action="empty-old"))
        else:
            self.complain(f"Nothing here is older than {OLD_DAYS} days.")

    def _meant(self, key: str) -> tuple[str, ...]:
        return tuple(self._marked) or (key,)


def _choice(row: TrashRow, now: datetime) -> Choice:
    return Choice(
        row.entry,
        row.title,
        (cropped(clean_line(row.path), PATH_CELLS), shown_age(row.deleted_at, now)),
        also=f"{row.path}\n{row.id}",
    )


def _told(row: TrashRow) -> str:
    at = row.deleted_at.astimezone()
    return clean_line(f"{row.path} · {row.id} · deleted {at:%d %b %Y %H:%M}")
