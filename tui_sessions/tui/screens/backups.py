"""Picks a backup, to look at what would come back out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_sessions.errors import UsageError
from tui_sessions.model.backups import BackupRow
from tui_sessions.model.display import shown_age, shown_size
from tui_sessions.model.text import clean_line
from tui_sessions.model.times import Clock
from tui_sessions.tui.screens.dialog import PickerDialog
from tui_sessions.tui.widgets.choice_list import Choice
from tui_sessions.tui.widgets.choices import Choices

BROKEN = "×"


class BackupChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with a backup."""

    action: Literal["look", "verify"]
    path: str


class BackupsDialog(PickerDialog[BackupChoice]):
    """The result says which one is to be looked at, or read through to the end."""

    VERB = "see what is in it"
    LEAVE = "close"
    KEYS = (("backups.verify", "ctrl+t", "verify"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "verify", "Verify the backup", id="backups.verify", priority=True),
    ]

    def __init__(self, rows: Sequence[BackupRow], folder: str, *, now: Clock) -> None:
        choices = Choices(
            heads=("sessions", "size", "made"),
            yielding=(1,),
            placeholder="name or time",
            empty="There are no backups yet. :backup makes one.",
            noun=("backup", "backups"),
        )
        moment = now()
        super().__init__("Backups", choices, [_choice(row, moment) for row in rows])
        self._by_path = {row.path: row for row in rows}
        self._folder = folder
        self._told = Static("", id="backup_told", classes="dialog--note", markup=False)

    def body(self) -> ComposeResult:
        """The list, and what is known of the row under the cursor."""
        yield self.choices
        yield self._told

    def picked(self, key: str) -> BackupChoice:
        """The backup. Raises `UsageError` for one out of which nothing can come."""
        row = self._by_path[key]
        if row.trouble and not row.id:
            raise UsageError(row.trouble)
        return BackupChoice(action="look", path=key)

    def on_moved(self, key: str | None) -> None:
        """Tell what the row has no room for."""
        self.complain("")
        row = self._by_path.get(key or "")
        self._told.update(clean_line(self._folder) if row is None else _told(row))

    def action_verify(self) -> None:
        """Read all of it."""
        if self.choices.current is not None:
            self.dismiss(BackupChoice(action="verify", path=self.choices.current))


def _choice(row: BackupRow, now: datetime) -> Choice:
    made = "?" if row.at is None else f"{row.at.astimezone():%d %b %Y %H:%M}"
    words = [
        made,
        "" if row.is_own else "another library's",
        "automatic" if row.is_automatic else "",
    ]
    return Choice(
        row.path,
        clean_line(" · ".join(filter(None, words)) if row.at is not None else row.name),
        (f"{row.sessions:,}", shown_size(row.packed_size or row.size), shown_age(row.at, now)),
        mark=BROKEN if row.trouble else "",
        also=row.name,
        is_quiet=bool(row.trouble) or not row.is_own,
    )


def _told(row: BackupRow) -> str:
    if row.trouble:
        return clean_line(f"{row.name} · {row.trouble}")
    words = [row.path, shown_size(row.size), "read back when it was made"]
    words += ["builds on another"] if row.bases else []
    words += [f"{row.left_out:,} files could not be read"] if row.left_out else []
    return clean_line(" · ".join(words))
